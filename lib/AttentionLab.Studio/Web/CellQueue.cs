using System.Diagnostics;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The cells of a chapter that wait for its kernel, and the worker that runs them, one after another, in the order in which they were asked for.
/// <see cref="Ask"/>, <see cref="Drop"/> and <see cref="Work"/> are called within a change.
/// </summary>
/// <param name="book">The cells.</param>
/// <param name="kernel">Runs them.</param>
/// <param name="change">Carries out a change of the workbook under its lock, and tells the pages.</param>
/// <param name="ran">Told, within a change, about each cell that ended.</param>
internal sealed class CellQueue(Workbook book, LiveKernel kernel, Action<Action> change, Action<WorkCell> ran) : IAsyncDisposable
{
    private readonly List<string> _waiting = [];
    private Task _worker = Task.CompletedTask;
    private bool _dropped;
    private bool _disposed;

    /// <summary>Nothing runs or waits.</summary>
    public bool IsIdle => _worker.IsCompleted;

    /// <summary>When the kernel was used last, as a timestamp.</summary>
    public long LastUsed { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>Queues what a button means. A cell that runs, and has another text by now, runs again right after: that is what stands in the editor.
    /// </summary>
    /// <param name="cell">The cell that the button belongs to; null for none.</param>
    /// <param name="which">See <see cref="WorkCommand.Which"/>.</param>
    public void Ask(WorkCell? cell, string? which)
    {
        foreach (WorkCell asked in Chosen(cell, which).ToArray())
        {
            if (asked.Run == CellRun.Idle)
            {
                asked.Run = CellRun.Queued;
                _waiting.Add(asked.Id);
                book.Touch(asked);
            }
            else if (asked is { Run: CellRun.Running, IsEditedSinceItRan: true } && !_waiting.Contains(asked.Id))
            {
                _waiting.Insert(0, asked.Id);
            }
        }

        Work();
    }

    /// <summary>Nothing waits any more; what runs goes on.</summary>
    public void Drop()
    {
        _dropped = true;
        _waiting.Clear();
        foreach (WorkCell cell in book.Cells.Where(cell => cell.Run == CellRun.Queued))
        {
            cell.Run = CellRun.Idle;
            book.Touch(cell);
        }
    }

    /// <summary>Starts the worker if there is something to do: cells that wait, or a kernel that nobody has started yet.</summary>
    public void Work()
    {
        if (_waiting.Count > 0 || kernel.View.State == "none")
        {
            Start();
        }
    }

    /// <summary>Ends the kernel, also in the middle of a cell, and starts a new one.</summary>
    public async Task RestartAsync()
    {
        await kernel.EndAsync("");
        change(Start);
    }

    /// <summary>Ends the kernel and waits for the worker.</summary>
    public async ValueTask DisposeAsync()
    {
        change(() =>
        {
            _disposed = true;
            _waiting.Clear();
        });
        await kernel.EndAsync("");
        await _worker;
    }

    private IEnumerable<WorkCell> Chosen(WorkCell? cell, string? which) => which switch
    {
        "all" => book.Cells,
        "stale" => book.Cells.Where(NeedsRun),
        "here" when cell is not null =>
            [.. book.Above(cell).Where(above => above.RanIn != kernel.Generation || !kernel.HasProcess || NeedsRun(above)), cell],
        _ => cell is null ? [] : [cell],
    };

    private bool NeedsRun(WorkCell cell) => cell.IsEditedSinceItRan || (cell.RanSource is not null && book.IsBehind(cell));

    private void Start()
    {
        if (_worker.IsCompleted && !_disposed)
        {
            _worker = Task.Run(WorkAsync);
        }
    }

    private async Task WorkAsync()
    {
        try
        {
            bool goesOn = true;
            while (goesOn)
            {
                WorkCell? running = null;
                try
                {
                    ExecutedCell? result = await kernel.RunAsync(() => Begin(out running), output => change(() => book.Show(running!, output)));
                    change(() => End(running, result));
                    goesOn = running is not null;
                }
                catch (OperationCanceledException)
                {
                    // A restart before the kernel was ready: what was asked for since then waits for the next one.
                    goesOn = !_disposed;
                }
            }
        }
        catch (KernelException exception)
        {
            change(() =>
            {
                foreach (WorkCell cell in book.Cells.Where(cell => cell.Run == CellRun.Queued))
                {
                    book.Begin(cell, kernel.Generation);
                    book.End(cell, CellFailures.Plain(exception.Message), 0);
                }

                Drop();
                _worker = Task.CompletedTask;
            });
        }
    }

    /// <summary>The next cell: in a fresh kernel first what brings in the library.</summary>
    private (int Number, string Source)? Begin(out WorkCell? next)
    {
        WorkCell? begun = null;
        change(() =>
        {
            // What the chapter does not have any more does not keep the others waiting.
            _waiting.RemoveAll(id => book.Find(id) is null);
            begun = book.Cells.TakeWhile(cell => cell.IsSetup).FirstOrDefault(cell => cell.RanIn != kernel.Generation) ?? book.Find(_waiting.FirstOrDefault());
            if (begun is null)
            {
                // Whoever asks from now on finds no worker and starts one.
                _worker = Task.CompletedTask;
                return;
            }

            _waiting.Remove(begun.Id);
            _dropped = false;
            book.Begin(begun, kernel.Generation);
            LastUsed = Stopwatch.GetTimestamp();
        });
        next = begun;
        return begun is null ? null : (begun.Number, begun.RanSource!);
    }

    private void End(WorkCell? cell, ExecutedCell? result)
    {
        if (cell is not null && result is not null)
        {
            book.End(cell, result.Failure, result.Seconds);
            LastUsed = Stopwatch.GetTimestamp();
            if (_waiting.Contains(cell.Id))
            {
                cell.Run = CellRun.Queued;
                book.Touch(cell);
            }
            else if (result.Failure is not null && !_dropped)
            {
                // What waits may need it. After a stop, only what was asked for since then waits.
                Drop();
            }

            ran(cell);
        }
    }
}
