using System.Globalization;
using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;
using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Numbers that differ little, or are very large: a chart tells them apart, and a refusal names a number that was given.</summary>
public class DigitsTests
{
    private static readonly double[] Seconds = [1.7e9, 1.7e9 + 1, 1.7e9 + 2, 1.7e9 + 3, 1.7e9 + 4];

    [Fact]
    public void Points_LargeNumbersThatDifferByOne_KeepTheirDigitsUnderThePointerToo()
    {
        double[] small = [1e-9, 2e-9, 3e-9, 4e-9, 5e-9];
        foreach (Figure figure in new[] { Chart.Lines([new("a", Seconds, small) { Low = small, High = small }], "t", "s", "x", "y"),
            Chart.Scatter([new("a", Seconds, small)], "t", "s", "x", "y"), Chart.Bars([new("a", ["1", "2", "3", "4", "5"], Seconds)], "t", "s", "x", "y") })
        {
            JsonNode trace = figure.Data[^1]!;
            Assert.Equal(Seconds, Numbers(trace[figure.Kind == "bars" ? "y" : "x"]!));
            Assert.Contains(figure.Kind == "bars" ? "%{y:.12~g}" : "%{x:.12~g}, %{y:.4~g}", (string?)trace["hovertemplate"]);
        }

        Assert.Equal([.. Seconds, .. Seconds.Reverse()],
            Numbers(Chart.Lines([new("a", Seconds, small) { Low = small, High = small }], "t", "s", "x", "y").Data[0]!["x"]!));
        double[] range = [.. Numbers(Chart.Lines([new("a", Seconds, small)], "t", "s", "x", "y").Layout["xaxis"]!["range"]!)];
        Assert.True(range[0] is > 1.7e9 - 1 and < 1.7e9 && range[1] is > 1.7e9 + 4 and < 1.7e9 + 5, $"{range[0]:R} to {range[1]:R}");
    }

    [Fact]
    public void Arrows_FarFromTheOrigin_KeepTheirDigits()
    {
        JsonNode trace = Chart.Arrows([new("a", 1e8 + 1, 1) { FromX = 1e8 }], "t", "s", "x", "y").Data[^1]!;
        Assert.Equal([1e8, 1e8 + 1], Numbers(trace["x"]!));
        Assert.Contains("%{x:.12~g}", (string?)trace["hovertemplate"]);
    }

    [Fact]
    public void Heatmap_LargeNumbersThatDifferInTheLastPlace_KeepTheirDigits()
    {
        float[,] values = { { 16777212, 16777213 }, { 16777214, 16777215 } };
        Figure figure = Chart.Heatmap(values, "t", "s", "x", "y");
        Assert.Equal([16777212, 16777213, 16777214, 16777215], figure.Data[0]!["z"]!.AsArray().SelectMany(row => Numbers(row!)));
        Assert.Equal((16777212, 16777215), ((double)figure.Layout["coloraxis"]!["cmin"]!, (double)figure.Layout["coloraxis"]!["cmax"]!));
        Assert.Contains("%{z:.10~g}", (string?)figure.Data[0]!["hovertemplate"]);
    }

    [Fact]
    public void Numbers_SingleOrEqual_AreThemselvesInTheFewestDigits()
    {
        string json = Chart.Lines([new("a", [1.7e9 + 1, 1.7e9 + 1], [0.1f, 0.1f])], "t", "s", "x", "y").ToJson();
        Assert.Contains("\"x\":[1700000001,1700000001]", json);
        Assert.Contains("\"y\":[0.1,0.1]", json);
    }

