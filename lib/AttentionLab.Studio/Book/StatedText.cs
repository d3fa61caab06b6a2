using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>What a cell's outputs say in words, line by line: console and plain text, titles and summaries of its charts, steps of a slider included.</summary>
internal static partial class StatedText
{
    /// <summary>The power of ten behind a number: 2e-7 as programs write it, 2·10⁻⁷ as people do.</summary>
    public const string Power = @"(?:[eE][-+]?\d+|·10⁻?[⁰¹²³⁴-⁹]+)?";

    private const string Raised = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    /// <summary>Where a slider keeps the texts of its steps.</summary>
    private static readonly string[] Steps = ["titles", "summaries"];

    public static IReadOnlyList<string> Lines(IEnumerable<CellOutput> outputs) =>
        [.. outputs.SelectMany<CellOutput, string>(output => output.MimeType switch
        {
            CellOutput.Plotly => OfChart(output.Content),
            CellOutput.Html => [WebUtility.HtmlDecode(Tag().Replace(output.Content, " "))],
            _ => output.Content.Split('\n', StringSplitOptions.RemoveEmptyEntries),
        })];

    /// <summary>All numbers of a text, a typographic minus read as one.</summary>
    public static IEnumerable<double> Numbers(string text) => Number().Matches(text).Select(match => Value(match.Value));

    public static double Value(string number)
    {
        char[] plain = [.. number.Replace("·10", "e", StringComparison.Ordinal)
            .Select(c => c is '−' or '⁻' ? '-' : Raised.IndexOf(c, StringComparison.Ordinal) is >= 0 and var digit ? (char)('0' + digit) : c)];
        return double.Parse(plain, NumberStyles.Float, CultureInfo.InvariantCulture);
    }

    public static bool Same(double a, double b) => Math.Abs(a - b) <= 1e-9 * Math.Max(1, Math.Abs(a));

    private static List<string> OfChart(string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement layout = document.RootElement.GetProperty("layout"), meta = layout.GetProperty("meta");
            List<string> lines = [Plain(layout.GetProperty("title").GetProperty("text")), Plain(meta.GetProperty("summary"))];
            foreach (string name in Steps)
            {
                if (meta.TryGetProperty(name, out JsonElement steps))
                {
                    lines.AddRange(steps.EnumerateArray().Select(Plain));
                }
            }

            return lines;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            // A chart of the reader's own need have no title and no summary.
            return [];
        }
    }

    private static string Plain(JsonElement text) => WebUtility.HtmlDecode(text.GetString()!.Replace("<br>", " ", StringComparison.Ordinal));

    /// <summary>Not inside a word (W2, v1.1.2), a sign only where no number, letter or bracket stands right before it (1-3, d-3).</summary>
    [GeneratedRegex(@"(?<![\w.])(?:(?<![\w.)])[-−])?\d+(?:\.\d+)?" + Power + @"(?![\w])")]
    public static partial Regex Number();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tag();
}
