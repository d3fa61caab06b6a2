using System.Globalization;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary><c>kernel NOTEBOOK ABORTLIMIT WORKERSLIMIT COMMANDS MESSAGES</c>: the child process of a notebook, which only this program starts.</summary>
internal static class KernelCommand
{
    /// <summary>Starts the process that <see cref="KernelFiguresCommand"/> compares a kernel with.</summary>
    public const string Baseline = "kernel-baseline";

    /// <summary>
    /// Serves as kernel if that is what the arguments say. It comes before all other commands: these need the course's libraries, and a
    /// kernel must load none but those that its notebook names.
    /// </summary>
    /// <returns>The exit code, or null for another command.</returns>
    public static int? TryRun(string[] arguments) => arguments switch
    {
        ["kernel", string notebook, string abortLimit, string workersLimit, string commands, string messages] =>
            KernelHost.Run(notebook, new KernelOptions { AbortLimit = Time(abortLimit), WorkersLimit = Time(workersLimit) }, commands, messages),
        [Baseline] => ScriptBaseline.Serve(),
        _ => null,
    };

    private static TimeSpan Time(string text) => TimeSpan.ParseExact(text, "c", CultureInfo.InvariantCulture);
}
