using System.Globalization;
using System.Text.Json.Nodes;
using static AttentionLab.Studio.Book.StaticAxis;

namespace AttentionLab.Studio.Book;

/// <summary>Colours of a static picture: those of the figure's traces and of its colour scale.</summary>
internal static class StaticColours
{
    /// <summary>Stops of plotly's Cividis, the course's scale from 0 upwards (Nuñez, Anderton and Renslow 2018).</summary>
    public static readonly Scale Cividis = new([
        (0, (0, 32, 76)), (0.25, (68, 78, 108)), (0.5, (124, 123, 120)), (0.75, (188, 174, 108)), (1, (255, 233, 69))]);

    /// <summary>A trace's colour; grey where it names none.</summary>
    public static string Of(JsonNode trace) => (string[])[Text(trace["line"]?["color"]), Text(trace["marker"]?["color"]), Text(trace["fillcolor"])] is var named
        && named.FirstOrDefault(IsColour) is { } colour ? colour : "#808080";

    /// <summary>A colour as it may stand in an attribute; nothing else may.</summary>
    public static string Safe(string colour) => IsColour(colour) ? colour : "none";

    /// <summary>The scale of a heatmap and the words at its ends; null for a trace without one.</summary>
    public static (Scale Scale, string Low, string High)? Ends(JsonNode trace, JsonObject layout) => Of(trace, layout) is not { } colours ? null
        : (colours.Scale, Written(colours.Low, 3), Written(colours.High, 3));

    /// <summary>The scale of a heatmap and the numbers at its ends; null for a trace without one.</summary>
    public static (Scale Scale, double Low, double High)? Of(JsonNode trace, JsonObject layout)
    {
        if (trace["z"] is not JsonArray rows)
        {
            return null;
        }

        JsonNode? axis = Text(trace["coloraxis"]) is { Length: > 0 } name ? layout[name] : null;
        double[] values = [.. rows.SelectMany(row => row as JsonArray ?? []).Select(Number).Where(double.IsFinite)];
        double low = Number(axis?["cmin"] ?? trace["zmin"]), high = Number(axis?["cmax"] ?? trace["zmax"]);
        low = double.IsNaN(low) ? values.DefaultIfEmpty(0).Min() : low;
        high = double.IsNaN(high) ? values.DefaultIfEmpty(1).Max() : high;
        return ((axis?["colorscale"] ?? trace["colorscale"]) is JsonArray stops ? Scale.Read(stops) : Cividis, low, high > low ? high : low + 1);
    }

    private static bool IsColour(string text) => text.Length > 3 && (text[0] == '#' || text.StartsWith("rgb", StringComparison.Ordinal))
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '#' or '(' or ')' or ',' or '.' or ' ');

    /// <summary>Colours between stops.</summary>
    internal sealed class Scale(IReadOnlyList<(double At, (int Red, int Green, int Blue) Colour)> stops)
    {
        public string At(double share)
        {
            int upper = 1;
            while (upper < stops.Count - 1 && stops[upper].At < share)
            {
                upper++;
            }

            var (from, below) = stops[upper - 1];
            var (to, above) = stops[upper];
            double part = Math.Clamp((share - from) / (to - from), 0, 1);
            int Mix(int a, int b) => (int)Math.Round(a + (b - a) * part);
            return $"#{Mix(below.Red, above.Red):x2}{Mix(below.Green, above.Green):x2}{Mix(below.Blue, above.Blue):x2}";
        }

        /// <summary>Plotly's list of [place, "#rrggbb"].</summary>
        public static Scale Read(JsonArray stops) => new([.. stops.Select(stop =>
        {
            int rgb = int.Parse(Text(stop?[1]).AsSpan(1), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            return (Number(stop?[0]), (rgb >> 16, rgb >> 8 & 255, rgb & 255));
        })]);
    }
}
