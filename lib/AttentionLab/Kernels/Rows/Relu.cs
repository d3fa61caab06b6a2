using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>y = max(x, 0), element by element; NaN stays NaN.</summary>
public static class Relu
{
    /// <summary>y = max(x, 0) by a loop.</summary>
    /// <param name="x">Any values.</param>
    /// <param name="y">As long as <paramref name="x"/>; may be the same memory.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = x[i] < T.Zero ? T.Zero : x[i];
        }
    }

    /// <summary>y = max(x, 0), fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        fixed (float* from = x, to = y)
        {
            int blocks = RowParts.Blocks(x.Length);
            RowParts.Run(new ForwardBlocks(from, to, x.Length), blocks, RowParts.Count(blocks, RowParts.Block, effort: 1));
        }
    }

    /// <summary>Backward by a loop: ∂L/∂x = ∂L/∂y where x &gt; 0, else 0 (at 0 too, as PyTorch).</summary>
    /// <param name="x">Input of the forward; its result does as well, since both are positive at the same places.</param>
    /// <param name="dy">∂L/∂y.</param>
    /// <param name="dx">∂L/∂x, overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(dy.Length, x.Length, "dy", "x");
        Sizes.RequireSame(dx.Length, x.Length, "dx", "x");
        for (int i = 0; i < x.Length; i++)
        {
            dx[i] = x[i] > T.Zero ? dy[i] : T.Zero;
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
    {
        Sizes.RequireSame(dy.Length, x.Length, "dy", "x");
        Sizes.RequireSame(dx.Length, x.Length, "dx", "x");
        fixed (float* from = x, upstream = dy, to = dx)
        {
            int blocks = RowParts.Blocks(x.Length);
            RowParts.Run(new BackwardBlocks(from, upstream, to, x.Length), blocks, RowParts.Count(blocks, RowParts.Block, effort: 1));
        }
    }

    private readonly unsafe struct ForwardBlocks(float* x, float* y, int length) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            float* from = x, to = y;
            int i = first * RowParts.Block, n = RowParts.End(end, length);
            for (; i <= n - V.Count; i += V.Count)
            {
                V value = V.Load(from + i);
                V.Store(V.ZeroWhereLess(value, V.All(0), value), to + i);
            }

            for (; i < n; i++)
            {
                to[i] = from[i] < 0 ? 0 : from[i];
            }
        }
    }

    private readonly unsafe struct BackwardBlocks(float* x, float* dy, float* dx, int length) : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            float* from = x, upstream = dy, to = dx;
            V zero = V.All(0);
            int i = first * RowParts.Block, n = RowParts.End(end, length);
            for (; i <= n - V.Count; i += V.Count)
            {
                V.Store(V.WhereLess(zero, V.Load(from + i), V.Load(upstream + i), zero), to + i);
            }

            for (; i < n; i++)
            {
                to[i] = from[i] > 0 ? upstream[i] : 0;
            }
        }
    }
}
