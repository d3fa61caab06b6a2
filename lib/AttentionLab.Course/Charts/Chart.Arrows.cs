using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    private const string HullName = "convex hull";
    private const int LabelWidth = 8;

    /// <summary>
    /// Vectors in the plane, each with its name at the tip; one unit is as long across as upwards, so that angles and lengths are true.
    /// </summary>
    /// <param name="arrows">At least one.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="xTitle">Title of the horizontal axis, with its unit.</param>
    /// <param name="yTitle">Title of the vertical axis, with its unit.</param>
    /// <param name="hull">Corners of a convex hull, in their order around it; it is shaded. Null for none.</param>
    /// <exception cref="ArgumentException">A text is missing or a number is not finite.</exception>
    public static Figure Arrows(IReadOnlyList<Arrow> arrows, string title, string summary, string xTitle, string yTitle,
        IReadOnlyList<(double X, double Y)>? hull = null)
    {
        ChartCheck.Any(arrows, nameof(arrows));
        JsonArray data = [];
        Extent extent = AddHull(data, hull);
        for (int i = 0; i < arrows.Count; i++)
        {
            Arrow arrow = arrows[i];
            ChartCheck.Name(arrow.Name, "arrow");
            ChartCheck.Numbers([arrow.FromX, arrow.FromY, arrow.X, arrow.Y], $"arrow {arrow.Name}: (FromX, FromY, X, Y)", log: false, gaps: false);
            extent = extent.And(arrow.FromX, arrow.FromY).And(arrow.X, arrow.Y);
        }

        (string[] places, extent) = PlaceLabels(arrows, extent);
        for (int i = 0; i < arrows.Count; i++)
        {
            data.Add(ArrowTrace(arrows[i], i, places[i]));
        }

        JsonObject layout = Page.Layout(title, summary, PlotHeight + 60, []);
        JsonObject xAxis = PlotAxis.Of(xTitle, vertical: false), yAxis = PlotAxis.Of(yTitle, vertical: true);
        (xAxis["zeroline"], yAxis["zeroline"]) = (true, true);
        extent = extent.Padded(0.06);
        SetAxes(layout, xAxis, Equal(yAxis), extent);
        layout["meta"] = new JsonObject { ["maxWidth"] = MapWidth };
        return new Figure("arrows", title, summary, data, layout, extent);
    }

    private static JsonObject ArrowTrace(Arrow arrow, int index, string place) => new()
    {
        ["type"] = "scatter",
        ["mode"] = "lines+markers+text",
        ["name"] = PlotText.Encode(arrow.Name),
        ["x"] = PlotNumber.Array([arrow.FromX, arrow.X]),
        ["y"] = PlotNumber.Array([arrow.FromY, arrow.Y]),
        ["text"] = new JsonArray("", PlotText.Wrap(arrow.Name, LabelWidth)),
        ["textposition"] = place,
        ["textfont"] = new JsonObject { ["size"] = 14 },
        ["cliponaxis"] = false,
        ["line"] = new JsonObject { ["color"] = Palette.Colour(index), ["width"] = 3, ["dash"] = arrow.Dash ? "dash" : "solid" },
        // The tail gets a marker of size 0; the head points away from it.
        ["marker"] = new JsonObject
        {
            ["symbol"] = "arrow",
            ["angleref"] = "previous",
            ["size"] = new JsonArray(0, 16),
            ["opacity"] = 1,
            ["color"] = Palette.Colour(index),
            ["line"] = new JsonObject { ["width"] = 0 }
        },
        ["hovertemplate"] = $"({PlotNumber.Hover('x', [arrow.FromX, arrow.X])}, {PlotNumber.Hover('y', [arrow.FromY, arrow.Y])})"
            + "<extra>%{fullData.name}</extra>",
    };

    /// <summary>
    /// For each name the corner of its tip where it covers least of other tips, names placed before and arrows, on a page 400 px wide;
    /// first the corner that the arrow points to. And the extent, with room for the names.
    /// </summary>
    private static (string[] Places, Extent Extent) PlaceLabels(IReadOnlyList<Arrow> arrows, Extent extent)
    {
        // A plot on such a page is 300 px wide; a letter takes 8, a line 18, the head of an arrow 8. Names and the common axes
        // of a slider's steps widen the extent, so that a name covers more of it than of this one: places are chosen for that.
        double pixel = Math.Max(extent.Right - extent.Left, extent.Top - extent.Bottom) * 1.6 / 300, wide = 1.6 * pixel;
        List<(double Left, double Right, double Bottom, double Top)> taken =
            [.. arrows.Select(a => (a.X - 8 * wide, a.X + 8 * wide, a.Y - 8 * wide, a.Y + 8 * wide))];
        string[] places = new string[arrows.Count];
        for (int i = 0; i < arrows.Count; i++)
        {
            Arrow arrow = arrows[i];
            string[] lines = PlotText.Wrap(arrow.Name, LabelWidth).Split("<br>");
            double width = lines.Max(line => line.Length) * 8, height = lines.Length * 18;
            bool up = arrow.Y >= arrow.FromY, right = arrow.X >= arrow.FromX;
            (bool Up, bool Right)[] corners = [(up, right), (up, !right), (!up, right), (!up, !right)];
            (bool Up, bool Right) best = corners.MinBy(corner =>
                taken.Where((_, k) => k != i).Sum(box => Overlap(box, Box(corner, wide))) + 8 * wide * wide * Crossed(Box(corner, wide)));
            places[i] = $"{(best.Up ? "top" : "bottom")} {(best.Right ? "right" : "left")}";
            taken.Add(Box(best, wide));
            var (left, rightEnd, bottom, top) = Box(best, pixel);
            extent = extent.And(left, bottom).And(rightEnd, top);

            (double Left, double Right, double Bottom, double Top) Box((bool Up, bool Right) corner, double unit) => (
                corner.Right ? arrow.X : arrow.X - width * unit, corner.Right ? arrow.X + width * unit : arrow.X,
                corner.Up ? arrow.Y : arrow.Y - height * unit, corner.Up ? arrow.Y + height * unit : arrow.Y);
        }

        return (places, extent);

        // How much of the arrows' shafts runs through a box, in twentieths of a shaft: less bad than a name on a name.
        int Crossed((double Left, double Right, double Bottom, double Top) box) => arrows.Sum(a => Enumerable.Range(1, 19).Count(step =>
        {
            double x = a.FromX + (a.X - a.FromX) * step / 20, y = a.FromY + (a.Y - a.FromY) * step / 20;
            return box.Left < x && x < box.Right && box.Bottom < y && y < box.Top;
        }));

        // The area that two boxes share.
        static double Overlap((double Left, double Right, double Bottom, double Top) a, (double Left, double Right, double Bottom, double Top) b) =>
            Math.Max(0, Math.Min(a.Right, b.Right) - Math.Max(a.Left, b.Left)) * Math.Max(0, Math.Min(a.Top, b.Top) - Math.Max(a.Bottom, b.Bottom));
    }

    /// <summary>Shades the hull below whatever is drawn next; says what the axes must span for it.</summary>
    private static Extent AddHull(JsonArray data, IReadOnlyList<(double X, double Y)>? hull, bool logX = false, bool logY = false)
    {
        if (hull is null)
        {
            return Extent.None;
        }

        double[] x = [.. hull.Select(point => point.X)], y = [.. hull.Select(point => point.Y)];
        ChartCheck.Numbers(x, $"{nameof(hull)}: X", logX, gaps: false);
        ChartCheck.Numbers(y, $"{nameof(hull)}: Y", logY, gaps: false);
        data.Add(HullTrace(hull));
        return Extent.None.And(Of(x, y, logX, logY));
    }

    private static JsonObject HullTrace(IReadOnlyList<(double X, double Y)> corners)
    {
        IEnumerable<(double X, double Y)> outline = [.. corners, .. corners.Take(1)];
        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["name"] = HullName,
            ["x"] = PlotNumber.Array(outline.Select(corner => corner.X)),
            ["y"] = PlotNumber.Array(outline.Select(corner => corner.Y)),
            ["line"] = new JsonObject { ["color"] = "#808080", ["width"] = 1, ["dash"] = "dot" },
            ["fill"] = "toself",
            ["fillcolor"] = "rgba(128,128,128,0.18)",
            ["hoverinfo"] = "skip",
        };
    }
}
