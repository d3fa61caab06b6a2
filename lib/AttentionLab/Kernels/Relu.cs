using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

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
    public static void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        if (Vector512.IsHardwareAccelerated)
        {
            Fast<Lanes16>(x, y);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Fast<Lanes8>(x, y);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Fast<Lanes4>(x, y);
        }
        else
        {
            Fast<Lanes1>(x, y);
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
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
    {
        Sizes.RequireSame(dy.Length, x.Length, "dy", "x");
        Sizes.RequireSame(dx.Length, x.Length, "dx", "x");
        if (Vector512.IsHardwareAccelerated)
        {
            FastBackward<Lanes16>(x, dy, dx);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            FastBackward<Lanes8>(x, dy, dx);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            FastBackward<Lanes4>(x, dy, dx);
        }
        else
        {
            FastBackward<Lanes1>(x, dy, dx);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fast<V>(ReadOnlySpan<float> x, Span<float> y)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y);
        V zero = V.All(0);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V value = V.Load(ref x0, i);
            V.Store(V.WhereLess(value, zero, zero, value), ref y0, i);
        }

        for (; i < x.Length; i++)
        {
            y[i] = x[i] < 0 ? 0 : x[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FastBackward<V>(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), dy0 = ref MemoryMarshal.GetReference(dy), dx0 = ref MemoryMarshal.GetReference(dx);
        V zero = V.All(0);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V.Store(V.WhereLess(zero, V.Load(ref x0, i), V.Load(ref dy0, i), zero), ref dx0, i);
        }

        for (; i < x.Length; i++)
        {
            dx[i] = x[i] > 0 ? dy[i] : 0;
        }
    }
}
