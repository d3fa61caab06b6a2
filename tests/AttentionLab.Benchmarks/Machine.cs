using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Benchmarks;

/// <summary>What the tables say about the machine, and what keeps it quiet.</summary>
internal static class Machine
{
    private static readonly string[] Settings = ["TieredCompilation", "TieredPGO", "TieredCompilation.QuickJitForLoops", "GCgen0size"];

    /// <summary>The CPU's name as the system gives it, and its design.</summary>
    public static string Cpu { get; } = CpuFamily.Describe(
        FromCpuInfo("model name") ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        FromCpuInfo("vendor_id"), FromCpuInfo("cpu family"), FromCpuInfo("model\t"));

    /// <summary>Whether the CPU itself has AVX-512, even if .NET was told not to use it.</summary>
    public static bool HasAvx512 { get; } = FromCpuInfo("flags")?.Split(' ').Contains("avx512f") ?? Avx512F.IsSupported;

    /// <summary>Whether the CPU itself has AVX2 and FMA.</summary>
    public static bool HasAvx2 { get; } = FromCpuInfo("flags")?.Split(' ') is { } flags ? flags.Contains("avx2") && flags.Contains("fma") : Avx2.IsSupported
        && Fma.IsSupported;

    /// <summary>.NET's version and the settings that change times.</summary>
    public static string Runtime
    {
        get
        {
            IEnumerable<string> set = Settings.Select(
                name => (name, AppContext.GetData($"System.Runtime.{name}"))).Where(pair => pair.Item2 is not null).Select(pair => $"{pair.name}={pair.Item2}");
            IEnumerable<string> variables = Environment.GetEnvironmentVariables().Keys.OfType<string>()
                .Where(
                    name => name.StartsWith("DOTNET_Tiered", StringComparison.Ordinal) || name.StartsWith("DOTNET_TC_", StringComparison.Ordinal)
                        || name.StartsWith("DOTNET_Enable", StringComparison.Ordinal) || name.StartsWith("DOTNET_GC", StringComparison.Ordinal)
                            || name == "DOTNET_ReadyToRun")
                .Order().Select(name => $"{name}={Environment.GetEnvironmentVariable(name)}");
            string collector = $"{(System.Runtime.GCSettings.IsServerGC ? "server" : "workstation")} collector, {System.Runtime.GCSettings.LatencyMode}";
            return string.Join(", ", [$".NET {Environment.Version} on {RuntimeInformation.RuntimeIdentifier}", collector, .. set, .. variables]);
        }
    }

    /// <summary>Keeps this thread, and those it starts, on the first core it may use, or frees it again. Only on Linux; elsewhere nothing happens.</summary>
    /// <param name="pin">Whether to pin.</param>
    public static void Pin(bool pin)
    {
        if (OperatingSystem.IsLinux())
        {
            nuint mask = pin ? AllowedCores & (~AllowedCores + 1) : AllowedCores;
            _ = SetAffinity(0, (nuint)nuint.Size, in mask);
        }
    }

    /// <summary>Waits until the threads of the last contender stopped spinning: they would disturb the next one. At most 100 ms.</summary>
    public static void WaitUntilIdle()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalMilliseconds < 100)
        {
            TimeSpan used = Environment.CpuUsage.TotalTime;
            long slice = Stopwatch.GetTimestamp();
            Thread.Sleep(2);
            if (Environment.CpuUsage.TotalTime - used < 0.1 * Stopwatch.GetElapsedTime(slice))
            {
                return;
            }
        }
    }

    /// <summary>
    /// A clock for work on one thread: the time this process had a core, which another program's turns do not lengthen. Where the
    /// system does not tell it precisely (all but Linux), the time on the wall.
    /// </summary>
    /// <returns>Seconds since some moment.</returns>
    public static double OwnSeconds()
    {
        const int ProcessCpuTime = 2;
        return OperatingSystem.IsLinux() && GetTime(ProcessCpuTime, out TimeSpec time) == 0 ? time.Seconds + time.Nanoseconds * 1e-9 : WallSeconds();
    }

    /// <summary><see cref="OwnSeconds"/> for one thread, the time on the wall for several.</summary>
    /// <param name="threads">Threads at work.</param>
    public static double Clock(int threads) => threads == 1 ? OwnSeconds() : WallSeconds();

    /// <summary>The clock on the wall.</summary>
    /// <returns>Seconds since some moment.</returns>
    public static double WallSeconds() => (double)Stopwatch.GetTimestamp() / Stopwatch.Frequency;

    /// <summary>Seconds that threads of this process were ready but had to wait for a core, summed; 0 where the system does not tell.</summary>
    public static double WaitedSeconds()
    {
        double sum = 0;
        foreach (string task in OperatingSystem.IsLinux() ? Directory.EnumerateDirectories("/proc/self/task") : [])
        {
            try
            {
                string[] numbers = File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ');
                sum += numbers.Length > 1 ? long.Parse(numbers[1], CultureInfo.InvariantCulture) * 1e-9 : 0;
            }
            catch (IOException)
            {
                // The thread ended meanwhile.
            }
        }

        return sum;
    }

    /// <summary>Forgets the peak of this process's memory, where the system can (Linux).</summary>
    /// <returns>Bytes in use now.</returns>
    public static long RestartPeak()
    {
        if (OperatingSystem.IsLinux())
        {
            try
            {
                // "5" resets the high-water mark (man 5 proc, clear_refs).
                File.WriteAllText("/proc/self/clear_refs", "5");
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                // The peak then counts from the start of the process.
            }
        }

        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>Most bytes in use since <see cref="RestartPeak"/>.</summary>
    public static long PeakBytes()
    {
        using Process process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>The cores this process was given, before anything was pinned.</summary>
    private static readonly nuint AllowedCores = Allowed();

    private static nuint Allowed()
    {
        nuint mask = nuint.MaxValue;
        return OperatingSystem.IsLinux() && GetAffinity(0, (nuint)nuint.Size, out mask) == 0 && mask != 0 ? mask : nuint.MaxValue;
    }

    private static string? FromCpuInfo(string name) => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
        : null;

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec
    {
        public readonly nint Seconds;
        public readonly nint Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetTime(int clock, out TimeSpec time);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nuint size, in nuint mask);

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAffinity(int thread, nuint size, out nuint mask);
}
