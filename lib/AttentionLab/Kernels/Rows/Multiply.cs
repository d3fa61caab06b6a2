using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// The three element-wise steps that other kernels are made of: y = a ⊙ b, y = s·x and y += s·x.
/// Their reference is the loop over the formula; their backward is themselves.
/// </summary>
public static class Multiply
{
    /// <summary>y_i = a_i·b_i.</summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <param name="y">(n), may be the memory of <paramref name="a"/> or <paramref name="b"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> y)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        Sizes.RequireSame(y.Length, a.Length, "y", "a");
        fixed (float* left = a, right = b, to = y)
        {
            Elementwise.Run(new Product(left, right, to), a.Length, effort: 1);
        }
    }

    /// <summary>y_i = s·x_i.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">Factor.</param>
    /// <param name="y">(n), may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void Scale(ReadOnlySpan<float> x, float s, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        fixed (float* from = x, to = y)
        {
            Elementwise.Run(new Scaled(from, s, to), x.Length, effort: 1);
        }
    }

    /// <summary>y_i += s·x_i.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">Factor.</param>
    /// <param name="y">(n), added to; may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static unsafe void AddScaled(ReadOnlySpan<float> x, float s, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        fixed (float* from = x, to = y)
        {
            Elementwise.Run(new ScaledSum(from, s, to), x.Length, effort: 1);
        }
    }

    /// <summary>y_i = s·x_i with a factor that a float may not hold: 1/‖x‖ of tiny numbers is more than 3.4e38.</summary>
    /// <param name="x">(n).</param>
    /// <param name="s">Factor.</param>
    /// <param name="y">(n), may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void ScaleInDouble(ReadOnlySpan<float> x, double s, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = (float)(x[i] * s);
        }
    }

    /// <summary>y_i = s·x_i for other kernels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Scale<V>(float* x, float s, float* y, int n)
        where V : struct, ILanes<V> => Elementwise.Over<V, Scaled>(new(x, s, y), 0, n);

    /// <summary>y_i = s·y_i; asks for what lies <paramref name="ahead"/> numbers after it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Scale<V>(float* y, float s, int n, int ahead)
        where V : struct, ILanes<V>
    {
        if (ahead == 0)
        {
            Scale<V>(y, s, y, n);
        }
        else
        {
            Elementwise.Over<V, ScaledInPlace>(new(y, s, ahead), 0, n);
        }
    }

    /// <summary>y += s·x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void AddScaled<V>(float* x, float s, float* y, int n)
        where V : struct, ILanes<V> => Elementwise.Over<V, ScaledSum>(new(x, s, y), 0, n);

    private readonly unsafe struct Product(float* a, float* b, float* y) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.Load(a + i) * V.Load(b + i), y + i);
    }

    private readonly unsafe struct Scaled(float* x, float s, float* y) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.Load(x + i) * V.All(s), y + i);
    }

    private readonly unsafe struct ScaledInPlace(float* y, float s, int ahead) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V>
        {
            Prefetch.Lines<V>(ahead, i, y);
            V.Store(V.Load(y + i) * V.All(s), y + i);
        }
    }

    private readonly unsafe struct ScaledSum(float* x, float s, float* y) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.MultiplyAdd(V.Load(x + i), V.All(s), V.Load(y + i)), y + i);
    }
}
