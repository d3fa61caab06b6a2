namespace AttentionLab.Studio.Kernel;

/// <summary>
/// A running notebook: one kernel process that keeps the state between cells, and answers questions about code, also while a cell runs.
/// A cell that crashes it, exits, or runs too long ends the session; the host goes on, and starts another if it likes.
/// </summary>
public sealed class NotebookSession : IAsyncDisposable
{
    /// <summary>Lines of the runtime's last words that are shown: a stack overflow repeats itself thousands of times.</summary>
    private const int LastWordsKept = 12;

    private readonly KernelProcess _kernel;
    private readonly KernelOptions _options;
    private volatile RunningCell? _running;
    private string _file;
    private int _runs;

    private NotebookSession(KernelProcess kernel, KernelOptions options, string notebook) =>
        (_kernel, _options, _file) = (kernel, options, Path.GetFileName(notebook));

    /// <summary>False once the process has ended: no further cell can run.</summary>
    public bool IsAlive { get; private set; } = true;

    /// <summary>The kernel's process id.</summary>
    public int ProcessId => _kernel.Id;

    /// <summary>Completes when the process has ended, however it did.</summary>
    public Task Ended => _kernel.Ended;

    /// <summary>Starts the kernel of a notebook.</summary>
    /// <param name="notebook">Path of the file; <c>#!import</c> and <c>#r</c> are relative to its folder, which must exist.</param>
    /// <param name="options">Limits; null for the usual ones.</param>
    /// <param name="cancellation">Ends the kernel when cancelled.</param>
    /// <exception cref="KernelException">The process ended before it was ready, spoke no sense, or took too long.</exception>
    public static async Task<NotebookSession> StartAsync(string notebook, KernelOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new KernelOptions();
        KernelProcess kernel = KernelProcess.Start(notebook, options);
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(options.StartLimit);
            if ((await kernel.ReceiveAsync(limit.Token))?.Kind == "ready")
            {
                return new NotebookSession(kernel, options, notebook);
            }

            throw new KernelException($"the notebook's process did not start: {await LastWordsAsync(kernel)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await kernel.DisposeAsync();
            throw new KernelException($"the notebook's process did not start within {Seconds(options.StartLimit)} s; it was ended.");
        }
        catch
        {
            await kernel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Makes it the kernel of another notebook of the same folder; nothing has run in it yet.</summary>
    /// <param name="notebook">Path of the file.</param>
    internal void Open(string notebook)
    {
        _file = Path.GetFileName(notebook);
        _kernel.Send(new KernelMessage("open") { Source = Path.GetFullPath(notebook) });
    }

    /// <summary>Runs one cell; the next one is started when this one has ended.</summary>
    /// <param name="number">Number of the cell, for messages.</param>
    /// <param name="source">C# code.</param>
    /// <param name="show">Called with each output as it comes; console text may come in several pieces.</param>
    /// <param name="cancellation">Stops the cell by ending the kernel; <see cref="StopAsync"/> keeps it.</param>
    /// <returns>The cell with all its outputs; a failure, also a crash or a time limit, is in it.</returns>
    public async Task<ExecutedCell> RunAsync(int number, string source, Action<CellOutput>? show = null, CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(!IsAlive, this);
        var cell = new RunningCell(++_runs, show);
        _running = cell;
        try
        {
            (CellFailure? failure, double seconds) = await RunAsync(cell, number, source, cancellation);
            return new ExecutedCell(number, "csharp", source, cell.Outputs, failure, seconds);
        }
        finally
        {
            _running = null;
            cell.Ended.TrySetResult();
        }
    }

    /// <summary>
    /// Stops the running cell. What earlier cells declared is kept if the cell can be stopped alone; native code and workers that sleep
    /// cannot, and the process is ended with it.
    /// <see cref="RunAsync(int, string, Action{CellOutput}?, CancellationToken)"/> returns the cell with a failure that says which.
    /// </summary>
    /// <returns>True if the session is still alive, also when no cell ran.</returns>
    public async Task<bool> StopAsync()
    {
        if (_running is RunningCell cell)
        {
            cell.IsStopAsked = true;
            _kernel.Send(new KernelMessage("stop") { Id = cell.Run });
            if (await Task.WhenAny(cell.Ended.Task, Task.Delay(_options.StopLimit)) != cell.Ended.Task)
            {
                cell.IsStopOverdue = true;
                _kernel.Kill();
                await cell.Ended.Task;
            }
        }

        return IsAlive;
    }

    /// <summary>What a reader may type at a place of a cell.</summary>
    /// <param name="source">The cell's code as it stands.</param>
    /// <param name="position">Characters before the place.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    public async Task<KernelAnswer<CompletionList>> CompletionsAsync(string source, int position, CancellationToken cancellation = default) =>
        await AskAsync(new KernelMessage("complete") { Source = source, Position = position }, answer => answer.Completions, cancellation);

    /// <summary>Signature and summary of one completion as text; empty for what has none, null for what is none of the completions at that place.</summary>
    /// <param name="source">The cell's code as it stood when the completions were asked for: then they need not be found again.</param>
    /// <param name="position">The place that they were asked for.</param>
    /// <param name="completion">One of <see cref="CompletionList.Items"/>.</param>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    public async Task<KernelAnswer<string>> DescribeAsync(string source, int position, Completion completion, CancellationToken cancellation = default) =>
        await AskAsync(new KernelMessage("describe") { Source = source, Position = position, Completion = completion }, answer => answer.Description,
            cancellation);

    /// <summary>What the word at a place means; null for none.</summary>
    /// <inheritdoc cref="CompletionsAsync"/>
    public async Task<KernelAnswer<Hover>> HoverAsync(string source, int position, CancellationToken cancellation = default) =>
        await AskAsync(new KernelMessage("hover") { Source = source, Position = position }, answer => answer.Hover, cancellation);

    /// <summary>Which arguments the call at a place takes; null outside of argument lists.</summary>
    /// <inheritdoc cref="CompletionsAsync"/>
    public async Task<KernelAnswer<SignatureHelp>> SignatureAsync(string source, int position, CancellationToken cancellation = default) =>
        await AskAsync(new KernelMessage("signature") { Source = source, Position = position }, answer => answer.Signature, cancellation);

    /// <summary>Errors and warnings of the compiler, and what this host refuses.</summary>
    /// <inheritdoc cref="CompletionsAsync"/>
    public async Task<KernelAnswer<IReadOnlyList<CellDiagnostic>>> DiagnosticsAsync(string source, CancellationToken cancellation = default) =>
        await AskAsync(new KernelMessage("diagnose") { Source = source }, answer => answer.Diagnostics, cancellation);

    /// <summary>The variables that the cells so far have declared, by name.</summary>
    /// <param name="cancellation">Ends the wait for the answer.</param>
    public async Task<KernelAnswer<IReadOnlyList<Variable>>> VariablesAsync(CancellationToken cancellation = default) =>
        await AskAsync(new KernelMessage("variables"), answer => answer.Variables, cancellation);

    /// <summary>Ends the kernel.</summary>
    public async ValueTask DisposeAsync()
    {
        IsAlive = false;
        await _kernel.DisposeAsync();
    }

    private async Task<(CellFailure? Failure, double Seconds)> RunAsync(RunningCell cell, int number, string source, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(_options.CellTimeLimit);
        bool exited = false;
        try
        {
            _kernel.Send(new KernelMessage("run") { Id = cell.Run, Cell = number, Source = source });
            while (await _kernel.ReceiveAsync(limit.Token) is KernelMessage message)
            {
                if (message.Output is CellOutput output)
                {
                    cell.Add(output);
                }

                exited |= message.Kind == "exit";
                if (message.Kind == "done")
                {
                    await _kernel.Output.ReachEndOfAsync(cell.Run);
                    await _kernel.Error.ReachEndOfAsync(cell.Run);
                    if (message.StateLost)
                    {
                        IsAlive = false;
                        _kernel.Kill();
                        await _kernel.EndAsync();
                    }

                    AddNative(cell);
                    return (message.Failure, message.Seconds);
                }
            }
        }
        catch (OperationCanceledException)
        {
            IsAlive = false;
            _kernel.Kill();
            cancellation.ThrowIfCancellationRequested();
            await _kernel.EndAsync();
            string reason = KernelEnd.DescribeTime(_options.CellTimeLimit, _options.MemoryLimit, _kernel.Error.IsNearMemoryLimit);
            AddNative(cell);
            return (Failed(reason), _options.CellTimeLimit.TotalSeconds);
        }

        // The process is gone, or what it says makes no sense: then it must go.
        IsAlive = false;
        _kernel.Kill();
        int code = await _kernel.EndAsync();
        bool isNearLimit = _kernel.Error.IsNearMemoryLimit;
        string lastWords = _kernel.Error.Take();
        AddNative(cell);
        return (Failed(
            cell.IsStopOverdue ? CellFailures.StateLost("the cell does not let go (native code, or workers that it waits for)")
            : cell.IsStopAsked ? CellFailures.StateLost("it broke off in the middle of the stop")
            : exited ? $"the cell ended the notebook's process with exit code {code}."
            : KernelEnd.Describe(code, _kernel.Garbage, lastWords, _options.MemoryLimit, isNearLimit),
            string.Join('\n', lastWords.Split('\n').Take(LastWordsKept)), new CellPath(_file, number).FirstLineIn(lastWords)), 0);
    }

    private async Task<KernelAnswer<T>> AskAsync<T>(KernelMessage question, Func<KernelMessage, T?> field, CancellationToken cancellation)
        where T : class
    {
        ObjectDisposedException.ThrowIf(!IsAlive, this);
        KernelMessage? answer = await _kernel.AskAsync(question, cancellation);
        return answer is null or { Busy: true } ? new KernelAnswer<T>(null, true) : new KernelAnswer<T>(field(answer), false);
    }

    private void AddNative(RunningCell cell)
    {
        foreach (string text in (ReadOnlySpan<string>)[_kernel.Output.Take(), _kernel.Error.Take()])
        {
            if (text.Length > 0)
            {
                cell.Add(new CellOutput(CellOutput.Stream, text));
            }
        }
    }

    private static CellFailure Failed(string message, string details = "", int line = 0) => new(message, line, details);

    private static string Seconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalSeconds:0.#}");

    /// <summary>Why a process ended that should not have.</summary>
    private static async Task<string> LastWordsAsync(KernelProcess kernel)
    {
        kernel.Kill();
        int code = await kernel.EndAsync();
        return KernelEnd.DescribeStart(code, kernel.Garbage, kernel.Error.Take());
    }
}
