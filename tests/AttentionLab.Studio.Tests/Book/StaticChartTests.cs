using System.Xml.Linq;
using AttentionLab.Course.Charts;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Commands;
using AttentionLab.Studio.Ipynb;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Tests.Browser;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>Charts as pictures without script.</summary>
public sealed class StaticChartTests
{
    public static TheoryData<string> Kinds => [.. SampleFigures.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Figure_OfAnyKind_BecomesAPictureInItsFrame(string kind)
    {
        XElement svg = Picture(SampleFigures.All[kind]);
        Assert.Equal(("img", SampleFigures.All[kind].Summary), ((string?)svg.Attribute("role"), (string?)svg.Attribute("aria-label")));
        Assert.Contains(svg.Elements("path").Concat(svg.Elements("rect")), part => part.Attribute("class") is null);
        Assert.DoesNotContain(svg.Descendants()
            .SelectMany(part => part.Attributes()), attribute => attribute.Value.Contains("NaN", StringComparison.Ordinal) || attribute.Value.Contains('∞'));
        double height = double.Parse(((string)svg.Attribute("viewBox")!).Split(' ')[3], System.Globalization.CultureInfo.InvariantCulture);
        Assert.All(svg.Elements("text").Where(text => text.Attribute("y") is not null), text => Assert.InRange((double)text.Attribute("y")!, 0, height));
    }

    [Fact]
    public void Lines_GoThroughTheirPoints_AndBreakAtAGap()
    {
        XElement svg = Picture(Chart.Lines([new Series("loss", [0, 1, 2, 3], [0, 1, double.NaN, 1])], "t", "s", "step", "loss (nats)"));
        string path = (string)svg.Elements("path").Single(part => part.Attribute("stroke-width") is not null).Attribute("d")!;
        Assert.Equal(2, path.Count(letter => letter == 'M'));
        Assert.Equal(1, path.Count(letter => letter == 'L'));
        Assert.Equal(["step", "loss (nats)"], svg.Descendants("text").Select(text => text.Value).Where(text => text is "step" or "loss (nats)")
            .Order(StringComparer.Ordinal).Reverse());
    }

    [Fact]
    public void Bars_AreAsHighAsTheirValues()
    {
        XElement svg = Picture(Chart.Bars([new BarSet("a", ["k", "l"], [3, 6])], "t", "s", "x", "y"));
        double[] heights = [.. svg.Elements("rect").Select(bar => (double)bar.Attribute("height")!)];
        Assert.Equal(2, heights[1] / heights[0], 0.02);
        Assert.Contains("6", svg.Elements("text").Select(text => text.Value));
    }

    [Fact]
    public void NegativeNumbers_HaveTheMinusOfTheAxes()
    {
        Assert.All((Figure[])
            [
                Chart.Bars([new BarSet("a", ["k", "l"], [-30, 6])], "t", "s", "x", "y"),
                Chart.Heatmap(new[,] { { -30f, 6 } }, "t", "s", "x", "y"),
                Chart.FromJson("""{ "data": [{ "type": "bar", "x": [-2, 2], "y": [-30, 6], "texttemplate": "%{y}" }] }""", "t", "s"),
            ],
            figure =>
            {
                string[] texts = [.. Picture(figure).Elements("text").Select(text => text.Value)];
                Assert.Contains("−30", texts);
                Assert.All(texts, text => Assert.DoesNotContain('-', text));
            });
    }

    [Fact]
    public void Heatmap_HasACellForEachNumber_InTheColoursOfItsScale()
    {
        XElement svg = Picture(Chart.Heatmap(new float[,] { { 0, 1 }, { 1, float.NaN } }, "t", "s", "x", "y"));
        (string? Fill, int Cells)[] cells =
            [.. svg.Elements("path").Where(part => part.Attribute("fill") is not null)
                .Select(part => ((string?)part.Attribute("fill"), ((string)part.Attribute("d")!).Count(letter => letter == 'M')))];
        Assert.Equal([("#00204c", 1), ("#ffe945", 2)], cells);
    }

    [Fact]
    public void Text_WithMarkup_StaysText()
    {
        string svg = StaticChart.Svg(Chart.Scatter([new PointSet("<b>", [0, 1], [1, 0]) { Labels = ["<script>x</script>", "&"] }], "t", "s", "<i>", "y")
            .ToJson(), "\"><script>")!;
        Assert.DoesNotContain("<script", svg);
        Assert.Contains("&lt;script&gt;", svg);
        XElement.Parse(svg);
    }

    [Theory]
    [InlineData("""{"data":[{"type":"pie","values":[1]}],"layout":{}}""")]
    [InlineData("""{"data":[],"layout":{}}""")]
    [InlineData("no JSON")]
    public void Chart_OfAnotherKind_IsLeftToItsWords(string json) => Assert.Null(StaticChart.Svg(json, "s"));

    /// <summary>Lists that are shorter than the data, empty words, words with signs of HTML, places beyond counting: of a chart of one's own.</summary>
    [Theory]
    [InlineData("""{"data":[{"type":"heatmap","z":[[1,2],[3],null,4]}],"layout":{}}""", 3)]
    [InlineData("""{"data":[{"x":[1,2],"y":[3,4],"mode":"markers","marker":{"size":[9]}}],"layout":{}}""", 2)]
    [InlineData("""{"data":[{"type":"bar","x":[1,2],"y":[3,4],"error_y":{"array":[1]}}],"layout":{}}""", 2)]
    [InlineData("""{"data":[{"type":"bar","x":[1,2],"y":[3,4],"texttemplate":"t","text":["","</noscript><script/>"]}],"layout":{}}""", 2)]
    [InlineData("""{"data":[{"x":[1e17,100000000000000016],"y":[1,2],"mode":"markers"}],"layout":{}}""", 2)]
    [InlineData("""{"data":[{"x":[1,2],"y":[1,2],"mode":"markers"}],"layout":{"xaxis":{"type":"log","range":[0,1e10]}}}""", 2)]
    public void Chart_WhosePartsDoNotFitEachOther_IsDrawnAsFarAsTheyGo(string json, int parts)
    {
        XElement svg = XElement.Parse(StaticChart.Svg(json, "s")!);
        int drawn = svg.Descendants("path").Where(path => path.Attribute("fill") is not null && path.Attribute("class") is null)
            .Sum(path => path.Attribute("transform") is null ? ((string)path.Attribute("d")!).Count(letter => letter == 'M') : 1)
            + svg.Descendants("rect").Count(bar => (string?)bar.Attribute("height") != "10");
        Assert.Equal(parts, drawn);
        Assert.Empty(svg.Descendants("script"));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("""{"a":"\u0007" """)]
    [InlineData("""{"data":[],"data":[],"layout":{"title":"\u0007"}}""")]
    [InlineData("""{"data":[],"layout":{"title":{"text":"\ud800"},"meta":{"summary":"\ud800\u0007"}}}""")]
    [InlineData("""{"data":[{"type":"heatmap","z":[[1]],"colorscale":[null,[1,"#ffffffffff"]]}],"layout":{}}""")]
    [InlineData("""{"data":[{"type":"heatmap","z":[[1]],"colorscale":[[0,"#ffffff"]]}],"layout":{}}""")]
    public void Output_ThatIsCalledAChartAndIsNone_IsShownAllTheSame(string json)
    {
        CellOutput output = new(CellOutput.Plotly, json);
        Assert.Contains("<figure class=\"chart\">", OutputHtml.ToHtml(new ExecutedCell(1, "csharp", "1", [output], null, 0)));
        Assert.NotEmpty(TerminalOutput.Of(output));
        Assert.NotEmpty(IpynbNotebook.Write(new ExecutedNotebook("x", [new ExecutedCell(1, "csharp", "1", [output], null, 0)], 0), ".", "."));
    }

    private static XElement Picture(Figure figure) => XElement.Parse(StaticChart.Svg(figure.ToJson(), figure.Summary)!);
}
