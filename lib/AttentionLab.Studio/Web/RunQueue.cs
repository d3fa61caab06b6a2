namespace AttentionLab.Studio.Web;

/// <summary>Chapters that wait to run, and the workers that run them, in the queue's order.</summary>
/// <param name="parallel">Chapters that run at the same time.</param>
/// <param name="runAsync">Runs one; it is cancelled when the queue ends, and throws nothing else.</param>
internal sealed class RunQueue(int parallel, Func<string, CancellationToken, Task> runAsync) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _waiting = [];
    private readonly List<Task> _workers = [];
    private bool _disposed;
    private int _running;

    /// <summary>Cancelled when the queue ends.</summary>
    public CancellationToken Stopping => _disposed ? new CancellationToken(canceled: true) : _stopping.Token;

    /// <summary>Chapters that run now.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Puts chapters at the end.</summary>
    public void Add(IEnumerable<string> names)
    {
        lock (_gate)
        {
            _waiting.AddRange(names);
            Work();
        }
    }

    /// <summary>Puts a chapter at the head, whether it waits already or not.</summary>
    public void AddFirst(string name)
    {
        lock (_gate)
        {
            _waiting.Remove(name);
            _waiting.Insert(0, name);
            Work();
        }
    }

    /// <summary>Moves a chapter to the head if it waits.</summary>
    public void Promote(string name)
    {
        lock (_gate)
        {
            if (_waiting.Remove(name))
            {
                _waiting.Insert(0, name);
            }
        }
    }

    /// <summary>Cancels what runs, and waits until it has ended.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] workers;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _waiting.Clear();
            workers = [.. _workers];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Starts workers while there is work. Call it inside the lock.</summary>
    private void Work()
    {
        _workers.RemoveAll(worker => worker.IsCompleted);
        while (!_disposed && _workers.Count < Math.Min(parallel, _waiting.Count))
        {
            _workers.Add(Task.Run(WorkAsync));
        }
    }

    private async Task WorkAsync()
    {
        while (Next() is { } name)
        {
            Interlocked.Increment(ref _running);
            try
            {
                await runAsync(name, _stopping.Token);
            }
            finally
            {
                Interlocked.Decrement(ref _running);
            }
        }
    }

    private string? Next()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0 || _stopping.IsCancellationRequested)
            {
                return null;
            }

            string name = _waiting[0];
            _waiting.RemoveAt(0);
            return name;
        }
    }
}
