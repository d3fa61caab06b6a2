using System.Text.Json.Nodes;
using AttentionLab.Studio.Tests.Browser;
using Plotly.NET;
using Plotly.NET.CSharp;
using CourseChart = AttentionLab.Course.Charts.Chart;
using CourseFigure = AttentionLab.Course.Charts.Figure;

namespace AttentionLab.PlotlyNet.Tests;

public sealed class FigureToChartTests
{
    public static TheoryData<string> Kinds => [.. SampleFigures.All.Keys];

    [Theory, MemberData(nameof(Kinds))]
    public void Figure_ThereAndBack_IsTheSame(string kind)
    {
        CourseFigure figure = SampleFigures.All[kind];
        CourseFigure back = figure.ToGenericChart().ToFigure(figure.Title, figure.Summary);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(figure.ToJson()), JsonNode.Parse(back.ToJson())), back.ToJson());
        Assert.Equal((figure.Title, figure.Summary), (back.Title, back.Summary));
    }

    [Fact]
    public void Axis_ChangedInOnePlace_KeepsTheRest()
    {
        CourseFigure figure = SampleFigures.All["heatmap"];
        CourseFigure changed = figure.ToGenericChart().WithXAxisStyle<int, int, string>(TitleText: "the word looked at").ToFigure(figure.Title, figure.Summary);
        JsonNode before = JsonNode.Parse(figure.ToJson())!["layout"]!["xaxis"]!, after = JsonNode.Parse(changed.ToJson())!["layout"]!["xaxis"]!;
        Assert.Equal("the word looked at", (string?)after["title"]!["text"]);
        after["title"]!["text"] = (string?)before["title"]!["text"];
        Assert.True(JsonNode.DeepEquals(before, after), after.ToJsonString());
    }

    [Theory, MemberData(nameof(Kinds))]
    public void Chart_ShownAsItIs_KeepsTheFiguresText(string kind)
    {
        CourseFigure figure = SampleFigures.All[kind], shown = figure.ToGenericChart().Described();
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(figure.ToJson()), JsonNode.Parse(shown.ToJson())), shown.ToJson());
    }

    [Fact]
    public void Title_OfASlidersFigure_ChangesTheStepThatIsShown()
    {
        JsonNode json = JsonNode.Parse(SampleFigures.All["slider"].ToGenericChart().ToFigure("New", "New words.").ToJson())!;
        Assert.Equal(["New", "Second"], json["layout"]!["meta"]!["titles"]!.AsArray().Select(title => (string)title!));
        Assert.Equal(["New words.", "Second step."], json["layout"]!["meta"]!["summaries"]!.AsArray().Select(summary => (string)summary!));
        Assert.Equal(["New", "Second"], json["frames"]!.AsArray().Select(frame => (string)frame!["layout"]!["title"]!["text"]!));
    }

    [Fact]
    public void Trace_AddedBehindSteps_IsKeptBesideThem()
    {
        GenericChart both = GenericChart.combine([SampleFigures.All["slider"].ToGenericChart(), Charts.Line("theory", 3, 2, 1)]);
        JsonNode json = JsonNode.Parse(both.ToFigure("Two lines", "One moves.").ToJson())!;
        Assert.Equal(["loss", "theory"], json["data"]!.AsArray().Select(trace => (string)trace!["name"]!));
        Assert.Equal(2, json["frames"]!.AsArray().Count);
    }

    [Fact]
    public void Trace_OfAnotherKindBeforeSteps_IsRefused()
    {
        GenericChart both = GenericChart.combine([Charts.Heatmap(), SampleFigures.All["slider"].ToGenericChart()]);
        ArgumentException error = Assert.Throws<ArgumentException>(() => both.ToFigure("Two", "Two."));
        Assert.Contains("changes trace 0 as 'scatter' but that trace is 'heatmap'", error.Message);
        Assert.Contains("behind", error.Message);
    }

    [Fact]
    public void Figure_BackFromPlotlyNet_GoesIntoASlider()
    {
        CourseFigure lines = SampleFigures.All["lines"], back = lines.ToGenericChart().ToFigure(lines.Title, lines.Summary);
        CourseFigure slider = CourseChart.Slider("step", [("1", lines), ("2", back)]);
        CourseFigure expected = CourseChart.Slider("step", [("1", lines), ("2", lines)]);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected.ToJson()), JsonNode.Parse(slider.ToJson())), slider.ToJson());
    }
}
