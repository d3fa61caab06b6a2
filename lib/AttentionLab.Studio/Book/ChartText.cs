using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Book;

/// <summary>The words of a chart, without plotly's tags.</summary>
internal static partial class ChartText
{
    /// <summary>A chart's title and the one line that says what it shows (<c>layout.meta.summary</c>), as plain text; empty where it has none.</summary>
    /// <param name="json">Plotly's JSON.</param>
    public static (string Title, string Summary) Of(string json)
    {
        string title = "", summary = "";
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } figure && figure.TryGetProperty("layout", out JsonElement layout)
                && layout.ValueKind == JsonValueKind.Object)
            {
                if (layout.TryGetProperty("meta", out JsonElement meta) && meta.ValueKind == JsonValueKind.Object
                    && meta.TryGetProperty("summary", out JsonElement line) && line.ValueKind == JsonValueKind.String)
                {
                    summary = line.GetString()!;
                }

                if (layout.TryGetProperty("title", out JsonElement named))
                {
                    title = (named.ValueKind == JsonValueKind.Object && named.TryGetProperty("text", out JsonElement text)
                        ? text
                        : named) is { ValueKind: JsonValueKind.String } word ? word.GetString()! : "";
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // No JSON, or a text with half a character: shown as a chart that cannot be drawn.
        }

        return (WebUtility.HtmlDecode(Markup().Replace(title, " ")).Trim(), summary);
    }

    /// <summary>The lines of a text of plotly's, without its tags.</summary>
    public static string[] Lines(string text) => text.Length == 0 ? []
        : [.. LineEnds().Split(PageText.Clean(text)).Select(line => WebUtility.HtmlDecode(Markup().Replace(line, "")))];

    [GeneratedRegex("<br\\s*/?>")]
    private static partial Regex LineEnds();

    [GeneratedRegex("</?(?:b|i|sub|sup|br|em|strong)\\s*/?>")]
    private static partial Regex Markup();
}
