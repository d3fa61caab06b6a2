using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using static AttentionLab.Studio.Book.StaticAxis;

namespace AttentionLab.Studio.Book;

/// <summary>The traces of a static picture: lines and points, bars, heatmaps.</summary>
internal static class StaticTraces
{
    /// <summary>Colours of a heatmap: as many paths as colours are shorter than as many rectangles as cells.</summary>
    private const int Shades = 48;

    /// <summary>True for a trace that <see cref="Draw"/> knows.</summary>
    public static bool CanDraw(JsonNode? trace) => trace is JsonObject && (Text(trace["type"]), Text(trace["orientation"])) switch
    {
        ("heatmap", _) => trace["z"] is JsonArray { Count: > 0 },
        ("scatter" or "", _) => trace["x"] is JsonArray && trace["y"] is JsonArray,
        ("bar", "" or "v") => trace["x"] is JsonArray && trace["y"] is JsonArray,
        _ => false,
    };

    /// <summary>Draws all traces of a panel.</summary>
    public static void Draw(StringBuilder svg, StaticChart.Panel panel, StaticChart.Box box, JsonObject layout)
    {
        JsonNode[] bars = [.. panel.Traces.Where(trace => Text(trace!["type"]) == "bar").Select(trace => trace!)];
        foreach (JsonNode? trace in panel.Traces)
        {
            switch (Text(trace!["type"]))
            {
                case "heatmap":
                    Heatmap(svg, trace, box, layout);
                    break;
                case "bar":
                    Bars(svg, trace, Array.IndexOf(bars, trace), bars.Length, panel, box);
                    break;
                default:
                    Scatter(svg, trace, panel, box);
                    break;
            }
        }
    }

    private static void Heatmap(StringBuilder svg, JsonNode trace, StaticChart.Box box, JsonObject layout)
    {
        JsonArray rows = (JsonArray)trace["z"]!;
        var (scale, low, high) = StaticColours.Of(trace, layout)!.Value;
        int columns = rows.Max(row => (row as JsonArray)?.Count ?? 0);
        double width = box.Width / columns, height = box.Height / rows.Count;
        StringBuilder?[] cells = new StringBuilder?[Shades];
        for (int i = 0; i < rows.Count; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                double value = Number((rows[i] as JsonArray)?.ElementAtOrDefault(j));
                if (double.IsFinite(value))
                {
                    int shade = (int)Math.Round(Math.Clamp((value - low) / (high - low), 0, 1) * (Shades - 1));
                    (cells[shade] ??= new()).Append(CultureInfo.InvariantCulture,
                        $"M{box.Left + j * width:0.#} {box.Top + i * height:0.#}h{width:0.##}v{height:0.##}h-{width:0.##}z");
                }
            }
        }

