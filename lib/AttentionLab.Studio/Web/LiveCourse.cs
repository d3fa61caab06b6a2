using System.Threading.Channels;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The course while its chapters run: the text of all is there at once; chapters whose outputs are not known run in the
/// background, the one that the reader opened first. Whoever listens is told about each finished cell.
/// </summary>
public sealed class LiveCourse : IAsyncDisposable
{
    private readonly CourseSource _source;
    private readonly Formulas _formulas;
    private readonly int _parallel;
    private readonly Action<string> _log;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly Dictionary<string, LiveChapter> _chapters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTime> _stamps = new(StringComparer.Ordinal);
    private readonly List<string> _queue = [];
    private readonly List<Task> _workers = [];
    private readonly List<Channel<LiveEvent>> _listeners = [];
    private BookPages _pages;
    private int _runs;
    private bool _disposed;

    /// <summary>Reads all text. Nothing runs before <see cref="Start"/>.</summary>
    /// <param name="source">Where chapters come from, and how they run.</param>
    /// <param name="formulas">Sets formulas.</param>
    /// <param name="parallel">Chapters that run at the same time; 0 for one a core.</param>
    /// <param name="log">Told in one line when a chapter is finished; null for nobody.</param>
    public LiveCourse(CourseSource source, Formulas formulas, int parallel = 0, Action<string>? log = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _formulas = formulas;
        _parallel = parallel > 0 ? parallel : Environment.ProcessorCount;
        _log = log ?? (_ => { });
        Order = [.. source.Chapters.Select(path => Path.GetFileNameWithoutExtension(path))];
        foreach (string path in source.Chapters)
        {
            Read(path);
        }

        _pages = NewPages();
    }

    /// <summary>Names of the chapters, in order.</summary>
    public IReadOnlyList<string> Order { get; }

    /// <summary>Chapters whose outputs are there, or that failed.</summary>
    public int Finished
    {
        get
        {
            lock (_gate)
            {
                return _chapters.Values.Count(chapter => chapter.State is ChapterState.Ready or ChapterState.Failed);
            }
        }
    }

