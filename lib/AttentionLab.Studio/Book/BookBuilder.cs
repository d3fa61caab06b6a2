using AttentionLab.Course.Data;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>Builds the book: runs what is not up to date, writes pages and report beside the old book, and swaps them.</summary>
/// <param name="course">The course.</param>
/// <param name="cache">Where outputs are kept.</param>
/// <param name="options">Limits of each notebook's process.</param>
/// <param name="write">Writes the pages of all notebooks, in order, those that are not run last, into a folder.</param>
public sealed class BookBuilder(
    CourseFolder course, ExecutionCache cache, KernelOptions options, Action<IReadOnlyList<ExecutedNotebook>, string> write)
{
    private readonly CourseRunner _runner = new(course, cache, options);

    /// <summary>Builds the book.</summary>
    /// <param name="goal">Folder of the book.</param>
    /// <param name="only">Numbers of the chapters to run; empty for all. The others are shown with the outputs that are known.</param>
    /// <param name="progress">Told about each notebook and cell.</param>
    /// <param name="cancellation">Ends everything when cancelled; the old book stays.</param>
    /// <returns>The notebooks that were asked for, with their outputs.</returns>
    /// <exception cref="CourseException">The course or the folder cannot be used; nothing was written.</exception>
    /// <exception cref="DibException">A file is no notebook; nothing was written.</exception>
    public async Task<IReadOnlyList<ExecutedNotebook>> BuildAsync(
        string goal, IReadOnlyList<string> only, IRunProgress progress, CancellationToken cancellation = default)
    {
        IReadOnlyList<string> wanted = course.Select(only);
        using BookFolder folder = BookFolder.Create(goal);
        IReadOnlyList<ExecutedNotebook> executed = await _runner.BringUpToDateAsync(wanted, progress, cancellation);

        Dictionary<string, ExecutedNotebook> ran = executed.ToDictionary(notebook => notebook.Name);
        write(
            [
                .. course.Executed.Select(path => ran.GetValueOrDefault(Path.GetFileNameWithoutExtension(path)) ?? _runner.Known(path) ?? AsWritten(path)),
                .. course.Others.Select(AsWritten),
            ],
            folder.Draft);
        await File.WriteAllTextAsync(Path.Combine(folder.Draft, Report.FileName), Report.Of(executed).ToJson(), cancellation);
        cancellation.ThrowIfCancellationRequested();
        folder.Publish();
        return executed;
    }

    private static ExecutedNotebook AsWritten(string path) => NotebookRunner.NotRun(path, DibDocument.Read(path));
}
