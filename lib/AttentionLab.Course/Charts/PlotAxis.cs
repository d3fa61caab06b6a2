using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

/// <summary>Axes of plotly: title, range and labels that can be read on a page 400 px wide.</summary>
internal static class PlotAxis
{
    /// <summary>Letters of 15 px in a line under a plot on a page 400 px wide, and beside one of the usual height.</summary>
    private const int XTitleWidth = 38, YTitleWidth = 30;

    /// <summary>An axis with title and grid, on which labels make their own room.</summary>
    internal static JsonObject Of(string title, bool vertical, bool log = false)
    {
        Page.Require(title, vertical ? "yTitle" : "xTitle", "an axis title with its unit");
        JsonObject axis = new()
        {
            ["title"] = Title(title, vertical),
            ["automargin"] = true,
            ["showline"] = true,
            ["ticks"] = "outside",
            ["zeroline"] = false,
        };
        if (log)
        {
            axis["type"] = "log";
            axis["exponentformat"] = "power";
            // plotly enlarges powers of ten by a quarter.
            axis["tickfont"] = new JsonObject { ["size"] = 10.5 };
        }

        return axis;
    }

    internal static JsonObject Title(string title, bool vertical) => new()
    {
        ["text"] = PlotText.Wrap(title, vertical ? YTitleWidth : XTitleWidth),
        ["font"] = new JsonObject { ["size"] = 14 },
        ["standoff"] = 10,
    };

    /// <summary>
    /// Sets the range of an axis. A log axis gets whole powers of ten as labels; where those are too few, 1, 2, 5, 10, 20…;
    /// or it keeps those of <see cref="LabelPoints"/>.
    /// </summary>
    internal static void SetRange(JsonObject axis, double low, double high)
    {
        axis["range"] = PlotNumber.Array([low, high]);
        if (axis["type"]?.GetValue<string>() != "log" || axis["tickmode"] is not null)
        {
            return;
        }

        axis.Remove("dtick");
        axis.Remove("tickvals");
        axis.Remove("ticktext");
        if (high - low > 2)
        {
            axis["dtick"] = (int)Math.Ceiling((high - low) / 7);
            return;
        }

        IEnumerable<double> powers = Enumerable.Range((int)Math.Floor(low), (int)Math.Ceiling(high - low) + 1).Select(power => Math.Pow(10, power));
        SetTicks(axis, powers.SelectMany(power => new[] { power, 2 * power, 5 * power }));
    }

    /// <summary>Labels a log axis where something was measured (d = 4, 16, 64…), if these are few and not too close for a page 400 px wide.</summary>
    internal static void LabelPoints(JsonObject axis, IEnumerable<double> values)
    {
        double[] points = [.. values.Distinct().Order()];
        if (points.Length is >= 2 and <= 9)
        {
            double nearest = Enumerable.Range(1, points.Length - 1).Min(i => Math.Log10(points[i] / points[i - 1]));
            if (nearest * 10 >= Math.Log10(points[^1] / points[0]))
            {
                SetTicks(axis, points);
                axis["tickmode"] = "array";
                if (points.All(IsPowerOfTwo))
                {
                    axis["ticktext"] = PlotText.Array(points.Select(point => point < 1 ? $"1/{1 / point:0}" : $"{point:0}"));
                }
            }
        }
    }

    /// <summary>Powers of two are read as 1/64, not as 0.01562.</summary>
    private static bool IsPowerOfTwo(double value) => value is > 1e-6 and < 1e6 && Math.Log2(value) == Math.Round(Math.Log2(value));

    private static void SetTicks(JsonObject axis, IEnumerable<double> values)
    {
        double[] all = [.. values];
        axis["tickvals"] = PlotNumber.Array(all);
        axis["ticktext"] = PlotText.Array(PlotNumber.Labels(all, 4));
        axis["tickfont"] = new JsonObject { ["size"] = 13 };
    }
}
