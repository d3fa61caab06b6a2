using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

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
        var port = new Option<int?>("--port")
        {
            Description = $"Port on this machine's loopback address; without it, the first free one from {CourseServer.FirstPort}.",
            HelpName = "PORT",
            CustomParser =
                given => given.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                    && number is >= 1 and <= 65535
                ? number : CommonOptions.Refuse<int?>(given, "give a number from 1 to 65535"),
        };
        var noOpen = new Option<bool>("--no-open") { Description = "Print the address only; do not open the browser." };
        var forwarded = new Option<string?>("--forwarded")
        {
            Description = "A host that forwards to this port by https, if there is one; a Codespace is known by itself.",
            HelpName = "HOST",
            CustomParser = given => given.Tokens is [{ Value: var host }] && Forwarding.IsHost(host) ? host
                : CommonOptions.Refuse<string?>(given, "give the name of a host, for example name-5080.app.github.dev"),
        };
        Option<string?> notebooks = CommonOptions.Notebooks();
        Option<double> limit = CommonOptions.TimeLimit();
        Option<int> memory = CommonOptions.MemoryLimit();
        command.Add(port);
        command.Add(forwarded);
        command.Add(noOpen);
        command.Add(notebooks);
        command.Add(limit);
        command.Add(memory);
        command.SetAction((parsed, cancellation) => RunAsync(
            CourseFolder.Open(parsed.GetValue(notebooks)), parsed.GetValue(port), parsed.GetValue(forwarded), !parsed.GetValue(noOpen),
            CommonOptions.Kernel(parsed.GetValue(limit), parsed.GetValue(memory)), cancellation));
    }

    private static async Task<int> RunAsync(CourseFolder course, int? port, string? forwarded, bool open, KernelOptions options, CancellationToken cancellation)
    {
        ExecutionCache cache = ExecutionCache.Of(course);
        var runner = new CourseRunner(course, cache, options);
        var source = new CourseSource(
            Chapters: [.. course.Executed, .. course.Others],
            Content: chapters => CourseContent.Load(course.Notebooks, chapters, unusable => Console.Error.WriteLine("warning: " + unusable)),
            Known: path => course.Executed.Contains(path) ? runner.Known(path) : NotebookRunner.NotRun(path, Dib.DibDocument.Read(path)),
            RunAsync: async (path, finished, stop) =>
            {
                ExecutedNotebook executed = await runner.RunAsync(path, finished, stop);
                if (cache.Problem is { } problem)
                {
                    await Console.Error.WriteLineAsync("warning: " + problem);
                }

                return executed;
            })
        {
            // A reader's cell may run as long as it likes; it is stopped, or its kernel ended, when the reader says so.
            Work = new WorkOptions
            {
                Kernel = options with { CellTimeLimit = Timeout.InfiniteTimeSpan, StopLimit = Timeout.InfiniteTimeSpan },
                Folder = Path.Combine(course.Root, "work"),
                StartsAhead = true,
            },
        };
        var formulas = new Formulas(Path.Combine(course.Root, "artifacts", "book", "formulas.json"));
        await using var live = new LiveCourse(source, formulas, log: Console.WriteLine);
        await using CourseServer server =
            await CourseServer.StartAsync(live, port, forwarded, next => Console.WriteLine($"A browser was let in. For another one: {next}"));
        Uri address = server.Entrance();
        Console.WriteLine($"Attention by Experiment: {address}  (Ctrl-C ends it)");
        Console.WriteLine(
            $"The text of all {live.Order.Count} notebooks is there at once. Those that have not run since they changed run now, behind the page, the one that "
            + "you open first; each is told here, and how many are ready. The first time that takes some minutes, later nothing.");
        foreach (string problem in formulas.Problems)
        {
            await Console.Error.WriteLineAsync("warning: " + problem);
        }

        if (open)
        {
            OpenBrowser(address);
        }

        live.Start();

        // Not a chapter: that would run before the one that the reader opens first.
        _ = server.WarmUpAsync("index.html", cancellation);
        try
        {
            await Task.Delay(Timeout.Infinite, cancellation);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("stopped.");
        }

        return 0;
    }

    /// <summary>Opens the reader's browser; where there is none, the printed address has to do.</summary>
    private static void OpenBrowser(Uri address)
    {
        (string program, string[] arguments) =
            Environment.GetEnvironmentVariable("BROWSER") is { Length: > 0 } browser && File.Exists(browser) ? (browser, [address.AbsoluteUri])
            : OperatingSystem.IsWindows() ? ("cmd", ["/c", "start", "", address.AbsoluteUri])
            : OperatingSystem.IsMacOS() ? ("open", [address.AbsoluteUri])
            : ("xdg-open", (string[])[address.AbsoluteUri]);
        try
        {
            using Process started = ChildProcesses.Start(new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            // No program that opens addresses.
        }
    }
}
