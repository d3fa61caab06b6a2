using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <summary>
/// Asks for memory before it is needed. A loop that goes over a row several times is done with it before the machine notices that the next one
/// follows: it would wait for memory at the start of each row, and compute nothing meanwhile.
/// </summary>
internal static unsafe class Prefetch
{
    /// <summary>A matrix of more numbers than this (1 MB) does not lie in a near cache together with its result.</summary>
    private const int Near = 1 << 18;

    /// <summary>How many numbers ahead a kernel over rows should ask: a row, or 0 if all rows are near.</summary>
    public static int Ahead(int rows, int columns) => (long)rows * columns > Near ? columns : 0;

    /// <summary>
    /// Asks for two lines, <paramref name="ahead"/> numbers after number <paramref name="i"/> of two rows, once a line; any address will do, also one
    /// beyond an array.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines<V>(int ahead, int i, float* a, float* b)
        where V : struct, ILanes<V>
    {
        if (IsNew<V>(ahead, i))
        {
            Line(a + ahead + i);
            Line(b + ahead + i);
        }
    }

    /// <summary>The same for one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Lines<V>(int ahead, int i, float* a)
        where V : struct, ILanes<V>
    {
        if (IsNew<V>(ahead, i))
        {
            Line(a + ahead + i);
        }
    }

    /// <summary>Asks for the line of an address; any will do. Where .NET has no such instruction (Arm) the hardware must guess.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Line(float* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(address);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsNew<V>(int ahead, int i)
        where V : struct, ILanes<V> => ahead != 0 && (V.Count == Scratch.LineFloats || i % Scratch.LineFloats == 0);
}
