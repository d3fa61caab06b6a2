using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// A chapter as the reader works on it: the workbook, its tabs, the kernel, and the cells that wait for it. The server owns all of it, so that a page
/// that is loaded again, or another tab, shows the same. Whatever changes the workbook goes through here, one change at a time.
/// </summary>
internal sealed class WorkSession : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Pulse _pulse;
    private readonly Workbook _book;
    private readonly LiveKernel _kernel;
    private readonly CellQueue _queue;
    private readonly WorkTabs _tabs = new();
    private readonly string _chapter;
    private readonly WorkText _text;
    private MachineNumbers _numbers;

    public WorkSession(string path, ExecutedNotebook shown, WorkOptions options, Func<CancellationToken, Task<NotebookSession>> startAsync, Pulse pulse)
    {
        _pulse = pulse;
        ChapterFile = path;
        _chapter = Path.GetFileNameWithoutExtension(path);
        _text = new WorkText(shown, options.Folder is { } folder ? new WorkFile(path, folder) : null);
        _book = _text.Book;
        _numbers = new MachineNumbers(shown);
        _kernel = new LiveKernel(startAsync, () => Change(_book.TouchAll));
        _queue = new CellQueue(_book, _kernel, Change, _text.Ran);
    }

    /// <summary>The chapter's own file.</summary>
    public string ChapterFile { get; }

    /// <summary>Holds a process now.</summary>
    public bool HasKernel => _kernel.HasProcess;

    /// <summary>Nothing runs or waits.</summary>
    public bool IsIdle => _queue.IsIdle;

    /// <summary>When the kernel was used last, as a timestamp.</summary>
    public long LastUsed => _queue.LastUsed;

    /// <summary>The kernel's process, for questions; null when there is none now.</summary>
    public NotebookSession? Kernel => _kernel.Session;

    /// <summary>Now, for a page that is made from <see cref="Shown"/>.</summary>
    public long Now => Look(book => book.Now);

    /// <summary>The notebook with what the reader's cells show.</summary>
    public ExecutedNotebook Shown(ExecutedNotebook notebook) => Look(book => notebook with
    {
        Cells =
        [
            .. notebook.Cells.Select(
                cell => book.Cells.FirstOrDefault(mine => mine.Number == cell.Number) is { RanIn: not 0 } mine ? mine.Showing(cell) : cell),
        ],
    });

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
            _text.LookAtDisk();
            return isFirst || _book.Now != have ? new WorkViews(_chapter, _book, _kernel, _numbers).Since(have, _tabs.MayEdit(tab), isFirst) : null;
        }
    }

    /// <summary>The chapter's file has another text now.</summary>
    public void Follow(ExecutedNotebook notebook) => Change(() =>
    {
        _text.Follow(notebook);
        _numbers = new MachineNumbers(notebook);
    });

    /// <summary>Looks something up in the reader's version.</summary>
    public T Look<T>(Func<Workbook, T> look)
    {
        lock (_gate)
        {
            return look(_book);
        }
    }

    /// <summary>A result of the run behind the page.</summary>
    public void TakeFromBook(ExecutedCell cell) => Change(() => _book.TakeFromBook(cell));

    /// <summary>Starts the kernel and brings in the library, if nothing did yet.</summary>
    public void Warm() => Change(_queue.Work);

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
                    _ = _queue.RestartAsync();
                    break;
            }
        }

        return answer;
    }

    /// <summary>Ends the kernel to save memory, unless it is in use.</summary>
    public Task ParkAsync(string word) => IsIdle ? _kernel.ParkAsync(word) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _queue.DisposeAsync();
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

        // Whoever reads along may look at the tries, too.
        if (command.Do != "attempts" && !_tabs.Claim(command.Tab))
        {
            return new WorkAnswer(false) { Word = "Another tab edits this chapter: take over here first." };
        }

        WorkCell? cell = _book.Find(command.Cell);
        switch (command)
        {
            case { Do: "run" }:
                _queue.Ask(cell, command.Which);
                break;
            case { Do: "stop" or "restart" }:
                _queue.Drop();
                break;
            case { Do: "clear" }:
                foreach (WorkCell shown in _book.Cells.Where(shown => shown.Run == CellRun.Idle))
                {
                    _text.Clear(shown);
                }

                break;
            default:
                return _text.Do(command, cell);
        }

        return new WorkAnswer(true);
    }

    private void Change(Action change)
    {
        lock (_gate)
        {
            change();
        }

        _pulse.Beat();
    }
}
