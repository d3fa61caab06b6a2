using System.Diagnostics;

namespace AttentionLab.Studio.Kernel;

/// <summary>
/// Starts every other program, one at a time: a child inherits what its parent holds open for another child at that moment, and a pipe that a stranger
/// holds open never comes to its end.
/// </summary>
internal static class ChildProcesses
{
    /// <summary>Held from the making of a child's pipes until the child has them and the parent has closed its copies.</summary>
    public static Lock Starting { get; } = new();

    /// <summary>Starts a program, without a shell.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static Process Start(ProcessStartInfo start)
    {
        lock (Starting)
        {
            return Process.Start(start)!;
        }
    }
}
