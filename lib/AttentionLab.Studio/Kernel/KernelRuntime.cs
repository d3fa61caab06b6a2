using System.Globalization;

namespace AttentionLab.Studio.Kernel;

/// <summary>Settings of .NET in a process that runs cells.</summary>
internal static class KernelRuntime
{
    /// <summary>Bytes from which on the kernel's garbage collector keeps an object apart.</summary>
    private const int LargeObject = 64 << 20;

    /// <summary>How code is compiled; environment variables of .NET, their numbers hexadecimal. They help in every host of notebooks.</summary>
    /// <remarks>
    /// Cells measure kernels, so there is no profile-guided tier: its instrumented code would sit in the middle of a measurement (one call in 30 took
    /// 40 ms in place of 0.35 ms), and a chapter takes a little more time with it. Tiered compilation itself stays on: without it the C# compiler's own
    /// start takes twice as long. But a method is compiled again, optimised, after 4096 calls and not after 30: cells keep the C# compiler at work, whose
    /// thousands of methods are all called some 30 times, and the kernels of AttentionLab are optimised from the first call on. All notebooks together take a
    /// fifth less of the processor. Pages of compiled code stay writable: without that the start spends a sixth of its time on locking them again and again,
    /// and a process whose purpose is to run any code gains nothing by it.
    /// </remarks>
    public static IReadOnlyDictionary<string, string> Compilation { get; } = new Dictionary<string, string>
    {
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_TC_CallCountThreshold"] = "1000",
        ["DOTNET_EnableWriteXorExecute"] = "0",
    };

    /// <summary>Sets them all for a process to be started; of <see cref="Compilation"/> what the reader has not set.</summary>
    /// <remarks>
    /// One thread collects garbage. Tensors of a training step are small garbage, too: counted as large objects (from 85 KB on), every few megabytes of them
    /// would start a collection of everything, the C# compiler's memory included.
    /// </remarks>
    /// <param name="environment">The process's environment.</param>
    /// <param name="options">The memory limit, and more variables, which come last.</param>
    public static void Configure(IDictionary<string, string?> environment, KernelOptions options)
    {
        environment[MemoryLimit.Setting] = "0x" + options.MemoryLimit.ToString("X", CultureInfo.InvariantCulture);
        environment["DOTNET_gcServer"] = "0";
        environment["DOTNET_gcConcurrent"] = "0";
        environment["DOTNET_GCLOHThreshold"] = "0x" + LargeObject.ToString("X", CultureInfo.InvariantCulture);
        foreach ((string name, string value) in Compilation)
        {
            environment.TryAdd(name, value);
        }

        environment["DOTNET_DbgEnableMiniDump"] = "0";
        environment["DOTNET_NOLOGO"] = "1";
        foreach ((string name, string value) in options.Environment)
        {
            environment[name] = value;
        }
    }
}
