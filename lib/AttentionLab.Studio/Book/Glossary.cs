using System.Net;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Book;

/// <summary>
/// The page of words: a table whose second column is Chinese. Its rows get anchors, and wherever the course's text has such a word in brackets,
/// the word leads there; the letters say that they are Chinese, for fonts and for those who listen.
/// </summary>
internal sealed partial class Glossary(CourseText? page)
{
    /// <summary>Name of the page's file.</summary>
    public const string Name = "glossary";

    private readonly HashSet<string> _words = [.. Rows().Matches(page?.Markdown ?? "").Select(row => row.Groups[1].Value)];

    /// <summary>The table with an anchor for each row.</summary>
    public static string WithAnchors(string html) =>
        TableRows().Replace(html, row => $"<tr id=\"{Anchor(row.Groups[2].Value)}\">{row.Groups[1].Value}<td lang=\"zh-Hans\">{row.Groups[2].Value}</td>");

    /// <summary>Text of a page with its Chinese marked, and its words in brackets led to the glossary where it has them.</summary>
    /// <param name="html">HTML of a piece of Markdown.</param>
    /// <param name="root">From the page up to the book's root.</param>
    public string Link(string html, string root) => Chinese().Replace(html, found =>
    {
        (string open, string word, string close) = (found.Groups[1].Value, found.Groups[2].Value, found.Groups[3].Value);
        return open.Length + close.Length > 0 && !found.Groups[4].Success && _words.Contains(word)
            ? $"{open}<a class=\"term\" lang=\"zh-Hans\" href=\"{root}{PageAddress.Prose(Name)}#{WebUtility.UrlEncode(Anchor(word))}\">{word}</a>{close}"
            : $"{open}<span lang=\"zh-Hans\">{word}</span>{close}";
    });

    private static string Anchor(string word) => "term-" + word;

    /// <summary>Chinese characters; a Latin letter before them and hyphens between them belong to the word.</summary>
    private const string Word = @"[A-Z]?[\u4e00-\u9fff]+(?:-[\u4e00-\u9fff]+)*";

    [GeneratedRegex(@"^\|[^|\n]*\| *(" + Word + @") *\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    /// <summary>A row of the table, in which <see cref="Link"/> has marked the Chinese.</summary>
    [GeneratedRegex(@"<tr>(\s*<td>[^<]*</td>\s*)<td><span lang=""zh-Hans"">(" + Word + ")</span></td>")]
    private static partial Regex TableRows();

    /// <summary>Chinese in text and not inside of a tag, with the brackets or commas beside it, which tell that it translates the word before; last, the end of
    /// a link that it stands in.</summary>
    [GeneratedRegex(@"(\(|, )?(" + Word + @")([),]?)(?![^<]*>)(?=[^<]*(</a>)?)")]
    private static partial Regex Chinese();
}
