using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    private const int MapWidth = 640;

    /// <summary>Letters of 13 px that stand side by side under an axis on a page 400 px wide.</summary>
    private const int MostLettersUnderAxis = 32;

    /// <summary>
    /// Points, with labels beside them: up to 12 always; of more, a smallest set of up to 12 and those that would cross no other point or label on a narrow
    /// page; the others show under the pointer.
    /// </summary>
    /// <param name="sets">At least one; each gets its colour and its symbol.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">Title of the horizontal axis, with its unit.</param>
    /// <param name="yTitle">Title of the vertical axis, with its unit.</param>
    /// <param name="logX">Powers of ten at equal distances, horizontally.</param>
    /// <param name="logY">The same vertically.</param>
    /// <param name="options">Equal axes for a map; a shaded hull; names of groups.</param>
    /// <exception cref="ArgumentException">A text is missing, lengths differ, a number is not finite, or not above 0 on a log axis.</exception>
    public static Figure Scatter(
        IReadOnlyList<PointSet> sets, string title, string summary, string xTitle, string yTitle,
        bool logX = false, bool logY = false, ScatterOptions? options = null)
    {
        options ??= new();
        ChartCheck.Any(sets, nameof(sets));
        JsonArray data = [];
        Extent extent = AddHull(data, options.Hull, logX, logY);
        for (int i = 0; i < sets.Count; i++)
        {
            PointSet set = sets[i];
            ChartCheck.Name(set.Name, "point set");
            ChartCheck.SameCount($"point set {set.Name}", "X", set.X.Count, "Y", set.Y.Count);
            ChartCheck.Numbers(set.X, $"point set {set.Name}: X", logX, gaps: false);
            ChartCheck.Numbers(set.Y, $"point set {set.Name}: Y", logY, gaps: false);
            extent = extent.And(Of(set.X, set.Y, logX, logY));
            JsonObject trace = new()
            {
                ["type"] = "scatter",
                ["mode"] = set.Labels is not null ? "markers+text" : "markers",
                ["name"] = PlotText.Encode(set.Name),
                ["x"] = PlotNumber.Array(set.X),
                ["y"] = PlotNumber.Array(set.Y),
                ["marker"] = Marker(i, many: set.X.Count > 200),
                ["hovertemplate"] = (set.Labels is null ? "" : "%{hovertext}: ")
                    + $"{PlotNumber.Hover('x', set.X)}, {PlotNumber.Hover('y', set.Y)}<extra>%{{fullData.name}}</extra>",
            };
            if (set.Labels is { } labels)
            {
                ChartCheck.SameCount($"point set {set.Name}", "X", set.X.Count, "Labels", labels.Count);
                trace["hovertext"] = PlotText.Array(labels);
                trace["cliponaxis"] = false;
            }

            data.Add(trace);
        }

        JsonObject layout = Page.Layout(title, summary, PlotHeight + 40, [.. options.Hull is null ? [] : new[] { HullName }, .. sets.Select(set => set.Name)]);
        extent = extent.Padded(0.08);
        WriteNames(data.Skip(data.Count - sets.Count), PointNames.Place(sets, extent, logX, logY, options.EqualAxes));
        JsonObject yAxis = PlotAxis.Of(yTitle, vertical: true, logY);
        SetAxes(layout, XAxis(xTitle, logX, options.XNames), options.EqualAxes ? Equal(yAxis) : yAxis, extent);
        if (options.EqualAxes)
        {
            layout["meta"] = new JsonObject { ["maxWidth"] = MapWidth };
        }

        return new Figure("scatter", title, summary, data, layout, extent);
    }

    private static void WriteNames(IEnumerable<JsonNode?> traces, (string Written, string Place)[][] names)
    {
        foreach ((JsonNode? trace, (string Written, string Place)[] own) in traces.Zip(names).Where(pair => pair.Second.Length > 0))
        {
            trace!["text"] = PlotText.Array(own.Select(name => name.Written));
            trace["textposition"] = PlotText.Array(own.Select(name => name.Place));
        }
    }

    private static JsonObject Marker(int index, bool many) => new()
    {
        ["color"] = Palette.Colour(index),
        // As small as that, a circle and a diamond look alike in grey: every other set is drawn open.
        ["symbol"] = Palette.Symbol(index) + (many && index % 2 == 1 ? "-open" : ""),
        ["size"] = many ? 5 : 9,
        ["opacity"] = many ? 0.6 : 1.0,
    };

    private static JsonObject XAxis(string title, bool log, IReadOnlyList<string>? names)
    {
        JsonObject axis = PlotAxis.Of(title, vertical: false, log);
        if (names is not null)
        {
            axis["tickmode"] = "array";
            axis["tickvals"] = PlotNumber.Array(Enumerable.Range(1, names.Count).Select(i => (double)i));
            axis["ticktext"] = PlotText.Array(names);
            axis["tickangle"] = names.Sum(name => name.Length) > MostLettersUnderAxis ? -40 : 0;
        }

        return axis;
    }

    private static JsonObject Equal(JsonObject yAxis)
    {
        yAxis["scaleanchor"] = "x";
        yAxis["scaleratio"] = 1;
        return yAxis;
    }
}
