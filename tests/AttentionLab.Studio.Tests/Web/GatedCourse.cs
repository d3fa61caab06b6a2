using System.Collections.Concurrent;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>A live course of three chapters whose cells end when the test says so; no kernel is involved.</summary>
internal sealed class GatedCourse : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new();
    private readonly ConcurrentQueue<string> _started = new();

    /// <param name="parallel">Chapters that run at the same time.</param>
    /// <param name="known">From a chapter's text, its outputs if they are known.</param>
    /// <param name="contents">A chapter's file, where it is to be another than usual.</param>
    public GatedCourse(int parallel = 1, Func<ExecutedNotebook, ExecutedNotebook?>? known = null, Func<string, string?>? contents = null)
    {
        string[] paths =
            [.. ((string[])["01-one", "02-two", "03-three"]).Select(
                name => contents?.Invoke(name) is { } text ? _folder.Write(name + ".dib", text) : Write(name))];
        CourseSource source = new(
            paths,
            chapters => new CourseContent(chapters, [], [], null),
            path => known?.Invoke(NotebookRunner.NotRun(path, DibDocument.Read(path))),
            RunAsync);
        Live = new LiveCourse(source, new Formulas(node: null), parallel, Said.Enqueue);
    }

    public LiveCourse Live { get; }

    /// <summary>Chapters in the order in which they were started.</summary>
    public IReadOnlyList<string> Started => [.. _started];

    /// <summary>What the terminal shows.</summary>
    public ConcurrentQueue<string> Said { get; } = new();

    /// <summary>Chapters whose run was cancelled.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    /// <summary>What a cell shows: its text, unless the test says otherwise.</summary>
    public Func<string, int, CellOutput> Output { get; set; } = (_, number) => new CellOutput(CellOutput.Plain, $"output {number}");

    /// <summary>Lets the next cells of a chapter end.</summary>
    public void Release(string name, int cells = 1) => Gate(name).Release(cells);

    public string Write(string name) =>
        _folder.Write(name + ".dib",
            $"#!markdown\n\n# {name[..2]} · Question {name}?\n\n#!csharp\n\nfirst\n\n#!markdown\n\n## {name[..2]}.1 · Section\n\n#!csharp\n\nsecond\n");

    /// <summary>Puts other words into a chapter's file, at a later time than before.</summary>
    public void Change(string name, string words, string others)
    {
        string path = _folder[name + ".dib"];
        DateTime before = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, File.ReadAllText(path).Replace(words, others, StringComparison.Ordinal));
        File.SetLastWriteTimeUtc(path, before.AddMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        await Live.DisposeAsync();
        _folder.Dispose();
    }

    private SemaphoreSlim Gate(string name) => _gates.GetOrAdd(name, _ => new SemaphoreSlim(0));

    private async Task<ExecutedNotebook> RunAsync(string path, Action<ExecutedCell> finished, CancellationToken cancellation)
    {
        string name = Path.GetFileNameWithoutExtension(path);
        _started.Enqueue(name);
        ExecutedNotebook notebook = NotebookRunner.NotRun(path, DibDocument.Read(path));
        List<ExecutedCell> cells = [];
        try
        {
            foreach (ExecutedCell cell in notebook.Cells)
            {
                if (cell.Language != "csharp")
                {
                    cells.Add(cell);
                    continue;
                }

                await Gate(name).WaitAsync(cancellation);
                cells.Add(cell with { Outputs = [Output(name, cell.Number)], NotRun = false });
                finished(cells[^1]);
            }
        }
        catch (OperationCanceledException)
        {
            Cancelled.Enqueue(name);
            throw;
        }

        return notebook with { Cells = cells };
    }
}
