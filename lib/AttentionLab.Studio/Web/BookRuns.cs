using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The book behind the live pages: chapters whose outputs are known are shown at once, the others run, the one that the reader opened first. A reader who
/// has just come has the machine first, until that page's kernel is there.
/// </summary>
internal sealed class BookRuns : IAsyncDisposable
{
    /// <summary>So long the book waits for a first page, and then for that page's kernel.</summary>
    private static readonly TimeSpan WaitForPage = TimeSpan.FromSeconds(3), WaitForKernel = TimeSpan.FromSeconds(10);

    private readonly CourseSource _source;
    private readonly ChapterStore _store;
    private readonly Workshop _workshop;
    private readonly Pulse _pulse;
    private readonly RunQueue _queue;
    private readonly Action<string> _log;
    private readonly TaskCompletionSource _reader = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _saidReady;

    /// <param name="source">Where chapters come from, and how they run.</param>
    /// <param name="store">The chapters as they are now.</param>
    /// <param name="workshop">The reader's versions, which take over what the book finds.</param>
    /// <param name="pulse">Beats when something changed.</param>
    /// <param name="parallel">Chapters that run at the same time.</param>
    /// <param name="log">Told in one line when a chapter begins to run, when it is finished, and when all are.</param>
    public BookRuns(CourseSource source, ChapterStore store, Workshop workshop, Pulse pulse, int parallel, Action<string> log)
    {
        (_source, _store, _workshop, _pulse, _log) = (source, store, workshop, pulse, log);
        _queue = new RunQueue(parallel, (name, stopping) => RunAsync(name, onlyKnown: false, stopping), held: true);
    }

    /// <summary>Cancelled when nothing runs any more.</summary>
    public CancellationToken Stopping => _queue.Stopping;

    /// <summary>Chapters that run now.</summary>
    public int Running => _queue.Running;

    /// <summary>Shows what is known, and starts to run, in the background, what is not.</summary>
    /// <param name="prepared">The kernel that waits for the first reader; completed where there is none.</param>
    public void Start(Task prepared)
    {
        _queue.Add(_store.Order);
        _ = Task.Run(() => ReleaseAsync(prepared));
    }

    /// <summary>A page listens: its kernel starts.</summary>
    public void ReaderCame() => _reader.TrySetResult();

    /// <summary>A chapter that is opened goes to the head of the queue; one whose file changed is read again.</summary>
    public void Open(string name)
    {
        if (Refresh(name))
        {
            _queue.AddFirst(name);
        }
        else
        {
            _queue.Promote(name);
        }
    }

    /// <summary>Stops what runs.</summary>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private async Task ReleaseAsync(Task prepared)
    {
        try
        {
            foreach (string name in _store.Order)
            {
                await RunAsync(name, onlyKnown: true, Stopping);
            }

            if (_source.Work.StartsAhead)
            {
                await prepared.WaitAsync(Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await _reader.Task.WaitAsync(WaitForPage, Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                await _workshop.WaitUntilIdleAsync(WaitForKernel, Stopping);
            }
        }
        finally
        {
            _queue.Release();
        }
    }

    private async Task RunAsync(string name, bool onlyKnown, CancellationToken stopping)
    {
        try
        {
            // Its file may have changed since it was put into the queue.
            Refresh(name);
            if (_store.Find(name)!.IsFinished || !await BringUpToDateAsync(name, onlyKnown, stopping))
            {
                return;
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is CourseException or DibException or KernelException or IOException or InvalidOperationException
            or UnauthorizedAccessException)
        {
            string problem = PageText.Clean(exception.Message.ReplaceLineEndings(" "));
            _log($"{name}: {problem}");
            _store.Change(name, now => now with { State = ChapterState.Failed, Problem = problem });
        }

        _pulse.Beat();
        if (_store.Finished == _store.Order.Count && Interlocked.Exchange(ref _saidReady, 1) == 0)
        {
            _log($"All {_store.Order.Count} notebooks are ready.");
        }
    }

    /// <returns>False if nothing changed.</returns>
    private async Task<bool> BringUpToDateAsync(string name, bool onlyKnown, CancellationToken stopping)
    {
        string path = _store.PathOf(name);
        ExecutedNotebook? known = _source.Known(path);
        if (known is null && onlyKnown)
        {
            return false;
        }

        ExecutedNotebook notebook = known ?? await RunNowAsync(name, path, stopping);
        if (!_store.Take(name, notebook))
        {
            Follow(name);
            _queue.AddFirst(name);
            return true;
        }

        if (known is null)
        {
            _log($"{Line(notebook)} · {_store.Finished} of {_store.Order.Count} ready");
        }

        foreach (ExecutedCell cell in notebook.Cells)
        {
            _workshop.Find(name)?.TakeFromBook(cell);
        }

        return true;
    }

    private async Task<ExecutedNotebook> RunNowAsync(string name, string path, CancellationToken stopping)
    {
        _store.Change(name, now => now with { State = ChapterState.Running });
        _pulse.Beat();
        _log($"{name}: runs …");
        return await _source.RunAsync(path, cell => Finish(name, cell), stopping);
    }

    /// <summary>Reads a chapter again if its file changed since, unless it runs.</summary>
    /// <returns>True if it was read and has to run.</returns>
    private bool Refresh(string name)
    {
        bool changed = _store.Refresh(name);
        if (changed)
        {
            Follow(name);
        }

        return changed;
    }

    /// <summary>The reader's version of a chapter learns the text that the chapter has now.</summary>
    private void Follow(string name) => _workshop.Find(name)?.Follow(_store.Find(name)!.Notebook);

    private void Finish(string name, ExecutedCell cell)
    {
        _store.Change(name, chapter => chapter.With(cell));
        _workshop.Find(name)?.TakeFromBook(cell);
        _pulse.Beat();
    }

    private static string Line(ExecutedNotebook notebook)
    {
        int cells = notebook.Cells.Count(cell => cell.Language == "csharp");
        string line = FormattableString.Invariant($"{notebook.Name}: {cells} cells in {notebook.Seconds:0.0} s");
        return notebook.Failed.FirstOrDefault() is { Failure: { } failure } cell
            ? $"{line}; {PageText.Cut(failure.At(notebook.Name + ".dib", cell.Number), 2_000)}"
            : line;
    }
}
