using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>A notebook, parsed once: what the page, the search index and the list of chapters need to know of its text. Outputs are not in it, they change
/// while it runs.</summary>
/// <param name="Name">File name without extension, for example <c>02-context</c>.</param>
/// <param name="Label"><c>02</c>, or <c>A</c> for an appendix.</param>
/// <param name="Question">The title without its number.</param>
/// <param name="Cells">Every cell that a reader sees.</param>
public sealed partial record Chapter(string Name, string Label, string Question, IReadOnlyList<ChapterCell> Cells)
{
    /// <summary>Page of the chapter, from the book's root.</summary>
    public string Path => PageAddress.Chapter(Name);

    /// <summary>How long it takes, as its own header says.</summary>
    public ChapterTime Time => ChapterTime.Of(this);

    /// <summary>Cells that are exercises.</summary>
    public int Exercises => Cells.Count(cell => cell.Exercise is not null);

    /// <summary>The pieces of text, in order.</summary>
    public IEnumerable<MarkdownText> Texts => Cells.Select(cell => cell.Text).OfType<MarkdownText>();

    /// <summary>Reads a notebook's text.</summary>
    /// <param name="notebook">A notebook, executed or not.</param>
    public static Chapter Of(ExecutedNotebook notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        Anchors anchors = new();
        ChapterCell[] cells = [.. notebook.Cells.Select(cell => new ChapterCell(
            cell.Number,
            cell.Language,
            PageText.Clean(cell.Source),
            cell.Language == "markdown" ? MarkdownText.Parse(cell.Source, anchors) : null,
            cell.Language == "csharp" ? Report.ExerciseOf(cell.Source) : null))];
        string? title = cells.Select(cell => cell.Text?.Title).FirstOrDefault(title => title is not null);
        Match named = Named().Match(notebook.Name);
        Match titled = Titled().Match(title ?? "");
        string label = titled.Success ? titled.Groups[1].Value : named.Success ? named.Groups[1].Value : "";
        string question = titled.Success ? titled.Groups[2].Value : title ?? (named.Success ? named.Groups[2].Value.Replace('-', ' ') : notebook.Name);
        return new Chapter(notebook.Name, label, question, [.. cells.Select((cell, at) => cell with { Prediction = Prediction.Of(cells, at) })]);
    }

    [GeneratedRegex("^([0-9]+)-(.+)$")]
    private static partial Regex Named();

    [GeneratedRegex(@"^([0-9]+|[A-Z])\s*[·:.]\s*(.+)$")]
    private static partial Regex Titled();
}

/// <summary>A cell of a chapter.</summary>
/// <param name="Number">Place among the cells that a reader sees, from 1.</param>
/// <param name="Language"><c>markdown</c>, <c>csharp</c>, or the file's word for a language that does not run here.</param>
/// <param name="Source">Its text.</param>
/// <param name="Text">What it says, if it is Markdown.</param>
/// <param name="Exercise"><c>03.1</c> if it is an exercise or its solution.</param>
public sealed record ChapterCell(int Number, string Language, string Source, MarkdownText? Text, string? Exercise)
{
    /// <summary>What the reader is asked to predict at the end of this cell; null for nothing.</summary>
    public Prediction? Prediction { get; init; }

    /// <summary>Anchor of the cell on its page.</summary>
    public string Anchor => Exercise is { } id ? ExerciseAnchor(id) : NumberAnchor;

    /// <summary>Anchor by the cell's number, which an exercise has beside its own.</summary>
    public string NumberAnchor => FormattableString.Invariant($"cell-{Number}");

    /// <summary>Anchor of an exercise and of its solution.</summary>
    public static string ExerciseAnchor(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        return "exercise-" + string.Concat(id.Select(letter => char.IsLetterOrDigit(letter) ? char.ToLowerInvariant(letter) : '-'));
    }
}
