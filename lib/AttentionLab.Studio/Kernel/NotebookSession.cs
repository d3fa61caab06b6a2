namespace AttentionLab.Studio.Kernel;

/// <summary>
/// A running notebook: one kernel process that keeps the state between cells. A cell that crashes it, exits, or runs too long ends the
/// session; the host goes on.
/// </summary>
public sealed class NotebookSession : IAsyncDisposable
{
    /// <summary>Lines of the runtime's last words that are shown: a stack overflow repeats itself thousands of times.</summary>
    private const int LastWordsKept = 12;

    private readonly KernelProcess kernel;
    private readonly KernelOptions options;

    private NotebookSession(KernelProcess kernel, KernelOptions options)
    {
        this.kernel = kernel;
        this.options = options;
    }

    /// <summary>False once the process has ended: no further cell can run.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>The kernel's process id.</summary>
    public int ProcessId => kernel.Id;

    /// <summary>Starts the kernel of a notebook.</summary>
    /// <param name="notebook">Path of the file; <c>#!import</c> and <c>#r</c> are relative to its folder, which must exist.</param>
    /// <param name="options">Limits; null for the usual ones.</param>
    /// <param name="cancellation">Ends the kernel when cancelled.</param>
    /// <exception cref="InvalidOperationException">The process ended before it was ready.</exception>
    public static async Task<NotebookSession> StartAsync(string notebook, KernelOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new KernelOptions();
        KernelProcess kernel = KernelProcess.Start(notebook, options);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.StartLimit);
            if ((await kernel.ReceiveAsync(limit.Token))?.Kind != "ready")
            {
                int exit = await kernel.EndAsync();
                throw new InvalidOperationException($"The kernel process ended with code {exit} before it was ready: {kernel.Error.Take().Trim()}");
            }

            return new NotebookSession(kernel, options);
        }
        catch
        {
            await kernel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs one cell; the next one is started when this one has ended.</summary>
    /// <param name="number">Number of the cell, for messages.</param>
    /// <param name="source">C# code.</param>
    /// <param name="show">Called with each output as it comes; console text may come in several pieces.</param>
    /// <param name="cancellation">Stops the cell by ending the kernel.</param>
    /// <returns>The cell with all its outputs; a failure, also a crash or a time limit, is in it.</returns>
    public async Task<ExecutedCell> RunAsync(int number, string source, Action<CellOutput>? show = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(!IsAlive, this);
        var outputs = new List<CellOutput>();
        void Add(CellOutput output)
        {
            Append(outputs, output);
            show?.Invoke(output);
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(options.CellTimeLimit);
        bool exited = false;
        try
        {
            await kernel.SendAsync(new KernelMessage("run") { Cell = number, Source = source });
            while (await kernel.ReceiveAsync(limit.Token) is KernelMessage message)
            {
                if (message.Output is CellOutput output)
                {
                    Add(output);
                }

                exited |= message.Kind == "exit";
                if (message.Kind == "done")
                {
                    await kernel.Output.ReachEndOfAsync(number);
                    await kernel.Error.ReachEndOfAsync(number);
                    AddNative(Add);
                    return new ExecutedCell(number, "csharp", source, outputs, message.Failure, message.Seconds);
                }
            }
        }
        catch (OperationCanceledException)
        {
            IsAlive = false;
            kernel.Kill();
            cancellation.ThrowIfCancellationRequested();
            await kernel.EndAsync();
            AddNative(Add);
            string seconds = FormattableString.Invariant($"{options.CellTimeLimit.TotalSeconds:0.#}");
            return Failed($"stopped after {seconds} s, the time limit of a cell; the notebook's process was ended.", options.CellTimeLimit.TotalSeconds, "");
        }

        IsAlive = false;
        int code = await kernel.EndAsync();
        string lastWords = kernel.Error.Take();
        AddNative(Add);
        return Failed(exited ? $"the cell ended the notebook's process with exit code {code}." : Crash(code, lastWords), 0, string.Join('\n', lastWords.Split('\n').Take(LastWordsKept)));

        ExecutedCell Failed(string message, double seconds, string details) =>
            new(number, "csharp", source, outputs, new CellFailure(message, 0, details), seconds);
    }

    /// <summary>Ends the kernel.</summary>
    public async ValueTask DisposeAsync()
    {
        IsAlive = false;
        await kernel.DisposeAsync();
    }

    private void AddNative(Action<CellOutput> add)
    {
        foreach (string text in (ReadOnlySpan<string>)[kernel.Output.Take(), kernel.Error.Take()])
        {
            if (text.Length > 0)
            {
                add(new CellOutput(CellOutput.Stream, text));
            }
        }
    }

    /// <summary>The runtime's last words up to the stack say what happened: "Stack overflow.", "Unhandled exception. …".</summary>
    private static string Crash(int code, string lastWords)
    {
        string reason = string.Join(' ', lastWords.Split('\n').Select(line => line.Trim()).TakeWhile(line => !line.StartsWith("at ", StringComparison.Ordinal))).Trim();
        reason = reason.Length == 0 ? "it was killed, or crashed without a word." : reason[..Math.Min(reason.Length, 500)];
        return $"the notebook's process crashed (exit code {code}): {reason}";
    }

    /// <summary>Console text that follows console text continues it.</summary>
    private static void Append(List<CellOutput> outputs, CellOutput output)
    {
        if (output.MimeType == CellOutput.Stream && outputs.Count > 0 && outputs[^1].MimeType == CellOutput.Stream)
        {
            outputs[^1] = output with { Content = outputs[^1].Content + output.Content };
        }
        else
        {
            outputs.Add(output);
        }
    }
}
