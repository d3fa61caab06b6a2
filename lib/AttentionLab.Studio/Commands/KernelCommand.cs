using System.CommandLine;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Commands;

/// <summary><c>kernel</c>: the child process of a notebook; started by this program only.</summary>
internal static class KernelCommand
{
    public static Command Create()
    {
        var notebook = new Argument<string>("notebook");
        var commands = new Argument<string>("commands");
        var messages = new Argument<string>("messages");
        var command = new Command("kernel", "The process of one notebook; the other commands start it.") { notebook, commands, messages };
        command.Hidden = true;
        command.SetAction(parsed => KernelHost.Run(parsed.GetValue(notebook)!, parsed.GetValue(commands)!, parsed.GetValue(messages)!));
        return command;
    }
}
