using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

public class ChartTests
{
    [Fact]
    public void Heatmap_Weights_ScaleGoesFrom0To1()
    {
        JsonNode colours = Heatmap(new float[,] { { 0.25f, 0.75f }, { 0.5f, 0.5f } }).Layout["coloraxis"]!;
        Assert.Equal((0, 1), ((double)colours["cmin"]!, (double)colours["cmax"]!));
        Assert.Equal("Cividis", (string?)colours["colorscale"]);
    }

    [Fact]
    public void Heatmap_BothSigns_ScaleIsSymmetricAndGreyAtZero()
    {
        JsonNode colours = Heatmap(new float[,] { { -1, 3 } }).Layout["coloraxis"]!;
        Assert.Equal((-3, 3), ((double)colours["cmin"]!, (double)colours["cmax"]!));
        string zero = (string)colours["colorscale"]![2]![1]!;
        Assert.True(zero[1..3] == zero[3..5] && zero[3..5] == zero[5..7], zero);
    }

    [Fact]
    public void Heatmap_BothSigns_GreyPrintTellsThem()
    {
        double[] lightness =
            [.. Heatmap(new float[,] { { -1, 3 } }).Layout["coloraxis"]!["colorscale"]!.AsArray().Select(stop => Lightness((string)stop![1]!))];
        Assert.Equal(lightness.Order(), lightness);
        Assert.All(Enumerable.Range(1, lightness.Length - 1), i => Assert.True(lightness[i] - lightness[i - 1] >= 12, string.Join(' ', lightness)));
        Assert.True(lightness[2] - lightness[0] >= 30 && lightness[^1] - lightness[2] >= 30, string.Join(' ', lightness));
    }

    /// <summary>CIE L*, 0 for black to 100 for white: what a grey print keeps of "#rrggbb".</summary>
    private static double Lightness(string colour)
    {
        double[] linear =
        [
            .. new[] { colour[1..3], colour[3..5], colour[5..7] }.Select(part => Convert.ToInt32(part, 16) / 255.0)
                .Select(part => part <= 0.04045 ? part / 12.92 : Math.Pow((part + 0.055) / 1.055, 2.4)),
        ];
        double luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
        return luminance > 0.008856 ? 116 * Math.Cbrt(luminance) - 16 : 903.3 * luminance;
    }

    [Fact]
    public void Heatmap_NumbersInCells_HaveTheMinusOfTheAxes_AndZeroHasNone()
    {
        JsonNode trace = Heatmap(new[,] { { -1.234f, 0.5f, -0.001f, float.NaN } }).Data[0]!;
        Assert.Equal("%{text}", (string?)trace["texttemplate"]);
        Assert.Equal(["−1.23", "0.50", "0.00", ""], trace["text"]![0]!.AsArray().Select(text => (string)text!));
    }

    [Fact]
    public void Heatmap_MaskedScoreAndNaN_AreEmptyCells_AndInfinityIsRefused()
    {
        JsonArray z = Heatmap(new float[,] { { 1, float.NegativeInfinity, float.NaN } }).Data[0]!["z"]![0]!.AsArray();
        Assert.Equal(1, (double)z[0]!);
        Assert.Null(z[1]);
        Assert.Null(z[2]);
        Assert.Contains("values[0, 1] is ∞", Assert.Throws<ArgumentException>(() => Heatmap(new[,] { { 1, float.PositiveInfinity } })).Message);
    }

    [Fact]
    public void Heatmap_SameWordTwice_KeepsTwoColumns()
    {
        Figure figure = Chart.Heatmap(new float[1, 3], "t", "s", "x", "y", ["an", "apple", "an"]);
        string[] labels = [.. figure.Data[0]!["x"]!.AsArray().Select(label => (string)label!)];
        Assert.Equal(3, labels.Distinct().Count());
        Assert.Equal(["an", "apple", "an"], labels.Select(label => label.Trim('\u200B')));
    }

    [Fact]
    public void Heatmap_WrongNumberOfLabels_NamesBothCounts() => Assert.Contains("xLabels has 1 labels but the matrix has 3 columns",
        Assert.Throws<ArgumentException>(() => Chart.Heatmap(new float[2, 3], "t", "s", "x", "y", ["one"])).Message);

    [Theory]
    [InlineData(12, 12, true)]
    [InlineData(13, 12, false)]
    public void Heatmap_NumbersInCells_OnlyWhereTheyFit(int rows, int columns, bool written) =>
        Assert.Equal(written, Heatmap(new float[rows, columns]).Data[0]!["texttemplate"] is not null);

