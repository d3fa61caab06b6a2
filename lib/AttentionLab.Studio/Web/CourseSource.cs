using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>Where the live course takes its chapters from.</summary>
/// <param name="Chapters">Paths of the notebooks, in order.</param>
/// <param name="Content">Puts solutions, leader's sheets and the introduction beside the chapters.</param>
/// <param name="Known">A notebook's outputs if they are known and up to date, else null.</param>
/// <param name="RunAsync">Runs a notebook; called behind each cell.</param>
public sealed record CourseSource(
    IReadOnlyList<string> Chapters,
    Func<IReadOnlyList<ExecutedNotebook>, CourseContent> Content,
    Func<string, ExecutedNotebook?> Known,
    Func<string, Action<ExecutedCell>, CancellationToken, Task<ExecutedNotebook>> RunAsync)
{
    /// <summary>Limits of the kernels in which the reader's own cells run.</summary>
    public WorkOptions Work { get; init; } = new();

    /// <summary>A page that listens hears something at least this often, so that it can tell a line without news from a dead one.</summary>
    public TimeSpan Beat { get; init; } = TimeSpan.FromSeconds(15);
}

/// <summary>How the reader's cells run.</summary>
public sealed record WorkOptions
{
    /// <summary>Limits of each kernel. A cell that does not obey a stop is ended when the reader says so, not by a clock.</summary>
    public KernelOptions Kernel { get; init; } = new();

    /// <summary>The folder <c>work</c>, where the reader's versions are kept; null keeps nothing.</summary>
    public string? Folder { get; init; }

    /// <summary>
    /// Kernels at the same time: a chapter's kernel holds about 500 MB when all its cells ran, so that the server and four of these stay below 3 GB.
    /// Each run behind the page takes the place of one, down to two.
    /// </summary>
    public int MostKernels { get; init; } = 4;

    /// <summary>A kernel is started before a page asks for one, and before the book runs.</summary>
    public bool StartsAhead { get; init; }

    /// <summary>A kernel that nobody used for so long is ended.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromMinutes(30);
}

/// <summary>A page that listens.</summary>
/// <param name="Chapter">The chapter that it shows; empty for a page without cells.</param>
/// <param name="Run">Stands for the text that it shows.</param>
/// <param name="Have">The moment up to which it has everything.</param>
internal sealed record ListeningPage(string Chapter, int Run, long Have)
{
    /// <summary>The tab that works on the chapter; null for a listener that does not.</summary>
    public string? Tab { get; init; }

    /// <summary>It does not know the cells' texts yet.</summary>
    public bool IsFirst { get; init; }
}

/// <summary>Something for a page: one of these.</summary>
internal sealed record LiveEvent
{
    /// <summary>How far everything is.</summary>
    public LiveStatus? Status { get; init; }

    /// <summary>What changed in the chapter's cells.</summary>
    public WorkNews? News { get; init; }

    /// <summary>Nothing is new. The page may take the line for dead when it hears nothing more for this long.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>The page shows another text than the chapter has now.</summary>
    public bool IsReload { get; init; }
}

/// <summary>How far a chapter and the course are.</summary>
/// <param name="State">Of the chapter, in small letters.</param>
/// <param name="Current">The cell that runs; 0 if none does.</param>
/// <param name="Done">Cells of code that are finished.</param>
/// <param name="Total">Cells of code.</param>
/// <param name="Problem">Why the chapter could not be run at all.</param>
/// <param name="Chapters">State of each page.</param>
/// <param name="Finished">True when nothing more will come.</param>
public sealed record LiveStatus(string State, int Current, int Done, int Total, string? Problem, IReadOnlyDictionary<string, string> Chapters, bool Finished)
{
    /// <summary>Says the same.</summary>
    internal bool SameAs(LiveStatus other) => this with { Chapters = other.Chapters } == other && Chapters.SequenceEqual(other.Chapters);
}
