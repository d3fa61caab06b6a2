using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>y = eˣ, element by element.</summary>
/// <remarks>
/// The fast path writes x = n·ln 2 + r with |r| ≤ ½ ln 2, so that eˣ = 2ⁿ·eʳ; ln 2 is split in two so that r stays exact
/// (Cody and Waite 1980), eʳ is a polynomial, and 2ⁿ goes into the exponent bits. Within 1.2 units of the last place.
/// Results below 2⁻¹²⁵ are 0: denormal numbers cost a hundred times the time and .NET cannot switch them off.
/// </remarks>
public static class Exp
{
    /// <summary>e^x below this would be smaller than 2⁻¹²⁵.</summary>
    private const float Lowest = -86.643395f;

    /// <summary>e^x above this is more than a float holds.</summary>
    private const float Highest = 88.722839f;

    /// <summary>log₂ e.</summary>
    internal const float Log2E = 1.44269504f;

    /// <summary>y = eˣ by the system's own function.</summary>
    /// <param name="x">Any values; −∞ gives 0, NaN stays NaN.</param>
    /// <param name="y">As long as <paramref name="x"/>; may be the same memory.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        for (int i = 0; i < x.Length; i++)
        {
            y[i] = T.Exp(x[i]);
        }
    }

    /// <summary>y = eˣ, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        fixed (float* from = x, to = y)
        {
            Elementwise.RunLoop(new Exponential(from, to), x.Length, effort: 3);
        }
    }

    /// <summary>Backward of y = eˣ: ∂L/∂x = ∂L/∂y · y.</summary>
    /// <param name="y">Result of the forward.</param>
    /// <param name="dy">∂L/∂y.</param>
    /// <param name="dx">∂L/∂x, overwritten.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(dy.Length, y.Length, "dy", "y");
        Sizes.RequireSame(dx.Length, y.Length, "dx", "y");
        for (int i = 0; i < y.Length; i++)
        {
            dx[i] = dy[i] * y[i];
        }
    }

    /// <summary>Backward of y = eˣ.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx)
    {
        Sizes.RequireSame(dy.Length, y.Length, "dy", "y");
        Sizes.RequireSame(dx.Length, y.Length, "dx", "y");
        Multiply.Forward(dy, y, dx);
    }

    /// <summary>eˣ of one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Of<V>(V x)
        where V : struct, ILanes<V> => new Function<V>().Of(x);

    /// <summary>eˣ.</summary>
    private readonly struct Function<V> : IFunction<V>
        where V : struct, ILanes<V>
    {
        private readonly V _log2E, _high, _low, _c6, _c5, _c4, _c3, _c2, _one, _lowest, _highest, _infinity;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Function()
        {
            _log2E = V.All(Log2E);
            (_high, _low) = (V.All(-0.693359375f), V.All(2.12194440e-4f));

            // Minimax on |r| ≤ 0.3468, the first two coefficients held at 1: 3e-9 before rounding.
            (_c6, _c5, _c4, _c3, _c2) = (V.All(1.38145383e-3f), V.All(8.36874545e-3f), V.All(4.16683890e-2f), V.All(1.66665211e-1f), V.All(4.99999940e-1f));
            _one = V.All(1);
            (_lowest, _highest, _infinity) = (V.All(Lowest), V.All(Highest), V.All(float.PositiveInfinity));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of(V x)
        {
            V n = V.Round(x * _log2E);
            V r = V.MultiplyAdd(n, _high, x);
            r = V.MultiplyAdd(n, _low, r);
            V p = V.MultiplyAdd(_c6, r, _c5);
            p = V.MultiplyAdd(p, r, _c4);
            p = V.MultiplyAdd(p, r, _c3);
            p = V.MultiplyAdd(p, r, _c2);
            p = V.MultiplyAdd(p, r, _one);
            p = V.MultiplyAdd(p, r, _one);
            return V.WhereLess(_highest, x, _infinity, V.ScaleOrZeroWhereLess(x, _lowest, p, n));
        }
    }

    private readonly unsafe struct Exponential(float* x, float* y) : IElementLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Over<V>(int first, int end)
            where V : struct, ILanes<V> =>
            Elementwise.Map<V, Function<V>, Function<Lanes1>>(new(), new(), x, y, first, end);
    }
}
