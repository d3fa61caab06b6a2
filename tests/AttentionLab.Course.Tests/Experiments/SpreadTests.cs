using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Experiments;

public class SpreadTests
{
    [Fact]
    public void Spread_OfFiveNumbers_InAnyOrder()
    {
        Spread spread = new([5.0, 1, 4, 2, 3]);
        Assert.Equal((5, 3, 3, 1, 5), (spread.Count, spread.Mean, spread.Median, spread.Smallest, spread.Largest));
        Assert.Equal(0.4, spread.ShareBelow(3), 12);
        Assert.Equal((1.0, 5.0), (spread.Quantile(0), spread.Quantile(1)));
    }

    [Fact]
    public void OfEach_IsOneSpreadOverTheSeeds_InTheOrderOfTheKinds()
    {
        Spread[] spreads = Spread.OfEach([20, 10], [3, 1, 2], (kind, seed) => kind + seed);
        Assert.Equal([(21.0, 22.0, 23.0), (11, 12, 13)], spreads.Select(s => (s.Smallest, s.Median, s.Largest)));
        Assert.Contains("at least one number", Assert.Throws<ArgumentException>(() => Spread.OfEach([1], Array.Empty<int>(), (_, _) => 0)).Message);
    }

    [Fact]
    public void ToString_SmallNumbers_HavePowersOfTen() =>
        Assert.Equal("median 1.4·10⁻¹² (1.4·10⁻¹² to 1.4·10⁻¹² for the middle 80 %)", $"{new Spread([1.39e-12])}");

    [Theory]
    [InlineData(new[] { 1.0, 1, 1, 1 }, 1)]
    [InlineData(new[] { 0.0, 0, 0, 7 }, 0.25)]
    [InlineData(new[] { 1.0, 3 }, 0.8)]
    [InlineData(new[] { 0.0, 0 }, 1)]
    public void ParticipationRatio_IsTheShareThatTakesPart(double[] values, double expected) =>
        Assert.Equal(expected, new Spread(values).ParticipationRatio, 12);

    [Theory]
    [InlineData(new double[0], "at least one number")]
    [InlineData(new[] { 1, double.NaN }, "NaN")]
    [InlineData(new[] { 1, double.PositiveInfinity }, "finite")]
    public void Spread_BadInput_SaysWhatAndWhy(double[] values, string words) =>
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => new Spread(values)).Message);
}
