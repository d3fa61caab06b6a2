using System.Diagnostics;
using System.Runtime.CompilerServices;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>How fast one core reads from each level of memory: in one place, or in four at once, which many machines do faster.</summary>
internal static class ReadLimit
{
    /// <summary>An array of each size lies in the level named on every machine that is common today.</summary>
    public static IReadOnlyList<(string Level, int Bytes)> Levels { get; } = [("L1", 16 << 10), ("L2", 384 << 10), ("L3", 6 << 20), ("DRAM", 512 << 20)];

    /// <summary>Reading speed for an array of that size.</summary>
    /// <param name="bytes">Size of the array.</param>
    /// <returns>GB/s.</returns>
    public static double Gigabytes(int bytes)
    {
        float[] data = GC.AllocateArray<float>(bytes / sizeof(float) + 16, pinned: true);
        Array.Fill(data, 1f);
        int passes = Math.Max(1, (256 << 20) / bytes);
        double best = 0;
        for (int repeat = 0; repeat < 14; repeat++)
        {
            bool apart = repeat % 2 == 1;
            long start = Stopwatch.GetTimestamp();
            for (int pass = 0; pass < passes; pass++)
            {
                s_sink += Read(data, apart);
            }

            best = Math.Max(best, (double)passes * (bytes & ~2047) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    /// <summary>Reads whole cache lines of an array once.</summary>
    /// <param name="data">What is read.</param>
    /// <param name="apart">In four places at once, not in one.</param>
    /// <returns>The sum of what was read.</returns>
    public static float Read(float[] data, bool apart)
    {
        Reading reading = new() { Data = data, Apart = apart };
        Simd.Run(ref reading);
        return reading.Sum;
    }

    private static float s_sink;

    private struct Reading : IWide
    {
        public float[] Data;
        public bool Apart;
        public float Sum;

        public void Run<V>()
            where V : struct, ILanes<V> => Sum = Sum<V>(Data, Apart);
    }

    /// <summary>Eight sums, so that reading is the limit and not adding; whole cache lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Sum<V>(float[] data, bool apart)
        where V : struct, ILanes<V>
    {
        V a = V.All(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        fixed (float* first = data)
        {
            // Two registers in each of four places: a quarter of the array apart, or one behind the other.
            int all = Math.Max(0, data.Length - 16) / 512 * 512, one = apart ? all / 4 : 2 * V.Count, step = apart ? 2 * V.Count : 8 * V.Count;
            float* p = (float*)(((nint)first + 63) & ~63), end = p + (apart ? one : all);
            for (; p < end; p += step)
            {
                a += V.Load(p);
                b += V.Load(p + V.Count);
                c += V.Load(p + one);
                d += V.Load(p + one + V.Count);
                e += V.Load(p + 2 * one);
                f += V.Load(p + 2 * one + V.Count);
                g += V.Load(p + 3 * one);
                h += V.Load(p + 3 * one + V.Count);
            }
        }

        return V.Sum(a + b + c + d + e + f + g + h);
    }
}
