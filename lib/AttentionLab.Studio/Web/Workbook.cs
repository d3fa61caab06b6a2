using System.Diagnostics;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The cells of a chapter as the reader works on them, and the marks that say which outputs belong to which text. Nothing here runs or is
/// written; whoever owns it holds a lock. Times are numbers that grow from one run of the program to the next, so that a page that saw
/// an earlier one is out of date by itself.
/// </summary>
internal sealed class Workbook
{
    /// <summary>Cells that the reader adds are numbered from here, past those of any chapter.</summary>
    public const int FirstScratch = 901;

    /// <summary>Tries at an exercise that are kept.</summary>
    public const int MostAttempts = 20;

    private readonly List<WorkCell> _cells = [];

    /// <summary>The chapter as it is shown, with what the reader made of it.</summary>
    /// <param name="notebook">The chapter.</param>
    /// <param name="record">The reader's version; null if there is none.</param>
    public Workbook(ExecutedNotebook notebook, WorkRecord? record)
    {
        Texts = record?.Texts ?? [];
        Follow(notebook, record);
    }

    public IReadOnlyList<WorkCell> Cells => _cells;

    /// <summary>Pieces of text that another program changed or added in the reader's notebook; the page shows the chapter's.</summary>
    public IReadOnlyList<OwnText> Texts { get; private set; }