    /// <summary>Starts to run, in the background, what is not up to date.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _queue.AddRange(Order);
            Work();
        }
    }

    /// <summary>A chapter as far as it is now; null if there is none of that name.</summary>
    public LiveChapter? Find(string name)
    {
        lock (_gate)
        {
            return _chapters.GetValueOrDefault(name);
        }
    }

    /// <summary>A page of the book with what is known now. A chapter that is opened goes to the head of the queue; one whose file changed is read again.</summary>
    /// <param name="path">Address from the book's root.</param>
    /// <returns>The page, or null if there is none of that address.</returns>
    public string? Page(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        if (Order.Contains(name) && path == name + ".html")
        {
            Open(name);
        }

        BookPages pages;
        lock (_gate)
        {
            pages = _pages;
        }

        return pages.Render(path, chapter => Find(chapter)!.Notebook, Live(name));
    }

    /// <summary>The search index of the text as it is now.</summary>
    public string SearchIndex()
    {
        lock (_gate)
        {
            return _pages.SearchIndex();
        }
    }

    /// <summary>Says what happens from now on, after what a page does not have yet.</summary>
    /// <param name="name">The chapter that the page shows; empty for a page without cells.</param>
    /// <param name="run">The run that the page shows.</param>
    /// <param name="have">Number of the last finished cell on the page.</param>
    /// <param name="cancellation">Ends the listening.</param>
    public async IAsyncEnumerable<LiveEvent> ListenAsync(string name, int run, int have, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stopping.Token);
        var channel = Channel.CreateUnbounded<LiveEvent>();
        LiveChapter? chapter;
        LiveStatus status;
        lock (_gate)
        {
            _listeners.Add(channel);
            chapter = _chapters.GetValueOrDefault(name);
            status = Status(name);
        }

        try
        {
            if (chapter is not null && chapter.Run != run)
            {
                yield return new LiveEvent(name, chapter.Run, null);
                yield break;
            }

            foreach (ExecutedCell cell in chapter?.Notebook.Cells.Where(cell => cell.Language == "csharp" && cell.Number > have && cell.Number <= chapter.Done) ?? [])
            {
                yield return new LiveEvent(name, run, cell);
            }

            yield return new LiveEvent(name, run, null) { Status = status };
            while (!status.Finished)
            {
                LiveEvent next;
                try
                {
                    next = await channel.Reader.ReadAsync(ends.Token);
                }
                catch (OperationCanceledException)
                {
                    yield break;
                }

                if (next.Chapter == name && next.Run != run)
                {
                    yield return next;
                    yield break;
                }

                if (next.Chapter == name && next.Cell is { Language: "csharp" } cell && cell.Number > have)
                {
                    yield return next;
                }

                lock (_gate)
                {
                    status = Status(name);
                }

                yield return new LiveEvent(name, run, null) { Status = status };
            }
        }
        finally
        {
            lock (_gate)
            {
                _listeners.Remove(channel);
            }
        }
    }

    /// <summary>Stops what runs, kernels included.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] workers;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _queue.Clear();
            workers = [.. _workers];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private void Open(string name)
    {
        string path = PathOf(name);
        lock (_gate)
        {
            if (_stamps[name] != Stamp(path) && _chapters[name].State != ChapterState.Running)
            {
                Read(path);
                _pages = NewPages();
                _queue.Remove(name);
                _queue.Insert(0, name);
                Work();
            }
            else if (_queue.Remove(name))
            {
                _queue.Insert(0, name);
            }
        }
    }

    /// <summary>Starts workers while there is work. Call it inside the lock.</summary>
    private void Work()
    {
        _workers.RemoveAll(worker => worker.IsCompleted);
        while (_workers.Count < Math.Min(_parallel, _queue.Count) && !_disposed)
        {
            _workers.Add(Task.Run(WorkAsync));
        }
    }

    private async Task WorkAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            string name;
            int run;
            lock (_gate)
            {
                if (_queue.Count == 0)
                {
                    return;
                }

                name = _queue[0];
                _queue.RemoveAt(0);
                run = _chapters[name].Run;
            }

            try
            {
                ExecutedNotebook notebook;
                if (_source.Known(PathOf(name)) is { } known)
                {
                    notebook = known;
                }
                else
                {
                    Change(name, chapter => chapter with { State = ChapterState.Running });
                    Tell(new LiveEvent(name, run, null));
                    notebook = await _source.RunAsync(PathOf(name), cell => Finish(name, run, cell), _stopping.Token);
                    _log(Line(notebook));
                }

                bool failed = notebook.Failed.Any();
                int done = notebook.Cells.Count > 0 ? notebook.Cells[^1].Number : 0;
                IReadOnlyList<ExecutedCell> missed = [];
                Change(name, chapter =>
                {
                    missed = [.. notebook.Cells.Where(cell => cell.Language == "csharp" && cell.Number > chapter.Done)];
                    return chapter with { Notebook = notebook, State = failed ? ChapterState.Failed : ChapterState.Ready, Done = done };
                });
                foreach (ExecutedCell cell in missed)
                {
                    Tell(new LiveEvent(name, run, cell));
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception exception) when (exception is CourseException or DibException or IOException or InvalidOperationException or UnauthorizedAccessException)
            {
                string problem = exception.Message.ReplaceLineEndings(" ");
                _log($"{name}: {problem}");
                Change(name, chapter => chapter with { State = ChapterState.Failed, Problem = problem });
            }

            Tell(new LiveEvent(name, run, null));
        }
    }

    private static string Line(ExecutedNotebook notebook)
    {
        int cells = notebook.Cells.Count(cell => cell.Language == "csharp");
        string line = FormattableString.Invariant($"{notebook.Name}: {cells} cells in {notebook.Seconds:0.0} s");
        return notebook.Failed.FirstOrDefault() is { Failure: { } failure } cell ? $"{line}; {failure.At(notebook.Name + ".dib", cell.Number)}" : line;
    }

    private void Finish(string name, int run, ExecutedCell cell)
    {
        Change(name, chapter => chapter.With(cell));
        Tell(new LiveEvent(name, run, cell));
    }

    private void Change(string name, Func<LiveChapter, LiveChapter> change)
    {
        lock (_gate)
        {
            _chapters[name] = change(_chapters[name]);
        }
    }

    private void Tell(LiveEvent what)
    {
        lock (_gate)
        {
            foreach (Channel<LiveEvent> listener in _listeners)
            {
                listener.Writer.TryWrite(what);
            }
        }
    }

    private LiveStatus Status(string name)
    {
        LiveChapter? chapter = _chapters.GetValueOrDefault(name);
        int finished = _chapters.Values.Count(other => other.State is ChapterState.Ready or ChapterState.Failed);
        return new LiveStatus(
            chapter?.State.ToString().ToLowerInvariant() ?? "",
            chapter?.Current ?? 0,
            chapter?.Finished ?? 0,
            chapter?.Total ?? 0,
            chapter?.Problem,
            _chapters.ToDictionary(entry => entry.Key + ".html", entry => entry.Value.State.ToString().ToLowerInvariant()),
            finished == _chapters.Count);
    }

    private LivePage Live(string name) => Find(name) is { } chapter
        ? new LivePage(name, chapter.Run, chapter.Done, chapter.State.ToString().ToLowerInvariant())
        : new LivePage("", 0, 0, "");

    private void Read(string path)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        _stamps[name] = Stamp(path);
        _chapters[name] = new LiveChapter(NotebookRunner.NotRun(path, DibDocument.Read(path)), ChapterState.Waiting, ++_runs, 0);
    }

    private BookPages NewPages() => new(_source.Content([.. Order.Select(name => _chapters[name].Notebook)]), _formulas);

    private string PathOf(string name) => _source.Chapters.First(path => Path.GetFileNameWithoutExtension(path) == name);

    private static DateTime Stamp(string path) => File.GetLastWriteTimeUtc(path);
}

