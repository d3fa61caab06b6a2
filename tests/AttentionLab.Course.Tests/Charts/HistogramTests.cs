using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Counts of values, in equal or in logarithmic bins.</summary>
public class HistogramTests
{
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

    /// <summary>The heights of the bins: the staircase without its feet.</summary>
    private static double[] Heights(Figure figure) => [.. figure.Data[0]!["y"]!.AsArray().Skip(1).SkipLast(1).Select(y => (double)y!)];
}
