using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

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
        float sink = Vector512.IsHardwareAccelerated ? Burst512(Steps) : Vector256.IsHardwareAccelerated ? Burst256(Steps) : Burst128(Steps);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        s_sink += sink;
        int lanes = Vector512.IsHardwareAccelerated ? 16 : Vector256.IsHardwareAccelerated ? 8 : 4;
        return 2.0 * Steps * 12 * lanes / seconds / 1e9;
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
    private static float Burst512(int steps)
    {
        Vector512<float> f = Vector512.Create(0.5f), g = Vector512.Create(1f);
        Vector512<float> a = f, b = f, c = f, d = f, e = f, h = f, i = f, j = f, k = f, l = f, m = f, n = f;
        for (; steps > 0; steps--)
        {
            a = Vector512.MultiplyAddEstimate(a, f, g);
            b = Vector512.MultiplyAddEstimate(b, f, g);
            c = Vector512.MultiplyAddEstimate(c, f, g);
            d = Vector512.MultiplyAddEstimate(d, f, g);
            e = Vector512.MultiplyAddEstimate(e, f, g);
            h = Vector512.MultiplyAddEstimate(h, f, g);
            i = Vector512.MultiplyAddEstimate(i, f, g);
            j = Vector512.MultiplyAddEstimate(j, f, g);
            k = Vector512.MultiplyAddEstimate(k, f, g);
            l = Vector512.MultiplyAddEstimate(l, f, g);
            m = Vector512.MultiplyAddEstimate(m, f, g);
            n = Vector512.MultiplyAddEstimate(n, f, g);
        }

        return Vector512.Sum(a + b + c + d + e + h + i + j + k + l + m + n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Burst256(int steps)
    {
        Vector256<float> f = Vector256.Create(0.5f), g = Vector256.Create(1f);
        Vector256<float> a = f, b = f, c = f, d = f, e = f, h = f, i = f, j = f, k = f, l = f, m = f, n = f;
        for (; steps > 0; steps--)
        {
            a = Vector256.MultiplyAddEstimate(a, f, g);
            b = Vector256.MultiplyAddEstimate(b, f, g);
            c = Vector256.MultiplyAddEstimate(c, f, g);
            d = Vector256.MultiplyAddEstimate(d, f, g);
            e = Vector256.MultiplyAddEstimate(e, f, g);
            h = Vector256.MultiplyAddEstimate(h, f, g);
            i = Vector256.MultiplyAddEstimate(i, f, g);
            j = Vector256.MultiplyAddEstimate(j, f, g);
            k = Vector256.MultiplyAddEstimate(k, f, g);
            l = Vector256.MultiplyAddEstimate(l, f, g);
            m = Vector256.MultiplyAddEstimate(m, f, g);
            n = Vector256.MultiplyAddEstimate(n, f, g);
        }

        return Vector256.Sum(a + b + c + d + e + h + i + j + k + l + m + n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Burst128(int steps)
    {
        Vector128<float> f = Vector128.Create(0.5f), g = Vector128.Create(1f);
        Vector128<float> a = f, b = f, c = f, d = f, e = f, h = f, i = f, j = f, k = f, l = f, m = f, n = f;
        for (; steps > 0; steps--)
        {
            a = Vector128.MultiplyAddEstimate(a, f, g);
            b = Vector128.MultiplyAddEstimate(b, f, g);
            c = Vector128.MultiplyAddEstimate(c, f, g);
            d = Vector128.MultiplyAddEstimate(d, f, g);
            e = Vector128.MultiplyAddEstimate(e, f, g);
            h = Vector128.MultiplyAddEstimate(h, f, g);
            i = Vector128.MultiplyAddEstimate(i, f, g);
            j = Vector128.MultiplyAddEstimate(j, f, g);
            k = Vector128.MultiplyAddEstimate(k, f, g);
            l = Vector128.MultiplyAddEstimate(l, f, g);
            m = Vector128.MultiplyAddEstimate(m, f, g);
            n = Vector128.MultiplyAddEstimate(n, f, g);
        }

        return Vector128.Sum(a + b + c + d + e + h + i + j + k + l + m + n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Read(ReadOnlySpan<float> data) => System.Numerics.Tensors.TensorPrimitives.Sum(data);
}
