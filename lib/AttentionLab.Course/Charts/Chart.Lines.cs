using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

/// <summary>
/// Charts from plain numbers, one method a kind. Each asks for a title that states the finding, a summary for someone who
/// cannot see it, and axis titles with units.
/// </summary>
public static partial class Chart
{
    private const int PlotHeight = 340, NameHeight = 8;

    /// <summary>Markers on a line that marks no points but stands beside another: enough to tell them apart in grey.</summary>
    private const int FewMarkers = 6;

    /// <summary>
    /// One line a series, with a band where it has one. In grey, too, lines differ: dashed ones in their dashes, the others in a few markers. A series of
    /// one point and a dashed upright line (a threshold) bear their name themselves and are not in the legend.
    /// </summary>
    /// <param name="series">At least one. NaN in Y is a gap.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">Title of the horizontal axis, with its unit.</param>
    /// <param name="yTitle">Title of the vertical axis, with its unit.</param>
    /// <param name="logX">Powers of ten at equal distances, horizontally.</param>
    /// <param name="logY">The same vertically.</param>
    /// <param name="yRange">Lower and upper end of the vertical axis, in values; null fits the data.</param>
    /// <exception cref="ArgumentException">A text is missing, lengths differ, a number is infinite, or not above 0 on a log axis.</exception>
    public static Figure Lines(
        IReadOnlyList<Series> series, string title, string summary, string xTitle, string yTitle,
        bool logX = false, bool logY = false, (double? Min, double? Max) yRange = default)
    {
        ChartCheck.Any(series, nameof(series));
        JsonArray data = [];
        Extent extent = Extent.None;
        int dashed = 0;
        bool alone = series.Count(line => !line.Dash && !IsPoint(line)) < 2;
        for (int i = 0; i < series.Count; i++)
        {
            Series line = series[i];
            CheckLine(line, logX, logY);
            if (line.Low is { } low && line.High is { } high)
            {
                AddBand(data, line, i, low, high);
                extent = extent.And(Of(line.X, low, logX, logY)).And(Of(line.X, high, logX, logY));
            }

            extent = extent.And(Of(line.X, line.Y, logX, logY));
            data.Add(new JsonObject
            {
                ["type"] = "scatter",
                ["mode"] = line.Markers || (!line.Dash && !alone) ? "lines+markers" : "lines",
                ["name"] = PlotText.Encode(line.Name),
                ["legendgroup"] = $"{i}",
                ["x"] = PlotNumber.Array(line.X),
                ["y"] = PlotNumber.Array(line.Y),
                ["line"] = new JsonObject { ["color"] = Palette.Colour(i), ["width"] = 2.5, ["dash"] = Dash(line, ref dashed) },
                ["marker"] = new JsonObject { ["symbol"] = Palette.Symbol(i), ["size"] = 8, ["maxdisplayed"] = line.Markers ? 0 : FewMarkers },
                ["connectgaps"] = false,
                ["hovertemplate"] = $"{PlotNumber.Hover('x', line.X)}, {PlotNumber.Hover('y', line.Y)}<extra>%{{fullData.name}}</extra>",
            });
        }

        IEnumerable<Series> unnamed = series.Where(line => !IsPoint(line) && !IsThreshold(line));
        JsonObject layout = Page.Layout(title, summary, PlotHeight, [.. unnamed.Select(line => line.Name)]);
        AddNames(data, layout, series, logX, extent);
        extent = extent.Padded(0.04);
        const string Lower = $"{nameof(yRange)}.{nameof(yRange.Min)}", Upper = $"{nameof(yRange)}.{nameof(yRange.Max)}";
        extent = extent with { Bottom = End(yRange.Min, logY, Lower) ?? extent.Bottom, Top = End(yRange.Max, logY, Upper) ?? extent.Top };
        ChartCheck.Range(extent.Bottom, extent.Top, Lower, Upper);
        JsonObject xAxis = PlotAxis.Of(xTitle, vertical: false, logX);
        if (logX)
        {
            PlotAxis.LabelPoints(xAxis, series.SelectMany(line => line.X));
        }

        SetAxes(layout, xAxis, PlotAxis.Of(yTitle, vertical: true, logY), extent);
        return new Figure("lines", title, summary, data, layout, extent);
    }

    /// <summary>Upright thresholds bear their names and need no pattern of their own.</summary>
    private static string Dash(Series line, ref int dashed) => !line.Dash ? "solid" : Palette.Dash(IsThreshold(line) ? 0 : dashed++);

    private static bool IsPoint(Series line) => line.X.Count == 1;

    private static bool IsThreshold(Series line) => line.Dash && line.X.Count > 1 && line.X.All(x => x == line.X[0]);

