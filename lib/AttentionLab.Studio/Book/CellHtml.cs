using System.Text.Json;
using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Book.PageText;

namespace AttentionLab.Studio.Book;

/// <summary>A cell on its page: its text or its coloured code, and what it showed.</summary>
internal static class CellHtml
{
    /// <summary>One cell.</summary>
    /// <param name="cell">The cell's text.</param>
    /// <param name="ran">What it showed; null where nothing is known.</param>
    /// <param name="stopped">True if a cell of its notebook failed.</param>
    /// <param name="context">What the page knows.</param>
    /// <param name="solution">Address of the exercise's solution; null where there is none.</param>
    /// <param name="label">What an exercise is called on this page.</param>
    /// <param name="whole">Address of all that the cell wrote to the console; null where it must all be here.</param>
    public static string Of(
        ChapterCell cell, ExecutedCell? ran, bool stopped, MarkdownContext context, string? solution, string label, string? whole = null)
    {
        if (cell.Text is { } text)
        {
            return $"<div class=\"text\" id=\"{cell.Anchor}\"{Asked(cell.Prediction)}>\n{text.ToHtml(context)}</div>\n";
        }

        if (cell.Language != "csharp")
        {
            return Frame(cell, "cell", $"{Code(Encode(cell.Source))}<p class=\"not-run\">{Encode(cell.Language)}: not run here.</p>");
        }

        string outputs = $"<div class=\"outputs\">{(ran is null ? "" : OutputHtml.ToHtml(ran, stopped, whole))}</div>";
        string code = Code(CodeHighlighter.ToHtml(cell.Source)), failed = ran?.Failure is null ? "" : " failed";
        if (cell.Source.TrimStart().StartsWith("#!import", StringComparison.Ordinal))
        {
            return Frame(cell, "cell setup" + failed, $"<details><summary>Setup: the library and its namespaces</summary>{code}</details>{outputs}");
        }

        if (cell.Exercise is not { } exercise)
        {
            return Frame(cell, "cell" + failed, code + outputs);
        }

        string fold = solution is null ? ""
            : $"<details class=\"solution\"><summary>I have tried. Where is the solution?</summary><p><a href=\"{solution}\">Solution of "
                + $"exercise {Encode(exercise)}</a></p></details>";
        string head = $"<p class=\"cell-label\" id=\"{cell.NumberAnchor}\">{label} {Encode(exercise)}</p>";
        return Frame(cell, "cell exercise" + failed, $"{head}{code}{outputs}{fold}");
    }

    /// <summary>What the page's script must know to cover the outcome of a prediction.</summary>
    private static string Asked(Prediction? prediction) => prediction is null ? ""
        : $" data-answers=\"{Encode(JsonSerializer.Serialize(prediction.Answers))}\" data-covers=\"{string.Join(' ', prediction.Covered)}\"";

    private static string Code(string html) => $"<pre class=\"code\" tabindex=\"0\"><code>{html}</code></pre>";

    private static string Frame(ChapterCell cell, string kind, string inside) =>
        $"<div class=\"{kind}\" id=\"{cell.Anchor}\" data-cell=\"{cell.Number}\">{inside}</div>\n";
}
