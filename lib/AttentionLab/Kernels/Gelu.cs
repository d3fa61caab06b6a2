using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using MathNet.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Gaussian error linear unit (Hendrycks and Gimpel 2016): y = x·Φ(x), Φ the normal distribution function. Two forms are in use:
/// exact, Φ(x) = ½(1 + erf(x/√2)), as in BERT; and y ≈ x·σ(2u) = ½x(1 + tanh u) with u = √(2/π)·(x + 0.044715·x³), as in GPT-2.
/// </summary>
public static class Gelu
{
    private const float RootHalf = 0.70710678f, InverseRootTwoPi = 0.39894228f, RootTwoOverPi = 0.79788456f, Cubic = 0.044715f;

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
    public static void Forward(ReadOnlySpan<float> x, Span<float> y, bool tanh = false)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        if (Vector512.IsHardwareAccelerated)
        {
            Fast<Lanes16>(x, y, tanh);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Fast<Lanes8>(x, y, tanh);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            Fast<Lanes4>(x, y, tanh);
        }
        else
        {
            Fast<Lanes1>(x, y, tanh);
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
    public static void Backward(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, bool tanh = false)
    {
        Sizes.RequireSame(dy.Length, x.Length, "dy", "x");
        Sizes.RequireSame(dx.Length, x.Length, "dx", "x");
        if (Vector512.IsHardwareAccelerated)
        {
            FastBackward<Lanes16>(x, dy, dx, tanh);
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            FastBackward<Lanes8>(x, dy, dx, tanh);
        }
        else if (Vector128.IsHardwareAccelerated)
        {
            FastBackward<Lanes4>(x, dy, dx, tanh);
        }
        else
        {
            FastBackward<Lanes1>(x, dy, dx, tanh);
        }
    }

    private static double Phi(double x) => 0.5 * SpecialFunctions.Erfc(-x / Math.Sqrt(2));

    private static double Gate(double x) => 1 / (1 + Math.Exp(-2 * Math.Sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

    /// <summary>y for one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Of<V>(V x, bool tanh)
        where V : struct, ILanes<V> => x * Gate(x, tanh);

    /// <summary>erf, within 3 units of the last place: a rational function of x² (coefficients of Eigen, generic_fast_erf_float).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Erf<V>(V x)
        where V : struct, ILanes<V>
    {
        V z = V.Max(V.All(-4), V.Min(V.All(4), x)), t = z * z;
        V p = V.All(-2.72614225801306e-10f);
        p = V.MultiplyAdd(p, t, V.All(2.77068142495902e-08f));
        p = V.MultiplyAdd(p, t, V.All(-2.10102402082508e-06f));
        p = V.MultiplyAdd(p, t, V.All(-5.69250639462346e-05f));
        p = V.MultiplyAdd(p, t, V.All(-7.34990630326855e-04f));
        p = V.MultiplyAdd(p, t, V.All(-2.95459980854025e-03f));
        p = V.MultiplyAdd(p, t, V.All(-1.60960333262415e-02f));
        V q = V.All(-1.45660718464996e-05f);
        q = V.MultiplyAdd(q, t, V.All(-2.13374055278905e-04f));
        q = V.MultiplyAdd(q, t, V.All(-1.68282697438203e-03f));
        q = V.MultiplyAdd(q, t, V.All(-7.37332916720468e-03f));
        q = V.MultiplyAdd(q, t, V.All(-1.42647390514189e-02f));

        // Beyond 3.9 a float cannot tell erf from ±1, and the gate must close exactly.
        V y = V.WhereLess(V.All(3.9f), z, V.All(1), z * p / q);
        return V.WhereLess(z, V.All(-3.9f), V.All(-1), y);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Gate<V>(V x, bool tanh)
        where V : struct, ILanes<V>
    {
        if (!tanh)
        {
            return V.MultiplyAdd(Erf(x * V.All(RootHalf)), V.All(0.5f), V.All(0.5f));
        }

        V u = x * V.All(RootTwoOverPi) * V.MultiplyAdd(x * x, V.All(Cubic), V.All(1));
        return V.All(1) / (V.All(1) + Exp.Of(u * V.All(-2)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Slope<V>(V x, bool tanh)
        where V : struct, ILanes<V>
    {
        V gate = Gate(x, tanh);
        if (!tanh)
        {
            return V.MultiplyAdd(x * V.All(InverseRootTwoPi), Exp.Of(x * x * V.All(-0.5f)), gate);
        }

        V twoDu = V.MultiplyAdd(x * x, V.All(6 * RootTwoOverPi * Cubic), V.All(2 * RootTwoOverPi));
        return V.MultiplyAdd(x * gate * (V.All(1) - gate), twoDu, gate);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fast<V>(ReadOnlySpan<float> x, Span<float> y, bool tanh)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V value = V.Load(ref x0, i);
            V.Store(value * Gate(value, tanh), ref y0, i);
        }

        for (; i < x.Length; i++)
        {
            Lanes1 value = Lanes1.Load(ref x0, i);
            Lanes1.Store(value * Gate(value, tanh), ref y0, i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FastBackward<V>(ReadOnlySpan<float> x, ReadOnlySpan<float> dy, Span<float> dx, bool tanh)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), dy0 = ref MemoryMarshal.GetReference(dy), dx0 = ref MemoryMarshal.GetReference(dx);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V.Store(V.Load(ref dy0, i) * Slope(V.Load(ref x0, i), tanh), ref dx0, i);
        }

        for (; i < x.Length; i++)
        {
            Lanes1.Store(Lanes1.Load(ref dy0, i) * Slope(Lanes1.Load(ref x0, i), tanh), ref dx0, i);
        }
    }
}
