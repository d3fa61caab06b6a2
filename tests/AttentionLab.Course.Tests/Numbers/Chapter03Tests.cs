using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 03 states, from the library. Random ones are asserted as ranges that held for 40 seeds, with a margin.</summary>
public class Chapter03Tests
{
    private static readonly int[] Sizes = [4, 16, 64, 128, 256, 1024];

    private static readonly int[] KeyCounts = [4, 16, 64, 256];

    [Fact]
    public void Variance_OfADotProduct_IsD_SlopeOneOnLogLog()
    {
        double[] sizes = [1, 4, 16, 64, 256, 1024], variances = [.. sizes.Select(d => Variance((int)d, seed: 1))];
        Assert.InRange(Slope(sizes, variances), 0.97, 1.03);
        foreach ((double d, double variance) in sizes.Zip(variances))
        {
            Assert.InRange(variance / d, 0.8, 1.2);
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(256)]
    [InlineData(1024)]
    public void Aligned_QueryAndKey_GiveDAndNotItsRoot(int d)
    {
        CounterRandom random = new(2);
        double mean = Enumerable.Range(0, 400).Average(_ => { Tensor q = Tensor.Gaussian(random, 1, d); return (double)Dot.Forward(q.Span, q.Span); });
        Assert.InRange(mean / d, 0.95, 1.05);
    }

    [Fact]
    public void Entropy_CollapsesWithoutScale_AndStaysWithIt()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            Assert.InRange(Entropy(1024, 1, seed).Median, 0, 0.02);
            Assert.InRange(Math.Exp(Entropy(64, 1, seed).Median), 1.2, 1.6);
            foreach (int d in Sizes)
            {
                Assert.InRange(Math.Exp(Entropy(d, 1 / Math.Sqrt(d), seed).Median), 10.2, 12.2);
            }
        }
    }

    [Theory]
    [InlineData(4, 0, 0.5)]
    [InlineData(16, 0, 2.5)]
    [InlineData(64, 6, 10.5)]
    [InlineData(128, 14, 21)]
    [InlineData(256, 25, 33)]
    [InlineData(1024, 50, 58)]
    public void Gradients_SixteenKeys_ShareBelowAThousandth(int d, double low, double high)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Assert.InRange(100 * Gradients(16, d, scaled: false, seed).ShareBelow(1e-3), low, high);
            Assert.Equal(0, Gradients(16, d, scaled: true, seed).ShareBelow(1e-3));
        }
    }

    [Fact]
    public void Gradients_SixteenKeys1024Dimensions_AreALottery()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Spread plain = Gradients(16, 1024, scaled: false, seed), scaled = Gradients(16, 1024, scaled: true, seed);
            Assert.InRange(plain.Median, 1e-4, 1e-3);
            Assert.InRange(plain.Mean, 1, 1.8);
            Assert.InRange(plain.ParticipationRatio, 0.08, 0.13);
            Assert.InRange(scaled.Median, 0.255, 0.285);
            Assert.InRange(scaled.Mean, 0.275, 0.3);
            Assert.InRange(scaled.ParticipationRatio, 0.86, 0.9);
        }
    }

    /// <summary>Section 3.2: near ties get nearly all gradient.</summary>
    [Fact]
    public void Gradients_NearTies_GetNearlyAll()
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            (double Lead, double Norm)[] each = QueryGradients.Measure(16, 1024, 1, 1000, seed);
            Assert.Equal(QueryGradients.Norms(16, 1024, 1, 1000, seed), each.Select(query => query.Norm));
            Assert.InRange(each.Count(query => query.Lead < 3) / 1000.0, 0.13, 0.23);
            Assert.InRange(each.Where(query => query.Lead < 3).Sum(query => query.Norm) / each.Sum(query => query.Norm), 0.9, 0.97);
        }
    }

    /// <summary>Section 3.5: with more keys the best one leads by less.</summary>
    [Fact]
    public void Lead_OfTheBestKey_ShrinksWithMoreKeys()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            double[] leads = [.. KeyCounts.Select(n => new Spread(QueryGradients.Measure(n, 256, 1, 1000, seed).Select(query => query.Lead)).Median)];
            Assert.Equal(leads.OrderDescending(), leads);
            Assert.InRange(leads[0], 8, 11);
            Assert.InRange(leads[^1], 3.3, 4.5);
        }
    }

    [Fact]
    public void Gradients_MoreKeys_StarveFewerQueries()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            double[] shares = [.. KeyCounts.Select(n => Gradients(n, 256, scaled: false, seed).ShareBelow(1e-3))];
            Assert.Equal(shares.OrderDescending(), shares);
            Assert.InRange(shares[0], 0.4, 0.55);
            Assert.InRange(shares[^1], 0.1, 0.2);
        }
    }

    [Fact]
    public void Gradients_ExactlyZero_AreRare()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Assert.InRange(Gradients(4, 1024, scaled: false, seed).ShareBelow(double.Epsilon), 0.01, 0.06);
            Assert.InRange(Gradients(16, 1024, scaled: false, seed).ShareBelow(double.Epsilon), 0, 0.02);
            Assert.Equal(0, Gradients(16, 64, scaled: false, seed).ShareBelow(double.Epsilon));
        }
    }

    /// <summary>Ten seeds, as in the chapter: over 40 seeds the steps went, in this order, over 74 … 424, 15 … 23, 16 … 22, 28 … 32, 35 … 60 and 12 …
    /// 24.</summary>
    private static Spread Gradients(int keys, int d, bool scaled, ulong seed) =>
        new(QueryGradients.Norms(keys, d, scaled ? 1 / Math.Sqrt(d) : 1, 1000, seed));

    private static Spread Entropy(int d, double scale, ulong seed) => new(KeysSeen.OfRandom(16, d, scale, 640, seed).Select(seen => Math.Log(seen)));

    private static double Variance(int d, ulong seed)
    {
        CounterRandom random = new(seed);
        return Enumerable.Range(0, 2000).Average(_ => Math.Pow(Dot.Forward(Tensor.Gaussian(random, 1, d).Span, Tensor.Gaussian(random, 1, d).Span), 2));
    }

    /// <summary>Least squares of log y on log x.</summary>
    private static double Slope(double[] x, double[] y)
    {
        double mx = x.Average(Math.Log), my = y.Average(Math.Log);
        return x.Zip(y, (a, b) => (Math.Log(a) - mx) * (Math.Log(b) - my)).Sum() / x.Sum(a => Math.Pow(Math.Log(a) - mx, 2));
    }
}
