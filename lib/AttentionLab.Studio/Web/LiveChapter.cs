using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>How far a chapter of the live page is.</summary>
public enum ChapterState
{
    /// <summary>Its outputs are not known; it will run.</summary>
    Waiting,

    /// <summary>It runs.</summary>
    Running,

    /// <summary>All outputs are there.</summary>
    Ready,

    /// <summary>A cell failed, or the notebook could not be run at all.</summary>
    Failed,
}

/// <summary>A chapter as far as it ran. Immutable: a run replaces it cell by cell.</summary>
/// <param name="Notebook">Text of all cells, outputs of those that ran.</param>
/// <param name="State">How far it is.</param>
/// <param name="Run">Stands for the text: results of one text are not mixed with a page that shows another.</param>
/// <param name="Done">Number of the last cell that is finished, text included; 0 at the start.</param>
/// <param name="Problem">Why it could not be run at all; null if it could.</param>
public sealed record LiveChapter(ExecutedNotebook Notebook, ChapterState State, int Run, int Done, string? Problem = null)
{
    /// <summary>Cells of code.</summary>
    public int Total { get; } = Notebook.Cells.Count(cell => cell.Language == "csharp");

    /// <summary>Cells of code that are finished.</summary>
    public int Finished => State == ChapterState.Ready ? Total : Notebook.Cells.Count(cell => cell.Language == "csharp" && cell.Number <= Done);

    /// <summary>The cell that runs now; 0 if none does.</summary>
    public int Current =>
        State == ChapterState.Running ? Notebook.Cells.FirstOrDefault(cell => cell.Language == "csharp" && cell.Number > Done)?.Number ?? 0 : 0;

    /// <summary>True when it will not change before its file does.</summary>
    public bool IsFinished => State is ChapterState.Ready or ChapterState.Failed;

    /// <summary>The state as the page's script knows it.</summary>
    public string StateName => State.ToString().ToLowerInvariant();

    /// <summary>The chapter with all its outputs.</summary>
    /// <param name="notebook">The executed notebook.</param>
    public LiveChapter With(ExecutedNotebook notebook) => this with
    {
        Notebook = notebook,
        State = notebook.Failed.Any() ? ChapterState.Failed : ChapterState.Ready,
        Done = notebook.Cells.Count > 0 ? notebook.Cells[^1].Number : 0,
    };

    /// <summary>The chapter with one more cell finished.</summary>
    /// <param name="cell">The finished cell; if its text is another than here, what it showed is left out.</param>
    public LiveChapter With(ExecutedCell cell) => this with
    {
        Notebook = Notebook with { Cells = [.. Notebook.Cells.Select(old => old.Number == cell.Number && old.Source == cell.Source ? cell : old)] },
        Done = cell.Number,
    };
}
