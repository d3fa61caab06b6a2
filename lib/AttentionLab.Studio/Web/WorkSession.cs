using System.Diagnostics;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// A chapter as the reader works on it: the workbook, the kernel, and the cells that wait for it. The server owns all of it, so that a page that is
/// loaded again, or another tab, shows the same. Cells run one after another, in the order in which they were asked for.
/// </summary>
internal sealed class WorkSession : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Pulse _pulse;
    private readonly Workbook _book;
    private readonly LiveKernel _kernel;
    private readonly List<string> _queue = [];
    private readonly WorkTabs _tabs = new();
    private readonly string _chapter;
    private readonly WorkFile? _file;
    private IReadOnlyList<string> _notebooks;
    private Task _worker = Task.CompletedTask;
    private bool _disposed;

    public WorkSession(string path, ExecutedNotebook shown, WorkOptions options, Func<Task> makeRoomAsync, Pulse pulse)
    {
        _pulse = pulse;
        _chapter = Path.GetFileNameWithoutExtension(path);
        _file = options.Folder is { } folder ? new WorkFile(path, folder) : null;
        WorkRecord? record = _file?.Read();
        _notebooks = record?.Notebooks ?? [];
        _book = new Workbook(shown, record);
        _kernel = new LiveKernel(path, options.Kernel, makeRoomAsync, KernelChanged);
    }

    /// <summary>Holds a process now.</summary>
    public bool HasKernel => _kernel.HasProcess;

    /// <summary>Nothing runs or waits.</summary>
    public bool IsIdle => _worker.IsCompleted;

    /// <summary>When the kernel was used last, as a timestamp.</summary>
    public long LastUsed { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>The kernel's process, for questions; null when there is none now.</summary>
    public NotebookSession? Kernel => _kernel.Session;

    /// <summary>Now, for a page that is made from <see cref="Shown"/>.</summary>
    public long Now
    {
        get
        {
            lock (_gate)
            {
                return _book.Now;
            }
        }
    }

    /// <summary>The notebook with what the reader's cells show.</summary>
    public ExecutedNotebook Shown(ExecutedNotebook notebook)
    {
        lock (_gate)
        {
            Dictionary<int, WorkCell> cells = _book.Cells.ToDictionary(cell => cell.Number);
            return notebook with { Cells = [.. notebook.Cells.Select(cell => cells.GetValueOrDefault(cell.Number) is { RanIn: > 0 } mine
                ? cell with { Outputs = [.. mine.Outputs.Select(output => output.Output)], Failure = mine.Failure, Seconds = mine.Seconds, NotRun = false } : cell)] };
        }
    }

    /// <summary>A tab listens from now on; dispose the result when it does no more.</summary>
    public IDisposable Join(string tab)
    {
        Warm();
        return _tabs.Join(tab, () => Change(_book.TouchAll));
    }

    /// <summary>What a page does not have yet; null if it has everything.</summary>
    /// <param name="have">The moment up to which the page has everything.</param>
    /// <param name="tab">The tab that asks.</param>
    /// <param name="isFirst">The page does not know the cells yet.</param>
    public WorkNews? Since(long have, string tab, bool isFirst)
    {
        lock (_gate)
        {
            LookAtDisk();
            return isFirst || _book.Now != have ? new WorkViews(_chapter, _book, _kernel).Since(have, _tabs.MayEdit(tab), isFirst) : null;
        }
    }

    /// <summary>The chapter's file has another text now.</summary>
    public void Follow(ExecutedNotebook notebook) => Change(() => _book.Follow(notebook, _book.ToRecord(_notebooks)));

    /// <summary>The reader's version, all cells in order.</summary>
    public WorkRecord Record
    {
        get
        {
            lock (_gate)
            {
                return _book.ToRecord(_notebooks);
            }
        }
    }

    /// <summary>All console text of a cell; null if there is no such cell.</summary>
    public string? ConsoleOf(string id)
    {
        lock (_gate)
        {
            return _book.Find(id) is { } cell ? string.Concat(cell.Outputs.Where(output => output.Output.MimeType == CellOutput.Stream).Select(output => output.Output.Content)) : null;
        }
    }

    /// <summary>What a cell of the reader's version shows now.</summary>
    public ExecutedCell WithOutputs(ExecutedCell cell)
    {
        lock (_gate)
        {
            return _book.Cells.FirstOrDefault(mine => mine.Source == cell.Source && mine.RanSource == mine.Source) is { } mine
                ? cell with { Outputs = [.. mine.Outputs.Select(output => output.Output)], Failure = mine.Failure, Seconds = mine.Seconds, NotRun = false } : cell;
        }
    }

    /// <summary>A result of the run behind the page.</summary>
    public void TakeFromBook(ExecutedCell cell) => Change(() => _book.TakeFromBook(cell));

    /// <summary>Starts the kernel and brings in the library, if nothing did yet.</summary>
    public void Warm() => Change(Work);

    /// <summary>Carries out what the reader asks for.</summary>
    /// <returns>What the page must know at once.</returns>
    public WorkAnswer Do(WorkCommand command)
    {
        WorkAnswer answer = new(true);
        Change(() => answer = Carry(command));
        if (answer.Ok)
        {
            switch (command.Do)
            {
                case "stop":
                    _ = _kernel.StopAsync();
                    break;
                case "restart":
                    _ = RestartAsync();
                    break;
            }
        }

        return answer;
    }

    /// <summary>Ends the kernel to save memory, unless it is in use.</summary>
    public Task ParkAsync(string word) => IsIdle ? _kernel.EndAsync(word) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            _queue.Clear();
        }

        await _kernel.EndAsync("");
        await _worker;
        await _kernel.DisposeAsync();
    }

    private WorkAnswer Carry(WorkCommand command)
    {
        if (command.Do == "take")
        {
            _tabs.Take(command.Tab);
            _book.TouchAll();
            return new WorkAnswer(true);
        }

        if (!_tabs.Claim(command.Tab))
        {
            return new WorkAnswer(false) { Word = "Another tab edits this chapter; take over there first." };
        }

        WorkCell? cell = _book.Find(command.Cell);
        switch (command)
        {
            case { Do: "edit" } when cell is not null:
                return Edit(cell, command);
            case { Do: "run" }:
                Ask(Chosen(cell, command.Which));
                break;
            case { Do: "stop" or "restart" }:
                Unqueue();
                break;
            case { Do: "clear" }:
                foreach (WorkCell shown in _book.Cells.Where(shown => shown.Run == CellRun.Idle))
                {
                    _book.Clear(shown);
                }

                break;
            case { Do: "add" } when cell is not null:
                string added = _book.Add(cell).Id;
                return Saved(new WorkAnswer(true) { Cell = added });
            case { Do: "remove" } when cell is { IsScratch: true, Run: CellRun.Idle }:
                _book.Remove(cell);
                return Saved(new WorkAnswer(true));
            case { Do: "attempts" } when cell is not null:
                return new WorkAnswer(true) { Attempts = [.. cell.Attempts] };
            case { Do: "keep" } when cell is not null:
                cell.Others.Clear();
                _book.Touch(cell);
                return Saved(new WorkAnswer(true));
            case { Do: "accept" } when cell is not null && command.Index >= 0 && command.Index < cell.Others.Count:
                _book.Edit(cell, cell.Others[command.Index].Source);
                cell.Others.RemoveAt(command.Index);
                _book.Touch(cell);
                return Saved(new WorkAnswer(true));
            case { Do: "reset" }:
                foreach (WorkCell changed in _book.Cells.Where(changed => changed.IsChanged))
                {
                    _book.Edit(changed, changed.Original!);
                }

                return Saved(new WorkAnswer(true));
            default:
                return new WorkAnswer(false) { Word = cell is null ? "There is no such cell any more." : $"This cell does not know \"{command.Do}\" now." };
        }

        return new WorkAnswer(true);
    }

    private WorkAnswer Edit(WorkCell cell, WorkCommand command)
    {
        string source = (command.Source ?? "").ReplaceLineEndings("\n");
        bool goesOn = command.Revision == cell.Revision || cell.LastEdit == (command.Tab, command.Revision);
        if (cell.Source == source)
        {
            return new WorkAnswer(true) { Revision = cell.Revision };
        }

        if (!goesOn)
        {
            // Neither text is lost, and neither wins in silence.
            Keep(cell, new OtherText(source, "typed on a page that did not know the cell's newest text"));
            return Saved(new WorkAnswer(true) { Source = cell.Source, Revision = cell.Revision });
        }

        _book.Edit(cell, source);
        cell.LastEdit = (command.Tab, command.Revision);
        return Saved(new WorkAnswer(true) { Revision = cell.Revision });
    }

    private void Keep(WorkCell cell, OtherText other)
    {
        if (other.Source != cell.Source && !cell.Others.Any(kept => kept.Source == other.Source))
        {
            cell.Others.Add(other);
            _book.Touch(cell);
        }
    }

    /// <summary>Brings the reader's version to disk; what another program wrote there stays until the reader decided about it.</summary>
    private WorkAnswer Saved(WorkAnswer answer)
    {
        try
        {
            _notebooks = _file?.Write(_book.ToRecord(_notebooks), !_book.Cells.Any(cell => cell.Others.Any(other => other.IsOnDisk))).Notebooks ?? [];
            return answer;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DibException)
        {
            return new WorkAnswer(false) { Word = $"Not saved; the text is kept in this browser only: {exception.Message}" };
        }
    }

    /// <summary>Takes in what another program wrote into the reader's notebook: as other texts of its cells, and as new cells.</summary>
    private void LookAtDisk()
    {
        if (_book.Cells.Count == 0 || _file?.Found(_notebooks, out string hash) is not { } found)
        {
            return;
        }

        WorkCell[] cells = [.. _book.Cells];
        int[] match = CellAlignment.Match([.. cells.Select(cell => cell.Source.Trim())], [.. found.Select(text => text.Trim())]);
        WorkCell last = cells[0];
        for (int i = 0; i < found.Count; i++)
        {
            if (match[i] < 0)
            {
                last = _book.Add(last);
                _book.Edit(last, found[i]);
            }
            else
            {
                last = cells[match[i]];
                if (last.Source.Trim() != found[i].Trim())
                {
                    Keep(last, new OtherText(found[i], $"another program wrote it into {_file.Name}", IsOnDisk: true));
                }
            }
        }

        _notebooks = [hash];
        Saved(new WorkAnswer(true));
        _pulse.Beat();
    }

    /// <summary>The cells that a button means, in their order.</summary>
    private IEnumerable<WorkCell> Chosen(WorkCell? cell, string? which) => which switch
    {
        "all" => _book.Cells,
        "stale" => _book.Cells.Where(NeedsRun),
        "here" when cell is not null => [.. _book.Above(cell).Where(above => above.RanIn != _kernel.Generation || !_kernel.HasProcess || NeedsRun(above)), cell],
        _ => cell is null ? [] : [cell],
    };

    private bool NeedsRun(WorkCell cell) => cell.IsEditedSinceItRan || (cell.RanSource is not null && _book.IsBehind(cell));

    private void Ask(IEnumerable<WorkCell> cells)
    {
        foreach (WorkCell cell in cells.ToArray())
        {
            if (cell.Run == CellRun.Idle)
            {
                cell.Run = CellRun.Queued;
                _queue.Add(cell.Id);
                _book.Touch(cell);
            }
        }

        Work();
    }

    private void Unqueue()
    {
        _queue.Clear();
        foreach (WorkCell cell in _book.Cells.Where(cell => cell.Run == CellRun.Queued))
        {
            cell.Run = CellRun.Idle;
            _book.Touch(cell);
        }
    }

    private void Work()
    {
        if (_worker.IsCompleted && !_disposed && (_queue.Count > 0 || _kernel.View.State == "none"))
        {
            _worker = Task.Run(WorkAsync);
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            await _kernel.WarmAsync();
            WorkCell? running;
            do
            {
                running = null;
                ExecutedCell? ran = await _kernel.RunAsync(() => Begin(out running), output => Change(() => _book.Show(running!, output)));
                Change(() => End(running, ran));
            }
            while (running is not null);
        }
        catch (KernelException exception)
        {
            Change(() =>
            {
                foreach (WorkCell cell in _book.Cells.Where(cell => cell.Run == CellRun.Queued))
                {
                    _book.Begin(cell, _kernel.Generation);
                    _book.End(cell, CellFailures.Plain(exception.Message), 0);
                }

                Unqueue();
            });
        }
    }

    /// <summary>The next cell: in a fresh kernel first what brings in the library.</summary>
    private (int Number, string Source)? Begin(out WorkCell? next)
    {
        lock (_gate)
        {
            next = _book.Cells.TakeWhile(cell => cell.IsSetup).FirstOrDefault(cell => cell.RanIn != _kernel.Generation) ?? _book.Find(_queue.FirstOrDefault());
            if (next is null)
            {
                // Whoever asks from now on finds no worker and starts one.
                _worker = Task.CompletedTask;
                return null;
            }

            _queue.Remove(next.Id);
            _book.Begin(next, _kernel.Generation);
            LastUsed = Stopwatch.GetTimestamp();
            _pulse.Beat();
            return (next.Number, next.Source);
        }
    }

    private void End(WorkCell? cell, ExecutedCell? ran)
    {
        if (cell is not null && ran is not null)
        {
            _book.End(cell, ran.Failure, ran.Seconds);
            LastUsed = Stopwatch.GetTimestamp();
            if (ran.Failure is not null)
            {
                Unqueue();
            }

            if (_book.Try(cell))
            {
                Saved(new WorkAnswer(true));
            }
        }
    }

    private async Task RestartAsync()
    {
        await _kernel.EndAsync("");
        Change(() =>
        {
            if (_worker.IsCompleted && !_disposed)
            {
                _worker = Task.Run(WorkAsync);
            }
        });
    }

    private void KernelChanged() => Change(_book.TouchAll);

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
        }

        _pulse.Beat();
    }
}
