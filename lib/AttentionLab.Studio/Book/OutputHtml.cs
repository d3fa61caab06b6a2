using System.Net;
using System.Text;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>What a cell showed, as HTML: charts as data for the page's script, tables and cards in place, console text, failures.</summary>
public static class OutputHtml
{
    /// <summary>Letters of a failure's one line; the details hold the rest.</summary>
    private const int LongestMessage = 2_000;

    /// <summary>Lines of a long text that a page shows at once, where all of it can be opened.</summary>
    private const int FirstLines = 60, LastLines = 20;

    /// <summary>All outputs of a cell and its failure, if any.</summary>
    /// <param name="cell">An executed cell.</param>
    /// <param name="stopped">True if an earlier cell of the notebook failed, so that this one did not run.</param>
    /// <param name="whole">Address of all the text that the cell showed; null where it must all be here.</param>
    public static string ToHtml(ExecutedCell cell, bool stopped = false, string? whole = null)
    {
        ArgumentNullException.ThrowIfNull(cell);
        StringBuilder html = new();
        foreach (CellOutput output in cell.Outputs)
        {
            html.Append(output.MimeType switch
            {
                CellOutput.Plotly => Chart(PageText.CleanJson(output.Content)),
                CellOutput.Html => Html(output.Content, cell.Number),
                CellOutput.Stream => Text(output.Content, " class=\"stream\" tabindex=\"0\" aria-label=\"console\"", whole),
                _ => Text(output.Content, " class=\"plain\" tabindex=\"0\"", whole),
            });
        }

        if (cell.Failure is { } failure)
        {
            string at = failure.Line > 0 ? $"Cell {cell.Number}, line {failure.Line}" : $"Cell {cell.Number}";
            html.Append($"<div class=\"failure\"><p><strong>{at}:</strong> {Shown(failure.Message, LongestMessage)}</p>");
            if (failure.Details.Trim() is { Length: > 0 } details && details != failure.Message)
            {
                html.Append($"<details><summary>Details</summary><pre tabindex=\"0\">{Shown(details)}</pre></details>");
            }

            html.Append("</div>\n");
        }
        else if (cell.NotRun && stopped)
        {
            html.Append("<p class=\"not-run\">Not run: an earlier cell failed.</p>\n");
        }

        return html.ToString();
    }

    /// <summary>A text, or the first and the last lines of a long one and the way to all of them.</summary>
    private static string Text(string text, string attributes, string? whole)
    {
        string Part(string part) => $"<pre{attributes}>{Shown(part)}</pre>\n";
        string Way(int count, string what) =>
            FormattableString.Invariant($"<p><a href=\"{PageText.Encode(whole!)}\" target=\"_blank\">Open all {count} {what}</a></p>\n");

        string[] lines = whole is null ? [] : text.TrimEnd('\n').Split('\n');
        string? shown = lines.Length > FirstLines + LastLines + 1
            ? Part(string.Join('\n', lines[..FirstLines])) + Way(lines.Length, "lines") + Part(string.Join('\n', lines[^LastLines..]))
            : whole is not null && text.Length > PageText.Most ? Part(text) + Way(text.Length, "characters") : null;
        return shown is null ? Part(text) : $"<div class=\"long-output\">{shown}</div>\n";
    }

    /// <summary>The title is text of the page, not of the drawing: it wraps on a narrow screen and can be found and read aloud.</summary>
    private static string Chart(string json)
    {
        (string title, string summary) = ChartText.Of(json);
        string label = PageText.Encode(summary.Length > 0 ? summary : title);
        // "<" inside the data could end the script element.
        string data = json.Replace("<", "\\u003c", StringComparison.Ordinal);
        return $"""
            <figure class="chart">
            {(title.Length > 0 ? $"<p class=\"chart-title\">{PageText.Encode(title)}</p>" : "")}
            <div class="plot" role="img" aria-label="{label}"></div>
            <noscript>{StaticChart.Svg(json, summary.Length > 0 ? summary : title) ?? "<p>This kind of chart is drawn by JavaScript.</p>"}</noscript>
            {(summary.Length > 0 ? $"<figcaption>{PageText.Encode(summary)}</figcaption>" : "")}
            <script type="application/json">{data}</script>
            </figure>

            """;
    }

    private static string Html(string html, int number)
    {
        if (html.Length > PageText.Most)
        {
            return $"<p class=\"too-long\">This output has {html.Length.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} characters of HTML: "
                + "too many for a page.</p>\n";
        }

        return SafeHtml.Output(html) is { } clean
            ? $"<div class=\"html\">{clean}</div>\n"
            : $"<iframe class=\"html\" sandbox title=\"Output of cell {number}\" "
                + $"srcdoc=\"{WebUtility.HtmlEncode(Frame + PageText.CleanHtml(html))}\"></iframe>\n";
    }

    /// <summary>Before a framed output: no script runs in it and it is of no origin (sandbox), and nothing is loaded into it. Nobody can measure it: its height
    /// is the page's guess.</summary>
    private const string Frame = """
        <!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
        <style>:root{color-scheme:light dark}body{margin:0;font:15px/1.5 system-ui,sans-serif}
        table{border-collapse:collapse}td,th{padding:2px 8px;text-align:left}</style>
        """;

    private static string Shown(string text, int most = PageText.Most) => PageText.Encode(PageText.Cut(text, most));
}
