using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <content>
/// The exact form, by a polynomial: x·Φ(x), Φ within 1.9e-7. Φ − ½ is odd, so that it is x times a function of x², which a polynomial of degree 14 follows
/// up to |x| = 5.4. Beyond, x·(its last value) grows past ±½ and the clamp gives exactly 0 and 1. No division, and no exponential.
/// </content>
public static partial class Gelu
{
    /// <summary>From here on x² counts as this.</summary>
    private const float SquareEnd = 5.4f * 5.4f;

    /// <summary>
    /// Coefficients of the polynomial, from the highest down. It is in s = x²·2/5.4² − 1, from −1 to 1: in x² itself its terms would cancel to noise. Fitted
    /// by Lawson's iteration to the smallest error of Φ and x·Φ; a degree less doubles the error, one more gains nothing over rounding.
    /// </summary>
    private static ReadOnlySpan<float> PhiCoefficients =>
    [
        3.4047349e-4f, -9.9300325e-4f, 1.0389073e-3f, -1.2917033e-3f, 3.4603607e-3f, -6.5960484e-3f, 9.7681442e-3f, -1.4027337e-2f, 1.9610642e-2f,
        -2.5730029e-2f, 3.2121293e-2f, -3.9208584e-2f, 4.8499361e-2f, -6.5328002e-2f, 1.30928114e-1f,
    ];

    /// <summary>
    /// y = x·Φ(x) for some numbers, six registers side by side. The steps of a polynomial wait for each other, and a CPU looks only so far for others: one
    /// register after the other took 1.5 times as long. Coefficients are read within, so that no register has to keep one.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    internal static unsafe void ExactRow<V>(float* x, float* y, int n)
        where V : struct, ILanes<V>
    {
        float* first = (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(PhiCoefficients)), end = first + PhiCoefficients.Length;
        ExactForm<V> form = default;
        int i = 0, step = V.Count;
        for (; i + 6 * step <= n; i += 6 * step)
        {
            float* from = x + i, to = y + i;
            V s0 = ExactForm<V>.Centred(V.Load(from)), s1 = ExactForm<V>.Centred(V.Load(from + step)), s2 = ExactForm<V>.Centred(V.Load(from + 2 * step));
            V s3 = ExactForm<V>.Centred(V.Load(from + 3 * step)), s4 = ExactForm<V>.Centred(V.Load(from + 4 * step));
            V s5 = ExactForm<V>.Centred(V.Load(from + 5 * step));
            V c = V.All(*first), p0 = c, p1 = c, p2 = c, p3 = c, p4 = c, p5 = c;
            for (float* next = first + 1; next < end; next++)
            {
                c = V.All(*next);
                p0 = V.MultiplyAdd(p0, s0, c);
                p1 = V.MultiplyAdd(p1, s1, c);
                p2 = V.MultiplyAdd(p2, s2, c);
                p3 = V.MultiplyAdd(p3, s3, c);
                p4 = V.MultiplyAdd(p4, s4, c);
                p5 = V.MultiplyAdd(p5, s5, c);
            }

            V.Store(ExactForm<V>.End(V.Load(from), p0), to);
            V.Store(ExactForm<V>.End(V.Load(from + step), p1), to + step);
            V.Store(ExactForm<V>.End(V.Load(from + 2 * step), p2), to + 2 * step);
            V.Store(ExactForm<V>.End(V.Load(from + 3 * step), p3), to + 3 * step);
            V.Store(ExactForm<V>.End(V.Load(from + 4 * step), p4), to + 4 * step);
            V.Store(ExactForm<V>.End(V.Load(from + 5 * step), p5), to + 5 * step);
        }

        for (; i + step <= n; i += step)
        {
            V.Store(form.Of(V.Load(x + i)), y + i);
        }

        for (; i < n; i++)
        {
            Lanes1.Store(default(ExactForm<Lanes1>).Of(Lanes1.Load(x + i)), y + i);
        }
    }

    /// <summary>x·Φ(x) of one register.</summary>
    internal readonly struct ExactForm<V> : IFunction<V>
        where V : struct, ILanes<V>
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public V Of(V x)
        {
            ReadOnlySpan<float> coefficients = PhiCoefficients;
            V s = Centred(x), p = V.All(coefficients[0]);
            for (int i = 1; i < coefficients.Length; i++)
            {
                p = V.MultiplyAdd(p, s, V.All(coefficients[i]));
            }

            return End(x, p);
        }

        /// <summary>x² to −1 … 1.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static V Centred(V x) => V.MultiplyAdd(V.Min(V.All(SquareEnd), x * x), V.All(2 / SquareEnd), V.All(-1));

        /// <summary>x·(½ + x·p), between 0 and x.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal static V End(V x, V p) => x * V.Max(V.All(0), V.Min(V.All(1), V.MultiplyAdd(x, p, V.All(0.5f))));
    }
}
