using System.Security.Cryptography;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The chapters as they are now, and the pages that their text makes. A notebook that cannot be read (emptied, deleted, broken while somebody
/// writes it) keeps its last text and carries the reason; the others do not notice.
/// </summary>
internal sealed class ChapterStore
{
    private readonly CourseSource _source;
    private readonly Formulas _formulas;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, string> _paths;
    private readonly Dictionary<string, LiveChapter> _chapters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTime, long)> _stamps = new(StringComparer.Ordinal);

    public ChapterStore(CourseSource source, Formulas formulas)
    {
        _source = source;
        _formulas = formulas;
        _paths = source.Chapters.ToDictionary(path => Path.GetFileNameWithoutExtension(path), StringComparer.Ordinal);
        Order = [.. _paths.Keys];
        foreach (string name in Order)
        {
            Read(name);
        }

        Pages = NewPages();
    }

    /// <summary>Names of the chapters, in order.</summary>
    public IReadOnlyList<string> Order { get; }

    /// <summary>The pages of the text as it is now.</summary>
    public BookPages Pages { get; private set; }

    /// <summary>Chapters whose outputs are there, or that failed.</summary>
    public int Finished
    {
        get
        {
            lock (_gate)
            {
                return _chapters.Values.Count(chapter => chapter.IsFinished);
            }
        }
    }

    public string PathOf(string name) => _paths[name];

    public LiveChapter? Find(string name)
    {
        lock (_gate)
        {
            return _chapters.GetValueOrDefault(name);
        }
    }

    /// <summary>Reads a chapter again if its file changed since, unless it runs.</summary>
    /// <returns>True if it was read and has to run.</returns>
    public bool Refresh(string name)
    {
        lock (_gate)
        {
            if (_stamps[name] == Stamp(name) || _chapters[name].State == ChapterState.Running)
            {
                return false;
            }

            Read(name);
            Pages = NewPages();
            return _chapters[name].State == ChapterState.Waiting;
        }
    }

    /// <summary>Takes the outputs of a chapter, if they are those of the text that stands here. If its file changed just before it ran, they are not:
    /// it is read again, and has to run.</summary>
    /// <returns>True if they were taken.</returns>
    public bool Take(string name, ExecutedNotebook executed)
    {
        lock (_gate)
        {
            LiveChapter chapter = _chapters[name];
            if (executed.Cells.Select(cell => cell.Source).SequenceEqual(chapter.Notebook.Cells.Select(cell => cell.Source)))
            {
                _chapters[name] = chapter.With(executed);
                return true;
            }

            Read(name);
            Pages = NewPages();
            return false;
        }
    }

    public LiveChapter Change(string name, Func<LiveChapter, LiveChapter> change)
    {
        lock (_gate)
        {
            return _chapters[name] = change(_chapters[name]);
        }
    }

    /// <summary>How far a chapter and the course are.</summary>
    public LiveStatus Status(string name)
    {
        lock (_gate)
        {
            LiveChapter? chapter = _chapters.GetValueOrDefault(name);
            return new LiveStatus(
                chapter?.StateName ?? "",
                chapter?.Current ?? 0,
                chapter?.Finished ?? 0,
                chapter?.Total ?? 0,
                chapter?.Problem,
                _chapters.ToDictionary(entry => PageAddress.Chapter(entry.Key), entry => entry.Value.StateName),
                _chapters.Values.All(other => other.IsFinished));
        }
    }

    private void Read(string name)
    {
        string path = _paths[name];
        _stamps[name] = Stamp(name);
        try
        {
            _chapters[name] = new LiveChapter(NotebookRunner.NotRun(path, DibDocument.Read(path)), ChapterState.Waiting, RunOf(path), 0);
        }
        catch (DibException unusable)
        {
            LiveChapter? last = _chapters.GetValueOrDefault(name);
            string problem = unusable.Message + (last is null ? "" : " What is shown is the notebook as it was.");
            _chapters[name] = new LiveChapter(last?.Notebook ?? new ExecutedNotebook(name, [], 0), ChapterState.Failed, RunOf(path), last?.Done ?? 0, problem);
        }
    }

    /// <summary>The same for the same bytes, also when the program was started again: a page of another text has to be loaded again.</summary>
    private static int RunOf(string path) => File.Exists(path) ? BitConverter.ToInt32(SHA256.HashData(File.ReadAllBytes(path))) : 0;

    private BookPages NewPages() => new(_source.Content([.. Order.Select(name => _chapters[name].Notebook)]), _formulas);

    private (DateTime, long) Stamp(string name) => new FileInfo(_paths[name]) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;
}
