using System.Diagnostics;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>The workbook as pages see it, in words.</summary>
internal sealed class WorkViews(string chapter, Workbook book, LiveKernel kernel, MachineNumbers numbers)
{
    /// <summary>What changed since a page looked last; of all cells for one that does not know them. Such a page has the outputs of the chapter's cells,
    /// and nothing of those that the reader added.</summary>
    public WorkNews Since(long have, bool mayEdit, bool all) => new(
        book.Now,
        // A process that does not start says why in its own words.
        kernel.View with { Word = PageText.Clean(kernel.View.Word) },
        mayEdit,
        Progress(),
        [.. book.Cells.Select(cell => cell.Id)],
        [.. book.Cells.Where(cell => all || cell.Changed > have).Select(cell => Of(cell, all && cell.IsScratch ? 0 : have))])
    {
        Texts = book.Texts,
        Differences = numbers.Of(book),
    };

    private WorkCellView Of(WorkCell cell, long have)
    {
        int from = cell.Cleared > have ? 0 : cell.Outputs.FindIndex(output => output.At > have) is >= 0 and int first ? first : cell.Outputs.Count;
        return new WorkCellView(
            cell.Id,
            cell.Number,
            cell.Source,
            cell.Revision,
            cell.Run.ToString().ToLowerInvariant(),
            cell.Run == CellRun.Running ? Stopwatch.GetElapsedTime(cell.Started).TotalSeconds : 0,
            Note(cell),
            cell.Run != CellRun.Idle ? "" : cell.IsEditedSinceItRan ? "edited since it ran"
                : cell.RanSource is not null && book.IsBehind(cell) ? "may be out of date" : "")
        {
            Expected = cell.Expected,
            Original = cell.IsChanged ? cell.Original : null,
            Check = cell.Check,
            IsScratch = cell.IsScratch,
            Others = [.. cell.Others],
            Attempts = cell.Attempts.Count,
            Tried = cell.Attempts.LastOrDefault()?.When,
            Failed = cell.Failure is not null,
            Line = cell.Failure?.Line ?? 0,
            MissesAbove = !kernel.HasProcess || book.Above(cell).Any(above => above.RanIn != kernel.Generation),
            From = from,
            Html = Html(cell, from),
        };
    }

    /// <summary>Address of all the text that a cell showed.</summary>
    public static string Whole(string chapter, string cell) => $"work/{Uri.EscapeDataString(chapter)}/output/{Uri.EscapeDataString(cell)}";

    /// <summary>One element for each output, then the failure.</summary>
    private string Html(WorkCell cell, int from) => OutputHtml.ToHtml(
        new ExecutedCell(cell.Number, "csharp", cell.Source, [.. cell.Outputs.Skip(from).Select(output => output.Output)], cell.Failure, cell.Seconds),
        whole: Whole(chapter, cell.Id));

    private string Progress() => book.Cells.Count(cell => cell.Exercise is not null) is > 0 and int all
        ? FormattableString.Invariant($"Exercises: {book.Cells.Count(cell => cell.Solved is not null)} of {all} passed") : "";

    private string Note(WorkCell cell) => cell switch
    {
        { Run: CellRun.Running } => "running",
        { Run: CellRun.Queued } => kernel.View.State == "ready" ? "waits for its turn" : "waits for the kernel",
        { RanSource: null } => "not run yet",
        { RanIn: 0 } => "as in the book",
        _ when cell.RanIn != kernel.Generation || !kernel.HasProcess => "ran before the kernel ended",
        _ => FormattableString.Invariant($"{(cell.Failure is null ? "ran" : "failed")} in {cell.Seconds:0.00} s"),
    };
}
