using System.CommandLine;
using System.CommandLine.Invocation;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Trainer;

namespace AttentionLab.Studio.Commands;

/// <summary>Everything that a user can ask this program for.</summary>
internal static class CommandLine
{
    /// <summary>Does what the arguments say.</summary>
    /// <returns>0 if all went well, 1 if a cell failed, 2 for what the user can mend, 130 if it was stopped.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        try
        {
            var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(10) };
            ParseResult parsed = Create().Parse(arguments);
            if (parsed.Action is ParseErrorAction)
            {
                // 2 as for everything else that the user can mend; 1 is "it ran, and a cell failed".
                await Console.Error.WriteLineAsync($"error: {parsed.Errors[0].Message.ReplaceLineEndings(" ")} (--help tells more)");
                return 2;
            }

            return await parsed.InvokeAsync(configuration);
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("stopped.");
            return 130;
        }
        catch (Exception e) when (e is CourseException or DibException or KernelException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync("error: " + e.Message.ReplaceLineEndings(" "));
            return 2;
        }
    }

    /// <summary>The tree of commands.</summary>
    public static RootCommand Create()
    {
        var root = new RootCommand("Attention by Experiment: the course's notebooks in the browser, as a book, or one by one.")
        {
            ServeCommand.Create(),
            BuildCommand.Create(),
            RunCommand.Create(),
            TrainCommand.Create(),
            ModelCommand.Create(),
            KernelFiguresCommand.Create(),
        };
        ServeCommand.Configure(root);
        return root;
    }
}
