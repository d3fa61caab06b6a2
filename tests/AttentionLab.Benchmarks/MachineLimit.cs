using System.Diagnostics;
using System.Runtime.CompilerServices;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks;

/// <summary>What this machine can do at the very most: a burst of independent multiply-adds, and reads of arrays that fit each cache.</summary>
internal static class MachineLimit
{
    /// <summary>Multiply-adds in one burst: about 0.4 ms on a 3 GHz core, short beside a sample, long beside the clock.</summary>
    private const int Steps = 60_000;

    /// <summary>Best rate of <paramref name="bursts"/> bursts on this thread.</summary>
    /// <param name="bursts">How many.</param>
    /// <returns>GFLOP/s, a multiply-add counted as two.</returns>
    public static double BestGflops(int bursts = 200)
    {
        double best = 0;
        for (int i = 0; i < bursts; i++)
        {
            best = Math.Max(best, BurstGflops());
        }

        return best;
    }

    /// <summary>One burst. A rate well under the best means that a neighbour disturbs this core right now.</summary>
    /// <returns>GFLOP/s.</returns>
    public static double BurstGflops()
    {
        long start = Stopwatch.GetTimestamp();
        float sink = Simd.Width switch { 512 => Burst<Lanes16>(Steps), 256 => Burst<Lanes8>(Steps), 128 => Burst<Lanes4>(Steps), _ => Burst<Lanes1>(Steps) };
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        s_sink += sink;
        return 2.0 * Steps * 12 * Simd.Lanes / seconds / 1e9;
    }

    /// <summary>Reading speed for an array of that size.</summary>
    /// <param name="bytes">Size of the array.</param>
    /// <returns>GB/s.</returns>
    public static double ReadGigabytes(int bytes)
    {
        float[] data = GC.AllocateArray<float>(bytes / sizeof(float), pinned: true);
        Array.Fill(data, 1f);
        int passes = Math.Max(1, (256 << 20) / bytes);
        double best = 0;
        for (int repeat = 0; repeat < 5; repeat++)
        {
            long start = Stopwatch.GetTimestamp();
            for (int pass = 0; pass < passes; pass++)
            {
                s_sink += Read(data);
            }

            best = Math.Max(best, (double)passes * bytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9);
        }

        return best;
    }

    private static float s_sink;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Burst<V>(int steps)
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

        return V.Sum(a + b + c + d + e + h + i + j + k + l + m + n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Read(ReadOnlySpan<float> data) => System.Numerics.Tensors.TensorPrimitives.Sum(data);
}
