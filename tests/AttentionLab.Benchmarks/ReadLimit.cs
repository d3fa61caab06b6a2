using System.Diagnostics;
using System.Runtime.CompilerServices;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>How fast one core reads from each level of memory.</summary>
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
        for (int repeat = 0; repeat < 7; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int pass = 0; pass < passes; pass++)
            {
                Reading reading = new() { Data = data };
                Simd.Run(ref reading);
                s_sink += reading.Sum;
            }

            best = Math.Max(best, (double)passes * (bytes & ~511) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    private static float s_sink;

    private struct Reading : IWide
    {
        public float[] Data;
        public float Sum;

        public void Run<V>()
            where V : struct, ILanes<V> => Sum = ReadLimit.Sum<V>(Data);
    }

    /// <summary>Eight sums, so that reading is the limit and not adding; whole cache lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe float Sum<V>(float[] data)
        where V : struct, ILanes<V>
    {
        V a = V.All(0), b = a, c = a, d = a, e = a, f = a, g = a, h = a;
        fixed (float* first = data)
        {
            float* p = (float*)(((nint)first + 63) & ~63), end = p + (data.Length - 16) / 128 * 128;
            for (; p < end; p += 8 * V.Count)
            {
                a += V.Load(p);
                b += V.Load(p + V.Count);
                c += V.Load(p + 2 * V.Count);
                d += V.Load(p + 3 * V.Count);
                e += V.Load(p + 4 * V.Count);
                f += V.Load(p + 5 * V.Count);
                g += V.Load(p + 6 * V.Count);
                h += V.Load(p + 7 * V.Count);
            }
        }

        return V.Sum(a + b + c + d + e + f + g + h);
    }
}
