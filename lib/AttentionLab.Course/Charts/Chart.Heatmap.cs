using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    private const int MostAnnotatedCells = 150, HeatmapWidth = 760;

    /// <summary>
    /// A matrix as coloured cells, row 0 on top. Numbers in [0, 1], such as attention weights, get a colour scale from 0 to 1;
    /// numbers of both signs one that is grey at 0 and as long above as below; others one from the smallest to the largest.
    /// </summary>
    /// <param name="values">Rows and columns. NaN and −∞ (a masked score) stay empty.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">What the columns are.</param>
    /// <param name="yTitle">What the rows are.</param>
    /// <param name="xLabels">One a column; null counts from 0.</param>
    /// <param name="yLabels">One a row; null counts from 0.</param>
    /// <param name="annotate">Write the numbers into the cells; null writes them if there are at most 150.</param>
    /// <param name="min">Value of the lowest colour; numbers of both signs take the larger of −min and max for both ends.</param>
    /// <param name="max">Value of the highest colour.</param>
    /// <param name="scaleTitle">What the numbers are, with their unit, beside the colour scale.</param>
    /// <exception cref="ArgumentException">A text is missing, the matrix is empty or holds +∞, or labels do not fit its size.</exception>
    public static Figure Heatmap(
        float[,] values, string title, string summary, string xTitle, string yTitle, IReadOnlyList<string>? xLabels = null, IReadOnlyList<string>? yLabels = null,
        bool? annotate = null, double? min = null, double? max = null, string? scaleTitle = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        JsonObject trace = HeatmapTrace(values, "values", xLabels, yLabels, annotate ?? values.Length <= MostAnnotatedCells);
        trace["coloraxis"] = "coloraxis";
        JsonObject layout = Page.Layout(title, summary, PanelHeight(values, 90), []);
        layout["xaxis"] = HeatmapAxis(xTitle, vertical: false);
        layout["yaxis"] = HeatmapAxis(yTitle, vertical: true);
        layout["coloraxis"] = ColourAxis([values], min, max, scaleTitle);
        layout["meta"] = new JsonObject { ["maxWidth"] = HeatmapWidth };
        return new Figure("heatmap", title, summary, [trace], layout, Extent.None);
    }

    /// <summary>Several matrices under one colour scale, one panel a head or a layer; see <see cref="Heatmap"/>.</summary>
    /// <param name="panels">At least one; all of one size.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">What the columns are.</param>
    /// <param name="yTitle">What the rows are.</param>
    /// <param name="xLabels">One a column; null counts from 0.</param>
    /// <param name="yLabels">One a row; null counts from 0.</param>
    /// <param name="annotate">Write the numbers into the cells.</param>
    /// <param name="min">Value of the lowest colour; numbers of both signs take the larger of −min and max for both ends.</param>
    /// <param name="max">Value of the highest colour.</param>
    /// <param name="scaleTitle">What the numbers are, with their unit, beside the colour scale.</param>
    /// <exception cref="ArgumentException">As for <see cref="Heatmap"/>, or two panels differ in size.</exception>
    public static Figure HeatmapGrid(
        IReadOnlyList<(string Name, float[,] Values)> panels, string title, string summary, string xTitle, string yTitle, IReadOnlyList<string>? xLabels = null, IReadOnlyList<string>? yLabels = null,
        bool annotate = false, double? min = null, double? max = null, string? scaleTitle = null)
    {
        Check.Any(panels, nameof(panels));
        int across = panels.Count switch { <= 3 => panels.Count, 4 => 2, <= 9 => 3, _ => 4 }, down = (panels.Count + across - 1) / across;
        float[,] first = panels[0].Values;
        int panelHeight = Math.Max(120, PanelHeight(first, 60) * 2 / 3);
        JsonObject layout = Page.Layout(title, summary, down * panelHeight + 60, []);
        JsonArray data = [], names = [];
        const double Between = 0.06, NameShare = 26;
        double width = (1 - Between * (across - 1)) / across, above = NameShare / (down * panelHeight), height = 1.0 / down - above - (down > 1 ? 0.02 : 0);
        for (int i = 0; i < panels.Count; i++)
        {
            (string name, float[,] values) = panels[i];
            Check.Name(name, "panel");
            if (values.GetLength(0) != first.GetLength(0) || values.GetLength(1) != first.GetLength(1))
            {
                throw new ArgumentException($"panel {name} is {values.GetLength(0)} × {values.GetLength(1)} but panel {panels[0].Name} is {first.GetLength(0)} × {first.GetLength(1)}: pass matrices of one size.");
            }

            (int row, int column) = (i / across, i % across);
            string number = i == 0 ? "" : $"{i + 1}";
            JsonObject trace = HeatmapTrace(values, name, xLabels, yLabels, annotate);
            (trace["coloraxis"], trace["xaxis"], trace["yaxis"], trace["name"]) = ("coloraxis", $"x{number}", $"y{number}", Page.Text(name));
            trace["hovertemplate"] = ((string)trace["hovertemplate"]!).Replace("<extra>", "<extra>%{fullData.name}", StringComparison.Ordinal);
            data.Add(trace);

            // Tick labels at the outer edges only: a panel is 90 px wide on a narrow page.
            bool lowest = i + across >= panels.Count;
            JsonObject xAxis = HeatmapAxis(xTitle, vertical: false), yAxis = HeatmapAxis(yTitle, vertical: true);
            double left = column * (width + Between), top = 1 - (double)row / down - above;
            (xAxis["domain"], yAxis["domain"]) = (new JsonArray(left, left + width), new JsonArray(Math.Max(0, top - height), top));
            (xAxis["anchor"], yAxis["anchor"]) = ($"y{number}", $"x{number}");
            (xAxis["showticklabels"], yAxis["showticklabels"]) = (lowest, column == 0);
            xAxis.Remove("title");
            yAxis.Remove("title");
            (layout[$"xaxis{number}"], layout[$"yaxis{number}"]) = (xAxis, yAxis);
            names.Add(new JsonObject
            {
                ["text"] = Page.Text(name),
                ["showarrow"] = false,
                ["xref"] = "paper",
                ["yref"] = "paper",
                ["x"] = left + width / 2,
                ["xanchor"] = "center",
                ["y"] = top,
                ["yanchor"] = "bottom",
            });
        }

        // One axis title for all panels: under the last row and beside the first column.
        layout["xaxis" + (panels.Count > (down - 1) * across + across / 2 && down > 1 ? $"{(down - 1) * across + across / 2 + 1}" : across > 2 ? "2" : "")]!["title"] = Page.AxisTitle(xTitle, vertical: false);
        layout["yaxis" + (down / 2 * across is var middle and > 0 ? $"{middle + 1}" : "")]!["title"] = Page.AxisTitle(yTitle, vertical: true);
        layout["annotations"] = names;
        layout["coloraxis"] = ColourAxis([.. panels.Select(panel => panel.Values)], min, max, scaleTitle);
        layout["meta"] = new JsonObject { ["maxWidth"] = HeatmapWidth + 100 };
        return new Figure("heatmap grid", title, summary, data, layout, Extent.None);
    }

    private static JsonObject HeatmapTrace(float[,] values, string owner, IReadOnlyList<string>? xLabels, IReadOnlyList<string>? yLabels, bool annotate)
    {
        (int rows, int columns) = (values.GetLength(0), values.GetLength(1));
        if (values.Length == 0)
        {
            throw new ArgumentException($"{owner} is {rows} × {columns} but a heatmap shows at least one cell: pass a matrix with rows and columns.");
        }

        CheckLabels(xLabels, nameof(xLabels), columns, "columns");
        CheckLabels(yLabels, nameof(yLabels), rows, "rows");
        IEnumerable<double> numbers = values.Cast<float>().Select(value => (double)value);
        double span = Page.Span(numbers);
        JsonArray z = [];
        for (int i = 0; i < rows; i++)
        {
            JsonArray row = [];
            for (int j = 0; j < columns; j++)
            {
                float value = values[i, j];
                row.Add(value switch
                {
                    float.PositiveInfinity => throw new ArgumentException($"{owner}[{i}, {j}] is ∞, which no colour can show: pass NaN for an empty cell."),
                    float.NegativeInfinity => null,
                    _ => Page.Number(value, span),
                });
            }

            z.Add(row);
        }

        JsonObject trace = new()
        {
            ["type"] = "heatmap",
            ["z"] = z,
            ["x"] = Labels(xLabels, columns),
            ["y"] = Labels(yLabels, rows),
            ["hoverongaps"] = false,
            ["xgap"] = columns <= 32 ? 1 : 0,
            ["ygap"] = rows <= 32 ? 1 : 0,
            ["hovertemplate"] = $"row %{{y}}, column %{{x}}: {Page.Hover('z', numbers)}<extra></extra>",
        };
        if (annotate)
        {
            trace["texttemplate"] = "%{z:.2f}";
        }

        return trace;
    }

    /// <summary>The labels; of equal ones (a word that occurs twice) each gets its own invisible ending, or plotly would put both in one place.</summary>
    private static JsonArray Labels(IReadOnlyList<string>? labels, int count)
    {
        if (labels is null)
        {
            return [.. Enumerable.Range(0, count).Select(i => (JsonNode)$"{i}")];
        }

        Dictionary<string, int> seen = [];
        return Page.Texts(labels.Select(label => label + new string('\u200B', seen[label] = seen.GetValueOrDefault(label, -1) + 1)));
    }

    private static void CheckLabels(IReadOnlyList<string>? labels, string parameter, int count, string what)
    {
        if (labels is not null && labels.Count != count)
        {
            throw new ArgumentException($"{parameter} has {labels.Count} labels but the matrix has {count} {what}: pass one label for each.", parameter);
        }
    }

    private static JsonObject HeatmapAxis(string title, bool vertical)
    {
        JsonObject axis = Page.Axis(title, vertical);
        axis["type"] = "category";
        axis["showgrid"] = false;
        axis["showline"] = false;
        axis["ticks"] = "";
        if (vertical)
        {
            axis["autorange"] = "reversed";
        }

        return axis;
    }

    /// <summary>Pixels for a matrix and what stands under it: cells neither flat nor towering on a page 400 to 760 px wide.</summary>
    private static int PanelHeight(float[,] values, int below) => Math.Clamp(values.GetLength(0) * 44, 130, 420) + below;

    private static JsonObject ColourAxis(IReadOnlyList<float[,]> matrices, double? min, double? max, string? scaleTitle)
    {
        double low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (float value in matrices.SelectMany(matrix => matrix.Cast<float>()).Where(float.IsFinite))
        {
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        }

        (low, high) = low > high ? (0, 1) // no finite number at all
            : low >= 0 && high <= 1 ? (0, 1)
            : low == high ? Extent.Around(low)
            : (low, high);
        (low, high) = (min ?? low, max ?? high);
        Check.Range(low, high, nameof(min), nameof(max));
        JsonObject axis = new()
        {
            ["colorbar"] = new JsonObject { ["thickness"] = 12, ["outlinewidth"] = 0, ["xpad"] = 6, ["title"] = new JsonObject { ["text"] = Page.Wrap(scaleTitle ?? "", 30), ["side"] = "right", ["font"] = new JsonObject { ["size"] = 13 } } },
        };
        SetColours(axis, low, high);
        return axis;
    }

    /// <summary>With both signs a scale that is grey at 0 and as long above as below.</summary>
    private static void SetColours(JsonObject axis, double low, double high)
    {
        bool signed = low < 0 && high > 0;
        axis["cmin"] = Page.Number(signed ? -Math.Max(-low, high) : low, high - low);
        axis["cmax"] = Page.Number(signed ? Math.Max(-low, high) : high, high - low);
        axis["colorscale"] = signed ? Palette.Diverging() : Palette.Sequential;
    }
}
