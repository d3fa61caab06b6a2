using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipes;
using System.Text;
using AttentionLab.Studio.Kernel.Interactive;

namespace AttentionLab.Studio.Kernel;

/// <summary>The kernel process: runs the cells of one notebook that the host sends, and answers its questions (<see cref="KernelMessage"/>).</summary>
internal sealed class KernelHost : IDisposable
{
    /// <summary>Starts a line on standard output and error that ends a run, so that the host knows it has read everything.</summary>
    public const string EndOfRun = "\u0001end-of-run ";

    /// <summary>The most that one cell may show, in characters of all its outputs.</summary>
    private const long MaximumOutput = 96L * 1024 * 1024;

    private const int MaximumOutputs = 500;

    /// <summary>Copies of the process's own streams: a cell may close these.</summary>
    private readonly Stream standardOutput = Console.OpenStandardOutput();
    private readonly Stream standardError = Console.OpenStandardError();

    private readonly BlockingCollection<KernelMessage> runs = [];
    private readonly BlockingCollection<KernelMessage> questions = [];
    private readonly MessageQueue toHost;
    private readonly CellConsole console;
    private readonly CourseKernel kernel;
    private readonly NotebookCells cells;

    /// <summary>Guards what runs; never taken by a cell's threads, which may be stopped anywhere.</summary>
    private readonly Lock running = new();
    private readonly Lock showing = new();
    private CancellationTokenSource? stop;
    private int currentRun;
    private int stoppedRun;
    private long shown;
    private int outputs;
    private bool flooded;

    private KernelHost(string notebook, Stream toHost)
    {
        this.toHost = new MessageQueue(toHost, broken: ProcessGroup.KillOwn);
        console = new CellConsole(text => Show(new CellOutput(CellOutput.Stream, text)));
        kernel = new CourseKernel(console, Show);
        cells = new NotebookCells(Path.GetFullPath(notebook), kernel);
    }

    /// <summary>Serves one host until it goes away.</summary>
    /// <param name="notebook">The notebook's file: relative paths start from its folder.</param>
    /// <param name="commands">Handle of the pipe that commands come from.</param>
    /// <param name="messages">Handle of the pipe that messages go to.</param>
    public static int Run(string notebook, string commands, string messages)
    {
        ProcessGroup.Open();
        using var input = new AnonymousPipeClientStream(PipeDirection.In, commands);
        using var output = new AnonymousPipeClientStream(PipeDirection.Out, messages);
        using var host = new KernelHost(notebook, output);
        new Thread(() => host.ReadCommands(input)) { IsBackground = true, Name = "commands" }.Start();
        return host.Serve();
    }

    public void Dispose()
    {
        kernel.Dispose();
        console.Dispose();
        toHost.Dispose();
        runs.Dispose();
        questions.Dispose();
    }

    private void ReadCommands(Stream input)
    {
        try
        {
            while (MessageFrame.Read(input) is KernelMessage message)
            {
                switch (message.Kind)
                {
                    case "run":
                        runs.Add(message);
                        break;
                    case "stop":
                        Stop(message.Id);
                        break;
                    default:
                        questions.Add(message);
                        break;
                }
            }
        }
        finally
        {
            // The host is gone. A cell may be in an endless loop: ask nobody, end.
            ProcessGroup.KillOwn();
        }
    }

    private int Serve()
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            console.End();
            toHost.SendAndWait(new KernelMessage("exit"));
        };
        using var ticks = new Timer(_ => console.Flush(), null, 100, 100);
        kernel.Start();
        new Thread(AnswerQuestions) { IsBackground = true, Name = "questions" }.Start();
        toHost.Send(new KernelMessage("ready"));
        foreach (KernelMessage command in runs.GetConsumingEnumerable())
        {
            RunCell(command.Id, command.Cell, command.Source ?? "");
        }

        return 0;
    }

    private void AnswerQuestions()
    {
        foreach (KernelMessage question in questions.GetConsumingEnumerable())
        {
            toHost.Send(kernel.Answer(question) with { Id = question.Id });
        }
    }

    private void RunCell(int run, int cell, string source)
    {
        var stopThis = new CancellationTokenSource();
        lock (running)
        {
            (currentRun, stop) = (run, stopThis);
            if (stoppedRun == run)
            {
                stopThis.Cancel();
            }
        }

        shown = outputs = 0;
        flooded = false;
        console.Begin();
        var clock = Stopwatch.StartNew();
        CellEnd end = cells.Run(cell, source, stopThis.Token);
        double seconds = clock.Elapsed.TotalSeconds;
        lock (running)
        {
            stop = null;
        }

        console.End();
        if (end.Failure is null && console.Flood is string flood)
        {
            end = CellEnd.Failed(CellFailures.Plain(flood));
        }

        MarkEnd(standardOutput, run);
        MarkEnd(standardError, run);
        toHost.Send(new KernelMessage("done") { Id = run, Failure = end.Failure, Seconds = seconds, StateLost = end.IsStateLost });
    }

    private void Stop(int run)
    {
        lock (running)
        {
            stoppedRun = run;
            if (currentRun == run)
            {
                // On another thread: what a stop sets off must not keep this one from hearing that the host is gone.
                _ = stop?.CancelAsync();
            }
        }
    }

    private static void MarkEnd(Stream stream, int run)
    {
        try
        {
            stream.Write(Encoding.UTF8.GetBytes(EndOfRun + run.ToString(CultureInfo.InvariantCulture) + "\n"));
        }
        catch (IOException)
        {
            // The host stopped reading; it does not wait for ever.
        }
    }

    private void Show(CellOutput output)
    {
        // Console text has its own limit and must not be lost to a flood of values.
        if (output.MimeType != CellOutput.Stream)
        {
            console.Flush();
            lock (showing)
            {
                outputs++;
                shown += output.Content.Length;
                if (outputs > MaximumOutputs || shown > MaximumOutput)
                {
                    if (flooded)
                    {
                        return;
                    }

                    flooded = true;
                    output = new CellOutput(CellOutput.Stream, FormattableString.Invariant(
                        $"\n… output cut here: a cell shows at most {MaximumOutputs} values of together {MaximumOutput:N0} characters.\n"));
                }
            }
        }

        toHost.SendAndWait(new KernelMessage("output") { Output = output });
    }
}
