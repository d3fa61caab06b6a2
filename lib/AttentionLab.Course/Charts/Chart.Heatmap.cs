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
    /// <param name="options">Numbers in the cells, and the ends and title of the colour scale.</param>
    /// <exception cref="ArgumentException">A text is missing, the matrix is empty or holds +∞, or labels do not fit its size.</exception>
    public static Figure Heatmap(
        float[,] values, string title, string summary, string xTitle, string yTitle,
        IReadOnlyList<string>? xLabels = null, IReadOnlyList<string>? yLabels = null, HeatmapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(values);
        options ??= new();
        JsonObject trace = HeatmapTrace(values, "values", xLabels, yLabels, options.Annotate ?? values.Length <= MostAnnotatedCells);
        trace["coloraxis"] = "coloraxis";
        JsonObject layout = Page.Layout(title, summary, PanelHeight(values, 90), []);
        layout["xaxis"] = HeatmapAxis(xTitle, vertical: false);
        layout["yaxis"] = HeatmapAxis(yTitle, vertical: true);
        layout["coloraxis"] = ColourAxis([values], options);
        layout["meta"] = new JsonObject { ["maxWidth"] = HeatmapWidth };
        return new Figure("heatmap", title, summary, [trace], layout, Extent.None);
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
        double span = PlotNumber.Span(numbers);
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
                    _ => PlotNumber.Of(value, span),
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
            ["hovertemplate"] = $"row %{{y}}, column %{{x}}: {PlotNumber.Hover('z', numbers)}<extra></extra>",
        };
        if (annotate)
        {
            (trace["text"], trace["texttemplate"]) = (CellTexts(values), "%{text}");
        }

        return trace;
    }

    /// <summary>What stands in the cells: plotly's own formats write a hyphen for a minus.</summary>
    private static JsonArray CellTexts(float[,] values) =>
        [.. Enumerable.Range(0, values.GetLength(0)).Select(i => (JsonNode)new JsonArray(
            [.. Enumerable.Range(0, values.GetLength(1)).Select(j => (JsonNode)(float.IsFinite(values[i, j]) ? PlotNumber.Fixed(values[i, j], 2) : ""))]))];

    /// <summary>The labels; of equal ones (a word that occurs twice) each gets its own invisible ending, or plotly would put both in one place.</summary>
    private static JsonArray Labels(IReadOnlyList<string>? labels, int count)
    {
        if (labels is null)
        {
            return [.. Enumerable.Range(0, count).Select(i => (JsonNode)$"{i}")];
        }

        Dictionary<string, int> seen = [];
        return PlotText.Array(labels.Select(label => label + new string('\u200B', seen[label] = seen.GetValueOrDefault(label, -1) + 1)));
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
        JsonObject axis = PlotAxis.Of(title, vertical);
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

    private static JsonObject ColourAxis(IReadOnlyList<float[,]> matrices, HeatmapOptions options)
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
        (low, high) = (options.Min ?? low, options.Max ?? high);
        ChartCheck.Range(low, high, nameof(options.Min), nameof(options.Max));
        JsonObject axis = new()
        {
            ["colorbar"] = new JsonObject
            {
                ["thickness"] = 12,
                ["outlinewidth"] = 0,
                ["xpad"] = 6,
                ["title"] = new JsonObject
                {
                    ["text"] = PlotText.Wrap(options.ScaleTitle ?? "", 30),
                    ["side"] = "right",
                    ["font"] = new JsonObject { ["size"] = 13 }
                },
            },
        };
        SetColours(axis, low, high);
        return axis;
    }

    /// <summary>With both signs a scale that is grey at 0 and as long above as below.</summary>
    private static void SetColours(JsonObject axis, double low, double high)
    {
        bool signed = low < 0 && high > 0;
        axis["cmin"] = PlotNumber.Of(signed ? -Math.Max(-low, high) : low, high - low);
        axis["cmax"] = PlotNumber.Of(signed ? Math.Max(-low, high) : high, high - low);
        axis["colorscale"] = signed ? Palette.Diverging() : Palette.Sequential;
    }
}
