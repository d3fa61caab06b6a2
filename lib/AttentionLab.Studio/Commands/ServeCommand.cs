using System.CommandLine;

namespace AttentionLab.Studio.Commands;

/// <summary><c>serve</c>, the default: the course in the browser.</summary>
internal static class ServeCommand
{
    private const string Text = "Show the course in the browser; chapters that have not run yet run in the background. Ctrl-C ends it.";

    public static Command Create()
    {
        var command = new Command("serve", Text);
        Configure(command);
        return command;
    }

    /// <summary>Gives a command the options and the action of <c>serve</c>.</summary>
    public static void Configure(Command command)
    {
        var port = new Option<int>("--port")
        {
            Description = "First port to try on this machine's loopback address; the first free one from there is taken.",
            HelpName = "PORT",
            DefaultValueFactory = _ => 5080,
        };
        var noOpen = new Option<bool>("--no-open") { Description = "Print the address only; do not open the browser." };
        Option<string?> notebooks = CommonOptions.Notebooks();
        command.Add(port);
        command.Add(noOpen);
        command.Add(notebooks);
        command.SetAction(async (parsed, cancellation) =>
        {
            await Console.Error.WriteLineAsync("serve: this build has no page server yet; use build and open site/index.html.");
            return 2;
        });
    }
}
