using System.Text;
using static AttentionLab.Studio.Book.PageText;

namespace AttentionLab.Studio.Book;

/// <summary>Ways from page to page: the menu of chapters and the links at the foot.</summary>
internal static class ChapterList
{
    /// <summary>The menu beside the text: the chapters, then the other pages.</summary>
    public static string Menu(IReadOnlyList<Chapter> chapters, IReadOnlyList<(string Path, string Title)> others, string root, string? current)
    {
        StringBuilder html = new("<ol>");
        foreach (Chapter chapter in chapters)
        {
            string here = chapter.Path == current ? " aria-current=\"page\"" : "";
            html.Append($"<li data-chapter=\"{Encode(chapter.Path)}\"><a href=\"{root}{PageAddress.Of(chapter.Path)}\"{here}><span "
                + $"class=\"number\">{Encode(chapter.Label)}</span> <span class=\"question\">{Encode(chapter.Question)}</span></a></li>");
        }

        return html.Append("</ol>").Append(Others(others, root, current)).ToString();
    }

    /// <summary>The pages beside the chapters; empty where there are none.</summary>
    public static string Others(IReadOnlyList<(string Path, string Title)> others, string root, string? current) => others.Count == 0 ? ""
        : $"<ul class=\"others\">{string.Concat(others.Select(other =>
            $"<li><a href=\"{root}{PageAddress.Of(other.Path)}\"{(other.Path == current ? " aria-current=\"page\"" : "")}>"
            + $"<span class=\"question\">{Encode(other.Title)}</span></a></li>"))}</ul>";

    /// <summary>Previous and next chapter.</summary>
    public static string Pager(IReadOnlyList<Chapter> chapters, int index)
    {
        string previous = index > 0 ? Step(chapters[index - 1], "previous", "prev", "Previous") : Up("previous");
        string next = index + 1 < chapters.Count ? Step(chapters[index + 1], "next", "next", "Next") : Up("next");
        return $"<nav class=\"pager\" aria-label=\"Previous and next chapter\">{previous}{next}</nav>\n";
    }

    /// <summary>How long a chapter takes, and how many exercises it has.</summary>
    public static string Facts(Chapter chapter) => string.Join(" · ", ((string[])[
        chapter.Time.ToString(),
        chapter.Exercises switch { 0 => "", 1 => "1 exercise", _ => $"{chapter.Exercises} exercises" },
    ]).Where(fact => fact.Length > 0));

    private static string Step(Chapter chapter, string kind, string relation, string word) =>
        $"<a class=\"{kind}\" rel=\"{relation}\" "
        + $"href=\"{PageAddress.Of(chapter.Path)}\"><span>{word}</span> {Encode(chapter.Label)} · {Encode(chapter.Question)}</a>";

    private static string Up(string kind) => $"<a class=\"{kind}\" href=\"index.html\"><span>Up</span> All chapters</a>";
}
