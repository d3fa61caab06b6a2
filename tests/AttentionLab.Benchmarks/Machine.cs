namespace AttentionLab.Benchmarks;

/// <summary>What the tables say about the machine.</summary>
internal static class Machine
{
    /// <summary>The CPU's name as the system gives it.</summary>
    public static string Cpu { get; } = File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? "unknown";
}
