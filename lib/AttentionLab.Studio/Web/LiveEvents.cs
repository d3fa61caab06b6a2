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