    [Fact]
    public void HeatmapGrid_EightPanels_HaveNamesOwnAxesAndOneScale()
    {
        Figure figure = Chart.HeatmapGrid([.. Enumerable.Range(0, 8).Select(h => ($"head {h}", new float[2, 2]))], "t", "s", "x", "y");
        Assert.Equal(Enumerable.Range(0, 8).Select(h => $"head {h}"), figure.Layout["annotations"]!.AsArray().Select(name => (string)name!["text"]!));
        Assert.Equal(8, figure.Data.Select(trace => (string)trace!["xaxis"]!).Distinct().Count());
        Assert.All(figure.Data, trace => Assert.Equal("coloraxis", (string?)trace!["coloraxis"]));
        Assert.All(Enumerable.Range(2, 7), n => Assert.InRange((double)figure.Layout[$"yaxis{n}"]!["domain"]![0]!, 0, 1));
    }

    [Fact]
    public void HeatmapGrid_LongNames_BreakIntoLinesThatHaveRoom()
    {
        (string, float[,])[] panels = [.. Enumerable.Range(0, 3).Select(h => ($"layer 3, weights of head {h}", new float[2, 2]))];
        Figure longer = Chart.HeatmapGrid(panels, "t", "s", "x", "y"),
            shorter = Chart.HeatmapGrid([.. panels.Select(panel => ("head", panel.Item2))], "t", "s", "x", "y");
        string[] lines = ((string)longer.Layout["annotations"]![0]!["text"]!).Split("<br>");
        Assert.Equal(["layer 3,", "weights of", "head 0"], lines);
        Assert.True((int)longer.Layout["height"]! - (int)shorter.Layout["height"]! == 2 * 16, "two more lines, the panels as high as before");
    }

    [Fact]
    public void HeatmapGrid_PanelsOfTwoSizes_AreRefused() => Assert.Contains("panel b is 3 × 2 but panel a is 2 × 2",
        Assert.Throws<ArgumentException>(() => Chart.HeatmapGrid([("a", new float[2, 2]), ("b", new float[3, 2])], "t", "s", "x", "y")).Message);

    [Fact]
    public void HeatmapGrid_FiveAcross_IsSmallAndHasNoTickLabels()
    {
        Figure figure =
            Chart.HeatmapGrid([.. Enumerable.Range(0, 20).Select(h => ($"{h}", new float[9, 9]))], "t", "s", "x", "y", options: new() { Across = 5 });
        Assert.Equal(5, Enumerable.Range(1, 20).Select(n => (double)figure.Layout[n == 1 ? "xaxis" : $"xaxis{n}"]!["domain"]![0]!).Distinct().Count());
        Assert.All(Enumerable.Range(2, 19), n => Assert.False((bool)figure.Layout[$"yaxis{n}"]!["showticklabels"]!));
        Assert.InRange((int)figure.Layout["height"]!, 400, 620);
    }

    [Fact]
    public void Links_EveryWeight_IsOneLineOfItsStrength_AndSaysItself()
    {
        Figure figure = Chart.Links(["apple", "tree"], new[,] { { 0.8f, 0.2f }, { 0.01f, 0.99f } }, "t", "s", "looks", "is looked at");
        int[] lines = [.. figure.Data.Take(5).Select(trace => trace!["x"]!.AsArray().Count / 3)];
        Assert.Equal([0, 1, 0, 0, 2], lines);
        Assert.Equal([0, -1], figure.Data[1]!["y"]!.AsArray().Take(2).Select(y => (int)y!));
        Assert.Equal(["apple → apple: 0.80", "apple → tree: 0.20", "tree → tree: 0.99"], figure.Data[5]!["text"]!.AsArray().Select(text => (string)text!));
        Assert.Equal("apple looks at: apple 0.80, tree 0.20", (string)figure.Data[6]!["customdata"]![0]!);
        Assert.Equal("tree is looked at by: tree 0.99, apple 0.20", (string)figure.Data[7]!["customdata"]![1]!);
    }

