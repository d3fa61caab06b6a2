using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// y = 2ˣ, as a softmax needs it: 0 below 2⁻¹⁰⁰, which is nothing beside the row's largest weight 1 and keeps products with V from
/// becoming denormal. Within 2 units of the last place, and 1 at 0. NaN stays NaN.
/// </summary>
/// <remarks>
/// x = n + r with |r| ≤ ½; 2ʳ is a polynomial, minimax of degree 5 with the constant held at 1: 9e-8 before rounding. A sixth degree would gain
/// one unit and cost 6 %.
/// </remarks>
internal static class Exp2
{
    /// <summary>Coefficients of the polynomial, from r⁵ down to r.</summary>
    internal const float C5 = 1.32647273e-3f, C4 = 9.67151299e-3f, C3 = 5.55073358e-2f, C2 = 2.40222424e-1f, C1 = 6.93147004e-1f;

    /// <summary>2ˣ below this is 0.</summary>
    internal const float Lowest = -100;

    /// <summary>2ˣ of one register for x ≤ 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static V Of<V>(V x)
        where V : struct, ILanes<V>
    {
        V n = V.Round(x), r = x - n;
        V p = V.MultiplyAdd(V.All(C5), r, V.All(C4));
        p = V.MultiplyAdd(p, r, V.All(C3));
        p = V.MultiplyAdd(p, r, V.All(C2));
        p = V.MultiplyAdd(p, r, V.All(C1));
        p = V.MultiplyAdd(p, r, V.All(1));
        return V.ScaleOrZeroWhereLess(x, V.All(Lowest), p, n);
    }
}

/// <summary>
/// 2ˣ as <see cref="Exp2.Of{V}"/> has it, with its constants in registers: made before a loop, used within. A constant written
/// within a loop is read from memory in every round, and seven reads cost more than the arithmetic (13.6 against 7.6 cycles a register).
/// </summary>
/// <remarks>x may be positive, up to 100. Below 2⁻¹⁰⁰ the result is 0; NaN stays NaN.</remarks>
internal readonly struct Exp2<V>
    where V : struct, ILanes<V>
{
    private readonly V _c5, _c4, _c3, _c2, _c1, _c0, _lowest;

    /// <summary>The constants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Exp2()
    {
        _c5 = V.All(Exp2.C5);
        _c4 = V.All(Exp2.C4);
        _c3 = V.All(Exp2.C3);
        _c2 = V.All(Exp2.C2);
        _c1 = V.All(Exp2.C1);
        _c0 = V.All(1);
        _lowest = V.All(Exp2.Lowest);
    }

    /// <summary>2ˣ in every lane.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public V Of(V x)
    {
        V n = V.Round(x), r = x - n;
        V p = V.MultiplyAdd(_c5, r, _c4);
        p = V.MultiplyAdd(p, r, _c3);
        p = V.MultiplyAdd(p, r, _c2);
        p = V.MultiplyAdd(p, r, _c1);
        p = V.MultiplyAdd(p, r, _c0);
        return V.ScaleOrZeroWhereLess(x, _lowest, p, n);
    }
}
