using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>One chapter, <c>01-a</c>, and the reader's version of it on disk. No kernel is started.</summary>
internal sealed class WorkedChapter : IAsyncDisposable
{
    private readonly TemporaryCourse _course = new();
    private readonly List<WorkSession> _sessions = [];

    public string Root => _course.Root;

    public string Chapter => Path.Combine(_course.Notebooks, "01-a.dib");

    /// <summary>The reader's version.</summary>
    public string Work => Path.Combine(_course.Root, "work", "01-a.dib");

    /// <summary>The chapter as it stands in its file: nothing ran.</summary>
    public ExecutedNotebook Notebook => NotebookRunner.NotRun(Chapter, DibDocument.Read(Chapter));

    public string[] OnDisk => [.. DibDocument.Read(Work).Cells.Where(cell => cell.Kind == DibCellKind.CSharp).Select(cell => cell.Text)];

    public string[] AllOnDisk => [.. DibDocument.Read(Work).Cells.Select(cell => cell.Text)];

    public byte[] Write(params string[] cells) => File.ReadAllBytes(_course.Write("01-a.dib", cells));

    public void WriteText(string text) => _course.WriteFile("notebooks/01-a.dib", text);

    /// <summary>As a new start of the course does.</summary>
    public WorkSession Open()
    {
        WorkOptions options = new() { Folder = Path.GetDirectoryName(Work) };
        WorkSession session = new(Chapter, Notebook, options, life => NotebookSession.StartAsync(Chapter, options.Kernel, life), new Pulse());
        _sessions.Add(session);
        return session;
    }

    /// <summary>The reader's text as a session holds it.</summary>
    public WorkText Text() => new(Notebook, new WorkFile(Chapter, Path.GetDirectoryName(Work)!));

    /// <summary>As a session does when its kernel ran a cell.</summary>
    public static void Run(WorkText text, string id, string shown = "", CellFailure? failure = null)
    {
        WorkCell cell = text.Book.Find(id)!;
        text.Book.Begin(cell, 1);
        text.Book.Show(cell, new CellOutput(CellOutput.Plain, shown));
        text.Book.End(cell, failure, 0.5);
        text.Ran(cell);
    }

    public static WorkAnswer Edit(WorkSession session, string cell, string source, int revision) =>
        session.Do(new WorkCommand("edit", "t") { Cell = cell, Source = source, Revision = revision });

    public static WorkCellView View(WorkSession session, string id) => session.Since(0, "t", isFirst: true)!.Cells.Single(cell => cell.Id == id);

    public static string[] Texts(WorkSession session) => [.. session.Since(0, "t", isFirst: true)!.Cells.Select(cell => cell.Source)];

    public static string[] OwnTexts(WorkSession session) => [.. session.Since(0, "t", isFirst: true)!.Texts.Select(text => text.Source)];

    /// <summary>What the cells say about text and outputs, in order.</summary>
    public static string[] Marks(WorkSession session) => [.. session.Since(0, "t", isFirst: true)!.Cells.Select(cell => cell.Mark)];

    public async ValueTask DisposeAsync()
    {
        foreach (WorkSession session in _sessions)
        {
            await session.DisposeAsync();
        }

        _course.Dispose();
    }
}
