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
        return open.Length > 0 && close.Length > 0 && _words.Contains(word)
            ? $"(<a class=\"term\" lang=\"zh-Hans\" href=\"{root}{PageAddress.Prose(Name)}#{WebUtility.UrlEncode(Anchor(word))}\">{word}</a>)"
            : $"{open}<span lang=\"zh-Hans\">{word}</span>{close}";
    });

    private static string Anchor(string word) => "term-" + word;

    [GeneratedRegex(@"^\|[^|\n]*\| *([\u4e00-\u9fff]+) *\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    /// <summary>A row of the table, in which <see cref="Link"/> has marked the Chinese.</summary>
    [GeneratedRegex(@"<tr>(\s*<td>[^<]*</td>\s*)<td><span lang=""zh-Hans"">([\u4e00-\u9fff]+)</span></td>")]
    private static partial Regex TableRows();

    /// <summary>Chinese in text and not inside of a tag, with a bracket on each side if there is one.</summary>
    [GeneratedRegex(@"(\()?([\u4e00-\u9fff]+)(\)?)(?![^<]*>)")]
    private static partial Regex Chinese();
}
