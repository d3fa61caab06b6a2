using System.Numerics;
using System.Runtime.CompilerServices;
using MathNet.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Gaussian error linear unit (Hendrycks and Gimpel 2016): y = x·Φ(x), Φ the normal distribution function. Two forms are in use:
/// exact, Φ(x) = ½(1 + erf(x/√2)), as in BERT; and y ≈ x·σ(2u) = ½x(1 + tanh u) with u = √(2/π)·(x + 0.044715·x³), as in GPT-2.
/// </summary>
public static partial class Gelu
{
    private const float RootTwoOverPi = 0.79788456f, Cubic = 0.044715f;

    /// <summary>y by the formula, the error function from MathNet.Numerics.</summary>
    /// <param name="x">Any values.</param>
    /// <param name="y">As long as <paramref name="x"/>; may be the same memory.</param>
    /// <param name="tanh">The tanh form instead of the exact one.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y, bool tanh = false)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        for (int i = 0; i < x.Length; i++)
        {
            double value = double.CreateChecked(x[i]);
            y[i] = T.CreateChecked(value * (tanh ? Gate(value) : Phi(value)));
        }
    }

    /// <summary>y, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(ReadOnlySpan<float> x, Span<float> y, bool tanh = false)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        fixed (float* from = x, to = y)
        {
            if (tanh)
            {
                Elementwise.RunLoop(new Tanh(from, to), x.Length, effort: 4);
            }
            else
            {
                Elementwise.RunLoop(new Exact(from, to), x.Length, effort: 4);
            }
        }
    }

    /// <summary>Backward by the formula: dy/dx = Φ(x) + x·φ(x), or with s = σ(2u): s + x·s(1−s)·2·du/dx.</summary>
    /// <param name="x">Input of the forward.</param>
    /// <param name="dy">∂L/∂y.</param>
    /// <param name="dx">∂L/∂x, overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="tanh">The form of the forward.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> dy, Span<T> dx, bool tanh = false)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(dy.Length, x.Length, "dy", "x");
        Sizes.RequireSame(dx.Length, x.Length, "dx", "x");
        for (int i = 0; i < x.Length; i++)
        {
            double value = double.CreateChecked(x[i]), slope;
            if (tanh)
            {
                double s = Gate(value), du = Math.Sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * value * value);
                slope = s + value * s * (1 - s) * 2 * du;
            }
            else
            {
                slope = Phi(value) + value * Math.Exp(-value * value / 2) / Math.Sqrt(2 * Math.PI);
            }

            dx[i] = T.CreateChecked(double.CreateChecked(dy[i]) * slope);
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, bool tanh = false)
    {
        Sizes.RequireSame(dy.Length, x.Length, "dy", "x");
        Sizes.RequireSame(dx.Length, x.Length, "dx", "x");
        fixed (float* from = x, upstream = dy, to = dx)
        {
            if (tanh)
            {
                Elementwise.Run(new TanhSlope(from, upstream, to), x.Length, effort: 4);
            }
            else
            {
                Elementwise.RunLoop(new ExactSlope(from, upstream, to), x.Length, effort: 4);
            }
        }
    }

    private static double Phi(double x) => 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    private static double Gate(double x) => 1 / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    /// <summary>x·σ(2u).</summary>
    internal readonly struct TanhForm<V> : IFunction<V>
        where V : struct, ILanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of(V x) => x * Gate(x);
    }

    /// <summary>Φ(x) + x·φ(x), within 3.7e-7, as <see cref="ExactForm{V}"/>: ½ and an odd function, degree 16 up to |x| = 5.75; below exactly 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V PhiSlope<V>(V x)
        where V : struct, ILanes<V>
    {
        V z = V.Max(V.All(-5.75f), V.Min(V.All(5.75f), x)), s = V.MultiplyAdd(z * z, V.All(2 / (5.75f * 5.75f)), V.All(-1));
        V s2 = s * s, s4 = s2 * s2, s8 = s4 * s4;
        V high = V.MultiplyAdd(
            Piece(s, s2, 2.6378231e-2f, 3.4834686e-4f, 4.5620841e-3f, -1.2763200e-2f), s4,
            Piece(s, s2, 6.7573726e-2f, -5.2022159e-2f, 4.7344111e-2f, -4.9558949e-2f));
        V low = V.MultiplyAdd(
            Piece(s, s2, 5.1658347e-2f, -5.9212629e-2f, 6.7177735e-2f, -7.2658949e-2f), s4,
            Piece(s, s2, 1.23071812e-1f, -6.2281001e-2f, 4.9369290e-2f, -4.7315132e-2f));
        V p = V.MultiplyAdd(V.MultiplyAdd(V.All(5.2849078e-3f), s8, high), s8, low);
        return V.ZeroWhereLess(x, V.All(-5.75f), V.MultiplyAdd(z, p, V.All(0.5f)));
    }

    /// <summary>
    /// c₀ + c₁·s + c₂·s² + c₃·s³ as (c₀ + c₁·s) + s²·(c₂ + c₃·s): in a polynomial of such pieces (Estrin 1960) fewer steps wait for the
    /// one before. Φ itself keeps its steps in a row: in pieces its error was 11 % larger.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Piece<V>(V s, V s2, float c0, float c1, float c2, float c3)
        where V : struct, ILanes<V> =>
        V.MultiplyAdd(V.MultiplyAdd(V.All(c3), s, V.All(c2)), s2, V.MultiplyAdd(V.All(c1), s, V.All(c0)));

    /// <summary>σ(2u).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Gate<V>(V x)
        where V : struct, ILanes<V>
    {
        V u = x * V.All(RootTwoOverPi) * V.MultiplyAdd(x * x, V.All(Cubic), V.All(1));
        return V.All(1) / (V.All(1) + Exp.Of(u * V.All(-2)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V GateSlope<V>(V x)
        where V : struct, ILanes<V>
    {
        // Beyond ±10 the slope is 1 or 0 to the last bit, and x² would overflow in the end.
        V z = V.Max(V.All(-10), V.Min(V.All(10), x)), gate = Gate(z), twoDu = V.MultiplyAdd(z * z, V.All(6 * RootTwoOverPi * Cubic), V.All(2 * RootTwoOverPi));
        return V.ZeroWhereLess(x, V.All(-10), V.MultiplyAdd(z * gate * (V.All(1) - gate), twoDu, gate));
    }

    private readonly unsafe struct Exact(float* x, float* y) : IElementLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Over<V>(int first, int end)
            where V : struct, ILanes<V>
        {
            if (HasTable<V>())
            {
                Elementwise.Map<Lanes16, TableForm, ExactForm<Lanes1>>(new(), new(), x, y, first, end);
            }
            else
            {
                ExactRow<V>(x + first, y + first, end - first);
            }
        }
    }

    private readonly unsafe struct Tanh(float* x, float* y) : IElementLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Over<V>(int first, int end)
            where V : struct, ILanes<V> =>
            Elementwise.Map<V, TanhForm<V>, TanhForm<Lanes1>>(new(), new(), x, y, first, end);
    }

    private readonly unsafe struct ExactSlope(float* x, float* dy, float* dx) : IElementLoop
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Over<V>(int first, int end)
            where V : struct, ILanes<V>
        {
            if (HasTable<V>())
            {
                TableSlope slope = new();
                for (; first <= end - Lanes16.Count; first += Lanes16.Count)
                {
                    Lanes16.Store(Lanes16.Load(dy + first) * slope.Of(Lanes16.Load(x + first)), dx + first);
                }
            }

            Elementwise.Over<V, PolynomialSlope>(new(x, dy, dx), first, end);
        }
    }

    private readonly unsafe struct PolynomialSlope(float* x, float* dy, float* dx) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.Load(dy + i) * PhiSlope(V.Load(x + i)), dx + i);
    }

    private readonly unsafe struct TanhSlope(float* x, float* dy, float* dx) : IElements
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void At<V>(int i)
            where V : struct, ILanes<V> => V.Store(V.Load(dy + i) * GateSlope(V.Load(x + i)), dx + i);
    }
}