        for (int shade = 0; shade < Shades; shade++)
        {
            svg.Append(cells[shade] is { } path ? $"<path fill=\"{scale.At(shade / (Shades - 1.0))}\" d=\"{path}\"/>" : "");
        }
    }

    private static void Bars(StringBuilder svg, JsonNode trace, int place, int sets, StaticChart.Panel panel, StaticChart.Box box)
    {
        JsonArray x = (JsonArray)trace["x"]!, y = (JsonArray)trace["y"]!;
        double group = 0.75 * box.Width / panel.X.Length, width = group / sets * 0.88, zero = box.Y(panel.Y.At(0.0));
        for (int i = 0; i < Math.Min(x.Count, y.Count); i++)
        {
            double left = box.X(panel.X.At(x[i])) - group / 2 + (place + 0.06) * group / sets, top = box.Y(panel.Y.At(y[i]));
            if (!double.IsFinite(left) || !double.IsFinite(top))
            {
                continue;
            }

            svg.Append(CultureInfo.InvariantCulture,
                $"<rect x=\"{left:0.#}\" y=\"{Math.Min(top, zero):0.#}\" width=\"{width:0.#}\" height=\"{Math.Abs(zero - top):0.#}\" "
                + $"fill=\"{StaticColours.Of(trace)}\"/>");
            if (trace["error_y"]?["array"] is JsonArray errors && Number(errors.ElementAtOrDefault(i)) is var error && double.IsFinite(error))
            {
                double from = box.Y(panel.Y.At(Number(y[i]) - error)), to = box.Y(panel.Y.At(Number(y[i]) + error));
                svg.Append(CultureInfo.InvariantCulture, $"<path class=\"error\" d=\"M{left + width / 2:0.#} {from:0.#}V{to:0.#}\"/>");
            }
            else if (Text(trace["texttemplate"]).Length > 0)
            {
                string value = trace["text"] is JsonArray texts && i < texts.Count
                    ? ChartText.Lines(Text(texts[i])).FirstOrDefault("")
                    : Written(Number(y[i]), 3);
                (double middle, double end) = (left + width / 2, top < zero || (top == zero && Number(y[i]) >= 0) ? top - 4 : top + 13);
                svg.Append(value.Length * 7 <= width + 6
                    ? FormattableString.Invariant($"<text x=\"{middle:0.#}\" y=\"{end:0.#}\" text-anchor=\"middle\">{PageText.Encode(value)}</text>")
                    : FormattableString.Invariant($"<text transform=\"translate({middle + 4:0.#} {end:0.#}) rotate(-90)\" ")
                        + $"text-anchor=\"{(top <= zero ? "start" : "end")}\">{PageText.Encode(value)}</text>");
            }
        }
    }

    private static void Scatter(StringBuilder svg, JsonNode trace, StaticChart.Panel panel, StaticChart.Box box)
    {
        JsonArray xs = (JsonArray)trace["x"]!, ys = (JsonArray)trace["y"]!;
        (double X, double Y)[] points = [.. xs.Zip(ys, (x, y) => (box.X(panel.X.At(x)), box.Y(panel.Y.At(y))))];
        string mode = Text(trace["mode"]) is { Length: > 0 } said ? said : "lines+markers", colour = StaticColours.Of(trace);
        if (mode.Contains("lines", StringComparison.Ordinal))
        {
            Lines(svg, trace, points, colour, box.Y(panel.Y.At(0.0)), box);
        }

        if (mode.Contains("markers", StringComparison.Ordinal))
        {
            JsonNode? marker = trace["marker"];
            for (int i = 0; i < points.Length; i++)
            {
                double size = Number(Each(marker?["size"], i));
                if (IsThere(points[i]) && size != 0)
                {
                    svg.Append(Marker(Text(marker?["symbol"]), points[i], i > 0 ? points[i - 1] : points[i], double.IsNaN(size) ? 3 : size / 2.2, colour));
                }
            }
        }

        if (mode.Contains("text", StringComparison.Ordinal) && trace["text"] is JsonArray texts)
        {
            for (int i = 0; i < Math.Min(points.Length, texts.Count); i++)
            {
                string[] lines = ChartText.Lines(Text(texts[i])), where = Text(Each(trace["textposition"], i)).Split(' ');
                if (IsThere(points[i]) && lines is not [""])
                {
                    double down = where[0] switch { "top" => -7 - (lines.Length - 1) * 15, "bottom" => 16, _ => 4 };
                    (double aside, string anchor) = where[^1] switch { "left" => (-6.0, "end"), "right" => (6.0, "start"), _ => (0.0, "middle") };
                    StaticChart.Label(svg, points[i].X + aside, points[i].Y + down, lines, anchor);
                }
            }
        }
    }

    private static void Lines(StringBuilder svg, JsonNode trace, (double X, double Y)[] points, string colour, double zero, StaticChart.Box box)
    {
        StringBuilder path = new();
        bool isOpen = false, steps = Text(trace["line"]?["shape"]) == "hv";
        foreach ((double x, double y) in points)
        {
            bool there = IsThere((x, y));
            double shown = Math.Clamp(y, box.Top - 2, box.Top + box.Height + 2);
            path.Append(!there
                ? ""
                : !isOpen
                    ? FormattableString.Invariant($"M{x:0.#} {shown:0.#}")
                    : steps ? FormattableString.Invariant($"H{x:0.#}V{shown:0.#}") : FormattableString.Invariant($"L{x:0.#} {shown:0.#}"));
            isOpen = there;
        }

        string fill = Text(trace["fill"]), dash = Text(trace["line"]?["dash"]) is "" or "solid" ? "" : " stroke-dasharray=\"5 3\"";
        double width = Number(trace["line"]?["width"]);
        if (fill.Length > 0 && points.Any(IsThere))
        {
            string close = fill == "tozeroy" ? FormattableString.Invariant($"V{Math.Min(zero, box.Top + box.Height):0.#}H{points.First(IsThere).X:0.#}") : "";
            svg.Append($"<path fill=\"{StaticColours.Safe(Text(trace["fillcolor"]))}\" d=\"{path}{close}z\"/>");
        }

        svg.Append(width == 0
            ? ""
            : FormattableString.Invariant(
                $"<path fill=\"none\" stroke=\"{colour}\" stroke-width=\"{(double.IsNaN(width) ? 2 : width):0.#}\"{dash} d=\"{path}\"/>"));
    }

    private static string Marker(string symbol, (double X, double Y) at, (double X, double Y) from, double half, string colour)
    {
        if (symbol == "arrow")
        {
            double turn = Math.Atan2(at.Y - from.Y, at.X - from.X) * 180 / Math.PI;
            return FormattableString.Invariant(
                $"<path fill=\"{colour}\" transform=\"translate({at.X:0.#} {at.Y:0.#}) rotate({turn:0.#})\" d=\"M0 0L-12 5V-5z\"/>");
        }

        string shape = symbol switch
        {
            "diamond" => "M0 -1L1 0L0 1L-1 0z",
            "square" => "M-.85 -.85H.85V.85H-.85z",
            "triangle-up" => "M0 -1L1 .8H-1z",
            "x" => "M-1 -.6L-.6 -1L0 -.4L.6 -1L1 -.6L.4 0L1 .6L.6 1L0 .4L-.6 1L-1 .6L-.4 0z",
            "cross" => "M-.35 -1H.35V-.35H1V.35H.35V1H-.35V.35H-1V-.35H-.35z",
            _ => "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0 -1 0z",
        };
        return FormattableString.Invariant($"<path fill=\"{colour}\" transform=\"translate({at.X:0.#} {at.Y:0.#}) scale({half:0.#})\" d=\"{shape}\"/>");
    }

    /// <summary>What a setting says of one point: itself, or its part of a list.</summary>
    private static JsonNode? Each(JsonNode? setting, int i) => setting is not JsonArray list ? setting : i < list.Count ? list[i] : null;

    private static bool IsThere((double X, double Y) point) => double.IsFinite(point.X) && double.IsFinite(point.Y);
}
