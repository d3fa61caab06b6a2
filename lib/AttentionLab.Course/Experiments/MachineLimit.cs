using AttentionLab.Kernels;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// What one core of this machine can do at most: the two lines of a roofline (Williams et al. 2009, "Roofline: an insightful visual performance model").
/// </summary>
/// <param name="MultiplyAdds">Billions of multiply-adds a second, in registers: no memory is touched.</param>
/// <param name="Gigabytes">Billions of bytes a second, read once from an array that is larger than the near caches.</param>
public sealed record MachineLimit(double MultiplyAdds, double Gigabytes)
{
    /// <summary>Of one burst, about 0.13 ms: short beside a disturbance.</summary>
    private const int Steps = 20_000;

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
        double burst = Race.Milliseconds(bursts, () => Burst.Run(Steps))[0];

        // A product of an array with itself reads each of its numbers from memory once, in one place; one row times its rows in four at once. Some machines
        // are faster at the one, some at the other.
        const int row = 64;
        float[] first = new float[row], sums = new float[data.Length / row];
        double[] readings = Race.Milliseconds(
            bursts / 10, () => s_sink += Dot.Forward(data, data), () => MatMul.ForwardNT(first, data.AsSpan(0, sums.Length * row), sums, 1, row, sums.Length));
        double reading = readings.Min();
        return new(Burst.MultiplyAdds(Steps) / burst / 1e6, (double)data.Length * sizeof(float) / reading / 1e6);
    }
}
