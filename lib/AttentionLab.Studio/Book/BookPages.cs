using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Book.PageFrame;

namespace AttentionLab.Studio.Book;

/// <summary>
/// Makes every page of the book: the first page, chapters, solutions, leader's sheets. The static book and the live
/// server use the same pages.
/// </summary>
public sealed class BookPages
{
    private readonly CourseContent _content;
    private readonly Formulas _formulas;
    private readonly Dictionary<string, ExecutedNotebook> _solutions;
    private readonly Dictionary<string, CourseText> _sheets;

    /// <summary>Reads all text once and sets all formulas in one go.</summary>
    /// <param name="content">What the book shows.</param>
    /// <param name="formulas">Sets formulas.</param>
    public BookPages(CourseContent content, Formulas formulas)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(formulas);
        _content = content;
        _formulas = formulas;
        Chapters = [.. content.Chapters.Select(ChapterInfo.Of)];
        _solutions = content.Solutions.ToDictionary(notebook => notebook.Name, StringComparer.Ordinal);
        _sheets = content.LeaderSheets.ToDictionary(sheet => sheet.Name, StringComparer.Ordinal);
        IEnumerable<string> texts = content.Chapters.Concat(content.Solutions)
            .SelectMany(notebook => notebook.Cells).Where(cell => cell.Language == "markdown").Select(cell => cell.Source)
            .Concat(content.LeaderSheets.Select(sheet => sheet.Markdown))
            .Concat(content.Introduction is { } introduction ? [introduction.Markdown] : []);
        formulas.Prepare([.. texts.SelectMany(text => MarkdownText.Parse(text).Formulas())]);
        Paths =
        [
            "index.html",
            .. Chapters.Select(chapter => chapter.Path),
            .. _solutions.Keys.Select(SolutionPath),
            .. _sheets.Keys.Select(SheetPath),
        ];
    }

    /// <summary>The chapters, in order.</summary>
    public IReadOnlyList<ChapterInfo> Chapters { get; }

    /// <summary>Addresses of all pages from the book's root.</summary>
    public IReadOnlyList<string> Paths { get; }

    /// <summary>A page.</summary>
    /// <param name="path">One of <see cref="Paths"/>.</param>
    /// <param name="current">For a live page: the notebook as far as it ran; null takes what the content holds.</param>
    /// <param name="live">For a live page: what its script must know to take in results as they come.</param>
    /// <returns>The page, or null if there is none of that address.</returns>
    public string? Render(string path, Func<string, ExecutedNotebook>? current = null, LivePage? live = null)
    {
        if (path == "index.html")
        {
            return Index(live);
        }

        for (int i = 0; i < Chapters.Count; i++)
        {
            if (Chapters[i].Path == path)
            {
                return Chapter(i, current?.Invoke(Chapters[i].Name) ?? _content.Chapters[i], live);
            }
        }

        string name = Path.GetFileNameWithoutExtension(path);
        return _solutions.TryGetValue(name, out ExecutedNotebook? solution) && path == SolutionPath(name) ? Solution(solution, live)
            : _sheets.TryGetValue(name, out CourseText? sheet) && path == SheetPath(name) ? Sheet(sheet, live)
            : null;
    }

    /// <summary>The search index: a script that puts all text of all chapters into <c>window.bookIndex</c>.</summary>
    public string SearchIndex()
    {
        List<SearchEntry> entries = [];
        for (int i = 0; i < Chapters.Count; i++)
        {
            ChapterInfo chapter = Chapters[i];
            MarkdownContext context = Context("");
            Heading? under = null;
            foreach (ExecutedCell cell in _content.Chapters[i].Cells)
            {
                if (cell.Language != "markdown")
                {
                    Add(cell.Source);
                    continue;
                }

                MarkdownText text = MarkdownText.Parse(cell.Source);
                text.ToHtml(context, dropTitle: true);
                foreach ((Heading? heading, string plain) in text.PlainSections())
                {
                    under = heading ?? under;
                    Add(plain);
                }
            }

            void Add(string text)
            {
                string words = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
                if (words.Length > 0 || under is not null)
                {
                    SearchEntry? last = entries.Count > 0 ? entries[^1] : null;
                    string address = under is null ? chapter.Path : $"{chapter.Path}#{under.Id}";
                    if (last?.Address == address)
                    {
                        entries[^1] = last with { Text = last.Text + " " + words };
                    }
                    else
                    {
                        entries.Add(new SearchEntry(address, $"{chapter.Label} · {chapter.Question}", under?.Text ?? "", words));
                    }
                }
            }
        }

        return "window.bookIndex = " + JsonSerializer.Serialize([.. entries], SearchJson.Default.SearchEntryArray) + ";\n";
    }

    private static string SolutionPath(string name) => $"solutions/{name}.html";

    private static string SheetPath(string name) => $"leader/{name}.html";

    private string Index(LivePage? live)
    {
        MarkdownContext context = Context("");
        string text = _content.Introduction is { } introduction ? MarkdownText.Parse(introduction.Markdown).ToHtml(context, dropTitle: true) : "";
        StringBuilder body = new();
        body.Append($"""
            <article class="front">
            <header class="title">
            <h1>{CourseTitle}</h1>
            <p class="subtitle">Questions about attention and the Transformer encoder, answered by experiments in C#.</p>
            </header>
            <ol class="course">

            """);
        foreach (ChapterInfo chapter in Chapters)
        {
            body.Append($"""
                <li data-chapter="{Encode(chapter.Path)}"><a href="{Encode(chapter.Path)}"><span class="number">{Encode(chapter.Label)}</span><span class="question">{Encode(chapter.Question)}</span></a><span class="facts">{Facts(chapter)}</span></li>

                """);
        }

        body.Append("</ol>\n").Append(text).Append("</article>\n");
        return Page(new Frame("index.html", CourseTitle, "A course on attention in C#: every claim is an experiment that the reader can run.", ChapterList("", null), body.ToString(), context.Headings)
        {
            Live = live,
        });
    }

    private string Chapter(int index, ExecutedNotebook notebook, LivePage? live)
    {
        ChapterInfo chapter = Chapters[index];
        MarkdownContext context = Context("");
        StringBuilder cells = new();
        foreach (ExecutedCell cell in notebook.Cells)
        {
            cells.Append(Cell(cell, context, notebook, solutions: false));
        }

        int failed = notebook.Failed.Count();
        string first = notebook.Failed.FirstOrDefault() is { } failure ? $"#cell-{failure.Number}" : "";
        StringBuilder body = new("<article>\n");
        body.Append($"""
            <header class="title">
            <p class="number">Chapter {Encode(chapter.Label)}</p>
            <h1>{Encode(chapter.Question)}</h1>
            <p class="facts">{Facts(chapter)}{(_sheets.ContainsKey(chapter.Name) ? $" · <a href=\"{Encode(SheetPath(chapter.Name))}\">leader’s sheet</a>" : "")}</p>
            {(failed > 0 ? $"<p class=\"failed-note\"><a href=\"{first}\">{failed} {(failed == 1 ? "cell" : "cells")} failed</a></p>" : "")}
            </header>

            """);
        if (Contents(context.Headings) is { Length: > 0 } contents)
        {
            body.Append($"<details class=\"contents-fold\"><summary>On this page</summary>{contents.Replace("On this page", "Sections", StringComparison.Ordinal)}</details>\n");
        }

        body.Append(cells).Append("</article>\n").Append(Pager(index));
        return Page(new Frame(chapter.Path, $"{chapter.Label} · {chapter.Question} – {CourseTitle}", chapter.Question, ChapterList("", chapter.Name), body.ToString(), context.Headings)
        {
            Live = live,
        });
    }

    private string Solution(ExecutedNotebook notebook, LivePage? live)
    {
        MarkdownContext context = Context("../");
        ChapterInfo? chapter = Chapters.FirstOrDefault(chapter => chapter.Name == notebook.Name);
        StringBuilder body = new("<article>\n<header class=\"title\"><p class=\"number\">Solutions</p>");
        body.Append($"<h1>{Encode(chapter is null ? notebook.Name : $"{chapter.Label} · {chapter.Question}")}</h1>");
        body.Append(chapter is null ? "" : $"<p class=\"facts\"><a href=\"../{Encode(chapter.Path)}\">Back to the chapter</a></p>").Append("</header>\n");
        foreach (ExecutedCell cell in notebook.Cells)
        {
            body.Append(Cell(cell, context, notebook, solutions: true));
        }

        body.Append("</article>\n");
        return Page(new Frame(SolutionPath(notebook.Name), $"Solutions {chapter?.Label ?? notebook.Name} – {CourseTitle}", "Solutions of the exercises.", ChapterList("../", notebook.Name), body.ToString(), context.Headings)
        {
            Live = live,
        });
    }

    private string Sheet(CourseText sheet, LivePage? live)
    {
        MarkdownContext context = Context("../");
        ChapterInfo? chapter = Chapters.FirstOrDefault(chapter => chapter.Name == sheet.Name);
        MarkdownText text = MarkdownText.Parse(sheet.Markdown);
        string title = chapter is null ? text.Title ?? sheet.Name : $"{chapter.Label} · {chapter.Question}";
        string body = $"""
            <article>
            <header class="title"><p class="number">Leader’s sheet</p><h1>{Encode(title)}</h1>{(chapter is null ? "" : $"<p class=\"facts\"><a href=\"../{Encode(chapter.Path)}\">To the chapter</a></p>")}</header>
            {text.ToHtml(context, dropTitle: true)}
            </article>

            """;
        return Page(new Frame(SheetPath(sheet.Name), $"Leader’s sheet {chapter?.Label ?? sheet.Name} – {CourseTitle}", "For whoever leads the session.", ChapterList("../", sheet.Name), body, context.Headings)
        {
            Live = live,
        });
    }

    private string Cell(ExecutedCell cell, MarkdownContext context, ExecutedNotebook notebook, bool solutions)
    {
        string name = notebook.Name;
        if (cell.Language == "markdown")
        {
            return $"<div class=\"text\" id=\"cell-{cell.Number}\">\n{MarkdownText.Parse(cell.Source).ToHtml(context, dropTitle: true)}</div>\n";
        }

        string outputs = $"<div class=\"outputs\">{OutputHtml.ToHtml(cell, stopped: notebook.Failed.Any())}</div>";
        if (cell.Language != "csharp")
        {
            return $"<div class=\"cell\" id=\"cell-{cell.Number}\" data-cell=\"{cell.Number}\"><pre class=\"code\" tabindex=\"0\"><code>{Encode(cell.Source)}</code></pre><p class=\"not-run\">{Encode(cell.Language)}: not run here.</p></div>\n";
        }

        string code = $"<pre class=\"code\" tabindex=\"0\"><code>{CodeHighlighter.ToHtml(cell.Source)}</code></pre>";
        string failed = cell.Failure is null ? "" : " failed";
        if (cell.Source.TrimStart().StartsWith("#!import", StringComparison.Ordinal))
        {
            return $"<div class=\"cell setup{failed}\" id=\"cell-{cell.Number}\" data-cell=\"{cell.Number}\"><details><summary>Setup: the library and its namespaces</summary>{code}</details>{outputs}</div>\n";
        }

        if (ChapterInfo.ExerciseOf(cell) is not { } exercise)
        {
            return $"<div class=\"cell{failed}\" id=\"cell-{cell.Number}\" data-cell=\"{cell.Number}\">{code}{outputs}</div>\n";
        }

        string anchor = "exercise-" + exercise.Replace('.', '-').ToLowerInvariant();
        string fold = solutions || !_solutions.TryGetValue(name, out ExecutedNotebook? known) ? ""
            : known.Cells.Any(other => ChapterInfo.ExerciseOf(other) == exercise)
                ? $"<details class=\"solution\"><summary>I have tried. Where is the solution?</summary><p><a href=\"{Encode(SolutionPath(name))}#{anchor}\">Solution of exercise {Encode(exercise)}</a></p></details>"
                : "";
        string label = solutions ? "Solution" : "Exercise";
        return $"<div class=\"cell exercise{failed}\" id=\"{anchor}\" data-cell=\"{cell.Number}\"><p class=\"cell-label\">{label} {Encode(exercise)}</p>{code}{outputs}{fold}</div>\n";
    }

    /// <summary>Links between files of the course lead to pages of the book; to what the book does not hold, nowhere else.</summary>
    private MarkdownContext Context(string root) => new(_formulas, url => Resolve(url, root), _content.Folder);

    private string? Resolve(string url, string root)
    {
        int hash = url.IndexOf('#', StringComparison.Ordinal);
        string file = hash < 0 ? url : url[..hash], anchor = hash < 0 ? "" : url[hash..];
        string name = Path.GetFileNameWithoutExtension(file);
        string? target = Path.GetExtension(file) switch
        {
            ".dib" when file.Contains("solutions/", StringComparison.Ordinal) || (root.Length > 0 && !file.Contains('/', StringComparison.Ordinal)) => SolutionPath(name),
            ".dib" => name + ".html",
            ".md" when name == "README" => "index.html",
            ".md" => SheetPath(name),
            _ => null,
        };
        return target is not null && Paths.Contains(target) ? root + target + anchor : null;
    }

    private string ChapterList(string root, string? current)
    {
        StringBuilder html = new("<ol>");
        foreach (ChapterInfo chapter in Chapters)
        {
            string here = chapter.Name == current ? " aria-current=\"page\"" : "";
            html.Append($"<li data-chapter=\"{Encode(chapter.Path)}\"><a href=\"{root}{Encode(chapter.Path)}\"{here}><span class=\"number\">{Encode(chapter.Label)}</span> <span class=\"question\">{Encode(chapter.Question)}</span></a></li>");
        }

        return html.Append("</ol>").ToString();
    }

    private string Pager(int index)
    {
        string previous = index > 0
            ? $"<a class=\"previous\" rel=\"prev\" href=\"{Encode(Chapters[index - 1].Path)}\"><span>Previous</span> {Encode(Chapters[index - 1].Label)} · {Encode(Chapters[index - 1].Question)}</a>"
            : "<a class=\"previous\" href=\"index.html\"><span>Up</span> All chapters</a>";
        string next = index + 1 < Chapters.Count
            ? $"<a class=\"next\" rel=\"next\" href=\"{Encode(Chapters[index + 1].Path)}\"><span>Next</span> {Encode(Chapters[index + 1].Label)} · {Encode(Chapters[index + 1].Question)}</a>"
            : "<a class=\"next\" href=\"index.html\"><span>Up</span> All chapters</a>";
        return $"<nav class=\"pager\" aria-label=\"Previous and next chapter\">{previous}{next}</nav>\n";
    }

    private static string Facts(ChapterInfo chapter)
    {
        List<string> facts = [];
        if (chapter.CoreMinutes > 0)
        {
            facts.Add($"core {chapter.CoreMinutes} min");
        }

        if (chapter.HomeMinutes > 0)
        {
            facts.Add($"at home {chapter.HomeMinutes} min");
        }

        if (chapter.Exercises > 0)
        {
            facts.Add(chapter.Exercises == 1 ? "1 exercise" : $"{chapter.Exercises} exercises");
        }

        return string.Join(" · ", facts);
    }
}

/// <summary>A section in the search index.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Chapter">Title of its chapter.</param>
/// <param name="Heading">Its heading; empty before the first one.</param>
/// <param name="Text">Its words.</param>
internal sealed record SearchEntry(
    [property: JsonPropertyName("a")] string Address,
    [property: JsonPropertyName("c")] string Chapter,
    [property: JsonPropertyName("h")] string Heading,
    [property: JsonPropertyName("t")] string Text);

[JsonSerializable(typeof(SearchEntry[]))]
internal sealed partial class SearchJson : JsonSerializerContext;
