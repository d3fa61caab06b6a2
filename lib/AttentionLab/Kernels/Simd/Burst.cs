using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Multiply-adds in registers alone, to measure the most that one core can do: the flat line of a roofline (Williams et al. 2009, "Roofline: an insightful
/// visual performance model"). Nothing is computed that somebody needs.
/// </summary>
internal static class Burst
{
    /// <summary>Two multiply-adds can begin in each step of the clock and take four to five of them: twelve chains keep ten in flight.</summary>
    private const int Chains = 12;

    private static float s_sink;

    /// <summary>Multiply-adds of one number each in <see cref="Run"/>.</summary>
    /// <param name="steps">As there.</param>
    public static long MultiplyAdds(int steps) => (long)steps * Chains * Simd.Lanes;

    /// <summary>Runs once, on this thread, on the widest registers; 60,000 steps take about 0.4 ms at 2.5 GHz.</summary>
    /// <param name="steps">Steps of twelve multiply-adds of a register.</param>
    public static void Run(int steps)
    {
        Work work = new() { Steps = steps };
        Simd.Run(ref work);
        s_sink += work.Sum;
    }

    private struct Work : IWide
    {
        public int Steps;
        public float Sum;

        public void Run<V>()
            where V : struct, ILanes<V> => Sum = Chain<V>(Steps);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Chain<V>(int steps)
        where V : struct, ILanes<V>
    {
        V f = V.All(0.5f), g = V.All(1);
        V a = f, b = f, c = f, d = f, e = f, h = f, i = f, j = f, k = f, l = f, m = f, n = f;
        for (; steps > 0; steps--)
        {
            a = V.MultiplyAdd(a, f, g);
            b = V.MultiplyAdd(b, f, g);
            c = V.MultiplyAdd(c, f, g);
            d = V.MultiplyAdd(d, f, g);
            e = V.MultiplyAdd(e, f, g);
            h = V.MultiplyAdd(h, f, g);
            i = V.MultiplyAdd(i, f, g);
            j = V.MultiplyAdd(j, f, g);
            k = V.MultiplyAdd(k, f, g);
            l = V.MultiplyAdd(l, f, g);
            m = V.MultiplyAdd(m, f, g);
            n = V.MultiplyAdd(n, f, g);
        }

        return V.Sum(a + b + c + d + e + f + g + h + i + j + k + l + m + n);
    }
}
