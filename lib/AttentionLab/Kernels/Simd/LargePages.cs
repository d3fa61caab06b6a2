using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Pages of 2 MB, where Linux has them for those who ask. With pages of 4 KB the first writing to the 90 MB of a MiniLM stops 22 000 times for the kernel
/// to find one, and reading its weights keeps the processor looking for them.
/// </summary>
internal static unsafe partial class LargePages
{
    /// <summary>Floats of one page.</summary>
    public const int Floats = (2 << 20) / sizeof(float);

    private const int Advice = 14;

    private static bool s_canAsk = OperatingSystem.IsLinux();

    /// <summary>An array of zeros, in large pages if it is as large as one.</summary>
    /// <param name="length">How many floats.</param>
    public static float[] Cleared(int length) => Asked(new float[length]);

    /// <summary>The same of whatever the memory holds.</summary>
    /// <param name="length">How many floats.</param>
    public static float[] Uncleared(int length) => Asked(GC.AllocateUninitializedArray<float>(length));

    /// <summary>Asks for large pages. It is only advice: where it is not followed the pages are small.</summary>
    /// <param name="start">Where a large page may begin.</param>
    /// <param name="bytes">How many from there.</param>
    public static void Ask(nint start, nint bytes)
    {
        try
        {
            _ = s_canAsk && bytes > 0 ? Advise(start, (nuint)bytes, Advice) : 0;
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            s_canAsk = false;
        }
    }

    private static float[] Asked(float[] array)
    {
        if (array.Length >= Floats)
        {
            // From the page in which it begins: arrays of this size lie one behind the other, and stay where they are.
            fixed (float* first = array)
            {
                const nint bytes = Floats * sizeof(float);
                nint start = (nint)first / bytes * bytes;
                Ask(start, (nint)(first + array.Length) - start);
            }
        }

        return array;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Advise(nint start, nuint bytes, int advice);
}
