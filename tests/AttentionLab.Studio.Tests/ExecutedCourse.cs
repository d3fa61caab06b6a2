using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

[assembly: AssemblyFixture(typeof(AttentionLab.Studio.Tests.ExecutedCourse))]

namespace AttentionLab.Studio.Tests;

/// <summary>
/// All chapters of the course with their outputs. What <c>build</c> has run is read from its cache, so that one run of CI executes
/// each notebook once; what is missing or out of date runs here.
/// </summary>
public sealed class ExecutedCourse
{
    private readonly Lazy<Task<IReadOnlyList<ExecutedNotebook>>> _notebooks = new(
        () => new CourseRunner(Folder, ExecutionCache.Of(Folder)).BringUpToDateAsync(Folder.Executed, new Silent()));

    /// <summary>The course of this repository.</summary>
    public static CourseFolder Folder { get; } = CourseFolder.Open(Repository.Notebooks);

    /// <summary>The notebooks that run, by name, in order.</summary>
    public static IEnumerable<string> Names => Folder.Executed.Select(path => Path.GetFileNameWithoutExtension(path)!);

    /// <summary>The chapters in order, run when first asked for.</summary>
    public Task<IReadOnlyList<ExecutedNotebook>> GetAsync() => _notebooks.Value;

    private sealed class Silent : IRunProgress
    {
        public void Known(ExecutedNotebook notebook)
        {
        }

        public void Waiting(string name, int cells)
        {
        }

        public void CellEnded(string name, ExecutedCell cell)
        {
        }

        public void Ended(ExecutedNotebook notebook)
        {
        }
    }
}
