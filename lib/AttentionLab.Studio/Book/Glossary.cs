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

    /// <summary>Text of a page with its Chinese words marked, and led to the glossary where it has them.</summary>
    /// <param name="html">HTML of a piece of Markdown.</param>
    /// <param name="root">From the page up to the book's root.</param>
    public string Link(string html, string root) => Bracketed().Replace(html, found =>
    {
        string word = found.Groups[1].Value;
        return _words.Contains(word)
            ? $"(<a class=\"term\" lang=\"zh-Hans\" href=\"{root}{PageAddress.Prose(Name)}#{WebUtility.UrlEncode(Anchor(word))}\">{word}</a>)"
            : $"(<span lang=\"zh-Hans\">{word}</span>)";
    });

    private static string Anchor(string word) => "term-" + word;

    [GeneratedRegex(@"^\|[^|\n]*\| *([\u4e00-\u9fff]+) *\|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"<tr>(\s*<td>[^<]*</td>\s*)<td>([\u4e00-\u9fff]+)</td>")]
    private static partial Regex TableRows();

    /// <summary>A word in brackets, in text and not inside of a tag.</summary>
    [GeneratedRegex(@"\(([\u4e00-\u9fff]+)\)(?![^<]*>)")]
    private static partial Regex Bracketed();
}
