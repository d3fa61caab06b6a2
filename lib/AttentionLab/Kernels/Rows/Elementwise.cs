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

    /// <summary>As the other, for an operator with a loop of its own.</summary>
    /// <param name="loop">The operator.</param>
    /// <param name="length">How many numbers.</param>
    /// <param name="effort">As <see cref="RowParts.Count"/> says.</param>
    public static void RunLoop<TLoop>(in TLoop loop, int length, int effort)
        where TLoop : unmanaged, IElementLoop
    {
        int blocks = RowParts.Blocks(length);
        RowParts.Run(new LoopBlocks<TLoop>(loop, length), blocks, RowParts.Count(blocks, RowParts.Block, effort));
    }

    /// <summary>y_i = f(x_i).</summary>
    /// <param name="wide">f of a register.</param>
    /// <param name="single">f of one number.</param>
    /// <param name="x">Numbers.</param>
    /// <param name="y">Results; may be the memory of <paramref name="x"/>.</param>
    /// <param name="first">The first of them.</param>
    /// <param name="end">The first that is not done.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Map<V, TWide, TSingle>(TWide wide, TSingle single, float* x, float* y, int first, int end)
        where V : struct, ILanes<V>
        where TWide : struct, IFunction<V>
        where TSingle : struct, IFunction<Lanes1>
    {
        int i = first;
        for (; i <= end - 2 * V.Count; i += 2 * V.Count)
        {
            V a = wide.Of(V.Load(x + i)), b = wide.Of(V.Load(x + i + V.Count));
            V.Store(a, y + i);
            V.Store(b, y + i + V.Count);
        }

        for (; i <= end - V.Count; i += V.Count)
        {
            V.Store(wide.Of(V.Load(x + i)), y + i);
        }

        for (; i < end; i++)
        {
            Lanes1.Store(single.Of(Lanes1.Load(x + i)), y + i);
        }
    }

    private readonly struct LoopBlocks<TLoop>(TLoop loop, int length) : IRowKernel
        where TLoop : unmanaged, IElementLoop
    {
        /// <remarks>Not inlined: within a larger method the compiler gives up keeping the constants in registers.</remarks>
        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V> => loop.Over<V>(first * RowParts.Block, RowParts.End(end, length));
    }

    private readonly struct Blocks<TOp>(TOp op, int length) : IRowKernel
        where TOp : unmanaged, IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V> => Over<V, TOp>(op, first * RowParts.Block, RowParts.End(end, length));
    }
}
