using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Curves: gaps, bands, log axes, dashes, names.</summary>
public class LinesTests
{
    [Fact]
    public void Lines_NaN_IsAGap_AndInfinityIsRefused()
    {
        Figure figure = Lines(new Series("run", [1, 2, 3], [1, double.NaN, 3]));
        Assert.Null(figure.Data[0]!["y"]![1]);
        Assert.False((bool)figure.Data[0]!["connectgaps"]!);
        Assert.Contains("series run: Y[1] is Infinity",
            Assert.Throws<ArgumentException>(() => Lines(new Series("run", [1, 2], [1, double.PositiveInfinity]))).Message);
    }

    [Fact]
    public void Lines_Band_IsOneClosedOutlineUnderTheLine()
    {
        Figure figure = Lines(new Series("mean", [1, 2], [5, 6]) { Low = [4, 5], High = [7, 8] });
        Assert.Equal([7.0, 8, 5, 4], figure.Data[0]!["y"]!.AsArray().Select(y => (double)y!));
        Assert.Equal([1.0, 2, 2, 1], figure.Data[0]!["x"]!.AsArray().Select(x => (double)x!));
        Assert.False((bool)figure.Data[0]!["showlegend"]!);
        Assert.True(figure.Extent.Bottom <= 4 && figure.Extent.Top >= 8);
    }

    [Fact]
    public void Lines_LogAxis_RangeIsInPowersOfTen_AndZeroIsRefused()
    {
        Figure figure = Chart.Lines([new Series("a", [1, 1000], [0.01, 100])], "t", "s", "x", "y", logX: true, logY: true);
        Assert.Equal("log", (string?)figure.Layout["xaxis"]!["type"]);
        Assert.InRange((double)figure.Layout["xaxis"]!["range"]![1]!, 3, 3.5);
        Assert.InRange((double)figure.Layout["yaxis"]!["range"]![0]!, -2.5, -2);
        Assert.Contains("series a: Y[0] is 0, which a log axis cannot show",
            Assert.Throws<ArgumentException>(() => Chart.Lines([new Series("a", [1], [0])], "t", "s", "x", "y", logY: true)).Message);
    }

    [Fact]
    public void Lines_LogAxis_LabelsTheMeasuredPoints_OrPowersOfTen_OrOneTwoFive()
    {
        JsonObject Axis(params double[] x) => (JsonObject)Chart.Lines([new Series("a", x, x)], "t", "s", "x", "y", logX: true).Layout["xaxis"]!;
        string[] Texts(JsonObject axis) => [.. axis["ticktext"]!.AsArray().Select(text => (string)text!)];
        Assert.Equal(["4", "16", "64", "1024"], Texts(Axis(64, 4, 16, 1024)));
        Assert.Equal(1, (int)Axis([.. Enumerable.Range(1, 1000).Select(i => (double)i)])["dtick"]!);
        Assert.Subset(new HashSet<string>(["0.1", "0.2", "0.5", "1", "2", "5", "10", "20", "50", "100"]),
            new HashSet<string>(Texts(Axis([.. Enumerable.Range(1, 20).Select(i => (double)i)]))));
    }

    [Fact]
    public void Lines_DifferentLengths_NamesBoth() =>
        Assert.Contains("series a has 2 X but 3 Y", Assert.Throws<ArgumentException>(() => Lines(new Series("a", [1, 2], [1, 2, 3]))).Message);

    [Fact]
    public void Lines_HalfABand_IsRefused() =>
        Assert.Contains("Low but no High", Assert.Throws<ArgumentException>(() => Lines(new Series("a", [1], [1]) { Low = [1] })).Message);

    /// <summary>In grey print colours are alike.</summary>
    [Fact]
    public void Lines_DashedOnes_DifferInTheirDashes()
    {
        Series Line(string name, bool dash) => new(name, [0, 1], [0, 1]) { Dash = dash };
        Figure figure = Chart.Lines(
            [Line("a", false), Line("b", true), new("limit", [1, 1], [0, 1]) { Dash = true }, Line("c", false), Line("d", true), Line("e", true)],
            "t", "s", "x", "y");
        Assert.Equal(["solid", "dash", "dash", "solid", "dot", "dashdot"], figure.Data.Select(trace => (string)trace!["line"]!["dash"]!));
    }

    [Fact]
    public void Lines_SolidOnesBesideEachOther_BearAFewMarkers_OneAloneNone()
    {
        Series bare = new("a", [0, 1], [0, 1]), marked = bare with { Markers = true }, dashed = bare with { Dash = true };
        Assert.Equal([("lines", 6), ("lines", 6)], Drawn(bare, dashed));
        Assert.Equal([("lines+markers", 6), ("lines+markers", 0), ("lines", 6)], Drawn(bare, marked, dashed));

        static IEnumerable<(string, int)> Drawn(params Series[] series) => Chart.Lines(series, "t", "s", "x", "y").Data
            .Select(trace => ((string)trace!["mode"]!, (int)trace["marker"]!["maxdisplayed"]!));
    }

    [Fact]
    public void Lines_PointsThatArePowersOfTwo_AreLabelledAsFractions()
    {
        JsonObject axis = (JsonObject)Chart.Lines([new("a", [1 / 64.0, 1 / 8.0, 1, 8, 64], [1, 2, 3, 4, 5])], "t", "s", "x", "y", logX: true).Layout["xaxis"]!;
        Assert.Equal(["1/64", "1/8", "1", "8", "64"], axis["ticktext"]!.AsArray().Select(text => (string)text!));
    }

    /// <summary>Two dashed thresholds are one grey, and a legend of single points is a riddle: both bear their names.</summary>
    [Fact]
    public void Lines_ThresholdAndPoint_BearTheirNames()
    {
        Figure figure = Chart.Lines(
            [new("curve", [1, 100], [0, 10]) { Low = [0, 9], High = [1, 11] }, new("limit", [90, 90], [0, 10]) { Dash = true },
                new("here", [50], [5]) { Markers = true }],
            "t", "s", "x", "y");
        JsonObject limit = (JsonObject)figure.Data[2]!, here = (JsonObject)figure.Data[3]!;
        Assert.Equal(["", "limit"], limit["text"]!.AsArray().Select(text => (string)text!));
        Assert.Equal(("lines+text", "top left", false), ((string)limit["mode"]!, (string)limit["textposition"]!, (bool)limit["showlegend"]!));
        // plotly.js hides the text of a line without markers whose markers are limited.
        Assert.Equal(0, (int)limit["marker"]!["maxdisplayed"]!);
        Assert.Equal(("markers+text", "middle right", "here"), ((string)here["mode"]!, (string)here["textposition"]!, (string)here["text"]![0]!));
        Assert.False((bool)figure.Layout["showlegend"]!);
        Assert.Null(figure.Data[1]!["text"]);
    }

    [Fact]
    public void Title_NumberAndPercent_StayTogether()
    {
        string title =
            (string)Chart.Lines([new("a", [0, 1], [0, 1])], "The first word, at place 128: sinus 185 %, RoPE 35 %", "s", "x", "y").Layout["title"]!["text"]!;
        Assert.Equal("The first word, at place 128: sinus<br>185 %, RoPE 35 %", title);
    }

    private static Figure Lines(params Series[] series) => Chart.Lines(series, "t", "s", "x", "y");
}
