using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Bars, their values and errors.</summary>
public class BarsTests
{
    [Fact]
    public void Bars_StandOnZero_AndErrorsFitIn()
    {
        Figure figure = Chart.Bars([new BarSet("a", ["k", "l"], [3, 5]) { Errors = [1, 2] }], "t", "s", "x", "y");
        Assert.Equal(0, figure.Extent.Bottom);
        Assert.True(figure.Extent.Top > 7);
        Assert.Equal([1.0, 2], figure.Data[0]!["error_y"]!["array"]!.AsArray().Select(e => (double)e!));
    }

    [Fact]
    public void Bars_Level_IsADashedLineAcrossAllCategories_InsideTheAxis()
    {
        Figure figure = Chart.Bars([new("a", ["k", "l"], [3, 5]), new("b", ["k"], [2])], "t", "s", "x", "y", level: ("half", 8));
        JsonNode line = figure.Data[2]!;
        Assert.Equal(
            ("scatter", "half", "dash"),
            (line["type"]!.GetValue<string>(), line["name"]!.GetValue<string>(), line["line"]!["dash"]!.GetValue<string>()));
        Assert.Equal(["k", "l"], line["x"]!.AsArray().Select(x => x!.GetValue<string>()));
        Assert.Equal([8, 8], line["y"]!.AsArray().Select(y => y!.GetValue<double>()));
        Assert.True(figure.Extent.Top > 8);
        Assert.Contains("level half", Assert.Throws<ArgumentException>(
            () => Chart.Bars([new("a", ["k"], [3])], "t", "s", "x", "y", level: ("half", double.NaN))).Message);
    }

    [Fact]
    public void Bars_NegativeError_IsRefused() =>
        Assert.Contains("negative error",
            Assert.Throws<ArgumentException>(() => Chart.Bars([new BarSet("a", ["k"], [3]) { Errors = [-1] }], "t", "s", "x", "y")).Message);

    [Fact]
    public void Bars_MoreThanHaveRoomForTheirValues_WriteThemUpwards()
    {
        static JsonNode? Angle(int bars) =>
            Chart.Bars([new BarSet("a", [.. Enumerable.Range(0, bars).Select(i => $"k{i}")], [.. Enumerable.Repeat(1.0, bars)])], "t", "s", "x",
                "y").Data[0]!["textangle"];
        Assert.Equal(0, (int)Angle(6)!);
        Assert.Equal(-90, (int)Angle(7)!);
        Assert.Null(Angle(13));
    }

    [Theory]
    [InlineData(new[] { 0.4273, 0.5, 0.0759, 0.018 }, new[] { "0.427", "0.500", "0.076", "0.018" })]
    [InlineData(new[] { 7.389, -1.5 }, new[] { "7.39", "−1.50" })]
    [InlineData(new[] { 0.71, 0.5, 0.02 }, new[] { "0.71", "0.50", "0.02" })]
    [InlineData(new[] { 1234.0, -12, 0 }, new[] { "1234", "−12", "0" })]
    [InlineData(new[] { 1.5, -0.0001, 0.00002 }, new[] { "1.5", "−0.0001", "2e−5" })] // none as zero
    public void Bars_WriteTheirValuesWithEquallyManyDecimals(double[] values, string[] written)
    {
        JsonNode trace = Chart.Bars([new BarSet("a", [.. values.Select((_, i) => $"k{i}")], values)], "t", "s", "x", "y").Data[0]!;
        Assert.Equal("%{text}", (string?)trace["texttemplate"]);
        Assert.Equal(written, trace["text"]!.AsArray().Select(text => (string)text!));
    }

    [Fact]
    public void Bars_TwoSets_DifferInHatchingToo()
    {
        JsonArray data = Chart.Bars([new BarSet("a", ["k"], [1]), new BarSet("b", ["k"], [2])], "t", "s", "x", "y").Data;
        Assert.Equal(["", "/"], data.Select(trace => (string)trace!["marker"]!["pattern"]!["shape"]!));
    }
}
