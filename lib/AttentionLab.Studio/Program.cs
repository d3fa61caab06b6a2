using System.CommandLine;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Commands;
using AttentionLab.Studio.Dib;
using AttentionLab.Trainer;

if (KernelCommand.TryRun(args) is int ended)
{
    return ended;
}

var root = new RootCommand("Attention by Experiment: the course's notebooks in the browser, as a book, or one by one.")
{
    ServeCommand.Create(),
    BuildCommand.Create(),
    RunCommand.Create(),
    TrainCommand.Create(),
};
ServeCommand.Configure(root);

try
{
    var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) };
    ParseResult parsed = root.Parse(args);
    int code = await parsed.InvokeAsync(configuration);

    // A command line that is not understood: 2 as for everything else that the user can mend; 1 is "it ran, and a cell failed".
    return parsed.Errors.Count > 0 && code == 1 ? 2 : code;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("stopped.");
    return 130;
}
catch (Exception e) when (e is CourseException or DibException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync("error: " + e.Message.ReplaceLineEndings(" "));
    return 2;
}
