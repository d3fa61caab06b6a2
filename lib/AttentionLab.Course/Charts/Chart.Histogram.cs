using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    /// <summary>
    /// How often values fall into bins of equal width (of equal ratio with <see cref="HistogramOptions.LogX"/>), all samples into the same bins.
    /// </summary>
    /// <param name="samples">At least one, each with at least one value.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">Title of the horizontal axis, with its unit.</param>
    /// <param name="yTitle">Title of the vertical axis: how many of what; or "share of …, %" with <see cref="HistogramOptions.Percent"/>.</param>
    /// <param name="options">Number and range of the bins, log axis, percent, marks.</param>
    /// <exception cref="ArgumentException">A text is missing, a sample is empty, a number is not finite, or not above 0 on a log axis without
    /// <see cref="HistogramOptions.Min"/>.</exception>
    public static Figure Histogram(
        IReadOnlyList<Sample> samples, string title, string summary, string xTitle, string yTitle, HistogramOptions? options = null)
    {
        options ??= new();
        bool logX = options.LogX;
        ChartCheck.Any(samples, nameof(samples));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Bins, 1);
        foreach (Sample sample in samples)
        {
            ChartCheck.Name(sample.Name, "sample");
            ChartCheck.Any(sample.Values, $"sample {sample.Name}");
            ChartCheck.Numbers(sample.Values, $"sample {sample.Name}", log: logX && options.Min is null, gaps: false);
        }

        double[] edges = Edges(samples, options);
        JsonArray data = [];
        Extent extent = Extent.None.And(logX ? Math.Log10(edges[0]) : edges[0], 0).And(logX ? Math.Log10(edges[^1]) : edges[^1], 0);
        for (int i = 0; i < samples.Count; i++)
        {
            double[] heights = Count(samples[i].Values, edges, options.Percent);
            extent = extent.And(double.NaN, heights.Max());
            data.Add(HistogramTrace(samples[i], i, edges, heights, samples.Count > 1));
        }

        double highest = extent.Top;
        for (int i = 0; i < options.Marks.Count; i++)
        {
            (string name, double at) = options.Marks[i];
            ChartCheck.Name(name, "mark");
            ChartCheck.Number(at, $"mark {name}", logX);
            double top = highest * (1.06 + 0.09 * (options.Marks.Count - 1 - i));
            extent = extent.And(double.NaN, top * 1.05);
            data.Add(MarkTrace(name, Math.Clamp(at, edges[0], edges[^1]), top, Along(at, edges, logX)));
        }

        JsonObject layout = Page.Layout(title, summary, PlotHeight, [.. samples.Select(sample => sample.Name)]);
        extent = extent.Padded(0.04) with { Bottom = 0 };
        SetAxes(layout, PlotAxis.Of(xTitle, vertical: false, logX), PlotAxis.Of(yTitle, vertical: true), extent);
        return new Figure("histogram", title, summary, data, layout, extent);
    }

    /// <summary>Where a value stands between the first edge (0) and the last (1), as the axis draws it.</summary>
    private static double Along(double at, double[] edges, bool log) =>
        log ? Math.Log(at / edges[0]) / Math.Log(edges[^1] / edges[0]) : (at - edges[0]) / (edges[^1] - edges[0]);

    /// <summary>
    /// An upright line with its name at the top, outwards from the middle unless the edge is near; each a step lower than the one before,
    /// so that names do not meet.
    /// </summary>
    private static JsonObject MarkTrace(string name, double at, double top, double along) => new()
    {
        ["type"] = "scatter",
        ["mode"] = "lines+text",
        ["name"] = PlotText.Encode(name),
        ["showlegend"] = false,
        ["x"] = PlotNumber.Array([at, at]),
        ["y"] = PlotNumber.Array([0, top]),
        ["text"] = new JsonArray("", PlotText.Encode(name)),
        ["textposition"] = along is > 0.35 and < 0.5 or > 0.65 ? "middle left" : "middle right",
        ["line"] = new JsonObject { ["width"] = 1.5, ["color"] = "#808080", ["dash"] = "dot" },
        ["cliponaxis"] = false,
        ["hoverinfo"] = "skip",
    };

    /// <summary>bins + 1 edges, evenly or in equal ratios from the smallest to the largest value.</summary>
    private static double[] Edges(IReadOnlyList<Sample> samples, HistogramOptions options)
    {
        (int bins, bool log, double? min, double? max) = (options.Bins, options.LogX, options.Min, options.Max);
        if (min is double left)
        {
            ChartCheck.Number(left, nameof(min), log);
        }

        if (max is double right)
        {
            ChartCheck.Number(right, nameof(max), log);
        }

        double low = min ?? samples.Min(sample => sample.Values.Min()), high = max ?? samples.Max(sample => sample.Values.Max());
        if (min is null && max is null && low == high)
        {
            (low, high) = log ? (low / 2, high * 2) : Extent.Around(low);
        }

        ChartCheck.Range(low, high, min is null ? "the smallest value" : nameof(min), max is null ? "the largest value" : nameof(max));
        return [.. Enumerable.Range(0, bins + 1).Select(i => log ? low * Math.Pow(high / low, (double)i / bins) : low + (high - low) * i / bins)];
    }

    /// <summary>Values in each bin [edge, next edge); what lies outside goes to the first or last.</summary>
    private static double[] Count(IReadOnlyList<double> values, double[] edges, bool percent)
    {
        double[] counts = new double[edges.Length - 1];
        foreach (double value in values)
        {
            int at = Array.BinarySearch(edges, value);
            counts[Math.Clamp(at >= 0 ? at : ~at - 1, 0, counts.Length - 1)]++;
        }

        return percent ? [.. counts.Select(count => 100 * count / values.Count)] : counts;
    }

    /// <summary>A staircase: bars have no true width on a log axis, and the outlines of two samples can be told apart where they overlap.</summary>
    private static JsonObject HistogramTrace(Sample sample, int index, double[] edges, double[] heights, bool several)
    {
        int bins = heights.Length;
        bool under = sample.Values.Any(value => value < edges[0]), over = sample.Values.Any(value => value > edges[^1]);
        IReadOnlyList<string> ends = PlotNumber.Labels(edges, 3);
        IEnumerable<string> ranges = Enumerable.Range(0, bins).Select(k => (k == 0 && under, k == bins - 1 && over) switch
        {
            (true, false) => $"below {ends[1]}",
            (false, true) => $"above {ends[^2]}",
            (true, true) => "all",
            _ => $"{ends[k]} to {ends[k + 1]}",
        });
        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["name"] = PlotText.Encode(sample.Name),
            ["x"] = PlotNumber.Array([edges[0], .. edges]),
            ["y"] = PlotNumber.Array([0, .. heights, 0]),
            ["text"] = PlotText.Array(["", .. ranges, ""]),
            ["line"] = new JsonObject
            {
                ["shape"] = "hv",
                ["width"] = 2,
                ["color"] = Palette.Colour(index),
                ["dash"] = several && index % 2 == 1 ? "5px,2px" : "solid"
            },
            ["fill"] = "tozeroy",
            ["fillcolor"] = Palette.Faint(index, 0.3),
            ["hovertemplate"] = $"%{{text}}: {PlotNumber.Hover('y', heights)}<extra>%{{fullData.name}}</extra>",
        };
    }
}
