using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Book.PageFrame;
using static AttentionLab.Studio.Book.PageText;

namespace AttentionLab.Studio.Book;

/// <summary>
/// Makes every page of the book: the first page, chapters, solutions, leader's sheets, files of the library. The static book and the live
/// server use the same pages.
/// </summary>
public sealed class BookPages
{
    private readonly CourseContent _content;
    private readonly Formulas _formulas;
    private readonly Dictionary<string, Func<ExecutedNotebook?, LivePage?, string>> _pages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Chapter> _solutions;
    private readonly HashSet<string> _sheets;
    private readonly Glossary _glossary;
    private readonly LibraryFiles _library;
    private readonly (string Path, string Title)[] _prose;

    /// <summary>Parses all text, once, and sets all formulas in one go.</summary>
    /// <param name="content">What the book shows.</param>
    /// <param name="formulas">Sets formulas.</param>
    public BookPages(CourseContent content, Formulas formulas)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(formulas);
        _content = content;
        _formulas = formulas;
        Chapters = [.. content.Chapters.Select(Chapter.Of)];
        Chapter[] solutions = [.. content.Solutions.Select(Chapter.Of)];
        _solutions = solutions.ToDictionary(chapter => chapter.Name, StringComparer.Ordinal);
        _sheets = [.. content.LeaderSheets.Select(sheet => sheet.Name)];
        Anchors anchors = new();
        MarkdownText front = MarkdownText.Parse(content.Front?.Markdown ?? "", anchors),
            introduction = MarkdownText.Parse(content.Introduction?.Markdown ?? "", anchors);
        _glossary = new Glossary(content.Pages.FirstOrDefault(page => page.Name == Glossary.Name));
        MarkdownText[] prose = [.. content.Pages.Select(page => MarkdownText.Parse(page.Markdown))];
        _prose = [.. content.Pages.Zip(prose, (page, text) => (PageAddress.Prose(page.Name), text.Title ?? page.Name))];
        MarkdownText[] sheets = [.. content.LeaderSheets.Select(sheet => MarkdownText.Parse(sheet.Markdown))];
        MarkdownText[] all = [.. Chapters.Concat(solutions).SelectMany(chapter => chapter.Texts), .. sheets, .. prose, front, introduction];
        formulas.Prepare([.. all.SelectMany(text => text.Formulas)]);
        _library = new LibraryFiles(content.Folder);

        _pages["index.html"] = (_, live) => Index(front, introduction, live);
        for (int i = 0; i < Chapters.Count; i++)
        {
            int index = i;
            _pages[Chapters[i].Path] = (current, live) => ChapterPage(index, current ?? content.Chapters[index], live);
        }

        for (int i = 0; i < solutions.Length; i++)
        {
            (Chapter solution, ExecutedNotebook shown) = (solutions[i], content.Solutions[i]);
            _pages[PageAddress.Solution(solution.Name)] = (_, live) => SolutionPage(solution, shown, live);
        }

        for (int i = 0; i < sheets.Length; i++)
        {
            (string name, MarkdownText text) = (content.LeaderSheets[i].Name, sheets[i]);
            _pages[PageAddress.Sheet(name)] = (_, live) => SheetPage(name, text, live);
        }

        for (int i = 0; i < prose.Length; i++)
        {
            (string path, MarkdownText text) = (_prose[i].Path, prose[i]);
            _pages[path] = (_, live) => ProsePage(path, text, live);
        }

        foreach (string file in all.SelectMany(text => text.Links.Select(_library.OfLink).Concat(text.Code.Select(_library.OfCode))).OfType<string>()
            .Distinct())
        {
            _pages[PageAddress.Library(file)] = (_, live) => LibraryPage(file, live);
        }

