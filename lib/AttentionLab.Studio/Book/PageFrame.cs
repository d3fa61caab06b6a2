using System.Text;
using AttentionLab.Course.Charts;
using static AttentionLab.Studio.Book.PageText;

namespace AttentionLab.Studio.Book;

/// <summary>What surrounds the text of every page: head, bar, list of chapters, table of contents, footer.</summary>
internal static class PageFrame
{
    /// <summary>The course's name.</summary>
    public const string CourseTitle = "Attention by Experiment";

    /// <summary>
    /// Scripts, fonts and data from beside the page only; no script in the page itself. Styles may be inline: KaTeX and
    /// plotly.js place every glyph and tick by one.
    /// </summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; script-src 'self'{(BookAssets.HasPlotly ? "" : " " + Figure.PlotlyCdn)}; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'";

    /// <summary>A whole page.</summary>
    public static string Page(Frame frame) => $"""
        <!doctype html>
        <html lang="en">
        {Head(frame)}
        <body {Data(frame)}>
        <a class="skip" href="#content">Skip to the text</a>
        {Bar(frame.Root)}
        <div class="layout">
        <nav id="menu" class="chapters" aria-label="Chapters">
        {frame.Chapters}
        </nav>
        <main id="content" tabindex="-1">
        {frame.Body}
        {Colophon}
        </main>
        <aside class="contents">{frame.Contents}</aside>
        </div>
        {SearchDialog}
        </body>
        </html>

        """;

    /// <summary>The list of sections, for the side of the page or for a fold above its text; empty where there are fewer than two.</summary>
    public static string Contents(IEnumerable<MarkdownText> texts, MarkdownContext context)
    {
        (Heading Heading, string Html)[] sections = [.. texts.SelectMany(text => text.HeadingsHtml(context)).Where(section => section.Heading.Level == 2)];
        return sections.Length < 2 ? ""
            : "<nav class=\"toc\" aria-label=\"On this page\"><p class=\"toc-title\">On this "
                + $"page</p><ul>{string.Concat(sections.Select(section => $"<li><a href=\"#{section.Heading.Id}\">{section.Html}</a></li>"))}</ul></nav>";
    }

    private static string Head(Frame frame)
    {
        string root = frame.Root;
        StringBuilder html = new();
        html.Append($"""
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta http-equiv="Content-Security-Policy" content="{ContentSecurityPolicy}">
            <title>{Encode(frame.Title)}</title>
            <meta name="description" content="{Encode(frame.Description)}">
            <link rel="icon" type="image/svg+xml" href="{root}assets/icon.svg">
            {(BookAssets.HasKatex ? $"<link rel=\"stylesheet\" href=\"{root}assets/katex/katex.min.css\">" : "")}
            <link rel="stylesheet" href="{root}assets/book.css">
            <script src="{root}assets/theme.js"></script>

            """);
        foreach (string script in (ReadOnlySpan<string>)["draw.js", "kept.js", "calibration.js", "cover.js", "predict.js", "charts.js", "book.js", "search.js"])
        {
            html.Append($"<script src=\"{root}assets/{script}\" defer></script>\n");
        }

        if (frame.Live is not null)
        {
            foreach (string style in (ReadOnlySpan<string>)["live.css", "present.css", "vote.css"])
            {
                html.Append($"<link rel=\"stylesheet\" href=\"{root}assets/live/{style}\">\n");
            }

            html.Append($"<script type=\"module\" src=\"{root}assets/live/page.js\"></script>\n");
        }

        return html.Append("</head>").ToString();
    }

    /// <summary>What the page's scripts need to know.</summary>
    private static string Data(Frame frame)
    {
        string plotly = BookAssets.HasPlotly ? frame.Root + "assets/plotly.min.js" : Figure.PlotlyCdn;
        string live = frame.Live is not { } page ? ""
            : $" data-live=\"{Encode(page.Name)}\" data-run=\"{page.Run}\" data-done=\"{page.Done}\" data-state=\"{Encode(page.State)}\"";
        return $"data-root=\"{frame.Root}\" data-page=\"{Encode(frame.Path)}\" data-plotly=\"{plotly}\"{live}";
    }

    private static string Bar(string root) => $"""
        <header class="bar">
        <button class="menu-button" type="button" aria-expanded="false" aria-controls="menu"><span aria-hidden="true">☰</span> Chapters</button>
        <a class="brand" href="{root}index.html">{CourseTitle}</a>
        <button class="search-button" type="button"><span aria-hidden="true">⌕</span> Search <kbd aria-hidden="true">/</kbd></button>
        <button class="theme-button" type="button" title="Light, dark, or as the system is set">
        <span aria-hidden="true">◐</span> <span class="theme-label">Theme:</span> <span class="theme-name">auto</span></button>
        <div class="progress" aria-hidden="true"></div>
        </header>
        """;

    private const string SearchDialog = """
        <dialog class="search" aria-label="Search the course">
        <input type="search" placeholder="Search the course" aria-label="Search the course" autocomplete="off" spellcheck="false">
        <ol class="results" aria-label="Results"></ol>
        <p class="search-status" role="status"></p>
        </dialog>
        """;

    private static string Colophon { get; } = $"""
        <footer class="colophon">
        <p>{CourseTitle}. Every number on these pages came out of the cell above it. {(BookAssets.HasPlotly && BookAssets.HasKatex
            ? "Works without a network."
            : "This copy was built without Node and is not offline: charts are drawn by plotly.js from a content delivery network, "
            + "formulas are shown as TeX.")}</p>
        </footer>
        """;
}

/// <summary>What a page puts into <see cref="PageFrame"/>.</summary>
/// <param name="Path">Path from the book's root, for example <c>solutions/03-scaling.html</c>.</param>
/// <param name="Title">Title of the window.</param>
/// <param name="Description">One sentence for search engines and link previews.</param>
/// <param name="Chapters">HTML of the list of chapters.</param>
/// <param name="Body">HTML of the text.</param>
/// <param name="Contents">HTML of the table of contents.</param>
internal sealed record Frame(string Path, string Title, string Description, string Chapters, string Body, string Contents)
{
    /// <summary>Set in the live page, null in the book.</summary>
    public LivePage? Live { get; init; }

    /// <summary>From this page up to the book's root: empty or <c>../</c>.</summary>
    public string Root => string.Concat(Enumerable.Repeat("../", Path.Count(letter => letter == '/')));
}
