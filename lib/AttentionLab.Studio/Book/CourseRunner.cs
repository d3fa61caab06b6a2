using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Book;

/// <summary>Runs notebooks of a course, each in its own process, and only those whose outputs are not known yet.</summary>
/// <param name="course">The course.</param>
/// <param name="cache">Where outputs are kept.</param>
/// <param name="options">Limits of each notebook's process; null for the usual ones.</param>
public sealed class CourseRunner(CourseFolder course, ExecutionCache cache, KernelOptions? options = null)
{
    /// <summary>The outputs of a notebook if they are known and up to date, else null.</summary>
    /// <exception cref="DibException">The file is no notebook.</exception>
    public ExecutedNotebook? Known(string notebook) => Known(notebook, new ExecutionKey(course).Of(notebook));

    /// <summary>Runs a notebook now, and keeps its outputs if no cell failed and nothing that they depend on changed meanwhile.</summary>
    /// <param name="notebook">Path of the .dib file.</param>
    /// <param name="finished">Called behind each cell.</param>
    /// <param name="cancellation">Ends the notebook's process when cancelled.</param>
    public async Task<ExecutedNotebook> RunAsync(string notebook, Action<ExecutedCell>? finished = null, CancellationToken cancellation = default)
    {
        string key = new ExecutionKey(course).Of(notebook);
        ExecutedNotebook executed = await NotebookRunner.RunAsync(notebook, DibDocument.Read(notebook), options, finished, cancellation);

        // What changed meanwhile, such as a notebook that it imports, may have been read before or after: such outputs are nobody's.
        if (!executed.Failed.Any() && new ExecutionKey(course).Of(notebook) == key)
        {
            cache.Write(executed, key);
        }

        return executed;
    }

    /// <summary>Brings notebooks up to date, as many at a time as there are cores, the longest first.</summary>
    /// <param name="notebooks">Paths of .dib files.</param>
    /// <param name="progress">Told about each notebook and cell.</param>
    /// <param name="cancellation">Ends all processes when cancelled.</param>
    /// <returns>The notebooks with their outputs, in the order asked for.</returns>
    public async Task<IReadOnlyList<ExecutedNotebook>> BringUpToDateAsync(
        IReadOnlyList<string> notebooks, IRunProgress progress, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(notebooks);
        ArgumentNullException.ThrowIfNull(progress);

        // Everything is read before anything runs: a file that is no notebook is said at once.
        var key = new ExecutionKey(course);
        ExecutedNotebook?[] results = [.. notebooks.Select(notebook => Known(notebook, key.Of(notebook)))];
        foreach (ExecutedNotebook known in results.OfType<ExecutedNotebook>())
        {
            progress.Known(known);
        }

        int[] stale = [.. Enumerable.Range(0, notebooks.Count).Where(i => results[i] is null).OrderByDescending(i => ExpectedSeconds(notebooks[i]))];
        foreach (int i in stale)
        {
            int cells = DibDocument.Read(notebooks[i]).Cells.Count(cell => cell.Kind == DibCellKind.CSharp);
            progress.Waiting(Path.GetFileNameWithoutExtension(notebooks[i]), cells);
        }

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation };
        await Parallel.ForEachAsync(stale, parallel, async (i, stop) =>
        {
            string name = Path.GetFileNameWithoutExtension(notebooks[i]);
            ExecutedNotebook executed = await RunAsync(notebooks[i], cell => progress.CellEnded(name, cell), stop);
            results[i] = executed;
            progress.Ended(executed);
        });
        return results!;
    }

    private ExecutedNotebook? Known(string notebook, string key) => cache.Read(Path.GetFileNameWithoutExtension(notebook), key);

    /// <summary>A notebook that never ran may be long.</summary>
    private double ExpectedSeconds(string notebook) => cache.LastSeconds(Path.GetFileNameWithoutExtension(notebook)) ?? double.MaxValue;
}
