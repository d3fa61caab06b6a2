using System.Runtime.CompilerServices;
using AttentionLab.Kernels;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// What one core of this machine can do at most: the two lines of a roofline (Williams et al. 2009, "Roofline: an insightful visual performance model").
/// </summary>
/// <param name="MultiplyAdds">Billions of multiply-adds a second, in registers: no memory is touched.</param>
/// <param name="Gigabytes">Billions of bytes a second, read one after the other from an array that is larger than the near caches.</param>
public sealed record MachineLimit(double MultiplyAdds, double Gigabytes)
{
    /// <summary>Ten chains: a multiply-add takes four to five steps of the clock, and two can begin in each.</summary>
    private const int Chains = 10, Steps = 20_000;

    private static float s_sink;

    /// <summary>Multiply-adds for each byte at which both limits are equal: below it memory decides, above it arithmetic.</summary>
    public double Ridge => MultiplyAdds / Gigabytes;

    /// <summary>Billions of multiply-adds a second that this machine allows at most for work of that intensity.</summary>
    /// <param name="intensity">Multiply-adds for each byte that comes from memory.</param>
    public double Roof(double intensity) => Math.Min(MultiplyAdds, Gigabytes * intensity);

    /// <summary>Measures both: the best of many short bursts.</summary>
    /// <param name="bytes">Size of the array that is read.</param>
    /// <param name="bursts">How many bursts of arithmetic; a tenth as many of reading.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than ten bursts, or there is no array.</exception>
    public static MachineLimit Measure(int bytes = 64 << 20, int bursts = 100)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bursts, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 4096);
        float[] data = new float[bytes / sizeof(float)];
        Array.Fill(data, 1);
        double burst = Race.Milliseconds(bursts, RunBurst)[0];
        // A product of an array with itself reads each of its numbers from memory once.
        double reading = Race.Milliseconds(bursts / 10, () => s_sink += Dot.Forward(data, data))[0];
        return new((double)Steps * Chains * Simd.Lanes / burst / 1e6, (double)data.Length * sizeof(float) / reading / 1e6);
    }

    private static void RunBurst()
    {
        Burst burst = new();
        Simd.Run(ref burst);
        s_sink += burst.Sum;
    }

    private struct Burst : IWide
    {
        public float Sum { get; private set; }

        public void Run<V>()
            where V : struct, ILanes<V> => Sum = Multiply<V>(Steps);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Multiply<V>(int steps)
        where V : struct, ILanes<V>
    {
        V half = V.All(0.5f), one = V.All(1);
        V c0 = half, c1 = half, c2 = half, c3 = half, c4 = half, c5 = half, c6 = half, c7 = half, c8 = half, c9 = half;
        for (int i = 0; i < steps; i++)
        {
            (c0, c1) = (V.MultiplyAdd(c0, half, one), V.MultiplyAdd(c1, half, one));
            (c2, c3) = (V.MultiplyAdd(c2, half, one), V.MultiplyAdd(c3, half, one));
            (c4, c5) = (V.MultiplyAdd(c4, half, one), V.MultiplyAdd(c5, half, one));
            (c6, c7) = (V.MultiplyAdd(c6, half, one), V.MultiplyAdd(c7, half, one));
            (c8, c9) = (V.MultiplyAdd(c8, half, one), V.MultiplyAdd(c9, half, one));
        }

        return V.Sum(c0 + c1 + (c2 + c3) + (c4 + c5) + (c6 + c7 + (c8 + c9)));
    }
}
