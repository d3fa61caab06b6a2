using System.Globalization;
using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    /// <summary>Where a line's weight can be pointed at, from the left: off the middle, where lines with the same middle would lie on each other.</summary>
    private const double LinkPoint = 0.38;

    /// <summary>1 and what rounding may add to it.</summary>
    private const float MostWeight = 1.0001f;

    /// <summary>Weights from which on a line is drawn so thick and dense; below the first there is none.</summary>
    private static readonly (double From, double Width, double Opacity)[] LinkStrengths =
        [(0.03, 1, 0.3), (0.1, 2.5, 0.45), (0.25, 4.5, 0.65), (0.5, 7, 0.8), (0.75, 10, 1)];

    /// <summary>
    /// The view of one head: every token on the left, every token on the right, and a line for each weight, the thicker the larger (after Vig 2019, "A
    /// multiscale visualization of attention in the Transformer model"). The pointer on a line says its weight, on a token on the left what it looks at most.
    /// </summary>
    /// <param name="tokens">At least one; those on both sides.</param>
    /// <param name="weights">(tokens, tokens): row i is where token i looks, each number from 0 to 1.</param>
    /// <param name="title">States the finding; broken into lines where needed.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <param name="leftTitle">What stands on the left: "word that looks".</param>
    /// <param name="rightTitle">What stands on the right: "word that it looks at".</param>
    /// <exception cref="ArgumentException">A text is missing, the sizes differ, or a weight is not in 0 … 1.</exception>
    public static Figure Links(IReadOnlyList<string> tokens, float[,] weights, string title, string summary, string leftTitle, string rightTitle)
    {
        ChartCheck.Any(tokens, nameof(tokens));
        ArgumentNullException.ThrowIfNull(weights);
        Page.Require(leftTitle, nameof(leftTitle), "a name for the side that looks");
        Page.Require(rightTitle, nameof(rightTitle), "a name for the side that is looked at");
        int count = tokens.Count;
        if (weights.GetLength(0) != count || weights.GetLength(1) != count)
        {
            throw new ArgumentException(
                $"weights is {weights.GetLength(0)} × {weights.GetLength(1)} but there are {count} tokens: pass one row and one column for each.");
        }

        if (weights.Cast<float>().Where(weight => weight is not (>= 0 and <= MostWeight)).Select(weight => (float?)weight).FirstOrDefault() is float wrong)
        {
            throw new ArgumentException(
                $"weights holds {wrong.ToString(CultureInfo.InvariantCulture)} but a weight lies between 0 and 1: pass what softmax gives.");
        }

        JsonArray data =
            [.. LinkStrengths.Select((_, i) => (JsonNode)LinkLines(weights, i)), LinkPoints(tokens, weights), LinkNames(tokens, weights, left: true),
                LinkNames(tokens, weights, left: false)];
        JsonObject layout = Page.Layout(title, summary, Math.Max(PlotHeight, 24 * count + 60), []);
        JsonObject x = PlotAxis.Of($"on the right: {rightTitle}", vertical: false), y = PlotAxis.Of($"on the left: {leftTitle}", vertical: true);
        foreach (JsonObject axis in new[] { x, y })
        {
            (axis["showgrid"], axis["showline"], axis["showticklabels"], axis["ticks"]) = (false, false, false, "");
        }

        // A page 400 px wide leaves 100 px for the tokens on either side.
        Extent extent = new(-0.75, 1.75, -count, 1);
        SetAxes(layout, x, y, extent);
        layout["meta"] = new JsonObject { ["maxWidth"] = MapWidth };
        return new Figure("links", title, summary, data, layout, extent);
    }

    /// <summary>All lines of one strength; between two of them a gap.</summary>
    private static JsonObject LinkLines(float[,] weights, int strength)
    {
        (double from, double width, double opacity) = LinkStrengths[strength];
        double to = strength + 1 < LinkStrengths.Length ? LinkStrengths[strength + 1].From : double.PositiveInfinity;
        JsonArray x = [], y = [];
        for (int i = 0; i < weights.GetLength(0); i++)
        {
            for (int j = 0; j < weights.GetLength(1); j++)
            {
                if (weights[i, j] >= from && weights[i, j] < to)
                {
                    x.Add(0);
                    x.Add(1);
                    x.Add(null);
                    y.Add(-i);
                    y.Add(-j);
                    y.Add(null);
                }
            }
        }

        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "lines",
            ["name"] = $"strength {strength}",
            ["x"] = x,
            ["y"] = y,
            ["connectgaps"] = false,
            ["opacity"] = opacity,
            ["line"] = new JsonObject { ["color"] = Palette.Colour(0), ["width"] = width },
            ["hoverinfo"] = "skip",
        };
    }

    /// <summary>An invisible point on every line, which says its weight.</summary>
    private static JsonObject LinkPoints(IReadOnlyList<string> tokens, float[,] weights)
    {
        JsonArray x = [], y = [], text = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            for (int j = 0; j < tokens.Count; j++)
            {
                if (weights[i, j] >= LinkStrengths[0].From)
                {
                    x.Add(LinkPoint);
                    y.Add(PlotNumber.Of(-i + LinkPoint * (i - j), tokens.Count));
                    text.Add(PlotText.Encode(string.Create(CultureInfo.InvariantCulture, $"{tokens[i]} → {tokens[j]}: {weights[i, j]:0.00}")));
                }
            }
        }

        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "markers",
            ["name"] = "weights",
            ["x"] = x,
            ["y"] = y,
            ["text"] = text,
            ["marker"] = new JsonObject { ["size"] = 12, ["opacity"] = 0, ["color"] = Palette.Colour(0) },
            ["hovertemplate"] = "%{text}<extra></extra>",
        };
    }

    /// <summary>The tokens of one side; the pointer names the three strongest links of each.</summary>
    private static JsonObject LinkNames(IReadOnlyList<string> tokens, float[,] weights, bool left)
    {
        string Strongest(int t) =>
            string.Join(", ", Enumerable.Range(0, tokens.Count).Select(o => (Other: tokens[o], Weight: left ? weights[t, o] : weights[o, t]))
            .OrderByDescending(link => link.Weight).Take(3).Select(link => string.Create(CultureInfo.InvariantCulture, $"{link.Other} {link.Weight:0.00}")));
        return new JsonObject
        {
            ["type"] = "scatter",
            ["mode"] = "markers+text",
            ["name"] = left ? "looks" : "is looked at",
            ["x"] = new JsonArray([.. tokens.Select(_ => (JsonNode)(left ? 0 : 1))]),
            ["y"] = new JsonArray([.. tokens.Select((_, t) => (JsonNode)(-t))]),
            ["text"] = PlotText.Array(tokens),
            ["textposition"] = left ? "middle left" : "middle right",
            ["cliponaxis"] = false,
            ["customdata"] = PlotText.Array(tokens.Select((token, t) => $"{token} {(left ? "looks at" : "is looked at by")}: {Strongest(t)}")),
            ["marker"] = new JsonObject { ["size"] = 7, ["color"] = Palette.Colour(0) },
            ["hovertemplate"] = "%{customdata}<extra></extra>",
        };
    }
}
