using AttentionLab.Kernels;
using MathNet.Numerics.Distributions;

namespace AttentionLab.Tests.Kernels;

/// <summary>
/// The generator against the distributions of MathNet.Numerics, by the distance of Kolmogorov and Smirnov,
/// D = sup |F_n(x) − F(x)|, by quantiles and by chi-square. The draws are seeded: a test passes always or never.
/// </summary>
public class RandomDistributionTests
{
    private const int Draws = 200_000;

    /// <summary>√n·D stays below this in 999 of 1000 samples of the right distribution (√(−½ ln(0.001/2))).</summary>
    private const double Limit = 1.95;

    [Theory, InlineData(0, 1), InlineData(-2.5, 0.3), InlineData(7, 12)]
    public void FillGaussian_AgainstMathNet_IsThatNormal(double mean, double deviation)
    {
        float[] x = new float[Draws];
        new CounterRandom(11).FillGaussian(x, mean, deviation);
        double[] sorted = Sorted(x);
        Normal normal = new(mean, deviation);
        Assert.InRange(Distance(sorted, normal.CumulativeDistribution), 0, Limit);
        foreach (double p in new[] { 0.0005, 0.01, 0.25, 0.5, 0.75, 0.99, 0.9995 })
        {
            // A quantile of n draws scatters by √(p(1−p)/n) divided by the density; four of these.
            double expected = normal.InverseCumulativeDistribution(p), scatter = Math.Sqrt(p * (1 - p) / Draws) / normal.Density(expected);
            Assert.InRange(sorted[(int)(p * Draws)], expected - 4 * scatter, expected + 4 * scatter);
        }
    }

    [Theory, InlineData(0f, 1f), InlineData(-0.5f, 0.25f), InlineData(3f, 8f)]
    public void FillUniform_AgainstMathNet_IsThatUniform(float low, float high)
    {
        float[] x = new float[Draws];
        new CounterRandom(12).FillUniform(x, low, high);
        Assert.All(x, v => Assert.True(v >= low && v <= high));
        Assert.InRange(Distance(Sorted(x), new ContinuousUniform(low, high).CumulativeDistribution), 0, Limit);
    }

    [Fact]
    public void NextDoubleAndNextSingle_AgainstMathNet_AreUniform()
    {
        CounterRandom random = new(13);
        ContinuousUniform uniform = new(0, 1);
        Assert.InRange(Distance([.. Enumerable.Range(0, Draws).Select(_ => random.NextDouble()).Order()], uniform.CumulativeDistribution), 0, Limit);
        Assert.InRange(Distance([.. Enumerable.Range(0, Draws).Select(_ => (double)random.NextSingle()).Order()], uniform.CumulativeDistribution), 0, Limit);
    }

    [Theory, InlineData(2), InlineData(10), InlineData(97)]
    public void NextInt_AgainstMathNet_IsThatDiscreteUniform(int limit)
    {
        CounterRandom random = new(14);
        double[] counts = new double[limit];
        for (int i = 0; i < Draws; i++)
        {
            counts[random.NextInt(limit)]++;
        }

        DiscreteUniform uniform = new(0, limit - 1);
        double square = counts.Select((c, k) => Math.Pow(c - Draws * uniform.Probability(k), 2) / (Draws * uniform.Probability(k))).Sum();
        Assert.InRange(square, 0, ChiSquared.InvCDF(limit - 1, 0.999));
    }

    [Fact]
    public void Drop_AgainstMathNet_KeepsAsABinomialCounts()
    {
        // 2000 rows of 50: the number kept in a row is Binomial(0.7, 50).
        float[] ones = new float[100_000], y = new float[ones.Length];
        Array.Fill(ones, 1);
        Drop.Forward(ones, y, 0.3, new CounterRandom(15));
        double[] kept = [.. y.Chunk(50).Select(row => (double)row.Count(v => v != 0)).Order()];
        Binomial binomial = new(0.7, 50);
        double worst = Enumerable.Range(0, 51).Max(k => Math.Abs(kept.Count(c => c <= k) / (double)kept.Length - binomial.CumulativeDistribution(k)));
        Assert.InRange(worst * Math.Sqrt(kept.Length), 0, Limit);
    }

    [Fact]
    public void Distance_OfTheWrongDistribution_IsFarAboveTheLimit()
    {
        float[] x = new float[Draws];
        new CounterRandom(16).FillGaussian(x);
        Assert.True(Distance(Sorted(x), new Normal(0, 1.02).CumulativeDistribution) > 1.2 * Limit);
        Assert.True(Distance(Sorted(x), new StudentT(0, 1, 20).CumulativeDistribution) > 1.2 * Limit);
    }

    private static double[] Sorted(float[] x) => [.. x.Order().Select(v => (double)v)];

    /// <summary>√n·sup |F_n − F|.</summary>
    private static double Distance(double[] sorted, Func<double, double> cumulative)
    {
        double worst = 0, n = sorted.Length;
        for (int i = 0; i < sorted.Length; i++)
        {
            double f = cumulative(sorted[i]);
            worst = Math.Max(worst, Math.Max(f - i / n, (i + 1) / n - f));
        }

        return worst * Math.Sqrt(n);
    }
}
