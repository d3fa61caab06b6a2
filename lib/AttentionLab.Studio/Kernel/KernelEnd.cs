namespace AttentionLab.Studio.Kernel;

/// <summary>Words for the end of a kernel process that nobody asked for: one line, with the exit code.</summary>
internal static class KernelEnd
{
    /// <summary>Letters of the runtime's last words that are kept.</summary>
    private const int LongestReason = 500;

    private const int Killed = 128 + 9, SegmentationFault = 128 + 11;

    /// <summary>Why a process ended in the middle of a cell.</summary>
    /// <param name="code">Its exit code.</param>
    /// <param name="garbage">What was wrong with its last message; null if nothing was.</param>
    /// <param name="lastWords">What it wrote to its standard error.</param>
    /// <param name="memoryLimit">Its memory limit in bytes.</param>
    /// <param name="isNearLimit">The cell came near it.</param>
    public static string Describe(int code, string? garbage, string lastWords, long memoryLimit, bool isNearLimit)
    {
        string cause = Cause(lastWords);
        return garbage is not null ? $"the notebook's process crashed (exit code {code}): {garbage}."
            : SaysNoMemory(cause) || (isNearLimit && !SaysSomethingElse(cause))
                ? $"the notebook's process ended near {LimitOf(memoryLimit)} ({Code(code)}): keep less in memory, or start Studio with a higher --memory-limit."
            : cause.Length == 0 && code == SegmentationFault && !OperatingSystem.IsWindows()
                ? $"the notebook's process crashed ({Code(code)}) without a word: native code touched memory that is not its own, or the cell filled "
                    + $"{LimitOf(memoryLimit)} at once (--memory-limit)."
            : $"the notebook's process crashed ({Code(code)}): {Reason(cause, code)}";
    }

    /// <summary>Why a process ended, or was ended, before it was ready.</summary>
    public static string DescribeStart(int code, string? garbage, string lastWords) =>
        garbage is not null ? $"exit code {code}: {garbage}." : $"{Code(code)}: {Reason(Cause(lastWords), code)}";

    /// <summary>Why a process was ended by the host.</summary>
    /// <param name="limit">The time limit of a cell.</param>
    /// <param name="memoryLimit">The memory limit in bytes.</param>
    /// <param name="isNearLimit">The cell came near it.</param>
    public static string DescribeTime(TimeSpan limit, long memoryLimit, bool isNearLimit) =>
        FormattableString.Invariant($"stopped after {limit.TotalSeconds:0.#} s, the time limit of a cell; the notebook's process was ended")
        + (isNearLimit ? $". It was near {LimitOf(memoryLimit)} (--memory-limit), where every step takes long." : ".");

    /// <summary>Bytes as they are given to <c>--memory-limit</c>.</summary>
    public static long Megabytes(long bytes) => bytes >> 20;

    private static string LimitOf(long bytes) => FormattableString.Invariant($"its memory limit of {Megabytes(bytes)} MB");

    /// <summary>On Unix a process that a signal ended has the exit code 128 and the signal's number.</summary>
    private static string Code(int code) => (OperatingSystem.IsWindows() ? null : code switch
    {
        128 + 4 => "illegal instruction",
        128 + 6 => "abort",
        128 + 8 => "arithmetic error",
        Killed => "killed",
        SegmentationFault => "segmentation fault",
        128 + 15 => "terminated",
        _ => null,
    }) is string signal ? $"exit code {code}, {signal}" : $"exit code {code}";

    private static string Reason(string cause, int code) =>
        cause.Length > 0 ? cause[..Math.Min(cause.Length, LongestReason)]
        : code == Killed ? "another program killed it, or the machine had no memory left."
        : "it ended without a word.";

    /// <summary>The runtime's last words up to the stack say what happened: "Stack overflow.", "Unhandled exception. …".</summary>
    private static string Cause(string lastWords) => string.Join(
        ' ', lastWords.Split('\n').Select(line => line.Trim()).TakeWhile(line => !line.StartsWith("at ", StringComparison.Ordinal))).Trim();

    private static bool SaysNoMemory(string cause) =>
        cause.StartsWith("Out of memory", StringComparison.Ordinal)
        || cause.StartsWith("Unhandled exception. System.OutOfMemoryException", StringComparison.Ordinal);

    /// <summary>Near the limit the runtime breaks in many ways; these say themselves what they are, and need not have to do with it.</summary>
    private static bool SaysSomethingElse(string cause) => cause.StartsWith("Stack overflow", StringComparison.Ordinal)
        || cause.StartsWith("Unhandled exception", StringComparison.Ordinal) || cause.StartsWith("Process terminated", StringComparison.Ordinal);
}
