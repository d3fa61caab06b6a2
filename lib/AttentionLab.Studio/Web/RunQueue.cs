namespace AttentionLab.Studio.Web;

/// <summary>Chapters that wait to run, and those that run, taken in the queue's order; the same chapter never runs twice at a time.</summary>
/// <param name="parallel">Chapters that run at the same time.</param>
/// <param name="runAsync">Runs one; it is cancelled when the queue ends, and throws nothing else.</param>
/// <param name="held">Nothing runs before <see cref="Release"/>.</param>
internal sealed class RunQueue(int parallel, Func<string, CancellationToken, Task> runAsync, bool held = false) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<string> _waiting = [];
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private bool _held = held;
    private bool _disposed;

    /// <summary>Cancelled when the queue ends.</summary>
    public CancellationToken Stopping => _disposed ? new CancellationToken(canceled: true) : _stopping.Token;

    /// <summary>Chapters that run now.</summary>
    public int Running
    {
        get
        {
            lock (_gate)
            {
                return _running.Count;
            }
        }
    }

    /// <summary>From now on what waits may run.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _held = false;
            Start();
        }
    }

    /// <summary>Puts chapters at the end.</summary>
    public void Add(IEnumerable<string> names)
    {
        lock (_gate)
        {
            _waiting.AddRange(names);
            Start();
        }
    }

    /// <summary>Puts a chapter at the head, whether it waits already or not.</summary>
    public void AddFirst(string name)
    {
        lock (_gate)
        {
            _waiting.Remove(name);
            _waiting.Insert(0, name);
            Start();
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
        Task[] running;
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _waiting.Clear();
            running = [.. _running.Values];
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    /// <summary>Starts what waits, as many as there are places. One that runs already waits on until it has ended. Call it inside the lock.</summary>
    private void Start()
    {
        while (!_held && !_disposed && _running.Count < parallel && _waiting.Find(name => !_running.ContainsKey(name)) is { } next)
        {
            _waiting.Remove(next);
            _running.Add(next, Task.Run(() => RunAsync(next)));
        }
    }

    /// <summary>Runs one, and gives its place to the next under the same lock, so that nothing which comes meanwhile is forgotten.</summary>
    private async Task RunAsync(string name)
    {
        try
        {
            if (!_stopping.IsCancellationRequested)
            {
                await runAsync(name, _stopping.Token);
            }
        }
        finally
        {
            lock (_gate)
            {
                _running.Remove(name);
                Start();
            }
        }
    }
}
