using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AttentionLab.Course.Charts;

/// <summary>Texts in plotly's little HTML, broken into lines.</summary>
internal static partial class PlotText
{
    /// <summary>Breaks a text between words into lines of at most <paramref name="width"/> letters, and encodes it for plotly.</summary>
    internal static string Wrap(string text, int width) => string.Join("<br>", Broken(text, width).Select(Encode));

    /// <summary>A text as plotly's little HTML: nothing in it is a tag.</summary>
    internal static string Encode(string text) => WithMinus(text).Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");

    /// <summary>Numbers as .NET writes them have a hyphen for their sign: here it becomes the minus that the axes show.</summary>
    internal static string WithMinus(string text) => HyphenOfANumber().Replace(text, "−");

    internal static JsonArray Array(IEnumerable<string> texts) => [.. texts.Select(text => (JsonNode)Encode(text))];

    /// <summary>Lines that <see cref="Wrap"/> makes.</summary>
    internal static int Lines(string text, int width) => Broken(text, width).Count;

    private static List<string> Broken(string text, int width)
    {
        List<string> lines = [];
        StringBuilder line = new();
        foreach (string word in Words(text))
        {
            if (line.Length > 0 && line.Length + 1 + word.Length > width)
            {
                lines.Add(line.ToString());
                line.Clear();
            }

            line.Append(line.Length > 0 ? " " : "").Append(word);
        }

        lines.Add(line.ToString());
        return lines;
    }

    /// <summary>What is never parted: a sign of percent or times stays with its number.</summary>
    private static List<string> Words(string text)
    {
        List<string> words = [];
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (words.Count > 0 && word.TrimEnd(',', ';', ':', '.') is ("%" or "×"))
            {
                words[^1] += $" {word}";
            }
            else
            {
                words.Add(word);
            }
        }

        return words;
    }

    [GeneratedRegex(@"(?<![\p{L}\p{N}_.)\]–-])-(?=[\d∞])")]
    private static partial Regex HyphenOfANumber();
}
