using AttentionLab.Course.Charts;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>One figure of every kind.</summary>
public static class SampleFigures
{
    private static readonly float[,] Weights = { { 0.7f, 0.2f, 0.1f }, { 0.1f, 0.8f, 0.1f }, { 0.3f, 0.3f, 0.4f } };

    private static readonly Series Line = new("loss", [1, 2, 4], [3, 2, 1]);

    public static IReadOnlyDictionary<string, Figure> All { get; } = new Dictionary<string, Figure>
    {
        ["lines"] = Chart.Lines([Line], "The loss falls", "From 3 to 1.", "step", "loss (nats)"),
        ["log lines"] = Chart.Lines([Line], "The loss falls", "From 3 to 1.", "step", "loss (nats)", logX: true, logY: true),
        ["heatmap"] = Chart.Heatmap(Weights, "The diagonal is largest", "0.7, 0.8 and 0.4.", "key", "query"),
        ["heatmap grid"] = Chart.HeatmapGrid([("head 1", Weights), ("head 2", Weights)], "Two heads agree", "Both look at themselves.", "key", "query"),
        ["links"] = Chart.Links(["apple", "and", "tree"], Weights, "All look at themselves", "0.7, 0.8 and 0.4.", "word that looks", "what it looks at"),
        ["scatter"] = Chart.Scatter([new PointSet("words", [0, 1], [1, 0])], "Two words", "Apart.", "x", "y"),
        ["arrows"] = Chart.Arrows([new Arrow("apple", 2, 2), new Arrow("phone", 4, 0)], "Two arrows", "At 45°.", "technology", "fruit"),
        ["bars"] = Chart.Bars([new BarSet("steps", ["none", "scaled"], [180, 93])], "Half the steps", "180 against 93.", "scale", "steps"),
        ["histogram"] = Chart.Histogram([new Sample("norm", [0.1, 0.2, 0.2, 0.3, 0.9])], "A long tail", "Most below 0.3.", "norm", "count"),
        ["slider"] = Chart.Slider("d",
            [("4", Chart.Lines([Line], "First", "First step.", "x", "y")),
                ("64", Chart.Lines([new Series("loss", [1, 2, 4], [4, 5, 6])], "Second", "Second step.", "x", "y"))]),
        ["list"] = Chart.Dropdown("scoring",
            [("dot", Chart.Lines([Line], "First", "First step.", "x", "y")), ("cosine", Chart.Lines([Line], "Second", "Second step.", "x", "y"))]),
    };
}