        Paths = [.. _pages.Keys];
    }

    /// <summary>The chapters, in order.</summary>
    public IReadOnlyList<Chapter> Chapters { get; }

    /// <summary>Paths of all pages from the book's root.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>A page.</summary>
    /// <param name="path">One of <see cref="Paths"/>.</param>
    /// <param name="current">For a live page: the notebook as far as it ran; null takes what the content holds.</param>
    /// <param name="live">For a live page: what its script must know to take in results as they come.</param>
    /// <returns>The page, or null if there is none of that path.</returns>
    public string? Render(string path, ExecutedNotebook? current = null, LivePage? live = null) => _pages.GetValueOrDefault(path)?.Invoke(current, live);

    /// <summary>The search index: a script that puts all text of all chapters into <c>window.bookIndex</c>.</summary>
    public string SearchIndex() => Book.SearchIndex.Of(Chapters);

    private string Index(MarkdownText front, MarkdownText introduction, LivePage? live)
    {
        MarkdownContext context = Context("");
        string body = FrontPage.Of(Chapters, _content.Planned, Extras, _prose, front.ToHtml(context), introduction.ToHtml(context));
        return Page(
            new Frame("index.html", CourseTitle, "A course on attention in C#: every claim is an experiment that the reader can run.",
                ChapterList.Menu(Chapters, _prose, "", null), body, Contents([front, introduction], context))
            { Live = live });
    }

    /// <summary>Links to a chapter's solutions and leader's sheet, behind its facts.</summary>
    private string Extras(Chapter chapter) =>
        (_solutions.ContainsKey(chapter.Name) ? $" · <a href=\"{PageAddress.Of(PageAddress.Solution(chapter.Name))}\">solutions</a>" : "")
        + (_sheets.Contains(chapter.Name) ? $" · <a href=\"{PageAddress.Of(PageAddress.Sheet(chapter.Name))}\">leader’s sheet</a>" : "");

    private string ChapterPage(int index, ExecutedNotebook notebook, LivePage? live)
    {
        Chapter chapter = Chapters[index];
        MarkdownContext context = Context("");
        string contents = Contents(chapter.Texts, context);
        string sheet = _sheets.Contains(chapter.Name) ? $" · <a href=\"{PageAddress.Of(PageAddress.Sheet(chapter.Name))}\">leader’s sheet</a>" : "";
        string fold = contents.Length == 0 ? ""
            : "<details class=\"contents-fold\"><summary>On this "
                + $"page</summary>{contents.Replace("On this page", "Sections", StringComparison.Ordinal)}</details>\n";
        string body = $"""
            <article>
            <header class="title">
            <p class="number">Chapter {Encode(chapter.Label)}</p>
            <h1>{Encode(chapter.Question)}</h1>
            <p class="facts">{ChapterList.Facts(chapter)}{sheet}</p>
            {FailedNote(chapter, notebook, live)}
            </header>
            {fold}{Cells(chapter, notebook, context, "Exercise", live)}</article>
            {ChapterList.Pager(Chapters, index)}
            """;
        return Page(
            new Frame(chapter.Path, $"{chapter.Label} · {chapter.Question} – {CourseTitle}", chapter.Question,
                ChapterList.Menu(Chapters, _prose, "", chapter.Path), body, contents)
            { Live = live });
    }

    private string SolutionPage(Chapter solution, ExecutedNotebook notebook, LivePage? live)
    {
        MarkdownContext context = Context("../");
        Chapter? chapter = Named(solution.Name);
        string body = $"""
            <article>
            {SubTitle("Solutions", chapter, solution.Name, "Back to the chapter")}
            {Cells(solution, notebook, context, "Solution", null)}</article>

            """;
        return Page(
            new Frame(PageAddress.Solution(solution.Name), $"Solutions {chapter?.Label ?? solution.Name} – {CourseTitle}", "Solutions of the exercises.",
                ChapterList.Menu(Chapters, _prose, "../", PageAddress.Chapter(solution.Name)), body, Contents(solution.Texts, context))
            { Live = live });
    }

    private string SheetPage(string name, MarkdownText text, LivePage? live)
    {
        MarkdownContext context = Context("../");
        Chapter? chapter = Named(name);
        string body = $"""
            <article>
            {SubTitle("Leader’s sheet", chapter, text.Title ?? name, "To the chapter")}
            {text.ToHtml(context)}</article>

            """;
        return Page(
            new Frame(PageAddress.Sheet(name), $"Leader’s sheet {chapter?.Label ?? name} – {CourseTitle}", "For whoever leads the session.",
                ChapterList.Menu(Chapters, _prose, "../", PageAddress.Chapter(name)), body, Contents([text], context))
            { Live = live });
    }

    private string ProsePage(string path, MarkdownText text, LivePage? live)
    {
        MarkdownContext context = Context("");
        string title = text.Title ?? path, html = text.ToHtml(context);
        string body = $"""
            <article>
            <header class="title"><h1>{Encode(title)}</h1></header>
            {(path == PageAddress.Prose(Glossary.Name) ? Glossary.WithAnchors(html) : html)}</article>

            """;
        return Page(
            new Frame(path, $"{title} – {CourseTitle}", title, ChapterList.Menu(Chapters, _prose, "", path), body, Contents([text], context))
            { Live = live });
    }

    private string LibraryPage(string file, LivePage? live)
    {
        string path = PageAddress.Library(file), name = Path.GetFileNameWithoutExtension(file);
        string root = string.Concat(Enumerable.Repeat("../", path.Count(letter => letter == '/')));
        string body = $"""
            <article class="library">
            <header class="title"><p class="number">The library</p><h1>{Encode(name)}</h1><p class="facts">{Encode(file)}</p></header>
            <pre class="code" tabindex="0"><code>{CodeHighlighter.ToHtml(PageText.Clean(_library.Text(file)))}</code></pre>
            </article>

            """;
        return Page(new Frame(path, $"{name} – {CourseTitle}", $"The file {file} of the library.", ChapterList.Menu(Chapters, _prose, root, null), body,
            "")
        { Live = live });
    }

    private string Cells(Chapter chapter, ExecutedNotebook notebook, MarkdownContext context, string label, LivePage? live)
    {
        Dictionary<int, ExecutedCell> ran = notebook.Cells.ToDictionary(cell => cell.Number);
        bool stopped = notebook.Failed.Any();
        return string.Concat(chapter.Cells.Select(cell =>
            CellHtml.Of(cell, ran.GetValueOrDefault(cell.Number), stopped, context, label == "Exercise" ? SolutionOf(chapter, cell) : null, label,
                live?.Whole(cell.Number))));
    }

    private string? SolutionOf(Chapter chapter, ChapterCell cell) =>
        cell.Exercise is { } id && _solutions.TryGetValue(chapter.Name, out Chapter? solutions) && solutions.Cells.Any(other => other.Exercise == id)
            ? $"{PageAddress.Of(PageAddress.Solution(chapter.Name))}#{ChapterCell.ExerciseAnchor(id)}"
            : null;

    private static string FailedNote(Chapter chapter, ExecutedNotebook notebook, LivePage? live)
    {
        if (live?.Problem is { } problem)
        {
            return $"<p class=\"failed-note\">{Encode(problem)}</p>";
        }

        ExecutedCell[] failed = [.. notebook.Failed];
        string anchor = failed.Length == 0 ? "" : chapter.Cells.FirstOrDefault(cell => cell.Number == failed[0].Number)?.Anchor ?? "";
        return failed.Length == 0
            ? ""
            : $"<p class=\"failed-note\"><a href=\"#{anchor}\">{failed.Length} {(failed.Length == 1 ? "cell" : "cells")} failed</a></p>";
    }

    private static string SubTitle(string kind, Chapter? chapter, string name, string back) => $"""
        <header class="title"><p class="number">{kind}</p>
        <h1>{Encode(chapter is null ? name : $"{chapter.Label} · {chapter.Question}")}</h1>
        {(chapter is null ? "" : $"<p class=\"facts\"><a href=\"../{PageAddress.Of(chapter.Path)}\">{back}</a></p>")}</header>
        """;

    private Chapter? Named(string name) => Chapters.FirstOrDefault(chapter => chapter.Name == name);

    /// <summary>Links between files of the course lead to pages of the book; to what the book does not hold, nowhere else.</summary>
    private MarkdownContext Context(string root)
    {
        return new MarkdownContext(_formulas, Link, _content.Folder)
        {
            Finish = html => _glossary.Link(html, root),
            CodeLink = code => LibraryLink(_library.OfCode(code)),
        };

        string? Link(string url) => PageAddress.OfLink(url, root.Length > 0) is ({ } path, var anchor) && _pages.ContainsKey(path)
            ? root + PageAddress.Of(path) + anchor
            : LibraryLink(_library.OfLink(url));

        string? LibraryLink(string? file) =>
            file is not null && PageAddress.Library(file) is var path && _pages.ContainsKey(path) ? root + PageAddress.Of(path) : null;
    }
}
