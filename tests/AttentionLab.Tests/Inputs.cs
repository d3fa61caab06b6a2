using AttentionLab.Kernels;

namespace AttentionLab.Tests;

/// <summary>Seeded inputs for tests, and the lengths that catch loops over registers.</summary>
internal static class Inputs
{
    /// <summary>Around every register width and unrolled loop.</summary>
    public static readonly int[] AwkwardLengths = [0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100];

    /// <summary>The same, for [MemberData].</summary>
    public static TheoryData<int> Lengths => [.. AwkwardLengths];

    public static float[] Gaussian(ulong seed, int count, double deviation = 1)
    {
        float[] values = new float[count];
        new CounterRandom(seed).FillGaussian(values, 0, deviation);
        return values;
    }

    public static double[] GaussianDouble(ulong seed, int count, double deviation = 1)
    {
        CounterRandom random = new(seed);
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = deviation * random.NextGaussian();
        }

        return values;
    }

    public static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] result = new double[values.Length];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = values[i];
        }

        return result;
    }
}
