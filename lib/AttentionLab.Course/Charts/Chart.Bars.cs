using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    private const int MostWrittenBars = 12;

    /// <summary>With more bars than these a value is wider than its bar on a page 400 px wide: it is written upwards.</summary>
    private const int MostBarsWithLevelValues = 6;

    /// <summary>Bars side by side, from zero. A few bars without error bars carry their value.</summary>
    /// <param name="sets">At least one; bars of the same category stand together.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">Title of the horizontal axis.</param>
    /// <param name="yTitle">Title of the vertical axis, with its unit.</param>
    /// <param name="yMax">Upper end of the vertical axis, in values; null fits the data.</param>
    /// <param name="level">A dashed line across all bars that they are compared with, and its name; null draws none.</param>
    /// <exception cref="ArgumentException">A text is missing, lengths differ, a number is not finite, or an error is negative.</exception>
    public static Figure Bars(
        IReadOnlyList<BarSet> sets, string title, string summary, string xTitle, string yTitle, double? yMax = null, (string Name, double At)? level = null)
    {
        ChartCheck.Any(sets, nameof(sets));
        int count = sets.Sum(set => set.Values.Count);
        bool written = count <= MostWrittenBars, upright = written && count > MostBarsWithLevelValues && sets.All(set => set.Errors is null);
        JsonArray data = [];
        Extent extent = Extent.None.And(double.NaN, 0);
        for (int i = 0; i < sets.Count; i++)
        {
            BarSet set = sets[i];
            CheckBars(set);
            for (int k = 0; k < set.Values.Count; k++)
            {
                double error = set.Errors?[k] ?? 0;
                extent = extent.And(double.NaN, set.Values[k] + error).And(double.NaN, set.Values[k] - error);
            }

            data.Add(BarTrace(set, i, written ? Written(set.Values, [.. sets.SelectMany(each => each.Values)]) : null, upright));
        }

        List<string> names = [.. sets.Select(set => set.Name)];
        if (level is (string name, double at))
        {
            ChartCheck.Name(name, "level");
            names.Add(name);
            ChartCheck.Numbers([at], $"level {name}", log: false, gaps: false);
            extent = extent.And(double.NaN, at);
            data.Add(LevelTrace(name, at, sets));
        }

        JsonObject layout = Page.Layout(title, summary, PlotHeight, names);
        layout["barmode"] = "group";
        layout["bargap"] = 0.25;
        // Between bars of a category, so that the values of equal ones do not touch.
        layout["bargroupgap"] = 0.12;
        JsonObject xAxis = PlotAxis.Of(xTitle, vertical: false), yAxis = PlotAxis.Of(yTitle, vertical: true);
        xAxis["type"] = "category";
        yAxis["zeroline"] = true;
        // Air only where bars end, for their values: they stand on zero.
        double air = (upright ? 0.2 : 0.1) * (extent.Top - extent.Bottom);
        extent = extent.Top > extent.Bottom
            ? extent with { Bottom = extent.Bottom < 0 ? extent.Bottom - air : 0, Top = extent.Top > 0 ? extent.Top + air : 0 }
            : extent with { Bottom = 0, Top = 1 };
        extent = extent with { Top = End(yMax, false, nameof(yMax)) ?? extent.Top };
        ChartCheck.Range(extent.Bottom, extent.Top, "the lowest bar", nameof(yMax));
        SetAxes(layout, xAxis, yAxis, extent);
        return new Figure("bars", title, summary, data, layout, extent);
    }

    private static void CheckBars(BarSet set)
    {
        ChartCheck.Name(set.Name, "bar set");
        ChartCheck.SameCount($"bar set {set.Name}", "Categories", set.Categories.Count, "Values", set.Values.Count);
        ChartCheck.Numbers(set.Values, $"bar set {set.Name}: Values", log: false, gaps: false);
        if (set.Errors is { } errors)
        {
            ChartCheck.SameCount($"bar set {set.Name}", "Values", set.Values.Count, "Errors", errors.Count);
            ChartCheck.Numbers(errors, $"bar set {set.Name}: Errors", log: false, gaps: false);
            if (errors.Any(error => error < 0))
            {
                throw new ArgumentException($"bar set {set.Name} has a negative error: pass half the length of each error bar.");
            }
        }
    }

    private static readonly string[] Hatches = ["", "/", ".", "x"];

    /// <summary>
    /// What stands on the bars of a set: the same decimals on each bar of all sets, three digits of the largest, fewer where the numbers come rounded; where
    /// that would show a small bar as zero, as many as each needs. Written here, because plotly's own formats have a hyphen for a minus.
    /// </summary>
    private static IEnumerable<string> Written(IReadOnlyList<double> values, double[] all)
    {
        double most = all.Max(Math.Abs), least = all.Select(Math.Abs).Where(value => value > 0).DefaultIfEmpty(1).Min();
        int decimals = most > 0 ? Math.Max(0, 2 - (int)Math.Floor(Math.Log10(most))) : 0;
        while (decimals is > 0 and < 16 && all.All(value => Math.Abs(value - Math.Round(value, decimals - 1)) <= 1e-9 * most))
        {
            decimals--;
        }

        return all.All(double.IsInteger) || least < Math.Pow(10, -decimals)
            ? PlotNumber.Labels(values, digits: 3)
            : values.Select(value => PlotNumber.Fixed(value, decimals));
    }

    private static IEnumerable<string> Wrapped(BarSet set) => set.Categories.Select(category => PlotText.Wrap(category, set.Categories.Count > 3 ? 8 : 12));

    private static JsonObject LevelTrace(string name, double at, IReadOnlyList<BarSet> sets)
    {
        string[] across = [.. sets.SelectMany(Wrapped).Distinct()];
        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["name"] = PlotText.Encode(name),
            ["x"] = new JsonArray([.. across.Select(category => (JsonNode)category)]),
            ["y"] = PlotNumber.Array([.. across.Select(_ => at)]),
            ["line"] = new JsonObject { ["color"] = Palette.Colour(sets.Count), ["width"] = 2.5, ["dash"] = "dash" },
            ["hovertemplate"] = $"{PlotNumber.Hover('y', [at])}<extra>%{{fullData.name}}</extra>",
        };
    }

    private static JsonObject BarTrace(BarSet set, int index, IEnumerable<string>? written, bool upright)
    {
        JsonObject trace = new()
        {
            ["type"] = "bar",
            ["name"] = PlotText.Encode(set.Name),
            ["x"] = new JsonArray([.. Wrapped(set).Select(category => (JsonNode)category)]),
            ["y"] = PlotNumber.Array(set.Values),
            // Hatched, because two colours that differ may be the same grey.
            ["marker"] = new JsonObject
            {
                ["color"] = Palette.Colour(index),
                ["pattern"] = new JsonObject { ["shape"] = Hatches[index % Hatches.Length], ["solidity"] = 0.25 }
            },
            ["hovertemplate"] = $"%{{x}}: {PlotNumber.Hover('y', set.Values)}<extra>%{{fullData.name}}</extra>",
        };
        if (set.Errors is { } errors)
        {
            // In the middle grey of the palette: seen on the bar, on a light and on a dark page.
            trace["error_y"] = new JsonObject
            {
                ["type"] = "data",
                ["array"] = PlotNumber.Array(errors),
                ["thickness"] = 2,
                ["width"] = 5,
                ["color"] = "#808080",
            };
        }
        else if (written is not null)
        {
            (trace["text"], trace["texttemplate"]) = (PlotText.Array(written), "%{text}");
            trace["textposition"] = "outside";
            trace["textangle"] = upright ? -90 : 0;
            if (upright)
            {
                // Else plotly makes the text as short as its bar is wide, and nobody can read it.
                (trace["constraintext"], trace["textfont"]) = ("none", new JsonObject { ["size"] = 11 });
            }
            trace["cliponaxis"] = false;
        }

        return trace;
    }
}
