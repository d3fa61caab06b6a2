using System.Diagnostics;
using System.Runtime.CompilerServices;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The course while its chapters run: the text of all is there at once; chapters whose outputs are not known run in the
/// background, the one that the reader opened first. Whoever listens is told about each finished cell.
/// </summary>
public sealed class LiveCourse : IAsyncDisposable
{
    /// <summary>A page that has heard nothing for so many beats may take its line for dead.</summary>
    private const double BeatsOfPatience = 8 / 3.0;

    private static readonly TimeSpan LookAtDisk = TimeSpan.FromSeconds(1);

    private readonly CourseSource _source;
    private readonly WorkLock? _lock;
    private readonly ChapterStore _store;
    private readonly BookRuns _runs;
    private readonly Pulse _pulse = new();
    private readonly Workshop _workshop;
    private readonly Task _prepared;

    /// <summary>Reads all text. Nothing runs before <see cref="Start"/>; with <see cref="WorkOptions.StartsAhead"/> a kernel starts.</summary>
    /// <param name="source">Where chapters come from, and how they run.</param>
    /// <param name="formulas">Sets formulas.</param>
    /// <param name="parallel">Chapters that run at the same time; 0 for one a core.</param>
    /// <param name="log">Told in one line when a chapter begins to run, when it is finished, and when all are; null for nobody.</param>
    /// <exception cref="CourseException">Another course works on the reader's version.</exception>
    public LiveCourse(CourseSource source, Formulas formulas, int parallel = 0, Action<string>? log = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        _source = source;
        _lock = source.Work.Folder is { } folder ? WorkLock.Take(folder) : null;
        _workshop = new Workshop(source.Work, _pulse, () => _runs!.Running);
        _prepared = source.Work.StartsAhead ? _workshop.PrepareAsync(Path.GetDirectoryName(source.Chapters[0])!) : Task.CompletedTask;
        _store = new ChapterStore(source, formulas);
        _runs = new BookRuns(source, _store, _workshop, _pulse, parallel > 0 ? parallel : Environment.ProcessorCount, log ?? (_ => { }));
    }

    /// <summary>Names of the chapters, in order.</summary>
    public IReadOnlyList<string> Order => _store.Order;

    /// <summary>Chapters whose outputs are there, or that failed.</summary>
    public int Finished => _store.Finished;

    /// <summary>Shows what is known, and starts to run, in the background, what is not up to date.</summary>
    public void Start()
    {
        if (_source.Work.StartsAhead)
        {
            // The first page that a reader opens waits for nothing that .NET has to translate first.
            _ = Task.Run(() => _store.Pages.Render(PageAddress.Chapter(Order[0])));
        }

        _runs.Start(_prepared);
    }

    /// <summary>Says where the course is to whoever would start another one on the same folder.</summary>
    internal void ListensAt(Uri address) => _lock?.Say(address);

    /// <summary>A chapter as far as it is now; null if there is none of that name.</summary>
    public LiveChapter? Find(string name) => _store.Find(name);

    /// <summary>A page of the book with what is known now. A chapter that is opened goes to the head of the queue; one whose file changed is read
    /// again.</summary>
    /// <param name="path">Path from the book's root.</param>
    /// <returns>The page, or null if there is none of that path.</returns>
    public string? Page(string path)
    {
        if (Order.FirstOrDefault(chapter => PageAddress.Chapter(chapter) == path) is not { } name)
        {
            return _store.Pages.Render(path, live: new LivePage("", 0, 0, ""));
        }

        _runs.Open(name);
        LiveChapter chapter = _store.Find(name)!;
        WorkSession session = Session(name)!;
        long now = session.Now;
        return _store.Pages.Render(path, session.Shown(chapter.Notebook), new LivePage(name, chapter.Run, now, chapter.StateName, chapter.Problem)
        {
            Whole = number => session.Look(book => book.Cells.FirstOrDefault(cell => cell.Number == number)) is { } cell
                ? WorkViews.Whole(name, cell.Id) : null,
        });
    }

    /// <summary>The search index of the text as it is now.</summary>
    public string SearchIndex() => _store.Pages.SearchIndex();

    /// <summary>Says what happens from now on, after what a page does not have yet.</summary>
    /// <param name="page">The page that listens.</param>
    /// <param name="cancellation">Ends the listening.</param>
    internal async IAsyncEnumerable<LiveEvent> ListenAsync(ListeningPage page, [EnumeratorCancellation] CancellationToken cancellation)
    {
        (string name, long have) = (page.Chapter, page.Have);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _runs.Stopping);
        WorkSession? session = Session(name);
        using IDisposable? seat = page.Tab is { } tab ? session?.Join(tab) : null;
        _runs.ReaderCame();
        LiveStatus? told = null;
        long said = Stopwatch.GetTimestamp();
        bool isFirst = page.IsFirst;
        while (!ends.IsCancellationRequested)
        {
            Task next = _pulse.Next;
            if (_store.Find(name) is { } chapter && chapter.Run != page.Run)
            {
                yield return new LiveEvent { IsReload = true };
                yield break;
            }

            if (session?.Since(have, page.Tab ?? "", isFirst) is { } news)
            {
                isFirst = false;
                have = news.At;
                said = Stopwatch.GetTimestamp();
                yield return new LiveEvent { News = news };
            }

            LiveStatus status = _store.Status(name);
            if (told is null || !told.SameAs(status))
            {
                told = status;
                said = Stopwatch.GetTimestamp();
                yield return new LiveEvent { Status = status };
            }

            if (session is null && status.Finished)
            {
                yield break;
            }

            TimeSpan rest = _source.Beat - Stopwatch.GetElapsedTime(said);
            if (rest <= TimeSpan.Zero)
            {
                said = Stopwatch.GetTimestamp();
                rest = _source.Beat;
                yield return new LiveEvent { Patience = _source.Beat * BeatsOfPatience };
            }

            // Another program's hand in the reader's file beats no pulse: it is looked for once a second.
            TimeSpan pause = session is null || rest < LookAtDisk ? rest : LookAtDisk;
            Task beat = Task.WhenAny(next, Task.Delay(pause, ends.Token));
            await beat.WaitAsync(ends.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The reader's version of a chapter; null if there is no such chapter.</summary>
    internal WorkSession? Session(string name) =>
        _store.Find(name) is { } chapter ? _workshop.Open(name, _store.PathOf(name), chapter.Notebook) : null;

    /// <summary>Which exercises of the course are passed.</summary>
    internal IReadOnlyList<ExerciseProgress> Progress() => WorkProgress.Of(
        _store.Pages.Chapters.Where(chapter => chapter.Exercises > 0),
        name => _workshop.Record(name, _store.PathOf(name)));

    /// <summary>Stops what runs, kernels included.</summary>
    public async ValueTask DisposeAsync()
    {
        await _runs.DisposeAsync();
        await _workshop.DisposeAsync();
        _lock?.Dispose();
    }
}
