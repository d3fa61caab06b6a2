using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AttentionLab.Kernels;

/// <summary>y = eˣ, element by element.</summary>
/// <remarks>
/// The fast path writes x = n·ln 2 + r with |r| ≤ ½ ln 2, so that eˣ = 2ⁿ·eʳ; ln 2 is split in two so that r stays exact
/// (Cody and Waite 1980), eʳ is a polynomial (Moshier's Cephes, expf), and 2ⁿ is made from its exponent bits.
/// Results below 2⁻¹²⁵ are 0: denormal numbers cost a hundred times the time and .NET cannot switch them off.
/// </remarks>
public static class Exp
{
    /// <summary>e^x below this would be smaller than 2⁻¹²⁵.</summary>
    private const float Lowest = -86.643395f;

    /// <summary>e^x above this is more than a float holds.</summary>
    private const float Highest = 88.722839f;

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

    /// <summary>Backward of y = eˣ: ∂L/∂x = ∂L/∂y · y.</summary>
    /// <param name="y">Result of the forward.</param>
    /// <param name="dy">∂L/∂y.</param>
    /// <param name="dx">∂L/∂x, overwritten.</param>
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
        where V : struct, ILanes<V>
    {
        V n = V.Round(x * V.All(1.44269504f));
        V r = V.MultiplyAdd(n, V.All(-0.693359375f), x);
        r = V.MultiplyAdd(n, V.All(2.12194440e-4f), r);
        V p = V.All(1.9875691500e-4f);
        p = V.MultiplyAdd(p, r, V.All(1.3981999507e-3f));
        p = V.MultiplyAdd(p, r, V.All(8.3334519073e-3f));
        p = V.MultiplyAdd(p, r, V.All(4.1665795894e-2f));
        p = V.MultiplyAdd(p, r, V.All(1.6666665459e-1f));
        p = V.MultiplyAdd(p, r, V.All(5.0000001201e-1f));
        p = V.MultiplyAdd(p, r * r, r + V.All(1));

        // 2ⁿ = 2·2ⁿ⁻¹, so that n = 128 (the largest floats) still has an exponent.
        V y = p * V.PowerOfTwo(n - V.All(1)) * V.All(2);
        y = V.WhereLess(V.All(Highest), x, V.All(float.PositiveInfinity), y);
        y = V.WhereLess(x, V.All(Lowest), V.All(0), y);
        return V.WhereNumber(x, y);
    }

    /// <summary>
    /// 2ˣ of one register for x ≤ 0, as an online softmax needs it: 0 below 2⁻¹⁰⁰, which is nothing beside the row's largest weight 1
    /// and keeps products with V from becoming denormal. NaN stays NaN.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V OfBase2<V>(V x)
        where V : struct, ILanes<V>
    {
        V n = V.Round(x), r = x - n;
        V p = V.All(1.54035304e-4f);
        p = V.MultiplyAdd(p, r, V.All(1.33335581e-3f));
        p = V.MultiplyAdd(p, r, V.All(9.61812911e-3f));
        p = V.MultiplyAdd(p, r, V.All(5.55041087e-2f));
        p = V.MultiplyAdd(p, r, V.All(2.40226507e-1f));
        p = V.MultiplyAdd(p, r, V.All(6.93147181e-1f));
        p = V.MultiplyAdd(p, r, V.All(1));
        return V.WhereLess(x, V.All(-100), V.All(0), p * V.PowerOfTwo(n));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Fast<V>(ReadOnlySpan<float> x, Span<float> y)
        where V : struct, ILanes<V>
    {
        ref float x0 = ref MemoryMarshal.GetReference(x), y0 = ref MemoryMarshal.GetReference(y);
        int i = 0;
        for (; i <= x.Length - V.Count; i += V.Count)
        {
            V.Store(Of(V.Load(ref x0, i)), ref y0, i);
        }

        for (; i < x.Length; i++)
        {
            Lanes1.Store(Of(Lanes1.Load(ref x0, i)), ref y0, i);
        }
    }
}
