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

    /// <summary>Copies of the process's own streams: a cell may close these.</summary>
    private readonly Stream _standardOutput = Console.OpenStandardOutput();
    private readonly Stream _standardError = Console.OpenStandardError();

    private readonly BlockingCollection<KernelMessage> _runs = [];
    private readonly BlockingCollection<KernelMessage> _questions = [];

    /// <summary>Questions that run the reader's code: others must not wait for it.</summary>
    private readonly BlockingCollection<KernelMessage> _looks = [];
    private readonly MessageQueue _toHost;
    private readonly CellConsole _console;
    private readonly MemoryLimit _memory;
    private readonly CellValues _values = new();
    private readonly CourseKernel _kernel;
    private NotebookCells _cells;

    /// <summary>Guards what runs; never taken by a cell's threads, which may be stopped anywhere.</summary>
    private readonly Lock _running = new();
    private CancellationTokenSource? _stop;
    private int _currentRun;
    private int _stoppedRun;

    private KernelHost(string notebook, KernelOptions limits, Stream toHost)
    {
        this._toHost = new MessageQueue(toHost, broken: ProcessGroup.KillOwn);
        _console = new CellConsole(text => Show(new CellOutput(CellOutput.Stream, text)));
        _memory = new MemoryLimit(_standardError);
        _kernel = new CourseKernel(_console, Show, limits, _memory);
        _cells = new NotebookCells(Path.GetFullPath(notebook), _kernel);
    }

    /// <summary>Serves one host until it goes away.</summary>
    /// <param name="notebook">The notebook's file: relative paths start from its folder.</param>
    /// <param name="limits">How long a stopped cell may take.</param>
    /// <param name="commands">Handle of the pipe that commands come from.</param>
    /// <param name="messages">Handle of the pipe that messages go to.</param>
    public static int Run(string notebook, KernelOptions limits, string commands, string messages)
    {
        ProcessGroup.Open();
        using var input = new AnonymousPipeClientStream(PipeDirection.In, commands);
        using var output = new AnonymousPipeClientStream(PipeDirection.Out, messages);
        new Thread(CourseKernel.ReadCompiler) { IsBackground = true, Name = "compiler" }.Start();
        using var host = new KernelHost(notebook, limits, output);
        new Thread(() => host.ReadCommands(input)) { IsBackground = true, Name = "commands" }.Start();
        return host.Serve();
    }

    public void Dispose()
    {
        _kernel.Dispose();
        _console.Dispose();
        _toHost.Dispose();
        _runs.Dispose();
        _questions.Dispose();
        _looks.Dispose();
    }

    private void ReadCommands(Stream input)
    {
        try
        {
            while (MessageFrame.Read(input) is KernelMessage message)
            {
                switch (message.Kind)
                {
                    case "open" or "run":
                        _runs.Add(message);
                        break;
                    case "stop":
                        Stop(message.Id);
                        break;
                    case "variables":
                        _looks.Add(message);
                        break;
                    default:
                        _questions.Add(message);
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
            EndOutput();
            _toHost.SendAndWait(new KernelMessage("exit"));
        };
        using var ticks = new Timer(_ => Tick(), null, 100, 100);
        _kernel.Start();
        new Thread(() => Answer(_questions)) { IsBackground = true, Name = "questions" }.Start();
        new Thread(() => Answer(_looks)) { IsBackground = true, Name = "looks" }.Start();
        _toHost.Send(new KernelMessage("ready"));
        foreach (KernelMessage command in _runs.GetConsumingEnumerable())
        {
            if (command.Kind == "open")
            {
                _cells = new NotebookCells(command.Source!, _kernel);
            }
            else
            {
                RunCell(command.Id, command.Cell, command.Source ?? "");
            }
        }

        return 0;
    }

    private void Tick()
    {
        _memory.Look();
        _console.Flush();
    }

    private void Answer(BlockingCollection<KernelMessage> questions)
    {
        foreach (KernelMessage question in questions.GetConsumingEnumerable())
        {
            _toHost.Send(_kernel.Answer(question) with { Id = question.Id });
        }
    }

    private void RunCell(int run, int cell, string source)
    {
        var stopThis = new CancellationTokenSource();
        lock (_running)
        {
            (_currentRun, _stop) = (run, stopThis);
            if (_stoppedRun == run)
            {
                stopThis.Cancel();
            }
        }

        _memory.Begin();
        _values.Begin();
        _console.Begin();
        var clock = Stopwatch.StartNew();
        CellEnd end = _cells.Run(cell, source, stopThis.Token);
        double seconds = clock.Elapsed.TotalSeconds;
        lock (_running)
        {
            _stop = null;
        }

        EndOutput();
        if (end.Failure is null && _console.Flood is string flood)
        {
            end = CellEnd.Failed(CellFailures.Plain(flood));
        }

        MarkEnd(_standardOutput, run);
        MarkEnd(_standardError, run);
        _toHost.Send(new KernelMessage("done") { Id = run, Failure = end.Failure, Seconds = seconds, StateLost = end.IsStateLost });
    }

    private void Stop(int run)
    {
        lock (_running)
        {
            _stoppedRun = run;
            if (_currentRun == run)
            {
                // On another thread: what a stop sets off must not keep this one from hearing that the host is gone.
                _ = _stop?.CancelAsync();
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
            _console.Flush();
            if (!_values.Take(output))
            {
                return;
            }
        }

        Send(output);
    }

    /// <summary>What is left of console text and values when the cell is over.</summary>
    private void EndOutput()
    {
        _console.End();
        foreach (CellOutput output in _values.End())
        {
            Send(output);
        }
    }

    private void Send(CellOutput output) => _toHost.SendAndWait(new KernelMessage("output") { Output = output });
}
