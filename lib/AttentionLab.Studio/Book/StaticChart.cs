using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using static AttentionLab.Studio.Book.StaticAxis;

namespace AttentionLab.Studio.Book;

/// <summary>
/// A chart as a picture without script: what stands in its place where JavaScript does not run. It draws what the course's own figures use, lines,
/// points, arrows, bars and heatmaps in one or several panels; a slider shows its first picture. The colours of text and grid are the page's.
/// </summary>
internal static class StaticChart
{
    private const int Width = 440, Letter = 7, Line = 15;

    /// <summary>The picture, or null for a kind of chart that it cannot draw.</summary>
    /// <param name="json">Plotly's JSON.</param>
    /// <param name="label">What the chart shows, for someone who cannot see it.</param>
    public static string? Svg(string json, string label)
    {
        try
        {
            return JsonNode.Parse(json) is JsonObject figure && figure["data"] is JsonArray { Count: > 0 } data && data.All(StaticTraces.CanDraw)
                ? Draw(data, figure["layout"] as JsonObject ?? [], label)
                : null;
        }
        catch (Exception e) when (
            e is JsonException or InvalidOperationException or FormatException or ArgumentException or OverflowException or IndexOutOfRangeException)
        {
            // Not Plotly's JSON as we know it: the chart's text says what it shows.
            return null;
        }
    }

    private static string Draw(JsonArray data, JsonObject layout, string label)
    {
        List<Panel> panels =
            [.. data.GroupBy(trace => (X: Reference(trace, "xaxis"), Y: Reference(trace, "yaxis")))
                .Select(group => PanelOf(group.Key.X, group.Key.Y, [.. group], layout))];
        int left = 12 + Letter * panels.Max(panel => panel.Y.Ticks.Select(tick => tick.Lines.Max(line => line.Length)).DefaultIfEmpty().Max())
            + Line * panels.Max(panel => panel.Y.Title.Count);
        JsonArray names = layout["annotations"] as JsonArray ?? [];
        int top = 14 + (names.Count > 0 ? 16 : 0);
        double plotWidth = Width - left - 14;
        double plotHeight = panels is [{ IsEqual: true } one]
            ? Math.Min(1.4 * plotWidth, plotWidth * one.Y.Length / one.X.Length)
            : Math.Clamp((double.IsNaN(Number(layout["height"])) ? 360 : Number(layout["height"])) - 130, 200, 900) * plotWidth / 400;
        StringBuilder svg = new();
        foreach (Panel panel in panels)
        {
            Box box = new(left + panel.Left * plotWidth, top + (1 - panel.Top) * plotHeight, (panel.Right - panel.Left) * plotWidth,
                (panel.Top - panel.Bottom) * plotHeight);
            Axes(svg, panel, box, top + plotHeight);
            StaticTraces.Draw(svg, panel, box, layout);
        }

        foreach (JsonNode? name in names.Where(name => Text(name?["xref"]) == "paper" && Text(name?["yref"]) == "paper"))
        {
            string[] lines = ChartText.Lines(Text(name!["text"]));
            Label(svg, left + Number(name["x"]) * plotWidth, top + (1 - Number(name["y"])) * plotHeight - 5 - (lines.Length - 1) * Line, lines, "middle");
        }

        int below = panels.Max(panel => panel.X.Ticks.Select(tick => tick.Lines.Length).DefaultIfEmpty().Max()) + panels.Max(panel => panel.X.Title.Count);
        double bottom = top + plotHeight + 14 + below * Line;
        bottom = Legend(svg, data, bottom, layout);
        return FormattableString.Invariant(
            $"<svg class=\"static\" role=\"img\" aria-label=\"{PageText.Encode(label)}\" viewBox=\"0 0 {Width} {bottom + 6:0}\">{svg}</svg>");
    }

    private static void Axes(StringBuilder svg, Panel panel, Box box, double bottom)
    {
        svg.Append(FormattableString.Invariant($"<path class=\"frame\" d=\"M{box.Left:0.#} {box.Top:0.#}v{box.Height:0.#}h{box.Width:0.#}\"/>"));
        foreach ((double at, string[] lines) in panel.X.Ticks)
        {
            double x = box.X(at);
            svg.Append(panel.IsHeatmap ? "" : FormattableString.Invariant($"<path class=\"grid\" d=\"M{x:0.#} {box.Top:0.#}v{box.Height:0.#}\"/>"));
            Label(svg, x, box.Top + box.Height + Line, lines, "middle");
        }

        foreach ((double at, string[] lines) in panel.Y.Ticks)
        {
            double y = box.Y(at);
            svg.Append(panel.IsHeatmap ? "" : FormattableString.Invariant($"<path class=\"grid\" d=\"M{box.Left:0.#} {y:0.#}h{box.Width:0.#}\"/>"));
            Label(svg, box.Left - 6, y + 4 - (lines.Length - 1) * Line / 2.0, lines, "end");
        }

        int tickLines = panel.X.Ticks.Select(tick => tick.Lines.Length).DefaultIfEmpty().Max();
        Label(svg, box.Left + box.Width / 2, bottom + 6 + (tickLines + 1) * Line, panel.X.Title, "middle");
        if (panel.Y.Title.Count > 0)
        {
            svg.Append(FormattableString.Invariant($"<g transform=\"translate(12 {box.Top + box.Height / 2:0.#}) rotate(-90)\">"));
            Label(svg, 0, 0, panel.Y.Title, "middle");
            svg.Append("</g>");
        }
    }

