using System.Text.RegularExpressions;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>What the book says of a chapter outside its own page.</summary>
/// <param name="Name">File name without extension, for example <c>02-context</c>.</param>
/// <param name="Label"><c>02</c>, or <c>A</c> for an appendix.</param>
/// <param name="Question">The title without its number.</param>
/// <param name="CoreMinutes">Sum over the sections marked <i>core</i>.</param>
/// <param name="HomeMinutes">Sum over the sections marked <i>at home</i>.</param>
/// <param name="Exercises">Cells that are exercises.</param>
public sealed partial record ChapterInfo(string Name, string Label, string Question, int CoreMinutes, int HomeMinutes, int Exercises)
{
    /// <summary>Address of the chapter's page.</summary>
    public string Path => Name + ".html";

    /// <summary>Reads what a notebook says of itself.</summary>
    /// <param name="notebook">A notebook, executed or not.</param>
    public static ChapterInfo Of(ExecutedNotebook notebook)
    {
        ArgumentNullException.ThrowIfNull(notebook);
        string? title = null;
        int core = 0, home = 0;
        foreach (ExecutedCell cell in notebook.Cells.Where(cell => cell.Language == "markdown"))
        {
            MarkdownText text = MarkdownText.Parse(cell.Source);
            title ??= text.Title;
            foreach (SectionMark mark in text.Marks())
            {
                core += mark.Core ? mark.Minutes : 0;
                home += mark.Core ? 0 : mark.Minutes;
            }
        }

        Match named = Named().Match(notebook.Name);
        Match titled = Titled().Match(title ?? "");
        string label = titled.Success ? titled.Groups[1].Value : named.Success ? named.Groups[1].Value : "";
        string question = titled.Success ? titled.Groups[2].Value : title ?? (named.Success ? named.Groups[2].Value.Replace('-', ' ') : notebook.Name);
        return new ChapterInfo(notebook.Name, label, question, core, home, notebook.Cells.Count(cell => ExerciseOf(cell) is not null));
    }

    /// <summary><c>03.1</c> if the cell is an exercise or its solution, else null.</summary>
    /// <param name="cell">A cell.</param>
    public static string? ExerciseOf(ExecutedCell cell)
    {
        ArgumentNullException.ThrowIfNull(cell);
        return cell.Language == "csharp" ? Report.ExerciseOf(cell.Source) : null;
    }

    [GeneratedRegex(@"^(\d+)-(.+)$")]
    private static partial Regex Named();

    [GeneratedRegex(@"^([0-9]+|[A-Z])\s*[·:.]\s*(.+)$")]
    private static partial Regex Titled();
}