/// <summary>Where the live course takes its chapters from.</summary>
/// <param name="Chapters">Paths of the notebooks, in order.</param>
/// <param name="Content">Puts solutions, leader's sheets and the introduction beside the chapters.</param>
/// <param name="Known">A notebook's outputs if they are known and up to date, else null.</param>
/// <param name="RunAsync">Runs a notebook; called behind each cell.</param>
public sealed record CourseSource(
    IReadOnlyList<string> Chapters,
    Func<IReadOnlyList<ExecutedNotebook>, CourseContent> Content,
    Func<string, ExecutedNotebook?> Known,
    Func<string, Action<ExecutedCell>, CancellationToken, Task<ExecutedNotebook>> RunAsync);

/// <summary>Something that happened to a chapter.</summary>
/// <param name="Chapter">Its name.</param>
/// <param name="Run">Which of its runs; another than the page's means that the page is out of date.</param>
/// <param name="Cell">The cell that is finished; null where only the state changed.</param>
public sealed record LiveEvent(string Chapter, int Run, ExecutedCell? Cell)
{
    /// <summary>How far everything is; null for a finished cell.</summary>
    public LiveStatus? Status { get; init; }
}

/// <summary>How far a chapter and the course are.</summary>
/// <param name="State">Of the chapter, in small letters.</param>
/// <param name="Current">The cell that runs; 0 if none does.</param>
/// <param name="Done">Cells of code that are finished.</param>
/// <param name="Total">Cells of code.</param>
/// <param name="Problem">Why the chapter could not be run at all.</param>
/// <param name="Chapters">State of each page.</param>
/// <param name="Finished">True when nothing more will come.</param>
public sealed record LiveStatus(string State, int Current, int Done, int Total, string? Problem, IReadOnlyDictionary<string, string> Chapters, bool Finished);
