using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The course's own book in a folder, written once for all tests that open its pages.</summary>
public sealed class WrittenCourse : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("course");
    private readonly Lazy<Task<IReadOnlyList<ExecutedNotebook>>> _written;

    /// <summary>Nothing is written before it is asked for.</summary>
    /// <param name="course">The chapters with their outputs.</param>
    public WrittenCourse(ExecutedCourse course) => _written = new(() => WriteAsync(course));

    /// <summary>The formulas that it holds, set.</summary>
    public Formulas Formulas { get; } = new();

    /// <summary>Where the book lies.</summary>
    public string Folder => _folder.FullName;

    /// <summary>Writes the book if nobody has, and returns the chapters that it shows.</summary>
    public Task<IReadOnlyList<ExecutedNotebook>> GetAsync() => _written.Value;

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<IReadOnlyList<ExecutedNotebook>> WriteAsync(ExecutedCourse course)
    {
        IReadOnlyList<ExecutedNotebook> notebooks = await course.GetAsync();
        BookWriter.Write(Folder, CourseContent.Load(ExecutedCourse.Folder.Notebooks, notebooks), Formulas);
        Assert.Empty(Formulas.Problems);
        return notebooks;
    }
}
