using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Sliders and menus over figures of one kind.</summary>
public class StepsTests
{
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

    private static Figure Line(double to) => Chart.Lines([new Series("a", [0, 1], [0, to])], $"up to {to}", $"line to {to}", "x", "y");
}
