using System.Reflection;
using AttentionLab.Formatting;

namespace AttentionLab.Course.Charts;

/// <summary>
/// The HTML of a figure for notebooks whose page is not ours. What they have in common is little: an inline script runs,
/// a <c>script src</c> followed by an inline script runs in the wrong order, and cells may be rendered again one by one.
/// </summary>
public static class FigureHtml
{
    private static readonly Lazy<string?> Bundle = new(() => Resource("plotly.min.js"));
    private static int _bundleSent;

    /// <summary>draw.js: how a figure is drawn on a page, here and in the book.</summary>
    internal static string DrawScript { get; } =
        Resource("draw.js") ?? throw new InvalidOperationException("draw.js is missing in AttentionLab.Course.dll: build the library again.");

    internal static string Write(Figure figure)
    {
        string? bundle = Interlocked.Exchange(ref _bundleSent, 1) == 0 ? Bundle.Value : null;
        return Write(figure, $"figure-{Guid.NewGuid():N}", bundle);
    }

    /// <summary>The HTML of a chart that is at hand as Plotly's JSON, as a host keeps it.</summary>
    /// <param name="json">Plotly's JSON: <c>data</c>, <c>layout</c>, <c>frames</c>, <c>config</c>.</param>
    /// <param name="summary">What it shows, in a sentence: it stands there until the chart is drawn, and for good where scripts do not run.</param>
    /// <param name="id">The element's id, no other on the page has it.</param>
    /// <param name="withPlotly">True to send plotly.js along: with the first chart of a page, so that it draws without a network.</param>
    public static string Of(string json, string summary, string id, bool withPlotly)
    {
        ArgumentNullException.ThrowIfNull(json);
        return Write(json.Replace("<", @"\u003c", StringComparison.Ordinal), summary, id, withPlotly ? Bundle.Value : null);
    }

    internal static string Write(Figure figure, string id, string? bundle) => Write(figure.ToJson(), figure.Summary, id, bundle);

    private static string Write(string json, string summary, string id, string? bundle) =>
        $"""
        <div id="{id}" class="attention-figure"><p>{HtmlText.Encode(summary)}</p></div>
        <script>
        (function () {"{"}
        {(bundle is null ? "" : $"if (!window.Plotly) {{ (function (define, module, exports) {{ {InsideScript(bundle)}\n}}).call(window); }}")}
        {DrawScript}
        attentionFigure.show(document.getElementById("{id}"), {json}, "{Figure.PlotlyCdn}");
        {"}"})();
        </script>
        """;

    /// <summary>JavaScript that cannot end the script element it stands in: in strings and patterns, <c>\/</c> is <c>/</c> and <c>\!</c> is <c>!</c>.</summary>
    internal static string InsideScript(string script) =>
        script.Replace("</script", @"<\/script", StringComparison.OrdinalIgnoreCase).Replace("<!--", @"<\!--", StringComparison.Ordinal);

    private static string? Resource(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        return stream is null ? null : new StreamReader(stream).ReadToEnd();
    }
}
