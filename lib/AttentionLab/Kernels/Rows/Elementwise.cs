using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>The one loop of all operations that treat each number by itself: registers first, then what is left, one at a time.</summary>
internal static class Elementwise
{
    /// <summary>Applies an operator to numbers 0 … <paramref name="length"/> − 1, many of them on several threads.</summary>
    /// <param name="op">The operator.</param>
    /// <param name="length">How many numbers.</param>
    /// <param name="effort">As <see cref="RowParts.Count"/> says.</param>
    public static void Run<TOp>(in TOp op, int length, int effort)
        where TOp : unmanaged, IElements
    {
        int blocks = RowParts.Blocks(length);
        RowParts.Run(new Blocks<TOp>(op, length), blocks, RowParts.Count(blocks, RowParts.Block, effort));
    }

    /// <summary>Applies an operator to numbers <paramref name="first"/> … <paramref name="end"/> − 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Over<V, TOp>(TOp op, int first, int end)
        where V : struct, ILanes<V>
        where TOp : unmanaged, IElements
    {
        int i = first;
        for (; i <= end - V.Count; i += V.Count)
        {
            op.At<V>(i);
        }

        for (; i < end; i++)
        {
            op.At<Lanes1>(i);
        }
    }

    private readonly struct Blocks<TOp>(TOp op, int length) : IRowKernel
        where TOp : unmanaged, IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V> => Over<V, TOp>(op, first * RowParts.Block, RowParts.End(end, length));
    }
}
