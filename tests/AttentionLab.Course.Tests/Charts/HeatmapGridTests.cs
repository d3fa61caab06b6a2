using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Many matrices side by side, on one scale.</summary>
public class HeatmapGridTests
{
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
}
