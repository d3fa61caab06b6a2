using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// 2ˣ as <see cref="Exp.OfBase2"/> has it, with its constants in registers: made before a loop, used within. A constant written
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
        _c5 = V.All(1.32647273e-3f);
        _c4 = V.All(9.67151299e-3f);
        _c3 = V.All(5.55073358e-2f);
        _c2 = V.All(2.40222424e-1f);
        _c1 = V.All(6.93147004e-1f);
        _c0 = V.All(1);
        _lowest = V.All(-100);
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
