using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Book;

/// <summary>
/// Text on its way into a page: what terminals obey (colours, window titles, bells) and what no page may hold (NUL and the other control
/// characters) is left out; tabs and line ends stay.
/// </summary>
internal static partial class PageText
{
    /// <summary>Letters of one output that a page shows: beyond that nobody reads, and the browser stops.</summary>
    public const int Most = 1_000_000;

    /// <summary>The text without control characters, line ends <c>\n</c>.</summary>
    public static string Clean(string text) =>
        Controls().IsMatch(text)
            ? Controls().Replace(Sequences().Replace(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n'), ""), "")
            : text;

    /// <summary>Clean text as it may stand in HTML.</summary>
    public static string Encode(string text) => WebUtility.HtmlEncode(Clean(text));

    /// <summary>HTML without control characters, those that are written as numbers included.</summary>
    public static string CleanHtml(string html)
    {
        for (string clean = Clean(html); ; html = clean)
        {
            clean = References().Replace(clean, "");
            if (clean.Length == html.Length)
            {
                return clean;
            }
        }
    }

    /// <summary>JSON whose texts hold no control characters.</summary>
    public static string CleanJson(string json)
    {
        string clean = Clean(json);
        try
        {
            return Escapes().IsMatch(clean) && JsonNode.Parse(clean) is { } root ? Cleaned(root).ToJsonString() : clean;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            // No JSON, a name twice, or half a character: no chart either, but the page is one.
            return Escapes().Replace(clean, "");
        }
    }

    /// <summary>The beginning of a text, and how much is left out.</summary>
    public static string Cut(string text, int most = Most) =>
        text.Length <= most ? text : FormattableString.Invariant($"{text[..most]}\n… {text.Length - most:N0} characters more");

    private static JsonNode Cleaned(JsonNode node) => node switch
    {
        JsonObject map => new JsonObject(map.Select(entry => KeyValuePair.Create(Clean(entry.Key), entry.Value is null ? null : Cleaned(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(item => item is null ? null : Cleaned(item))]),
        JsonValue value when value.TryGetValue(out string? text) => JsonValue.Create(Clean(text))!,
        _ => node.DeepClone(),
    };

    /// <summary>Control characters but tab and line feed: the two sets of ISO 6429, and delete.</summary>
    [GeneratedRegex(@"[\x00-\x08\x0b-\x1f\x7f-\x9f]")]
    private static partial Regex Controls();

    /// <summary>Sequences of ISO 6429: CSI with its parameters; OSC, DCS, APC, PM, SOS with their text up to the terminator; other escapes.</summary>
    [GeneratedRegex(@"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?|\x1b[ -/]*[0-~]")]
    private static partial Regex Sequences();

    [GeneratedRegex(@"&#(?:0*(?:[0-8]|1[124-9]|2[0-9]|3[01]|127|129|141|143|144|157)(?![0-9])|x0*(?:[0-8bcef]|1[0-9a-f]|7f|81|8d|8f|90|9d)(?![0-9a-f]));?",
        RegexOptions.IgnoreCase)]
    private static partial Regex References();

    [GeneratedRegex(@"(?<!\\)(?:\\\\)*\\(?:[bfr]|u00(?:0[0-8b-f]|1[0-9a-f]|7f|[89][0-9a-f]))", RegexOptions.IgnoreCase)]
    private static partial Regex Escapes();
}