    /// <summary>Grows with every change; microseconds since 1970 at the start of the program.</summary>
    public long Now { get; private set; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;

    /// <summary>The number of the next cell that the reader adds.</summary>
    public static int NextScratch(IEnumerable<WorkCell> cells) => cells.Select(cell => cell.Number + 1).Append(FirstScratch).Max();

    /// <summary>The cell, or null.</summary>
    public WorkCell? Find(string? id) => _cells.FirstOrDefault(cell => cell.Id == id);

    /// <summary>The reader's version, to be kept.</summary>
    /// <param name="notebooks">See <see cref="WorkRecord"/>.</param>
    public WorkRecord ToRecord(IReadOnlyList<string> notebooks) => new(
        [.. _cells.Select(cell => new WorkRecordCell(cell.Id, cell.Original, cell.Source, cell.Revision)
        {
            Tab = cell.LastEdit?.Tab,
            Base = cell.LastEdit?.Base ?? 0,
            Others = [.. cell.Others],
            IsBehind = cell.IsBehind,
            Solved = cell.Solved,
            Attempts = [.. cell.Attempts],
        })],
        notebooks)
    {
        Texts = Texts,
    };

    /// <summary>The chapter has another text now; see <see cref="ChapterVersion"/>.</summary>
    public void Follow(ExecutedNotebook notebook, WorkRecord? record)
    {
        List<WorkCell> cells = ChapterVersion.Follow(notebook, record, _cells.ToDictionary(cell => cell.Id));
        foreach (WorkCell gone in _cells.Where(cell => cell.RanIn != 0).Except(cells).ToArray())
        {
            MarkBelow(gone, below => below.RanIn != 0);
        }

        _cells.Clear();
        _cells.AddRange(cells);
        TouchAll();
        foreach (ExecutedCell cell in notebook.Cells)
        {
            TakeFromBook(cell);
        }
    }

    /// <summary>Says that a cell changed.</summary>
    public void Touch(WorkCell cell) => cell.Changed = ++Now;

    /// <summary>Another text for a cell; the marks of those below may change with it.</summary>
    public void Edit(WorkCell cell, string source)
    {
        if (cell.Source != source)
        {
            cell.Source = source;
            cell.Revision++;
            TouchFrom(cell);
        }
    }

    /// <summary>What another program made of the chapter's text.</summary>
    public void TakeTexts(IReadOnlyList<OwnText> texts)
    {
        Texts = texts;
        Now++;
    }

    /// <summary>A new cell below another.</summary>
    public WorkCell Add(WorkCell after)
    {
        int number = NextScratch(_cells);
        string id = $"s{number}";
        while (Find(id) is not null)
        {
            id += "x";
        }

        var cell = new WorkCell(id, number, null);
        _cells.Insert(_cells.IndexOf(after) + 1, cell);
        Touch(cell);
        return cell;
    }

    /// <summary>Takes away a cell that the reader added. What it did is still in the kernel, and in the outputs below it.</summary>
    public void Remove(WorkCell cell)
    {
        if (cell.IsScratch)
        {
            if (cell.RanSource is not null)
            {
                MarkBelow(cell, _ => true);
            }

            TouchFrom(cell);
            _cells.Remove(cell);
        }
    }

    /// <summary>A result of the book, for a cell that the reader has not run.</summary>
    public void TakeFromBook(ExecutedCell shown)
    {
        if (_cells.FirstOrDefault(cell => cell.Number == shown.Number) is { RanIn: 0, Run: CellRun.Idle } cell && !shown.NotRun && shown.Source == cell.Original
            && !(cell.RanSource == shown.Source && cell.Failure == shown.Failure && cell.Outputs.Select(output => output.Output).SequenceEqual(shown.Outputs)))
        {
            Clear(cell);
            cell.Outputs.AddRange(shown.Outputs.Select(output => (output, ++Now)));
            cell.Ended(shown.Failure, shown.Seconds);
            cell.RanSource = shown.Source;
            Touch(cell);
        }
    }

    /// <summary>
    /// A run starts: what the cell showed goes. If it ran before with this kernel, or has another text now, or is news to the chapter, what stands below
    /// it may be out of date; so may what ran below it in this kernel before. It is itself if something above it is.
    /// </summary>
    public void Begin(WorkCell cell, int kernel)
    {
        bool again = cell.RanIn == kernel || cell.IsEditedSinceItRan || (cell.IsScratch && cell.RanSource is null);
        cell.IsBehind = AboveIsNewer(cell);
        Clear(cell);
        (cell.RanSource, cell.RanIn, cell.Run, cell.Started) = (cell.Source, kernel, CellRun.Running, Stopwatch.GetTimestamp());
        MarkBelow(cell, below => again || below.RanIn == kernel);
        TouchFrom(cell);
    }

    /// <summary>One more output; console text continues console text.</summary>
    public void Show(WorkCell cell, CellOutput output)
    {
        bool goesOn = output.MimeType == CellOutput.Stream && cell.Outputs is [.., { Output.MimeType: CellOutput.Stream }];
        if (goesOn)
        {
            output = output with { Content = cell.Outputs[^1].Output.Content + output.Content };
            cell.Outputs.RemoveAt(cell.Outputs.Count - 1);
        }

        Touch(cell);
        cell.Outputs.Add((output, Now));
    }

    public void End(WorkCell cell, CellFailure? failure, double seconds)
    {
        cell.Ended(failure, seconds);
        cell.Run = CellRun.Idle;
        TouchFrom(cell);
    }

    /// <summary>Brings back what a cell showed before this course was started; it stands in place of the book's.</summary>
    public void Restore(WorkCell cell, KeptOutputs kept)
    {
        Clear(cell);
        cell.Outputs.AddRange(kept.Outputs.Select(output => (output, ++Now)));
        cell.Ended(kept.Failure, kept.Seconds);
        (cell.RanSource, cell.RanIn) = (kept.Ran, WorkCell.EarlierCourse);
        Touch(cell);
    }

    /// <summary>Keeps what the reader tried at an exercise, and whether its check passed.</summary>
    /// <returns>False for a cell that is no exercise, or that still is as the chapter gave it.</returns>
    public bool Try(WorkCell cell)
    {
        if (cell.Exercise is not { } exercise || cell.RanSource is not { } tried || tried == cell.Original)
        {
            return false;
        }

        bool passed = cell.Outputs.Any(output => output.Output.MimeType == CellOutput.Html
            && output.Output.Content.Contains($"data-exercise=\"{exercise}\" data-state=\"passed\"", StringComparison.Ordinal));
        if (passed)
        {
            cell.Solved ??= DateTimeOffset.Now;
        }

        cell.Attempts.RemoveAll(attempt => attempt.Source == tried);
        cell.Attempts.Add(new Attempt(tried, DateTimeOffset.Now, passed));
        cell.Attempts.RemoveRange(0, Math.Max(0, cell.Attempts.Count - MostAttempts));
        Touch(cell);
        return true;
    }

    /// <summary>Takes away what a cell shows.</summary>
    public void Clear(WorkCell cell)
    {
        cell.Outputs.Clear();
        (cell.Failure, cell.Cleared) = (null, ++Now);
        Touch(cell);
    }

    /// <summary>Something above was edited or run again since it ran; or it shows the book's outputs, and something above ran with another text.</summary>
    public bool IsBehind(WorkCell cell) => cell.IsBehind || AboveIsNewer(cell)
        || (cell.RanIn == 0 && Above(cell).Any(above => above.RanIn != 0 && above.RanSource is { } ran && ran != above.Original));

    /// <summary>The cells before one.</summary>
    public IEnumerable<WorkCell> Above(WorkCell cell) => _cells.TakeWhile(other => other != cell);

    /// <summary>Everything again from the first: what changed for all, for example a new kernel.</summary>
    public void TouchAll()
    {
        Now++;
        _cells.ForEach(cell => cell.Changed = Now);
    }

    private bool AboveIsNewer(WorkCell cell) => Above(cell).Any(above => above.IsEditedSinceItRan || above.IsBehind);

    private void MarkBelow(WorkCell cell, Func<WorkCell, bool> which)
    {
        foreach (WorkCell below in Below(cell).Where(below => below.RanSource is not null && which(below)))
        {
            below.IsBehind = true;
        }
    }

    private IEnumerable<WorkCell> Below(WorkCell cell) => _cells.SkipWhile(other => other != cell).Skip(1);

    private void TouchFrom(WorkCell cell)
    {
        Now++;
        foreach (WorkCell changed in Below(cell).Prepend(cell))
        {
            changed.Changed = Now;
        }
    }
}
