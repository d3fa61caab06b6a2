using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>Which core a thread is on, and leaving it. Linux only; elsewhere nothing is known and nothing is done.</summary>
internal static unsafe partial class Processor
{
    /// <summary>Bytes of a set of cores: 1024 of them, as the C library has it.</summary>
    private const int SetBytes = 128;

    private static bool s_isKnown = OperatingSystem.IsLinux();

    /// <summary>The core that this thread is on; −1 if that is not known.</summary>
    public static int Current
    {
        get
        {
            try
            {
                return s_isKnown ? CurrentCore() : -1;
            }
            catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
            {
                s_isKnown = false;
                return -1;
            }
        }
    }

    /// <summary>
    /// Moves this thread to another core if it is on this one and may use others: the set of those it may use is made smaller for a moment. Linux
    /// wakes a sleeper where it slept, and on two busy cores does not look for a better place for milliseconds: a worker that once slept on the
    /// caller's core then takes turns with the caller, and two threads are slower than one.
    /// </summary>
    /// <param name="core">From <see cref="Current"/>.</param>
    /// <returns>Whether it moved.</returns>
    public static bool Leave(int core)
    {
        byte* all = stackalloc byte[SetBytes], others = stackalloc byte[SetBytes];
        new Span<byte>(all, SetBytes).Clear();
        if (core is < 0 or >= 8 * SetBytes || Current != core || GetCores(0, SetBytes, all) != 0)
        {
            return false;
        }

        new Span<byte>(all, SetBytes).CopyTo(new(others, SetBytes));
        others[core / 8] &= (byte)~(1 << (core % 8));
        if (!new Span<byte>(others, SetBytes).ContainsAnyExcept((byte)0) || SetCores(0, SetBytes, others) != 0)
        {
            return false;
        }

        _ = SetCores(0, SetBytes, all);
        return true;
    }

    [LibraryImport("libc", EntryPoint = "sched_getcpu")]
    [SuppressGCTransition]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CurrentCore();

    [LibraryImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetCores(int thread, nuint bytes, byte* cores);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetCores(int thread, nuint bytes, byte* cores);
}
