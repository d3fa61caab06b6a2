using System.Text.Json.Nodes;
using AttentionLab.Formatting;

namespace AttentionLab.Course.Charts;

/// <summary>
/// One chart: Plotly's JSON and the sentence that says the same to someone who cannot see it. As a cell's result it shows itself.
/// The JSON holds no colour of page, text or grid: whoever draws it adds them (draw.js takes the page's own).
/// </summary>
[TypeFormatterSource(typeof(FigureFormatterSource))]
public sealed class Figure : IShowsItself
{
    internal Figure(string kind, string title, string summary, JsonArray data, JsonObject layout, Extent extent)
    {
        (Kind, Title, Summary, Data, Layout, Extent) = (kind, PlotText.WithMinus(title), PlotText.WithMinus(summary), data, layout, extent);
        if (Layout["meta"] is not JsonObject meta)
        {
            Layout["meta"] = meta = [];
        }

        (meta["kind"], meta["summary"]) = (kind, Summary);
    }

    /// <summary>plotly.js on the CDN, for a build that was made without Node. The version is that of lib/npm/package.json.</summary>
    public const string PlotlyCdn = "https://cdn.plot.ly/plotly-cartesian-4.1.1.min.js";

    /// <summary>The finding, as the title states it.</summary>
    public string Title { get; }

    /// <summary>One line of text for someone who cannot see the chart.</summary>
    public string Summary { get; }

    /// <summary>Which method of <see cref="Chart"/> made it: "lines", "heatmap"…; a slider keeps the kind of its steps.</summary>
    internal string Kind { get; }

    internal JsonArray Data { get; }

    internal JsonObject Layout { get; }

    internal JsonArray? Frames { get; init; }

    /// <summary>What the axes must span to show this figure's data.</summary>
    internal Extent Extent { get; }

    /// <summary>Plotly's JSON: <c>data</c>, <c>layout</c>, <c>frames</c> if the figure has steps, <c>config</c>. Safe inside a script element.</summary>
    public string ToJson()
    {
        JsonObject figure = new() { ["data"] = Data.DeepClone(), ["layout"] = Layout.DeepClone() };
        if (Frames is not null)
        {
            figure["frames"] = Frames.DeepClone();
        }

        figure["config"] = new JsonObject { ["responsive"] = true, ["displaylogo"] = false, ["displayModeBar"] = false };
        return figure.ToJsonString();
    }

    /// <summary>
    /// One div and one inline script that draws into it, with the page's plotly.js, else with the copy inside this library
    /// (sent once a process), else with the CDN's. Until it is drawn, and if it cannot be, the div holds the summary.
    /// </summary>
    public string ToHtml() => FigureHtml.Write(this);

    /// <summary>The title and the summary.</summary>
    public string ToPlainText() => $"{Title}\n{Summary}";

    /// <summary>The title and the summary.</summary>
    public override string ToString() => ToPlainText();
}