    [Theory, InlineData(1e20), InlineData(-1e20), InlineData(1.7e9), InlineData(1e300), InlineData(0)]
    public void EqualNumbers_OfAnySize_GetAnAxisAroundThem(double value)
    {
        Figure histogram = Chart.Histogram([new Sample("a", [value, value])], "t", "s", "x", "y");
        double[] edges = [.. Numbers(histogram.Data[0]!["x"]!).Skip(1)];
        Assert.True(edges[0] < value && value < edges[^1], $"{edges[0]:R} to {edges[^1]:R}");
        Assert.Equal(2, Numbers(histogram.Data[0]!["y"]!).Sum());
        foreach (Figure figure in new[] { histogram, Chart.Lines([new("a", [value, value], [value, value])], "t", "s", "x", "y") })
        {
            double[] range = [.. Numbers(figure.Layout["xaxis"]!["range"]!)];
            Assert.True(range[0] < value && value < range[1], $"{figure.Kind}: {range[0]:R} to {range[1]:R}");
        }
    }

    [Fact]
    public void Histogram_NarrowBinsOfLargeNumbers_HaveEdgesAndTextsOfTheirOwn()
    {
        JsonNode trace = Chart.Histogram([new Sample("a", Seconds)], "t", "s", "x", "y", new() { Bins = 4 }).Data[0]!;
        Assert.Equal(Seconds, Numbers(trace["x"]!).Skip(1));
        string[] texts = [.. trace["text"]!.AsArray().Select(text => (string)text!).Where(text => text.Length > 0)];
        Assert.Equal(["1700000000 to 1700000001", "1700000001 to 1700000002", "1700000002 to 1700000003", "1700000003 to 1700000004"], texts);
    }

    [Fact]
    public void LogAxis_LabelsOfMeasuredPoints_AreTheNumbers() => Assert.Equal(
        ["131072", "262144"],
        Chart.Lines([new("a", [131072, 262144], [1, 2])], "t", "s", "x", "y", logX: true).Layout["xaxis"]!["ticktext"]!.AsArray()
            .Select(text => (string)text!));

    [Fact]
    public void NumbersNoAxisCanShow_AreRefusedByTheirOwnName()
    {
        Assert.Contains("sample a[1] is -1E+308", Refused(() => Chart.Histogram([new Sample("a", [1, -1e308, 1e308])], "t", "s", "x", "y")));
        Assert.Contains("series a: X[0] is 1E+308", Refused(() => Chart.Lines([new("a", [1e308], [1])], "t", "s", "x", "y")));
    }

    [Fact]
    public void Histogram_OneEndGiven_RefusalSaysWhereTheOtherComesFrom()
    {
        Sample sample = new("a", [1.25, 2]);
        Assert.Contains("min is 3 and the largest value is 2", Refused(() => Chart.Histogram([sample], "t", "s", "x", "y", new() { Min = 3 })));
        Assert.Contains("the smallest value is 1.25 and max is 1", Refused(() => Chart.Histogram([sample], "t", "s", "x", "y", new() { Max = 1 })));
        Assert.Contains("min is NaN", Refused(() => Chart.Histogram([sample], "t", "s", "x", "y", new() { Min = double.NaN })));
        Assert.Contains("max is 0, which a log axis cannot show", Refused(() => Chart.Histogram([sample], "t", "s", "x", "y", new() { LogX = true, Max = 0 })));
    }

    [Fact]
    public void Texts_CommaCulture_KeepThePoint()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NegativeSign = "−" } };
            Assert.Contains("[0] is -1.5, which a log axis", Refused(() => Chart.Lines([new("a", [-1.5], [1])], "t", "s", "x", "y", logX: true)));
            Assert.Contains("min is 3.5 and max is -2.5",
                Refused(() => Chart.Histogram([new Sample("a", [1])], "t", "s", "x", "y", new() { Min = 3.5, Max = -2.5 })));
            Assert.Equal("median 1.5 (1.5 to 1.5 for the middle 80 %)", $"{new Spread([1.5])}");
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static IEnumerable<double> Numbers(JsonNode array) => array.AsArray().Select(number => (double)number!);

    private static string Refused(Action draw) => Assert.ThrowsAny<ArgumentException>(draw).Message;
}
