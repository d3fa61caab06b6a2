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
            Elementwise.Run(new Positive(from, to), x.Length, effort: 1);
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
            Elementwise.Run(new Passed(from, upstream, to), x.Length, effort: 1);
        }
    }

    private readonly unsafe struct Positive(float* x, float* y) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.ZeroWhereLess(V.Load(x + i), V.All(0), V.Load(x + i)), y + i);
    }

    private readonly unsafe struct Passed(float* x, float* dy, float* dx) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.WhereLess(V.All(0), V.Load(x + i), V.Load(dy + i), V.All(0)), dx + i);
    }
}
