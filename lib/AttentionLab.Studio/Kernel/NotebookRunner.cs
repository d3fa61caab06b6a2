using System.Diagnostics;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Kernel;

/// <summary>Runs a whole notebook in a fresh kernel, cell by cell.</summary>
public static class NotebookRunner
{
    /// <summary>
    /// Runs a notebook; behind the first cell that fails nothing more is run. A cell of an unknown kind fails; if the kernel does not start,
    /// the first cell fails with the reason.
    /// </summary>
    /// <param name="path">Path of the .dib file.</param>
    /// <param name="document">Its content.</param>
    /// <param name="options">Limits; null for the usual ones.</param>
    /// <param name="finished">Called behind each cell, text included.</param>
    /// <param name="cancellation">Ends the kernel when cancelled.</param>
    public static async Task<ExecutedNotebook> RunAsync(
        string path, DibDocument document, KernelOptions? options = null, Action<ExecutedCell>? finished = null, CancellationToken cancellation = default)
    {
        var clock = Stopwatch.StartNew();
        NotebookSession? session = null;
        CellFailure? notStarted = null;
        try
        {
            session = await NotebookSession.StartAsync(path, options, cancellation);
        }
        catch (KernelException e)
        {
            notStarted = new CellFailure(e.Message, 0, e.Message);
        }

        await using (session)
        {
            var cells = new List<ExecutedCell>();
            bool failed = false;
            foreach ((int number, DibCell cell) in document.NumberedCells)
            {
                ExecutedCell executed = cell.Kind switch
                {
                    DibCellKind.CSharp when !failed && session is not null => await session.RunAsync(number, cell.Text, cancellation: cancellation),
                    DibCellKind.CSharp when !failed => Shown(number, cell) with { Failure = notStarted },
                    DibCellKind.CSharp => Shown(number, cell) with { NotRun = true },
                    DibCellKind.Unknown when !failed => Shown(number, cell) with { Failure = Refused(cell.Language) },
                    _ => Shown(number, cell),
                };
                failed |= executed.Failure is not null;
                cells.Add(executed);
                finished?.Invoke(executed);
            }

            return new ExecutedNotebook(Path.GetFileNameWithoutExtension(path), cells, clock.Elapsed.TotalSeconds);
        }
    }

    /// <summary>A notebook as its file has it, nothing run: the text that a reader can see at once.</summary>
    public static ExecutedNotebook NotRun(string path, DibDocument document) => new(
        Path.GetFileNameWithoutExtension(path),
        [.. document.NumberedCells.Select(entry => Shown(entry.Number, entry.Cell) with { NotRun = entry.Cell.Kind == DibCellKind.CSharp })],
        0);

    /// <summary>A cell that no kernel of this host can run is a failure: leaving it out in silence would change what the notebook does.</summary>
    private static CellFailure Refused(string language)
    {
        string message = $"this host cannot run a cell of the kind '{language}': make it #!csharp or #!markdown.";
        return new CellFailure(message, 0, message);
    }

    private static ExecutedCell Shown(int number, DibCell cell)
    {
        string language = cell.Kind switch
        {
            DibCellKind.Markdown => "markdown",
            DibCellKind.CSharp => "csharp",
            _ => cell.Language,
        };
        return new ExecutedCell(number, language, cell.Text, [], null, 0);
    }
}
