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
