using System.Diagnostics;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>A kernel that is started before a page asks for one: while the reader's browser starts, it reads the compiler.</summary>
/// <param name="options">Its limits.</param>
internal sealed class SpareKernel(KernelOptions options) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _ended = new();
    private string _folder = "";
    private long _started;
    private Task<NotebookSession>? _session;

    /// <summary>Starts it, once.</summary>
    /// <param name="folder">The folder of the notebooks that may take it.</param>
    public Task<NotebookSession> StartAsync(string folder)
    {
        lock (_gate)
        {
            _folder = Path.GetFullPath(folder);
            _started = Stopwatch.GetTimestamp();
            return _session = NotebookSession.StartAsync(Path.Combine(_folder, "spare.dib"), options, _ended.Token);
        }
    }

    /// <summary>Gives it to a notebook, as soon as it is ready; null if it is gone, or was started for another folder.</summary>
    /// <param name="notebook">Path of the notebook.</param>
    /// <param name="cancellation">Ends the wait: the kernel is kept for the next notebook.</param>
    public async Task<NotebookSession?> TakeAsync(string notebook, CancellationToken cancellation)
    {
        Task<NotebookSession>? spare;
        lock (_gate)
        {
            spare = Path.GetDirectoryName(Path.GetFullPath(notebook)) == _folder ? _session : null;
            _session = spare is null ? _session : null;
        }

        if (spare is null)
        {
            return null;
        }

        try
        {
            NotebookSession session = await spare.WaitAsync(cancellation);
            if (!session.Ended.IsCompleted)
            {
                session.Open(notebook);
                return session;
            }

            await session.DisposeAsync();
        }
        catch (KernelException)
        {
            // The caller starts another, and tells why if that does not start either.
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _session = spare;
            }

            throw;
        }

        return null;
    }

    /// <summary>Ends it to save memory, if nobody took it for so long: the next chapter starts its own.</summary>
    public async Task EndIdleAsync(TimeSpan limit)
    {
        Task<NotebookSession>? idle;
        lock (_gate)
        {
            idle = _session is { IsCompletedSuccessfully: true } && Stopwatch.GetElapsedTime(_started) > limit ? _session : null;
            _session = idle is null ? _session : null;
        }

        if (idle is not null)
        {
            await (await idle).DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_ended.IsCancellationRequested)
        {
            return;
        }

        await _ended.CancelAsync();
        if (_session is { } session)
        {
            await ((Task)session).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (session.IsCompletedSuccessfully)
            {
                await session.Result.DisposeAsync();
            }
        }
    }
}
