using System.CommandLine;
using System.Text.Json;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary><c>run FILE.dib</c>: runs one notebook and prints what its cells show.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE.dib") { Description = "The notebook to run.", CustomParser = CommonOptions.Name };
        Option<string?> json = CommonOptions.File("--json", "OUT", "Also write every cell with all its outputs to this file, as JSON.");
        Option<double> limit = CommonOptions.TimeLimit();
        Option<int> memory = CommonOptions.MemoryLimit();
        var command = new Command("run", "Run one notebook in a fresh kernel and print what its cells show. Exit code 1 if a cell failed.")
        {
            file, json, limit, memory,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(json), CommonOptions.Kernel(parsed.GetValue(limit), parsed.GetValue(memory)), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string file, string? json, KernelOptions options, CancellationToken cancellation)
    {
        DibDocument document = DibDocument.Read(file);
        if (json is not null)
        {
            CheckPlace(json, file);
        }

        string name = Path.GetFileName(file);
        ExecutedNotebook notebook = await NotebookRunner.RunAsync(file, document, options, cell => Print(name, cell), cancellation);
        if (json is not null)
        {
            string text = JsonSerializer.Serialize(notebook, ExecutedNotebookJson.Default.ExecutedNotebook) + "\n";
            await File.WriteAllTextAsync(json, text, CancellationToken.None);
        }

        int failed = 0;
        foreach (ExecutedCell cell in notebook.Failed)
        {
            failed++;
            await Console.Error.WriteLineAsync(cell.Failure!.At(name, cell.Number));
        }

        int code = notebook.Cells.Count(cell => cell.Language == "csharp" || cell.Failure is not null);
        Console.WriteLine(FormattableString.Invariant($"{name}: {code} cells, {failed} failed, {notebook.Seconds:0.0} s"));
        return failed == 0 ? 0 : 1;
    }

    /// <summary>Says before the cells run what would lose their outputs, or a notebook, behind them.</summary>
    private static void CheckPlace(string json, string notebook)
    {
        if (Path.GetExtension(json).Equals(".dib", StringComparison.OrdinalIgnoreCase) || WhereLinksLead(json) == WhereLinksLead(notebook))
        {
            throw new CourseException($"--json {json}: is a notebook, which would be lost: name another file, such as {Path.ChangeExtension(json, ".json")}.");
        }

        try
        {
            bool isNew = !Path.Exists(json);

            // An empty file may be a pipe: whoever reads it would take this for the end.
            if (isNew || new FileInfo(json) is not { Exists: true, Length: 0 })
            {
                new FileStream(json, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite).Dispose();
            }

            if (isNew)
            {
                File.Delete(json);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CourseException($"--json {json}: cannot be written: {e.Message.ReplaceLineEndings(" ")}");
        }
    }

    private static string WhereLinksLead(string path) =>
        new FileInfo(path) is { LinkTarget: not null } link ? link.ResolveLinkTarget(returnFinalTarget: true)!.FullName : Path.GetFullPath(path);

    private static void Print(string name, ExecutedCell cell)
    {
        if (cell.Language != "csharp" || cell.NotRun)
        {
            return;
        }

        Console.WriteLine(FormattableString.Invariant($"── {name}: cell {cell.Number} ({cell.Seconds:0.00} s)"));
        foreach (CellOutput output in cell.Outputs)
        {
            Console.WriteLine(TerminalOutput.Of(output));
        }

        if (cell.Failure is CellFailure failure)
        {
            Console.WriteLine(failure.Details.TrimEnd('\n'));
        }
    }
}