    /// <summary>Names beside points, and above upright lines: two dashed lines are one grey. Away from the nearer edge, and from each other.</summary>
    private static void AddNames(JsonArray data, JsonObject layout, IReadOnlyList<Series> series, bool logX, Extent extent)
    {
        Series[] thresholds = [.. series.Where(IsThreshold)];
        JsonObject[] lines = [.. data.Select(trace => trace!.AsObject()).Where(trace => trace["showlegend"] is null)];
        foreach ((Series line, JsonObject trace) in series.Zip(lines).Where(pair => IsPoint(pair.First) || IsThreshold(pair.First)))
        {
            double along = ((logX ? Math.Log10(line.X[0]) : line.X[0]) - extent.Left) / (extent.Right - extent.Left);
            bool leftmost = thresholds.Length > 1 && line.X[0] == thresholds.Min(other => other.X[0]);
            string side = along > 0.65 || (leftmost && along > 0.2) ? "left" : IsPoint(line) || along < 0.35 || thresholds.Length > 1 ? "right" : "center";
            int top = Enumerable.Range(0, line.Y.Count).MaxBy(i => line.Y[i]);
            trace["mode"] = IsPoint(line) ? "markers+text" : "lines+text";
            trace["text"] = PlotText.Array(line.Y.Select((_, i) => i == top ? line.Name : ""));
            trace["textposition"] = IsPoint(line) ? $"middle {side}" : $"top {side}";
            // A limit of markers would hide the text of a line that has none.
            trace["marker"]!["maxdisplayed"] = 0;
            trace["cliponaxis"] = false;
            trace["showlegend"] = false;
        }

        if (thresholds.Length > 0)
        {
            layout["height"] = (int)layout["height"]! + NameHeight;
            layout["margin"]!["t"] = (int)layout["margin"]!["t"]! + NameHeight;
        }
    }

    private static void CheckLine(Series line, bool logX, bool logY)
    {
        ChartCheck.Name(line.Name, "series");
        ChartCheck.SameCount($"series {line.Name}", "X", line.X.Count, "Y", line.Y.Count);
        ChartCheck.Numbers(line.X, $"series {line.Name}: X", logX, gaps: false);
        ChartCheck.Numbers(line.Y, $"series {line.Name}: Y", logY, gaps: true);
        if (line.Low is null != line.High is null)
        {
            throw new ArgumentException($"series {line.Name} has {(line.Low is null ? "High but no Low" : "Low but no High")}: a band needs both.");
        }

        if (line is { Low: { } low, High: { } high })
        {
            ChartCheck.SameCount($"series {line.Name}", "X", line.X.Count, "Low", low.Count);
            ChartCheck.SameCount($"series {line.Name}", "X", line.X.Count, "High", high.Count);
            ChartCheck.Numbers(low, $"series {line.Name}: Low", logY, gaps: false);
            ChartCheck.Numbers(high, $"series {line.Name}: High", logY, gaps: false);
        }
    }

    /// <summary>The band is one closed outline, there along High and back along Low.</summary>
    private static void AddBand(JsonArray data, Series line, int index, IReadOnlyList<double> low, IReadOnlyList<double> high) => data.Add(new JsonObject
    {
        ["type"] = "scatter",
        ["mode"] = "lines",
        ["name"] = PlotText.Encode(line.Name),
        ["legendgroup"] = $"{index}",
        ["showlegend"] = false,
        ["x"] = PlotNumber.Array(line.X.Concat(line.X.Reverse())),
        ["y"] = PlotNumber.Array(high.Concat(low.Reverse())),
        ["line"] = new JsonObject { ["width"] = 0 },
        ["fill"] = "toself",
        ["fillcolor"] = Palette.Faint(index, 0.22),
        ["hoverinfo"] = "skip",
    });

    private static Extent Of(IReadOnlyList<double> x, IReadOnlyList<double> y, bool logX, bool logY)
    {
        Extent extent = Extent.None;
        for (int i = 0; i < x.Count; i++)
        {
            extent = extent.And(logX ? Math.Log10(x[i]) : x[i], logY ? Math.Log10(y[i]) : y[i]);
        }

        return extent;
    }

    private static double? End(double? value, bool log, string parameter)
    {
        if (value is double end)
        {
            ChartCheck.Number(end, parameter, log);
            return log ? Math.Log10(end) : end;
        }

        return null;
    }

    private static void SetAxes(JsonObject layout, JsonObject xAxis, JsonObject yAxis, Extent extent)
    {
        if (!double.IsNaN(extent.Left))
        {
            PlotAxis.SetRange(xAxis, extent.Left, extent.Right);
        }

        if (!double.IsNaN(extent.Bottom))
        {
            PlotAxis.SetRange(yAxis, extent.Bottom, extent.Top);
        }

        layout["xaxis"] = xAxis;
        layout["yaxis"] = yAxis;
    }
}