    /// <summary>A line for each named trace, and the ends of a colour scale; returns where it ends.</summary>
    private static double Legend(StringBuilder svg, JsonArray data, double y, JsonObject layout)
    {
        if (StaticColours.Ends(data[0]!, layout) is { } ends)
        {
            for (int i = 0; i < 40; i++)
            {
                svg.Append(FormattableString.Invariant(
                    $"<rect x=\"{120 + 5 * i}\" y=\"{y:0.#}\" width=\"5\" height=\"10\" fill=\"{ends.Scale.At(i / 39.0)}\"/>"));
            }

            Label(svg, 112, y + 10, [ends.Low], "end");
            Label(svg, 328, y + 10, [ends.High], "start");
            return y + 18;
        }

        JsonNode?[] named = [.. data.Where(trace => Text(trace!["showlegend"]) != "false" && Text(trace["name"]).Length > 0)];
        if (layout["showlegend"] is JsonValue shown && shown.TryGetValue(out bool show) && show && named.Length > 1)
        {
            foreach (JsonNode? trace in named)
            {
                y += Line + 2;
                svg.Append(FormattableString.Invariant($"<rect x=\"14\" y=\"{y - 9:0.#}\" width=\"18\" height=\"9\" fill=\"{StaticColours.Of(trace!)}\"/>"));
                Label(svg, 38, y, [string.Join(' ', ChartText.Lines(Text(trace!["name"])))], "start");
            }
        }

        return y;
    }

    /// <summary>Lines of text below each other.</summary>
    internal static void Label(StringBuilder svg, double x, double y, IReadOnlyList<string> lines, string anchor)
    {
        for (int i = 0; i < lines.Count; i++)
        {
            svg.Append(FormattableString.Invariant(
                $"<text x=\"{x:0.#}\" y=\"{y + i * Line:0.#}\" text-anchor=\"{anchor}\">{PageText.Encode(lines[i])}</text>"));
        }
    }

    private static string Reference(JsonNode? trace, string axis) => Text(trace![axis]) is { Length: > 0 } named ? named : axis[..1];

    private static Panel PanelOf(string xName, string yName, JsonNode?[] traces, JsonObject layout)
    {
        JsonNode? x = layout["xaxis" + xName[1..]], y = layout["yaxis" + yName[1..]];
        bool bars = traces.Any(trace => Text(trace!["type"]) == "bar");
        IReadOnlyList<JsonNode?> Along(string axis) => [.. traces.SelectMany(trace => trace![axis] as JsonArray ?? [])];
        return new Panel(traces, new StaticAxis(x, Along("x"), withZero: false), new StaticAxis(y, Along("y"), withZero: bars))
        {
            Left = End(x, 0, 0),
            Right = End(x, 1, 1),
            Bottom = End(y, 0, 0),
            Top = End(y, 1, 1),
            IsEqual = y?["scaleanchor"] is not null,
            IsHeatmap = Text(traces[0]!["type"]) == "heatmap",
        };
    }

    private static double End(JsonNode? axis, int end, double none) => axis?["domain"] is JsonArray { Count: 2 } domain ? Number(domain[end]) : none;

    /// <summary>Traces that share their axes, and the part of the paper they are drawn on, in shares from the left and from the bottom.</summary>
    internal sealed record Panel(IReadOnlyList<JsonNode?> Traces, StaticAxis X, StaticAxis Y)
    {
        public double Left { get; init; }

        public double Right { get; init; }

        public double Bottom { get; init; }

        public double Top { get; init; }

        public bool IsEqual { get; init; }

        public bool IsHeatmap { get; init; }
    }

    /// <summary>A panel's place in the picture.</summary>
    internal readonly record struct Box(double Left, double Top, double Width, double Height)
    {
        public double X(double share) => Left + share * Width;

        public double Y(double share) => Top + (1 - share) * Height;
    }
}
