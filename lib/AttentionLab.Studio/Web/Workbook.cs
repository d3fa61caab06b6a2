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
    public Workbook(ExecutedNotebook notebook, WorkRecord? record) => Follow(notebook, record);

    public IReadOnlyList<WorkCell> Cells => _cells;

    /// <summary>Grows with every change; microseconds since 1970 at the start of the program.</summary>
    public long Now { get; private set; } = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() * 1000;

    private int NextScratch => _cells.Select(cell => cell.Number + 1).Append(FirstScratch).Max();

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
            Solved = cell.Solved,
            Attempts = [.. cell.Attempts],
        })],
        notebooks);

    /// <summary>
    /// The chapter has another text now. Its cells are matched with those that the reader knows; a text that the reader changed stays, and where the
    /// chapter's changed too, both are kept. What the chapter has no more stays as a cell of the reader's own.
    /// </summary>
    public void Follow(ExecutedNotebook notebook, WorkRecord? record)
    {
        ExecutedCell[] chapter = [.. notebook.Cells.Where(cell => cell.Language == "csharp")];
        WorkRecordCell[] known = [.. (record?.Cells ?? []).Where(cell => cell.Original is not null)];
        int[] match = CellAlignment.Match([.. known.Select(cell => cell.Original!)], [.. chapter.Select(cell => cell.Source)]);
        Dictionary<string, WorkCell> before = _cells.ToDictionary(cell => cell.Id);
        HashSet<string> names = [.. (record?.Cells ?? []).Select(cell => cell.Id)];
        _cells.Clear();
        for (int i = 0; i < chapter.Length; i++)
        {
            if (match[i] >= 0)
            {
                _cells.Add(Known(known[match[i]], before, chapter[i].Number, chapter[i].Source));
            }
            else
            {
                string id = $"c{chapter[i].Number}";
                while (!names.Add(id))
                {
                    id += "x";
                }

                _cells.Add(new WorkCell(id, chapter[i].Number, chapter[i].Source));
            }
        }

        AddOwn(record?.Cells ?? [], before);
        TouchAll();
        foreach (ExecutedCell cell in chapter)
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

    /// <summary>A new cell below another.</summary>
    public WorkCell Add(WorkCell after)
    {
        int number = NextScratch;
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

    /// <summary>Takes away a cell that the reader added.</summary>
    public void Remove(WorkCell cell)
    {
        if (cell.IsScratch)
        {
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
            (cell.Failure, cell.Seconds, cell.RanSource) = (shown.Failure, shown.Seconds, shown.Source);
            Touch(cell);
        }
    }

    /// <summary>
    /// A run starts: what the cell showed goes. If it ran before with this kernel, or has another text now, what stands below it may be out of date;
    /// it is itself if something above it is.
    /// </summary>
    public void Begin(WorkCell cell, int kernel)
    {
        bool again = cell.RanIn == kernel || cell.IsEditedSinceItRan;
        cell.IsBehind = AboveIsNewer(cell);
        Clear(cell);
        (cell.RanSource, cell.RanIn, cell.Run, cell.Started) = (cell.Source, kernel, CellRun.Running, Stopwatch.GetTimestamp());
        if (again)
        {
            foreach (WorkCell below in Below(cell).Where(below => below.RanSource is not null))
            {
                below.IsBehind = true;
            }
        }

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
        (cell.Failure, cell.Seconds, cell.Run) = (failure, seconds, CellRun.Idle);
        TouchFrom(cell);
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

    /// <summary>Something above was edited or run again since it ran.</summary>
    public bool IsBehind(WorkCell cell) => cell.IsBehind || AboveIsNewer(cell);

    /// <summary>The cells before one.</summary>
    public IEnumerable<WorkCell> Above(WorkCell cell) => _cells.TakeWhile(other => other != cell);

    /// <summary>Everything again from the first: what changed for all, for example a new kernel.</summary>
    public void TouchAll()
    {
        Now++;
        _cells.ForEach(cell => cell.Changed = Now);
    }

    /// <summary>A cell of the chapter that the reader knows, perhaps in an earlier version.</summary>
    private static WorkCell Known(WorkRecordCell old, Dictionary<string, WorkCell> before, int number, string original)
    {
        WorkCell cell = before.GetValueOrDefault(old.Id) ?? new WorkCell(old.Id, number, original);
        Restore(cell, old);
        (cell.Number, cell.Original) = (number, original);
        if (old.Source == old.Original && old.Source != original)
        {
            (cell.Source, cell.Revision) = (original, old.Revision + 1);
        }
        else if (old.Original != original && old.Source != original)
        {
            cell.Others.Add(new OtherText(original, "the chapter has a new text here"));
        }

        return cell;
    }

    private static void Restore(WorkCell cell, WorkRecordCell old)
    {
        (cell.Solved, cell.Source, cell.Revision, cell.LastEdit) = (old.Solved, old.Source, old.Revision, old.Tab is { } tab ? (tab, old.Base) : null);
        cell.Others.Clear();
        cell.Others.AddRange(old.Others);
        cell.Attempts.Clear();
        cell.Attempts.AddRange(old.Attempts);
    }

    /// <summary>The reader's own cells, each below the one that it stood below; and what the chapter dropped, if the reader had changed it.</summary>
    private void AddOwn(IReadOnlyList<WorkRecordCell> cells, Dictionary<string, WorkCell> before)
    {
        int place = 0;
        foreach (WorkRecordCell old in cells)
        {
            int at = _cells.FindIndex(cell => cell.Id == old.Id);
            if (at < 0 && old.Source != old.Original)
            {
                at = place;
                WorkCell cell = before.GetValueOrDefault(old.Id) ?? new WorkCell(old.Id, NextScratch, null);
                Restore(cell, old);
                (cell.Original, cell.Number) = (null, cell.IsScratch ? cell.Number : NextScratch);
                _cells.Insert(at, cell);
            }

            place = at < 0 ? place : at + 1;
        }
    }

    private bool AboveIsNewer(WorkCell cell) => Above(cell).Any(above => above.IsEditedSinceItRan || above.IsBehind);

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
