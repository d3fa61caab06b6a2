using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Points and their names.</summary>
public class ScatterTests
{
    [Fact]
    public void Scatter_NamesOfPointsInACrowd_TakeFreeSides_OrMoveToThePointer()
    {
        (double X, double Y)[] crowd = [.. Enumerable.Range(0, 25).Select(i => (0.05 * (i % 5), 0.05 * (i / 5)))];
        PointSet one = new("one", [0.1], [0.1]) { Labels = ["middle"] };
        PointSet many = new("crowd", [.. crowd.Select(p => p.X), 1.0], [.. crowd.Select(p => p.Y), 1.0])
        {
            Labels = [.. crowd.Select((_, i) => $"word{i}"), "alone"],
        };
        JsonArray data = Chart.Scatter([many, one], "t", "s", "x", "y").Data;
        string[] written = [.. data[0]!["text"]!.AsArray().Select(text => (string)text!)];
        Assert.Equal("alone", written[^1]);
        Assert.InRange(written.Count(text => text.Length > 0), 2, 12);
        Assert.Equal("", written[6]); // inside: points on every side
        Assert.StartsWith("%{hovertext}: ", (string?)data[0]!["hovertemplate"], StringComparison.Ordinal);
        Assert.Equal(many.Labels, data[0]!["hovertext"]!.AsArray().Select(text => (string)text!));
        Assert.Equal("middle", (string?)data[1]!["text"]![0]);
    }

    [Fact]
    public void Scatter_NameOfAPointBelowAnother_StandsElsewhereThanAbove()
    {
        PointSet set = new("a", [0.5, 0.5, 0, 1], [0.5, 0.55, 0, 1]) { Labels = ["low", "high", "first", "last"] };
        JsonNode trace = Chart.Scatter([set], "t", "s", "x", "y").Data[0]!;
        Assert.Equal(["bottom center", "top center"], trace["textposition"]!.AsArray().Take(2).Select(place => (string)place!));
    }

    [Fact]
    public void Scatter_TwoSets_DifferInColourAndInSymbol()
    {
        JsonArray data = Chart.Scatter([new PointSet("a", [1], [1]), new PointSet("b", [2], [2])], "t", "s", "x", "y").Data;
        Assert.NotEqual((string?)data[0]!["marker"]!["color"], (string?)data[1]!["marker"]!["color"]);
        Assert.NotEqual((string?)data[0]!["marker"]!["symbol"], (string?)data[1]!["marker"]!["symbol"]);
    }

    [Fact]
    public void Scatter_TwoSetsOfManyPoints_AreFilledAndOpen()
    {
        double[] x = [.. Enumerable.Range(0, 201).Select(i => (double)i)];
        JsonArray data = Chart.Scatter([new PointSet("a", x, x), new PointSet("b", x, x)], "t", "s", "x", "y").Data;
        Assert.Equal([false, true], data.Select(trace => ((string)trace!["marker"]!["symbol"]!).EndsWith("-open", StringComparison.Ordinal)));
    }

    [Fact]
    public void Scatter_Hull_IsDrawnBelowThePointsAndFitsIn()
    {
        Figure figure = Chart.Scatter([new PointSet("a", [1], [1])], "t", "s", "x", "y", options: new() { Hull = [(0, 0), (4, 0), (0, 3)] });
        Assert.Equal("toself", (string?)figure.Data[0]!["fill"]);
        Assert.Equal("a", (string?)figure.Data[1]!["name"]);
        Assert.True(figure.Extent is { Left: <= 0, Right: >= 4, Bottom: <= 0, Top: >= 3 }, $"{figure.Extent}");
    }

    [Fact]
    public void Scatter_XNames_StandUnderOneTwoThree()
    {
        JsonObject axis =
            (JsonObject)Chart.Scatter([new PointSet("a", [1, 2], [1, 1])], "t", "s", "x", "y", options: new() { XNames = ["none", "1/√d"] }).Layout["xaxis"]!;
        Assert.Equal([1, 2], axis["tickvals"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(["none", "1/√d"], axis["ticktext"]!.AsArray().Select(text => (string)text!));
    }
}
