using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Vectors in the plane.</summary>
public class ArrowsTests
{
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
    public void Arrows_TipsClose_NamesTakeDifferentCorners()
    {
        JsonArray data = Chart.Arrows([new Arrow("one", 2, 2), new Arrow("two", 2.3, 2.1)], "t", "s", "x", "y").Data;
        Assert.NotEqual((string?)data[0]!["textposition"], (string?)data[1]!["textposition"]);
    }
}
