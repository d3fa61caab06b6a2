using System.CommandLine;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Ipynb;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary><c>build</c>: runs the notebooks and writes the book.</summary>
internal static class BuildCommand
{
    /// <summary>Letters of a failure on the terminal; the book holds the rest.</summary>
    private const int LongestLine = 10_000;

    public static Command Create()
    {
        var output = new Option<string>("--out")
        {
            Description = "Folder of the book. A book that is there is replaced when the new one is whole.",
            HelpName = "DIR",
            DefaultValueFactory = _ => "site",
            CustomParser = CommonOptions.Name,
        };
        Option<string?> ipynb = CommonOptions.File(
            "--ipynb", "DIR", "Also write the executed notebooks as .ipynb files for Jupyter into this folder. A file that you changed is never replaced.");
        Option<string[]> only = CommonOptions.Only();
        Option<string?> notebooks = CommonOptions.Notebooks();
        Option<double> limit = CommonOptions.TimeLimit();
        Option<int> memory = CommonOptions.MemoryLimit();
        var command = new Command(
            "build",
            "Run every notebook whose outputs are not known yet, each in a process of its own, and write the book. "
            + "It ends with a table of the notebooks: cells, charts, exercises, failures, seconds, lines. "
            + "The last line is 'N notebooks, N cells, N failed'; exit code 1 if a cell failed, 2 if the book could not be written.")
        {
            output, ipynb, only, notebooks, limit, memory,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetValue(output)!,
            parsed.GetValue(ipynb),
            parsed.GetValue(only) ?? [],
            CourseFolder.Open(parsed.GetValue(notebooks)),
            CommonOptions.Kernel(parsed.GetValue(limit), parsed.GetValue(memory)),
            cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        string output, string? ipynb, IReadOnlyList<string> only, CourseFolder course, KernelOptions options, CancellationToken cancellation)
    {
        IpynbFolder? jupyter = ipynb is null ? null : IpynbFolder.Open(ipynb, course.Select(only).Select(path => Path.GetFileNameWithoutExtension(path)));
        var formulas = new Formulas(Path.Combine(course.Root, "artifacts", "book", "formulas.json"));
        ExecutionCache cache = ExecutionCache.Of(course);
        IReadOnlyList<ExecutedNotebook> executed = await RunProgress.ShowAsync(progress =>
            new BookBuilder(course, cache, options, Write).BuildAsync(output, only, progress, cancellation));
        jupyter?.Write(executed, course.Notebooks);
        foreach (string problem in cache.Problem is { } kept ? [.. formulas.Problems, kept] : formulas.Problems)
        {
            await Console.Error.WriteLineAsync("warning: " + problem);
        }

        int failed = 0;
        foreach (ExecutedNotebook notebook in executed)
        {
            foreach (ExecutedCell cell in notebook.Failed)
            {
                failed++;
                await Console.Error.WriteLineAsync(PageText.Cut(cell.Failure!.At(notebook.Name + ".dib", cell.Number), LongestLine));
            }
        }

        var report = Report.Of(executed);
        Console.WriteLine($"\n{report.ToTable()}\n\n{report}");
        return failed == 0 ? 0 : 1;

        void Write(IReadOnlyList<ExecutedNotebook> notebooks, string folder) =>
            BookWriter.Write(folder, CourseContent.Load(course.Notebooks, notebooks), formulas);
    }
}
