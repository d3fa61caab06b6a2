using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace AttentionLab.Studio.Tests;

/// <summary>POSIX signals by the system call: a minimal system has no program <c>kill</c>.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class Signals
{
    /// <summary>Sends a signal to a process.</summary>
    /// <param name="process">Its id.</param>
    /// <param name="name"><c>INT</c>, <c>KILL</c>, <c>TERM</c>, <c>STOP</c> or <c>CONT</c>.</param>
    public static void Send(int process, string name)
    {
        int number = Number(name);
        Assert.True(Kill(process, number) == 0, $"SIG{name} to process {process}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>
    /// Whether the processes that this one starts ignore a signal, because this one does: a shell without job control starts its
    /// background commands so (<c>dotnet test &amp;</c> in a script), with SIGINT switched off for them and for all that they start.
    /// </summary>
    /// <param name="name">As for <see cref="Send"/>.</param>
    public static bool AreIgnored(string name) => OperatingSystem.IsLinux()
        && (Convert.ToUInt64(File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..]
            .Trim(), 16) >> (Number(name) - 1) & 1) == 1;

    private static int Number(string name) => name switch
    {
        "INT" => 2,
        "KILL" => 9,
        "TERM" => 15,

        // The first three are the same on every POSIX system, these are not.
        "STOP" => OperatingSystem.IsMacOS() ? 17 : 19,
        "CONT" => OperatingSystem.IsMacOS() ? 19 : 18,
        _ => throw new ArgumentException($"the signal {name} has no number here: use INT, KILL, TERM, STOP or CONT."),
    };

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
