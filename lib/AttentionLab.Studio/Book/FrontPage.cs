using AttentionLab.Course.Charts;
using static AttentionLab.Studio.Book.PageText;

namespace AttentionLab.Studio.Book;

/// <summary>
/// The first page: what the course is, a picture of it, for whom, where to start; every chapter with its times, also those that are still to be
/// written; the pages beside the chapters; how to use the notebooks.
/// </summary>
internal static class FrontPage
{
    /// <summary>The page's text.</summary>
    /// <param name="chapters">Chapters and appendices, in order.</param>
    /// <param name="planned">All chapters that the course is to have.</param>
    /// <param name="extras">Links to what belongs to a chapter: solutions, leader's sheet.</param>
    /// <param name="others">Pages beside the chapters.</param>
    /// <param name="front">HTML: for whom, where to start.</param>
    /// <param name="introduction">HTML: how to use the notebooks.</param>
    public static string Of(
        IReadOnlyList<Chapter> chapters, IReadOnlyList<PlannedChapter> planned, Func<Chapter, string> extras,
        IReadOnlyList<(string Path, string Title)> others, string front, string introduction) => $"""
        <article class="front">
        <header class="title">
        <h1>{PageFrame.CourseTitle}</h1>
        <p class="subtitle">Questions about attention and the Transformer encoder, answered by experiments in C#.</p>
        </header>
        <div class="opening">
        <div class="text">
        {front}</div>
        <figure class="picture">{DataFlow.OfCourse()}
        <figcaption>The way of a word through an encoder. Each box bears the number of the chapter that opens it.</figcaption></figure>
        </div>
        <h2 id="chapters">The chapters</h2>
        {Rows(chapters, planned, extras)}
        {(others.Count > 0 ? $"<h2 id=\"beside\">Beside the chapters</h2>\n{ChapterList.Others(others, "", null)}\n" : "")}{introduction}</article>

        """;

    private static string Rows(IReadOnlyList<Chapter> chapters, IReadOnlyList<PlannedChapter> planned, Func<Chapter, string> extras)
    {
        HashSet<string> written = [.. chapters.Select(chapter => chapter.Label)];
        IEnumerable<(string Label, string Html)> rows = chapters.Select(chapter => (chapter.Label, Row(chapter, extras(chapter))))
            .Concat(planned.Where(chapter => !written.Contains(chapter.Label)).Select(chapter => (chapter.Label, ToCome(chapter))));
        // Numbers before the letters of the appendices.
        return $"<ol class=\"course\">\n{string.Concat(rows.OrderBy(row => row.Label, StringComparer.Ordinal).Select(row => row.Html))}</ol>\n";
    }

    private static string Row(Chapter chapter, string extras) =>
        $"<li data-chapter=\"{Encode(chapter.Path)}\"><a class=\"entry\" href=\"{PageAddress.Of(chapter.Path)}\">{Entry(chapter.Label, chapter.Question)}</a>"
        + $"<span class=\"facts\">{ChapterList.Facts(chapter)}{extras}</span></li>\n";

    private static string ToCome(PlannedChapter chapter) => $"""
        <li class="to-come"><span class="entry">{Entry(chapter.Label, chapter.Question)}</span><span class="facts">to come</span></li>

        """;

    private static string Entry(string label, string question) =>
        $"<span class=\"number\">{Encode(label)}</span><span class=\"question\">{Encode(question)}</span>";
}
