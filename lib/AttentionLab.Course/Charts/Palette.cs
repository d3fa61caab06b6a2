using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

/// <summary>
/// Colours that stay apart for every kind of colour blindness, on white and on black.
/// Categories: Okabe and Ito (2008), without its black and yellow, which vanish on a dark and on a light page.
/// </summary>
internal static class Palette
{
    /// <summary>From 0 upwards: dark blue to yellow, even to the eye and to colour-blind eyes (Nuñez, Anderton and Renslow 2018).</summary>
    internal const string Sequential = "Cividis";

    private static readonly string[] Categories = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#808080"];
    private static readonly string[] Symbols = ["circle", "diamond", "square", "triangle-up", "x", "star", "cross"];
    private static readonly string[] Dashes = ["dash", "dot", "dashdot", "longdash"];

    /// <summary>
    /// Dark blue below zero, light orange above: hues that no colour-blind eye confuses, middle grey in between. It grows lighter from end to end, so that a
    /// grey print tells the sign too: darker than the grey of zero is minus, lighter is plus.
    /// </summary>
    internal static JsonNode Diverging() => new JsonArray(
        new JsonArray(0.0, "#04285c"), new JsonArray(0.25, "#29538f"), new JsonArray(0.5, "#787878"),
        new JsonArray(0.75, "#e39a4c"), new JsonArray(1.0, "#ffc77d"));

    internal static string Colour(int index) => Categories[index % Categories.Length];

    /// <summary>All categories, as plotly's <c>colorway</c>.</summary>
    internal static JsonArray Colorway() => [.. Categories.Select(colour => (JsonNode)colour)];

    /// <summary>The pattern of the first, second, … dashed line: two colours that differ may be the same grey.</summary>
    internal static string Dash(int index) => Dashes[index % Dashes.Length];

    internal static string Symbol(int index) => Symbols[index % Symbols.Length];

    /// <summary>The colour of a category, see-through.</summary>
    internal static string Faint(int index, double opacity)
    {
        uint rgb = Convert.ToUInt32(Colour(index)[1..], 16);
        return FormattableString.Invariant($"rgba({rgb >> 16},{rgb >> 8 & 255},{rgb & 255},{opacity})");
    }
}
