using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;

namespace AttentionLab.Studio.Kernel;

/// <summary>The host's side of a kernel process: its pipes, its standard output and error, its questions and answers, its end.</summary>
internal sealed class KernelProcess : IAsyncDisposable
{
    /// <summary>A process that a cell started outside of the kernel's group may keep the pipe open behind the kernel's end.</summary>
    private static readonly TimeSpan AfterTheEnd = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly ProcessGroup _group;
    private readonly MessageQueue _commands;
    private readonly Channel<KernelMessage> _messages = Channel.CreateUnbounded<KernelMessage>();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<KernelMessage?>> _questions = new();
    private readonly Task _exited;
    private int _lastQuestion;
    private volatile bool _closed;

    private KernelProcess(Process process, Stream commands, Stream messages)
    {
        this._process = process;
        _group = new ProcessGroup(process);
        _exited = EndGroupAsync();
        this._commands = new MessageQueue(commands, broken: () => { });
        Output = new NativeOutput(process.StandardOutput);
        Error = new NativeOutput(process.StandardError);
        new Thread(() => Receive(messages)) { IsBackground = true, Name = "kernel messages" }.Start();
    }

    /// <summary>What reached the process's standard output past the console of .NET.</summary>
    public NativeOutput Output { get; }

    /// <summary>What reached its standard error, the runtime's last words included.</summary>
    public NativeOutput Error { get; }

    /// <summary>Process id, for tests and messages.</summary>
    public int Id => _process.Id;

    /// <summary>Completes when the process is gone.</summary>
    public Task Ended => _exited;

    /// <summary>What was wrong with its last message: it ended in the middle, it was none; null if nothing was.</summary>
    public string? Garbage { get; private set; }

    /// <summary>Starts this program again as kernel of a notebook.</summary>
    public static KernelProcess Start(string notebook, KernelOptions options)
    {
        lock (ChildProcesses.Starting)
        {
            string path = Path.GetFullPath(notebook);
            var commands = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.Inheritable);
            var messages = new AnonymousPipeServerStream(PipeDirection.In, HandleInheritability.Inheritable);
            try
            {
                string program = typeof(KernelProcess).Assembly.Location;
                var start = new ProcessStartInfo(DotnetHost())
                {
                    WorkingDirectory = Path.GetDirectoryName(path),
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    StandardOutputEncoding = Encoding.UTF8,
                    StandardErrorEncoding = Encoding.UTF8,
                    UseShellExecute = false,
                    ArgumentList =
                    {
                        // Without the course's libraries on its list, the process loads the very files that a notebook names by #r.
                        "exec", "--depsfile", Path.ChangeExtension(program, ".kernel.deps.json"), "--runtimeconfig",
                        Path.ChangeExtension(program, ".runtimeconfig.json"),
                        program, "kernel", path, options.AbortLimit.ToString("c"), options.WorkersLimit.ToString("c"),
                        commands.GetClientHandleAsString(), messages.GetClientHandleAsString(),
                    },
                };
                KernelRuntime.Configure(start.Environment, options);
                Process process = ChildProcesses.Start(start);
                commands.DisposeLocalCopyOfClientHandle();
                messages.DisposeLocalCopyOfClientHandle();

                // A cell that reads the keyboard gets the end of the input, not a wait for ever.
                process.StandardInput.Close();
                return new KernelProcess(process, commands, messages);
            }
            catch
            {
                commands.Dispose();
                messages.Dispose();
                throw;
            }
        }
    }

    /// <summary>Sends a command; one that the process does not read any more is lost.</summary>
    public void Send(KernelMessage message) => _commands.Send(message);

    /// <summary>The next message about the running cell, or null when the process is gone or speaks no sense any more.</summary>
    public async Task<KernelMessage?> ReceiveAsync(CancellationToken cancellation)
    {
        try
        {
            return await _messages.Reader.ReadAsync(cancellation);
        }
        catch (ChannelClosedException)
        {
            return null;
        }
    }

    /// <summary>Asks a question; the answer, or null when the process ends before it answers.</summary>
    public async Task<KernelMessage?> AskAsync(KernelMessage question, CancellationToken cancellation)
    {
        int id = Interlocked.Increment(ref _lastQuestion);
        var answer = new TaskCompletionSource<KernelMessage?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[id] = answer;
        try
        {
            Send(question with { Id = id });
            return _closed ? null : await answer.Task.WaitAsync(cancellation);
        }
        finally
        {
            _questions.TryRemove(id, out _);
        }
    }

    /// <summary>Waits until the process is gone and everything it wrote is read; its exit code.</summary>
    public async Task<int> EndAsync()
    {
        await _exited;
        await Task.WhenAll(Output.Completed, Error.Completed).WaitAsync(AfterTheEnd).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return _process.ExitCode;
    }

    /// <summary>Ends the process and what its cells started.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException)
        {
            // It ended by itself meanwhile.
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _exited;
        _commands.Dispose();
        _group.Dispose();
        _process.Dispose();
    }

    /// <summary>However the kernel ends, what its cells started ends with it; then the pipes come to their end too.</summary>
    private async Task EndGroupAsync()
    {
        await _process.WaitForExitAsync();
        _group.Kill();
        _ = Task.Delay(AfterTheEnd).ContinueWith(_ => Close(), TaskScheduler.Default);
    }

    private void Receive(Stream pipe)
    {
        using (pipe)
        {
            try
            {
                while (MessageFrame.Read(pipe) is KernelMessage message)
                {
                    if (message.Kind != "answer")
                    {
                        _messages.Writer.TryWrite(message);
                    }
                    else if (_questions.TryRemove(message.Id, out TaskCompletionSource<KernelMessage?>? question))
                    {
                        question.TrySetResult(message);
                    }
                }
            }
            catch (InvalidDataException e)
            {
                Garbage = e.Message;
            }
            catch (IOException)
            {
                // As good as the end of the pipe.
            }
        }

        Close();
    }

    private void Close()
    {
        _closed = true;
        _messages.Writer.TryComplete();
        foreach (TaskCompletionSource<KernelMessage?> question in _questions.Values)
        {
            question.TrySetResult(null);
        }
    }

    /// <summary>The program <c>dotnet</c> of the running .NET: this code may itself run inside a test program.</summary>
    internal static string DotnetHost()
    {
        string name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        string besideRuntime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", name));
        return File.Exists(besideRuntime) ? besideRuntime : name;
    }
}
