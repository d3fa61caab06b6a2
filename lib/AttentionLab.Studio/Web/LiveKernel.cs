using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>What a page says about its kernel.</summary>
/// <param name="State"><c>none</c>, <c>starting</c>, <c>ready</c> or <c>ended</c>.</param>
/// <param name="Word">Why it ended; empty where there is nothing to say.</param>
public sealed record KernelView(string State, string Word = "");

/// <summary>The kernel process of one chapter: started when it is needed, ended by itself, by the reader or to make room, and started again.</summary>
/// <param name="startAsync">Starts a process for it.</param>
/// <param name="changed">Called when <see cref="View"/> changed.</param>
internal sealed class LiveKernel(Func<CancellationToken, Task<NotebookSession>> startAsync, Action changed) : IAsyncDisposable
{
    /// <summary>What follows after a kernel's end, for the reader.</summary>
    public const string StartsAgain = "The next run starts a new one, in which nothing has run yet.";

    private readonly SemaphoreSlim _owner = new(1);
    private CancellationTokenSource _life = new();
    private volatile NotebookSession? _session;

    /// <summary>How it is.</summary>
    public KernelView View { get; private set; } = new("none");

    /// <summary>Counts the processes that were started: what ran in an earlier one is gone.</summary>
    public int Generation { get; private set; }

    /// <summary>True from the start of its process to the end.</summary>
    public bool HasProcess => View.State is "starting" or "ready";

    /// <summary>The process, while it can be asked something.</summary>
    public NotebookSession? Session => _session is { IsAlive: true } alive ? alive : null;

    /// <summary>Runs a cell, in a new process if there is none.</summary>
    /// <param name="begin">Called with the session before the run; what it returns is run. Null for nothing.</param>
    /// <param name="show">Called with each output.</param>
    /// <exception cref="KernelException">The process did not start.</exception>
    /// <exception cref="OperationCanceledException">It was ended before anything began.</exception>
    public async Task<ExecutedCell?> RunAsync(Func<(int Number, string Source)?> begin, Action<CellOutput> show)
    {
        CancellationToken life = _life.Token;
        await _owner.WaitAsync(CancellationToken.None);
        try
        {
            life.ThrowIfCancellationRequested();
            NotebookSession session = _session ?? await StartAsync(life);

            // Whoever ended it meanwhile is next in line: nothing may begin before.
            life.ThrowIfCancellationRequested();
            if (begin() is not var (number, source))
            {
                return null;
            }

            try
            {
                ExecutedCell ran = await session.RunAsync(number, source, show, life);
                if (!session.IsAlive)
                {
                    await EndAsync(session, "The kernel ended with the cell; a new one starts, in which nothing has run yet.");
                }

                return ran;
            }
            catch (OperationCanceledException)
            {
                await EndAsync(session, View.Word);
                return new ExecutedCell(number, "csharp", source, [], CellFailures.Plain("the kernel was ended while this cell ran."), 0);
            }
        }
        finally
        {
            _owner.Release();
        }
    }

    /// <summary>Asks the running cell to stop; the kernel and what it knows stay, if the cell obeys.</summary>
    public Task StopAsync() => Session?.StopAsync() ?? Task.CompletedTask;

    /// <summary>Ends the process, also in the middle of a cell.</summary>
    /// <param name="word">Why, for the reader.</param>
    public async Task EndAsync(string word)
    {
        View = View with { Word = word };
        using CancellationTokenSource life = Interlocked.Exchange(ref _life, new CancellationTokenSource());

        // In line before whoever asks from now on: they get the next process.
        Task owned = _owner.WaitAsync();
        await life.CancelAsync();
        await owned;
        try
        {
            if (_session is { } session)
            {
                await EndAsync(session, word);
            }
        }
        finally
        {
            _owner.Release();
        }
    }

    /// <summary>Ends the process to save memory, unless it is in use.</summary>
    /// <param name="word">Why, for the reader.</param>
    public async Task ParkAsync(string word)
    {
        if (!await _owner.WaitAsync(TimeSpan.Zero))
        {
            return;
        }

        try
        {
            if (_session is { } session)
            {
                await EndAsync(session, word);
            }
        }
        finally
        {
            _owner.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync("");
        _life.Dispose();
        _owner.Dispose();
    }

    private async Task<NotebookSession> StartAsync(CancellationToken life)
    {
        // From now on nothing has run: "Run to here" may be asked for before the process is ready.
        Generation++;
        Set(new KernelView("starting"));
        try
        {
            NotebookSession session = await startAsync(life);
            _session = session;
            Set(new KernelView("ready"));
            _ = NoticeEndAsync(session);
            return session;
        }
        catch (OperationCanceledException)
        {
            Set(new KernelView("ended", View.Word));
            throw;
        }
        catch (KernelException exception)
        {
            Set(new KernelView("ended", exception.Message));
            throw;
        }
    }

    /// <summary>A process that ends while no cell runs: the machine had no memory left, or somebody killed it.</summary>
    private async Task NoticeEndAsync(NotebookSession session)
    {
        try
        {
            await session.Ended;
            await _owner.WaitAsync();
            try
            {
                if (_session == session)
                {
                    await EndAsync(session, "The kernel's process was killed, or crashed, while no cell ran. " + StartsAgain);
                }
            }
            finally
            {
                _owner.Release();
            }
        }
        catch (ObjectDisposedException)
        {
            // The course has ended meanwhile.
        }
    }

    private async Task EndAsync(NotebookSession session, string word)
    {
        await session.DisposeAsync();
        _session = null;
        Set(new KernelView("ended", word));
    }

    private void Set(KernelView view)
    {
        View = view;
        changed();
    }
}
