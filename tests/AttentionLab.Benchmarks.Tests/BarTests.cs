namespace AttentionLab.Benchmarks.Tests;

public sealed class BarTests
{
    private static readonly Dictionary<string, double> Times = new() { ["ORT"] = 12, ["oneDNN"] = 9, ["ours, normal scores"] = 10 };

    [Theory]
    [InlineData(10, true)]
    [InlineData(10.1, false)]
    public void AtLeast_RatioOfTimes_DecidesAtTheBar(double ours, bool met)
    {
        (string? text, bool? actual, _) = Judge(ours, null, Bar.AtLeast(1.2, "ORT"));
        Assert.Equal(met, actual);
        Assert.Equal($"≥ 1.2 × ORT: {(met ? "1.20 met" : "1.19 missed")}", text);
    }

    [Theory]
    [InlineData(11.5, true)]
    [InlineData(11.6, false)]
    public void AtMost_OwnNormalTime_DecidesAtTheBar(double ours, bool met) =>
        Assert.Equal(met, Judge(ours, null, Bar.AtMost(1.15, "ours, normal scores")).Met);

    [Theory]
    [InlineData(8.5, true)]
    [InlineData(8.4, false)]
    public void PercentOfLimit_TimeAtTheLimit_DecidesAtTheBar(double limit, bool met) =>
        Assert.Equal(met, Judge(10, limit, Bar.PercentOfLimit(85)).Met);

    [Fact]
    public void Judge_OneOfTwoFails_IsMissed() =>
        Assert.Equal(
            (false, "≥ 1.1 × ORT: 1.20 met; ≥ 0.95 × oneDNN: 0.90 missed"), MetAndText(Judge(10, null, Bar.AtLeast(1.1, "ORT"), Bar.AtLeast(0.95, "oneDNN"))));

    [Fact]
    public void Judge_RivalAbsent_IsNeitherMetNorMissed() =>
        Assert.Equal((null, "≥ 1 × torch: torch did not take part"), MetAndText(Judge(10, null, Bar.AtLeast(1, "torch"))));

    [Fact]
    public void Judge_RivalAbsentButAnotherFails_IsMissed() =>
        Assert.False(Judge(100, null, Bar.AtLeast(1, "torch"), Bar.AtLeast(1, "ORT")).Met);

    [Fact]
    public void Judge_MoonshotNotReached_ChangesNothing() =>
        Assert.Equal(
            (true, "≥ 1.1 × ORT: 1.20 met; moonshot ≥ 1.3 × ORT: 1.20 not reached"),
            MetAndText(Judge(10, null, Bar.AtLeast(1.1, "ORT"), Bar.AtLeast(1.3, "ORT").AsMoonshot())));

    [Fact]
    public void Judge_OnlyMoonshots_IsNeitherMetNorMissed() => Assert.Null(Judge(10, null, Bar.AtLeast(1, "ORT").AsMoonshot()).Met);

    [Fact]
    public void Judge_BarBelowTheLimit_SaysSo()
    {
        // 12 ms / 4 = 3 ms, but the multiply-adds alone take 3.2 ms.
        string note = Assert.Single(Judge(10, 3.2, Bar.AtLeast(4, "ORT")).Notes);
        Assert.StartsWith("≥ 4 × ORT asks for 3.000 ms, but at 100 % of the machine's limit the work takes 3.200 ms", note);
        note = Assert.Single(Judge(10, 2.9, Bar.AtLeast(4, "ORT")).Notes);
        Assert.StartsWith("≥ 4 × ORT asks for 3.000 ms, which is 97 % of the machine's limit", note);
        Assert.Empty(Judge(10, 2.8, Bar.AtLeast(4, "ORT")).Notes);
    }

    private static (string? Text, bool? Met, IReadOnlyList<string> Notes) Judge(double ours, double? limit, params Bar[] bars) =>
        Bar.Judge(bars, ours, limit, family => Times.TryGetValue(family, out double ms) ? ms : null);

    private static (bool? Met, string? Text) MetAndText((string? Text, bool? Met, IReadOnlyList<string> Notes) verdict) => (verdict.Met, verdict.Text);
}
