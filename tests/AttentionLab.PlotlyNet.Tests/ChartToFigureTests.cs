using System.Text.Json.Nodes;
using Plotly.NET;
using CourseChart = AttentionLab.Course.Charts.Chart;
using CourseFigure = AttentionLab.Course.Charts.Figure;
using PlotlyChart = Plotly.NET.CSharp.Chart;

namespace AttentionLab.PlotlyNet.Tests;

public sealed class ChartToFigureTests
{
    [Fact]
    public void Chart_GetsTextsWidthAndColoursOfTheCourse()
    {
        CourseFigure figure = Charts.Heatmap(width: 500).ToFigure("'it' is <apple>", "70 % of the weight.");
        JsonNode layout = JsonNode.Parse(figure.ToJson())!["layout"]!;
        Assert.Equal(("'it' is <apple>", "70 % of the weight."), (figure.Title, figure.Summary));
        Assert.Equal("'it' is &lt;apple&gt;", (string?)layout["title"]!["text"]);
        Assert.Equal("70 % of the weight.", (string?)layout["meta"]!["summary"]);
        Assert.Equal(500, (double?)layout["meta"]!["maxWidth"]);
        Assert.Null(layout["width"]);
        Assert.Null(layout["template"]);
        Assert.Equal("Cividis", (string?)layout["colorscale"]!["sequential"]);
    }

    [Fact]
    public void Template_ThatTheReaderChose_Stays()
    {
        GenericChart dark = GenericChart.mapLayout(
            Microsoft.FSharp.Core.FuncConvert.FromFunc<Layout, Layout>(layout =>
            {
                layout.SetProperty("template", ChartTemplates.dark);
                return layout;
            }),
            Charts.Heatmap());
        Assert.NotNull(JsonNode.Parse(dark.ToFigure("Dark", "Dark.").ToJson())!["layout"]!["template"]);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void Number_ThatIsNone_IsAGap(double value)
    {
        JsonNode heatmap = JsonNode.Parse(Charts.Heatmap("NaN", value).ToFigure("A gap", "Empty.").ToJson())!["data"]![0]!;
        Assert.Equal("[null,0.2,0.1]", heatmap["z"]![0]!.ToJsonString());
        Assert.Equal("NaN", (string?)heatmap["x"]![0]);
        JsonNode line = JsonNode.Parse(Charts.Line("loss", 1, value, 3).ToFigure("A gap", "Empty.").ToJson())!["data"]![0]!;
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("[1,null,3]"), line["y"]), line["y"]!.ToJsonString());
        GenericChart floats = PlotlyChart.Line<float, float, string>(x: [0, 1], y: [1, (float)value]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("[1,null]"), JsonNode.Parse(floats.ToFigure("A gap", "Empty.").ToJson())!["data"]![0]!["y"]));
    }

    [Fact]
    public void Text_OfTheReader_CannotLeaveTheScript()
    {
        GenericChart chart = Charts.Line(Charts.Hostile, 1, 2);
        CourseFigure figure = chart.ToFigure(Charts.Hostile, Charts.Hostile), described = chart.Described();
        Assert.DoesNotContain("<", figure.ToJson());
        Assert.DoesNotContain("<", described.ToJson());
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(described.ToHtml(), "</script"));
    }

    [Fact]
    public void Chart_WithoutATrace_IsRefused()
    {
        GenericChart empty = GenericChart.fromFigure(Figure.create(Microsoft.FSharp.Collections.FSharpList<Trace>.Empty, new Layout()));
        Assert.Contains("no trace", Assert.Throws<ArgumentException>(() => empty.ToFigure("Empty", "Empty.")).Message);
        Assert.Contains("no trace", Assert.Throws<ArgumentException>(() => empty.Described()).Message);
    }

    [Fact]
    public void Chart_WithoutData_IsAnEmptyPlot()
    {
        GenericChart empty = PlotlyChart.Line<double, double, string>(x: [], y: []);
        Assert.Equal("[]", JsonNode.Parse(empty.ToFigure("Empty", "Nothing yet.").ToJson())!["data"]![0]!["y"]!.ToJsonString());
    }

    [Fact]
    public void Chart_ThatTheBundleCannotDraw_IsRefusedByName()
    {
        GenericChart surface = PlotlyChart.Surface<double, double, double, string>(zData: [[1, 2], [3, 4]]);
        string message = Assert.Throws<ArgumentException>(() => surface.ToFigure("Hill", "A hill.")).Message;
        Assert.Contains("'surface'", message);
        Assert.Contains("heatmap", message);
    }

    [Fact]
    public void Chart_OfAMillionPoints_KeepsThemAll()
    {
        const int Points = 1_000_000;
        GenericChart huge = Charts.Line("huge", [.. Enumerable.Range(0, Points).Select(i => i + 0.5)]);
        JsonArray y = JsonNode.Parse(huge.ToFigure("Huge", "A rising line.").ToJson())!["data"]![0]!["y"]!.AsArray();
        Assert.Equal((Points, Points - 0.5), (y.Count, (double)y[^1]!));
    }

    [Fact]
    public void Chart_ThatNobodyDescribed_SaysWhatItDraws()
    {
        CourseFigure figure = GenericChart.combine([Charts.Heatmap(), Charts.Line("loss", 1, 2)]).Described();
        Assert.Equal("Chart without a title", figure.Title);
        Assert.Contains("heatmap weights, scatter loss", figure.Summary);
        Assert.Contains("ToFigure(title, summary)", figure.Summary);
    }

    [Fact]
    public void Chart_WithATitleOfItsOwn_KeepsItsMarkup()
    {
        GenericChart chart = Charts.Line("loss", 1, 2);
        Title title = new();
        title.SetProperty("text", "W<sub>Q</sub> &amp; W<sub>K</sub>");
        GenericChart.getLayout(chart).SetProperty("title", title);
        CourseFigure figure = chart.Described();
        Assert.Equal("W Q & W K", figure.Title.Replace("  ", " ", StringComparison.Ordinal));
        Assert.Equal("W<sub>Q</sub> &amp; W<sub>K</sub>", (string?)JsonNode.Parse(figure.ToJson())!["layout"]!["title"]!["text"]);
    }

    [Fact]
    public void Charts_OfTwoKinds_DoNotMakeOneSlider()
    {
        CourseFigure line = Charts.Line("loss", 1, 2).ToFigure("Line", "Line."), heatmap = Charts.Heatmap().ToFigure("Heatmap", "Heatmap.");
        Assert.Contains("same kind", Assert.Throws<ArgumentException>(() => CourseChart.Slider("kind", [("a", line), ("b", heatmap)])).Message);
        Assert.Contains("\"frames\"", CourseChart.Slider("d", [("4", line), ("8", line)]).ToJson());
    }
}
