using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>The exact form, by a polynomial.</content>
public static partial class Gelu
{
    /// <summary>
    /// x·Φ(x), Φ within 1.9e-7. Φ − ½ is odd, so that it is x times a function of x², which a polynomial of degree 14 follows up to |x| = 5.4.
    /// Beyond, x·(its last value) grows past ±½ and the clamp gives exactly 0 and 1. No division, and no exponential.
    /// </summary>
    /// <remarks>
    /// The polynomial is in s = x²·2/5.4² − 1, from −1 to 1: in x² itself its terms would cancel to noise. Fitted by Lawson's
    /// iteration to the smallest error of Φ and x·Φ; a degree less doubles the error, one more gains nothing over rounding.
    /// </remarks>
    internal readonly struct ExactForm<V> : IFunction<V>
        where V : struct, ILanes<V>
    {
        private readonly V _cap, _scale, _minusOne, _zero, _half, _one;
        private readonly V _c14, _c13, _c12, _c11, _c10, _c9, _c8, _c7, _c6, _c5, _c4, _c3, _c2, _c1, _c0;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public ExactForm()
        {
            (_cap, _scale) = (V.All(5.4f * 5.4f), V.All(2 / (5.4f * 5.4f)));
            (_minusOne, _zero, _half, _one) = (V.All(-1), V.All(0), V.All(0.5f), V.All(1));
            (_c14, _c13, _c12) = (V.All(3.4047349e-4f), V.All(-9.9300325e-4f), V.All(1.0389073e-3f));
            (_c11, _c10, _c9) = (V.All(-1.2917033e-3f), V.All(3.4603607e-3f), V.All(-6.5960484e-3f));
            (_c8, _c7, _c6) = (V.All(9.7681442e-3f), V.All(-1.4027337e-2f), V.All(1.9610642e-2f));
            (_c5, _c4, _c3) = (V.All(-2.5730029e-2f), V.All(3.2121293e-2f), V.All(-3.9208584e-2f));
            (_c2, _c1, _c0) = (V.All(4.8499361e-2f), V.All(-6.5328002e-2f), V.All(1.30928114e-1f));
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of(V x)
        {
            V s = V.MultiplyAdd(V.Min(_cap, x * x), _scale, _minusOne);
            V p = V.MultiplyAdd(_c14, s, _c13);
            p = V.MultiplyAdd(p, s, _c12);
            p = V.MultiplyAdd(p, s, _c11);
            p = V.MultiplyAdd(p, s, _c10);
            p = V.MultiplyAdd(p, s, _c9);
            p = V.MultiplyAdd(p, s, _c8);
            p = V.MultiplyAdd(p, s, _c7);
            p = V.MultiplyAdd(p, s, _c6);
            p = V.MultiplyAdd(p, s, _c5);
            p = V.MultiplyAdd(p, s, _c4);
            p = V.MultiplyAdd(p, s, _c3);
            p = V.MultiplyAdd(p, s, _c2);
            p = V.MultiplyAdd(p, s, _c1);
            p = V.MultiplyAdd(p, s, _c0);
            return x * V.Max(_zero, V.Min(_one, V.MultiplyAdd(x, p, _half)));
        }
    }
}
