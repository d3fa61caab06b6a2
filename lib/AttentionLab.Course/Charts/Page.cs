using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

/// <summary>What every chart has: checked texts, wrapped title, legend, and room for them on a page 400 px wide.</summary>
internal static class Page
{
    /// <summary>Letters of 16 px in a line of the title: what fits beside the margins on a page 400 px wide.</summary>
    internal const int TitleWidth = 40;

    private const int TitleLine = 21, TitleTop = 6, TitleAscent = 12, Gap = 14;

    /// <summary>A layout with title and legend; the plot itself gets <paramref name="plotHeight"/> pixels, with what stands under it.</summary>
    /// <param name="title">States the finding.</param>
    /// <param name="summary">Says it to someone who cannot see it.</param>
    /// <param name="plotHeight">Height of the plot with tick labels and axis title, in pixels.</param>
    /// <param name="names">Names in the legend; with fewer than two there is none.</param>
    internal static JsonObject Layout(string title, string summary, int plotHeight, IReadOnlyList<string> names)
    {
        Require(title, nameof(title), "a title that states the finding");
        Require(summary, nameof(summary), "one line of text for someone who cannot see it");
        int top = TopMargin(title), legend = LegendHeight(names);
        return new JsonObject
        {
            ["title"] = Title(title),
            ["font"] = new JsonObject { ["size"] = 13, ["family"] = "system-ui, -apple-system, 'Segoe UI', 'Noto Sans', sans-serif" },
            ["autosize"] = true,
            ["height"] = top + plotHeight + legend,
            ["margin"] = new JsonObject { ["l"] = 12, ["r"] = 12, ["t"] = top, ["b"] = 12 },
            ["paper_bgcolor"] = "rgba(0,0,0,0)",
            ["plot_bgcolor"] = "rgba(0,0,0,0)",
            ["showlegend"] = names.Count > 1,
            // Measured from the edge of the picture, so that plotly keeps room for it under the axis title.
            ["legend"] = new JsonObject
            {
                ["orientation"] = "h",
                ["xref"] = "container",
                ["x"] = 0,
                ["xanchor"] = "left",
                ["yref"] = "container",
                ["y"] = 0,
                ["yanchor"] = "bottom"
            },
            // On a telephone a finger on a chart should move the page.
            ["dragmode"] = false,
            ["hovermode"] = "closest",
        };
    }

    internal static JsonObject Title(string title) => new()
    {
        ["text"] = PlotText.Wrap(title, TitleWidth),
        ["font"] = new JsonObject { ["size"] = 16 },
        ["x"] = 0,
        ["xanchor"] = "left",
        ["xref"] = "container",
        ["y"] = 1,
        ["yanchor"] = "top",
        ["yref"] = "container",
        // plotly lowers a title of one line by its ascent, one of several lines not.
        ["pad"] = new JsonObject { ["t"] = TitleTop + (PlotText.Lines(title, TitleWidth) > 1 ? TitleAscent : 0), ["l"] = 4 },
    };

    /// <summary>Pixels above the plot: the lines of the title.</summary>
    internal static int TopMargin(string title) => TitleTop + PlotText.Lines(title, TitleWidth) * TitleLine + Gap;

    /// <summary>Pixels of the legend on a page 400 px wide: an entry takes 45 px and 7 px a letter.</summary>
    internal static int LegendHeight(IReadOnlyList<string> names)
    {
        if (names.Count < 2)
        {
            return 0;
        }

        // plotly gives every entry the width of the widest.
        int column = 45 + 7 * names.Max(name => name.Length), columns = Math.Max(1, 380 / column);
        return (names.Count + columns - 1) / columns * 20 + Gap;
    }

    internal static void Require(string text, string parameter, string what)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException($"{parameter} is empty but every chart has {what}: write it.", parameter);
        }
    }
}
