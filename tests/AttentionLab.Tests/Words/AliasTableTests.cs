using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class AliasTableTests
{
    [Theory]
    [InlineData(1.0)]
    [InlineData(1.0, 1.0, 1.0)]
    [InlineData(5.0, 0.0, 1.0, 3.0, 1.0)]
    [InlineData(1e-12, 1.0, 1e6, 2.0, 3e5, 7.0)]
    public void Draw_AllBits_HaveTheShareOfTheirWeight(params double[] weights)
    {
        // Evenly spaced bits instead of random ones: every share is met up to the spacing.
        const int draws = 1 << 20;
        AliasTable table = new(weights);
        int[] counts = new int[weights.Length];
        for (uint i = 0; i < draws; i++)
        {
            counts[table.Draw(i << 12)]++;
        }

        double total = weights.Sum();
        for (int i = 0; i < weights.Length; i++)
        {
            Assert.Equal(weights[i] / total, (double)counts[i] / draws, 1e-5);
        }
    }

    [Fact]
    public void Draw_RandomBits_FitTheWeights()
    {
        double[] weights = [.. Enumerable.Range(1, 200).Select(i => 1.0 / i)];
        AliasTable table = new(weights);
        CounterRandom random = new(3);
        double[] counts = new double[200];
        for (int i = 0; i < 400_000; i++)
        {
            counts[table.Draw(random.NextUInt32())]++;
        }

        double total = weights.Sum();
        double chi = weights.Select((w, i) => Math.Pow(counts[i] - 400_000 * w / total, 2) / (400_000 * w / total)).Sum();
        Assert.InRange(chi, 130, 280); // 199 degrees of freedom, deviation 20
    }

    [Fact]
    public void New_UnusableWeights_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new AliasTable([]));
        Assert.Throws<ArgumentException>(() => new AliasTable([0, 0]));
        Assert.Throws<ArgumentException>(() => new AliasTable([1, -1]));
        Assert.Throws<ArgumentException>(() => new AliasTable([1, double.NaN]));
        Assert.Throws<ArgumentException>(() => new AliasTable([1, double.PositiveInfinity]));
    }

    [Fact]
    public void Draw_WeightZero_IsNeverDrawn()
    {
        Assert.Equal(1, new AliasTable([0, 1]).Draw(0));
        Assert.Equal(0, new AliasTable([1, 0]).Draw(1u << 31));
        AliasTable table = new([0, 3, 0, 1]);
        Assert.All(new uint[] { 0, 1u << 30, 1u << 31, 3u << 30, uint.MaxValue }, bits => Assert.True(table.Draw(bits) is 1 or 3));
    }
}
