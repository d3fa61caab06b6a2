using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    private const int SmallPanel = 104;

    /// <summary>Several matrices under one colour scale, one panel a head or a layer; see <see cref="Heatmap"/>.</summary>
    /// <param name="panels">At least one; all of one size.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">What the columns are.</param>
    /// <param name="yTitle">What the rows are.</param>
    /// <param name="xLabels">One a column; null counts from 0.</param>
    /// <param name="yLabels">One a row; null counts from 0.</param>
    /// <param name="options">Numbers in the cells, and the ends and title of the colour scale.</param>
    /// <exception cref="ArgumentException">As for <see cref="Heatmap"/>, or two panels differ in size.</exception>
    public static Figure HeatmapGrid(
        IReadOnlyList<(string Name, float[,] Values)> panels, string title, string summary, string xTitle, string yTitle,
        IReadOnlyList<string>? xLabels = null, IReadOnlyList<string>? yLabels = null, HeatmapOptions? options = null)
    {
        ChartCheck.Any(panels, nameof(panels));
        options ??= new();
        PanelGrid grid = PanelGrid.For(
            [.. panels.Select(panel => panel.Name)],
            options.Across >= PanelGrid.Many ? SmallPanel : Math.Max(120, PanelHeight(panels[0].Values, 60) * 2 / 3), options.Across);
        JsonObject layout = Page.Layout(title, summary, grid.Height, []);
        JsonArray data = [], names = [];
        for (int i = 0; i < panels.Count; i++)
        {
            (string name, float[,] values) = panels[i];
            ChartCheck.Name(name, "panel");
            CheckSize(panels[i], panels[0]);
            string number = PanelGrid.Number(i);
            JsonObject trace = HeatmapTrace(values, name, xLabels, yLabels, options.Annotate ?? false);
            (trace["coloraxis"], trace["xaxis"], trace["yaxis"], trace["name"]) = ("coloraxis", $"x{number}", $"y{number}", PlotText.Encode(name));
            trace["hovertemplate"] = ((string)trace["hovertemplate"]!).Replace("<extra>", "<extra>%{fullData.name}", StringComparison.Ordinal);
            data.Add(trace);
            (layout[$"xaxis{number}"], layout[$"yaxis{number}"]) = grid.Axes(i, HeatmapAxis(xTitle, vertical: false), HeatmapAxis(yTitle, vertical: true));
            names.Add(grid.Name(i, name));
        }

        // One axis title for all panels: under the last row and beside the first column.
        layout[$"xaxis{grid.MiddleOfLastRow}"]!["title"] = PlotAxis.Title(xTitle, vertical: false);
        layout[$"yaxis{grid.MiddleOfFirstColumn}"]!["title"] = PlotAxis.Title(yTitle, vertical: true);
        layout["annotations"] = names;
        layout["coloraxis"] = ColourAxis([.. panels.Select(panel => panel.Values)], options);
        layout["meta"] = new JsonObject { ["maxWidth"] = HeatmapWidth + 100 };
        return new Figure("heatmap grid", title, summary, data, layout, Extent.None);
    }

    private static void CheckSize((string Name, float[,] Values) panel, (string Name, float[,] Values) first)
    {
        static string Size(float[,] values) => $"{values.GetLength(0)} × {values.GetLength(1)}";
        if (Size(panel.Values) != Size(first.Values))
        {
            throw new ArgumentException(
                $"panel {panel.Name} is {Size(panel.Values)} but panel {first.Name} is {Size(first.Values)}: pass matrices of one size.");
        }
    }

    /// <summary>Where panels lie on the paper, in shares of its width and height.</summary>
    /// <param name="Count">Panels.</param>
    /// <param name="PanelHeight">Pixels of one, with its name.</param>
    /// <param name="Across">Panels side by side.</param>
    /// <param name="NameLines">Lines of the longest name.</param>
    private readonly record struct PanelGrid(int Count, int PanelHeight, int Across, int NameLines)
    {
        /// <summary>From so many panels side by side on, they are too narrow for tick labels.</summary>
        public const int Many = 5;

        private const int NameSize = 12, NameLine = 16, Gap = 10;

        /// <summary>A grid with room for the names: their lines are added to the height, so that the panels keep theirs.</summary>
        public static PanelGrid For(IReadOnlyList<string> names, int panelHeight, int? asked)
        {
            int across = asked ?? names.Count switch { <= 3 => names.Count, 4 => 2, <= 9 => 3, _ => 4 };
            int lines = names.Max(name => PlotText.Lines(name, NameWidth(across)));
            return new PanelGrid(names.Count, panelHeight + (lines - 1) * NameLine, across, lines);
        }

        private double Between => Across >= Many ? 0.02 : 0.06;

        private int NameHeight => NameLines * NameLine + Gap;

        /// <summary>Letters in a line of a name: what fits above a panel on a page 400 px wide, where all panels together have about 240 px.</summary>
        private static int NameWidth(int across) => across switch { 1 => 38, 2 => 17, 3 => 11, _ => 8 };

        private int Down => (Count + Across - 1) / Across;

        /// <summary>Pixels of all panels and the axis title below.</summary>
        public int Height => Down * PanelHeight + 60;

        public string MiddleOfLastRow
        {
            get
            {
                int middle = (Down - 1) * Across + Across / 2;
                return Down == 1 ? Across > 2 ? "2" : "" : Count > middle ? Number(middle) : "";
            }
        }

        public string MiddleOfFirstColumn => Number(Down / 2 * Across);

        private double Width => (1 - Between * (Across - 1)) / Across;

        /// <summary>Plotly calls the axes of the panels x, x2, x3, …</summary>
        public static string Number(int panel) => panel == 0 ? "" : $"{panel + 1}";

        /// <summary>The axes of a panel, put into its place. Tick labels at the outer edges only: a panel is 90 px wide on a narrow page.</summary>
        public (JsonObject X, JsonObject Y) Axes(int panel, JsonObject x, JsonObject y)
        {
            double left = Left(panel), top = Top(panel), height = 1.0 / Down - NameHeight / ((double)Down * PanelHeight) - (Down > 1 ? 0.02 : 0);
            (x["domain"], y["domain"]) = (new JsonArray(left, left + Width), new JsonArray(Math.Max(0, top - height), top));
            (x["anchor"], y["anchor"]) = ($"y{Number(panel)}", $"x{Number(panel)}");
            (x["showticklabels"], y["showticklabels"]) = (panel + Across >= Count && Across < Many, panel % Across == 0 && Across < Many);
            x.Remove("title");
            y.Remove("title");
            return (x, y);
        }

        /// <summary>The panel's name above it.</summary>
        public JsonObject Name(int panel, string name) => new()
        {
            ["text"] = PlotText.Wrap(name, NameWidth(Across)),
            ["font"] = new JsonObject { ["size"] = NameSize },
            ["showarrow"] = false,
            ["xref"] = "paper",
            ["yref"] = "paper",
            ["x"] = Left(panel) + Width / 2,
            ["xanchor"] = "center",
            ["y"] = Top(panel),
            ["yanchor"] = "bottom",
        };

        private double Left(int panel) => panel % Across * (Width + Between);

        private double Top(int panel) => 1 - (double)(panel / Across) / Down - NameHeight / ((double)Down * PanelHeight);
    }
}
