using System.Runtime.CompilerServices;
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
    private readonly ChapterStore _store;
    private readonly RunQueue _queue;
    private readonly Broadcast _broadcast = new();
    private readonly Action<string> _log;

    /// <summary>Reads all text. Nothing runs before <see cref="Start"/>.</summary>
    /// <param name="source">Where chapters come from, and how they run.</param>
    /// <param name="formulas">Sets formulas.</param>
    /// <param name="parallel">Chapters that run at the same time; 0 for one a core.</param>
    /// <param name="log">Told in one line when a chapter is finished; null for nobody.</param>
    public LiveCourse(CourseSource source, Formulas formulas, int parallel = 0, Action<string>? log = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _store = new ChapterStore(source, formulas);
        _queue = new RunQueue(parallel > 0 ? parallel : Environment.ProcessorCount, RunAsync);
        _log = log ?? (_ => { });
    }

    /// <summary>Names of the chapters, in order.</summary>
    public IReadOnlyList<string> Order => _store.Order;

    /// <summary>Chapters whose outputs are there, or that failed.</summary>
    public int Finished => _store.Finished;

    /// <summary>Starts to run, in the background, what is not up to date.</summary>
    public void Start() => _queue.Add(Order);

    /// <summary>A chapter as far as it is now; null if there is none of that name.</summary>
    public LiveChapter? Find(string name) => _store.Find(name);

    /// <summary>A page of the book with what is known now. A chapter that is opened goes to the head of the queue; one whose file changed is read again.</summary>
    /// <param name="path">Path from the book's root.</param>
    /// <returns>The page, or null if there is none of that path.</returns>
    public string? Page(string path)
    {
        if (Order.FirstOrDefault(chapter => PageAddress.Chapter(chapter) == path) is not { } name)
        {
            return _store.Pages.Render(path, live: new LivePage("", 0, 0, ""));
        }

        if (_store.Refresh(name))
        {
            _queue.AddFirst(name);
        }
        else
        {
            _queue.Promote(name);
        }

        LiveChapter chapter = _store.Find(name)!;
        return _store.Pages.Render(path, chapter.Notebook, new LivePage(name, chapter.Run, chapter.Done, chapter.StateName, chapter.Problem));
    }

    /// <summary>The search index of the text as it is now.</summary>
    public string SearchIndex() => _store.Pages.SearchIndex();

    /// <summary>Says what happens from now on, after what a page does not have yet.</summary>
    /// <param name="name">The chapter that the page shows; empty for a page without cells.</param>
    /// <param name="run">The run that the page shows.</param>
    /// <param name="have">Number of the last finished cell on the page.</param>
    /// <param name="cancellation">Ends the listening.</param>
    public async IAsyncEnumerable<LiveEvent> ListenAsync(string name, int run, int have, [EnumeratorCancellation] CancellationToken cancellation)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _queue.Stopping);
        Channel<LiveEvent> channel = _broadcast.Join();
        try
        {
            // What happens between joining and looking comes twice: the number of the last cell sent tells.
            LiveChapter? chapter = _store.Find(name);
            if (chapter is not null && chapter.Run != run)
            {
                yield return new LiveEvent(name, chapter.Run, null);
                yield break;
            }

            foreach (ExecutedCell cell in chapter?.Notebook.Cells.Where(cell => cell.Language == "csharp" && cell.Number > have && cell.Number <= chapter.Done).ToArray() ?? [])
            {
                have = cell.Number;
                yield return new LiveEvent(name, run, cell);
            }

            LiveStatus status = _store.Status(name);
            yield return new LiveEvent(name, run, null) { Status = status };
            while (!status.Finished && await NextAsync(channel, ends.Token) is { } next)
            {
                if (next.Chapter == name && next.Run != run)
                {
                    yield return next;
                    yield break;
                }

                if (next.Chapter == name && next.Cell is { Language: "csharp" } cell && cell.Number > have)
                {
                    have = cell.Number;
                    yield return next;
                }

                status = _store.Status(name);
                yield return new LiveEvent(name, run, null) { Status = status };
            }
        }
        finally
        {
            _broadcast.Leave(channel);
        }
    }

    /// <summary>Stops what runs, kernels included.</summary>
    public ValueTask DisposeAsync() => _queue.DisposeAsync();

    private static async Task<LiveEvent?> NextAsync(Channel<LiveEvent> channel, CancellationToken ends)
    {
        try
        {
            return await channel.Reader.ReadAsync(ends);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private async Task RunAsync(string name, CancellationToken stopping)
    {
        LiveChapter chapter = _store.Find(name)!;
        if (chapter.IsFinished)
        {
            return;
        }

        try
        {
            if (_source.Known(_store.PathOf(name)) is not { } notebook)
            {
                _store.Change(name, now => now with { State = ChapterState.Running });
                _broadcast.Tell(new LiveEvent(name, chapter.Run, null));
                notebook = await _source.RunAsync(_store.PathOf(name), cell => Finish(name, chapter.Run, cell), stopping);
                _log(Line(notebook));
            }

            int done = _store.Find(name)!.Done;
            _store.Change(name, now => now.With(notebook));
            foreach (ExecutedCell cell in notebook.Cells.Where(cell => cell.Language == "csharp" && cell.Number > done))
            {
                _broadcast.Tell(new LiveEvent(name, chapter.Run, cell));
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }
        catch (Exception exception) when (exception is CourseException or DibException or KernelException or IOException or InvalidOperationException or UnauthorizedAccessException)
        {
            string problem = PageText.Clean(exception.Message.ReplaceLineEndings(" "));
            _log($"{name}: {problem}");
            _store.Change(name, now => now with { State = ChapterState.Failed, Problem = problem });
        }

        _broadcast.Tell(new LiveEvent(name, chapter.Run, null));
    }

    private void Finish(string name, int run, ExecutedCell cell)
    {
        _store.Change(name, chapter => chapter.With(cell));
        _broadcast.Tell(new LiveEvent(name, run, cell));
    }

    private static string Line(ExecutedNotebook notebook)
    {
        int cells = notebook.Cells.Count(cell => cell.Language == "csharp");
        string line = FormattableString.Invariant($"{notebook.Name}: {cells} cells in {notebook.Seconds:0.0} s");
        return notebook.Failed.FirstOrDefault() is { Failure: { } failure } cell ? $"{line}; {PageText.Cut(failure.At(notebook.Name + ".dib", cell.Number), 2_000)}" : line;
    }
}