    [Theory]
    [InlineData(2, 0.5f, "weights is 2 × 2 but there are 3 tokens")]
    [InlineData(3, 1.5f, "weights holds 1.5")]
    [InlineData(3, float.NaN, "weights holds NaN")]
    [InlineData(3, -0.1f, "weights holds -0.1")]
    public void Links_WrongWeights_AreNamed(int size, float weight, string fault)
    {
        float[,] weights = new float[size, size];
        weights[1, 0] = weight;
        Assert.StartsWith(fault, Assert.Throws<ArgumentException>(() => Chart.Links(["a", "b", "c"], weights, "t", "s", "l", "r")).Message);
    }

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
    public void Arrows_AxesHaveEqualUnits_AndShowTailsTipsAndHull()
    {
        Figure figure = Chart.Arrows([new Arrow("a", 2, 2) { FromX = -1 }], "t", "s", "x", "y", hull: [(0, 0), (4, 0), (0, 3)]);
        Assert.Equal("x", (string?)figure.Layout["yaxis"]!["scaleanchor"]);
        Assert.True(figure.Extent is { Left: <= -1, Right: >= 4, Bottom: <= 0, Top: >= 3 }, $"{figure.Extent}");
        // The first corner closes the outline.
        Assert.Equal([0.0, 4, 0, 0], figure.Data[0]!["x"]!.AsArray().Select(x => (double)x!));
        Assert.Equal([0, 16], figure.Data[1]!["marker"]!["size"]!.AsArray().Select(size => (int)size!));
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
    public void Arrows_TipsClose_NamesTakeDifferentCorners()
    {
        JsonArray data = Chart.Arrows([new Arrow("one", 2, 2), new Arrow("two", 2.3, 2.1)], "t", "s", "x", "y").Data;
        Assert.NotEqual((string?)data[0]!["textposition"], (string?)data[1]!["textposition"]);
    }

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
    public void Histogram_CountsEveryValueOnce()
    {
        double[] heights = Heights(Chart.Histogram([new Sample("a", [0, 0.5, 1, 1, 2, 4])], "t", "s", "x", "y", new() { Bins = 4 }));
        Assert.Equal([2, 2, 1, 1], heights);
    }

    [Fact]
    public void Histogram_Marks_AreNamedUprightLinesInsideTheAxes()
    {
        Figure figure =
            Chart.Histogram([new Sample("a", [1, 5, 50, 500, 1000])], "t", "s", "x", "y", new() { LogX = true, Marks = [("median", 50), ("limit", 1e6)] });
        JsonNode[] marks = [.. figure.Data.Skip(1).Select(mark => mark!)];
        Assert.Equal(["median", "limit"], marks.Select(mark => (string)mark["text"]![1]!));
        Assert.Equal([50, 50], marks[0]["x"]!.AsArray().Select(x => (double)x!));
        Assert.Equal(1000, (double)marks[1]["x"]![0]!, 1e-6);
        Assert.All(marks, mark => Assert.InRange((double)mark["y"]![1]!, 1, (double)figure.Layout["yaxis"]!["range"]![1]!));
        Assert.NotEqual((double)marks[0]["y"]![1]!, (double)marks[1]["y"]![1]!);
        Assert.Contains("mark ",
            Assert.Throws<ArgumentException>(() => Chart.Histogram([new Sample("a", [1])], "t", "s", "x", "y", new() { Marks = [("m", double.NaN)] })).Message);
    }

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

    [Fact]
    public void Scatter_XNames_StandUnderOneTwoThree()
    {
        JsonObject axis =
            (JsonObject)Chart.Scatter([new PointSet("a", [1, 2], [1, 1])], "t", "s", "x", "y", options: new() { XNames = ["none", "1/√d"] }).Layout["xaxis"]!;
        Assert.Equal([1, 2], axis["tickvals"]!.AsArray().Select(value => (double)value!));
        Assert.Equal(["none", "1/√d"], axis["ticktext"]!.AsArray().Select(text => (string)text!));
    }

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

    [Fact]
    public void Histogram_LogBins_HaveEqualRatios()
    {
        Figure figure = Chart.Histogram([new Sample("a", [1, 5, 50, 500, 1000])], "t", "s", "x", "y", new() { Bins = 3, LogX = true });
        double[] edges = [.. figure.Data[0]!["x"]!.AsArray().Skip(1).Select(x => (double)x!)];
        Assert.Equal([1.0, 10, 100, 1000], edges.Select(edge => Math.Round(edge, 3)));
        Assert.Equal([2, 1, 2], Heights(figure));
    }

    [Fact]
    public void Histogram_ZerosOnALogAxis_AreRefusedOrCountedBelowMin()
    {
        Sample sample = new("norms", [0, 1e-20, 0.01, 1]);
        Assert.Contains("sample norms[0] is 0",
            Assert.Throws<ArgumentException>(() => Chart.Histogram([sample], "t", "s", "x", "y", new() { LogX = true })).Message);
        Figure figure = Chart.Histogram([sample], "t", "s", "x", "y", new() { Bins = 2, LogX = true, Min = 1e-4, Percent = true });
        Assert.Equal([50, 50], Heights(figure));
        Assert.StartsWith("below", (string?)figure.Data[0]!["text"]![1]);
    }

    [Fact]
    public void Slider_Steps_ShareAxesAndCarryTheirTitlesAndSummaries()
    {
        Figure slider = Chart.Slider("n", [("2", Line(2)), ("200", Line(200))], active: 1);
        JsonNode json = JsonNode.Parse(slider.ToJson())!;
        Assert.Equal(2, json["frames"]!.AsArray().Count);
        Assert.True((double)json["layout"]!["yaxis"]!["range"]![1]! >= 200);
        Assert.Equal("up to 2", (string?)json["frames"]![0]!["layout"]!["title"]!["text"]);
        Assert.Equal(["line to 2", "line to 200"], json["layout"]!["meta"]!["summaries"]!.AsArray().Select(text => (string)text!));
        Assert.Equal(1, (int)json["layout"]!["sliders"]![0]!["active"]!);
        Assert.Equal("up to 200", slider.Title);
        Assert.Equal("1", (string?)json["layout"]!["sliders"]![0]!["steps"]![1]!["args"]![0]![0]);
    }

    [Fact]
    public void Slider_OwnScales_BringTheirRanges()
    {
        Figure slider = Chart.Slider("n", [("2", Line(2)), ("200", Line(200))], sameScale: false);
        Assert.True((double)slider.Frames![0]!["layout"]!["yaxis"]!["range"]![1]! < 3);
    }

    [Fact]
    public void Slider_Heatmaps_ShareTheColourScale()
    {
        Figure slider = Chart.Slider("t", [("a", Heatmap(new float[,] { { 1, 5 } })), ("b", Heatmap(new float[,] { { -7, 2 } }))]);
        Assert.All(slider.Frames!, frame => Assert.Equal(-7, (double)frame!["layout"]!["coloraxis"]!["cmin"]!));
        Assert.Equal(7, (double)slider.Layout["coloraxis"]!["cmax"]!);
    }

    [Fact]
    public void Slider_StepsOfTwoKinds_AreRefused() => Assert.Contains("step b is heatmap with 1 traces but step a is lines with 1 traces",
        Assert.Throws<ArgumentException>(() => Chart.Slider("n", [("a", Line(2)), ("b", Heatmap(new float[1, 1]))])).Message);

    [Fact]
    public void Slider_TwoStepsOfOneName_AreRefused() =>
        Assert.Contains("two steps are called a", Assert.Throws<ArgumentException>(() => Chart.Slider("n", [("a", Line(2)), ("a", Line(3))])).Message);

    [Fact]
    public void Slider_OneStep_IsRefused() =>
        Assert.Contains("steps has 1 step", Assert.Throws<ArgumentException>(() => Chart.Slider("n", [("a", Line(2))])).Message);

    [Fact]
    public void Dropdown_Steps_AreButtonsWithTheLabel()
    {
        Figure menu = Chart.Dropdown("scoring", [("cosine", Line(1)), ("dot", Line(2))]);
        Assert.Equal(["scoring: cosine", "scoring: dot"], menu.Layout["updatemenus"]![0]!["buttons"]!.AsArray().Select(button => (string)button!["label"]!));
    }

    private static Figure Heatmap(float[,] values) => Chart.Heatmap(values, "t", "s", "x", "y");

    [Fact]
    public void Title_NumberAndPercent_StayTogether()
    {
        string title =
            (string)Chart.Lines([new("a", [0, 1], [0, 1])], "The first word, at place 128: sinus 185 %, RoPE 35 %", "s", "x", "y").Layout["title"]!["text"]!;
        Assert.Equal("The first word, at place 128: sinus<br>185 %, RoPE 35 %", title);
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

    private static Figure Lines(params Series[] series) => Chart.Lines(series, "t", "s", "x", "y");

    private static Figure Line(double to) => Chart.Lines([new Series("a", [0, 1], [0, to])], $"up to {to}", $"line to {to}", "x", "y");

    /// <summary>The heights of the bins: the staircase without its feet.</summary>
    private static double[] Heights(Figure figure) => [.. figure.Data[0]!["y"]!.AsArray().Skip(1).SkipLast(1).Select(y => (double)y!)];
}
