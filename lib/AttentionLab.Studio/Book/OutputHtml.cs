using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>What a cell showed, as HTML: charts as data for the page's script, tables and cards in place, console text, failures.</summary>
public static partial class OutputHtml
{
    /// <summary>All outputs of a cell and its failure, if any.</summary>
    /// <param name="cell">An executed cell.</param>
    /// <param name="stopped">True if an earlier cell of the notebook failed, so that this one did not run.</param>
    public static string ToHtml(ExecutedCell cell, bool stopped = false)
    {
        ArgumentNullException.ThrowIfNull(cell);
        StringBuilder html = new();
        foreach (CellOutput output in cell.Outputs)
        {
            html.Append(output.MimeType switch
            {
                CellOutput.Plotly => Chart(output.Content),
                CellOutput.Html => Html(output.Content, cell.Number),
                CellOutput.Stream => $"<pre class=\"stream\" tabindex=\"0\" aria-label=\"console\">{Escape(output.Content)}</pre>\n",
                _ => $"<pre class=\"plain\" tabindex=\"0\">{Escape(output.Content)}</pre>\n",
            });
        }

        if (cell.Failure is { } failure)
        {
            string at = failure.Line > 0 ? $"Cell {cell.Number}, line {failure.Line}" : $"Cell {cell.Number}";
            html.Append($"<div class=\"failure\"><p><strong>{at}:</strong> {Escape(failure.Message)}</p>");
            if (failure.Details.Trim() is { Length: > 0 } details && details != failure.Message)
            {
                html.Append($"<details><summary>Details</summary><pre tabindex=\"0\">{Escape(details)}</pre></details>");
            }

            html.Append("</div>\n");
        }
        else if (cell.NotRun && stopped)
        {
            html.Append("<p class=\"not-run\">Not run: an earlier cell failed.</p>\n");
        }

        return html.ToString();
    }

    /// <summary>The one line that says what a chart shows: <c>layout.meta.summary</c>, or else its title.</summary>
    /// <param name="json">Plotly's JSON.</param>
    public static string ChartSummary(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.TryGetProperty("layout", out JsonElement layout) && layout.ValueKind == JsonValueKind.Object)
            {
                if (layout.TryGetProperty("meta", out JsonElement meta) && meta.ValueKind == JsonValueKind.Object
                    && meta.TryGetProperty("summary", out JsonElement summary) && summary.ValueKind == JsonValueKind.String)
                {
                    return summary.GetString()!;
                }

                if (layout.TryGetProperty("title", out JsonElement title))
                {
                    string? text = title.ValueKind == JsonValueKind.String ? title.GetString()
                        : title.ValueKind == JsonValueKind.Object && title.TryGetProperty("text", out JsonElement inner) ? inner.GetString() : null;
                    return Markup().Replace(text ?? "", " ").Trim();
                }
            }
        }
        catch (JsonException)
        {
            // Shown as a chart that cannot be drawn.
        }

        return "";
    }

    private static string Chart(string json)
    {
        string summary = Escape(ChartSummary(json));
        // "<" inside the data could end the script element.
        string data = json.Replace("<", "\\u003c", StringComparison.Ordinal);
        return $"""
            <figure class="chart">
            <div class="plot" role="img" aria-label="{summary}"></div>
            <figcaption>{summary}</figcaption>
            <script type="application/json">{data}</script>
            </figure>

            """;
    }

    private static string Html(string html, int number) => SafeHtml.Clean(html) is { } clean
        ? $"<div class=\"html\">{clean}</div>\n"
        : $"<iframe class=\"html\" sandbox=\"allow-same-origin\" title=\"Output of cell {number}\" srcdoc=\"{Escape(Frame + html)}\"></iframe>\n";

    /// <summary>Before a framed output: no script runs in it (sandbox), and nothing is loaded into it.</summary>
    private const string Frame = """
        <!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:"><style>:root{color-scheme:inherit}body{margin:0;font:15px/1.5 system-ui,sans-serif}table{border-collapse:collapse}td,th{padding:2px 8px;text-align:left}</style>
        """;

    private static string Escape(string text) => WebUtility.HtmlEncode(Ansi().Replace(text, ""));

    [GeneratedRegex("\u001b\\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Ansi();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();
}
