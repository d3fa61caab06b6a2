using System.Diagnostics;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>The chapters on which the reader works, and the few kernels that they share the machine's memory with.</summary>
internal sealed class Workshop : IAsyncDisposable
{
    /// <summary>Kernels that the reader may have however much runs behind the page: two chapters side by side.</summary>
    private const int Fewest = 2;

    private static readonly TimeSpan LookForIdle = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly WorkOptions _options;
    private readonly Func<int> _behind;
    private readonly Pulse _pulse;
    private readonly Dictionary<string, WorkSession> _sessions = new(StringComparer.Ordinal);
    private readonly Timer _idle;
    private readonly SpareKernel _spare;

    /// <param name="options">How kernels run, and how many.</param>
    /// <param name="pulse">Beats when something changed.</param>
    /// <param name="behind">How many processes run the book behind the page now: they share the memory.</param>
    public Workshop(WorkOptions options, Pulse pulse, Func<int> behind)
    {
        (_options, _pulse, _behind) = (options, pulse, behind);
        _spare = new SpareKernel(options.Kernel);
        _idle = new Timer(_ => _ = EndIdleAsync(), null, options.IdleLimit / 4, options.IdleLimit / 4);
    }

    /// <summary>The session of a chapter, if its page was opened.</summary>
    public WorkSession? Find(string name)
    {
        lock (_gate)
        {
            return _sessions.GetValueOrDefault(name);
        }
    }

    /// <summary>Starts a kernel for the first chapter of this folder that asks for one.</summary>
    public Task<NotebookSession> PrepareAsync(string folder) => _spare.StartAsync(folder);

    /// <summary>Waits until no cell of the reader's runs or waits, but not longer than that.</summary>
    public async Task WaitUntilIdleAsync(TimeSpan most, CancellationToken cancellation)
    {
        long start = Stopwatch.GetTimestamp();
        while (!Sessions().All(session => session.IsIdle) && Stopwatch.GetElapsedTime(start) < most && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(LookForIdle, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The session of a chapter; nothing runs in it yet.</summary>
    public WorkSession Open(string name, string path, ExecutedNotebook shown)
    {
        lock (_gate)
        {
            return _sessions.TryGetValue(name, out WorkSession? open) ? open
                : _sessions[name] = new WorkSession(path, shown, _options, life => StartAsync(name, path, life), _pulse);
        }
    }

    /// <summary>What the reader made of a chapter so far, opened in this course or kept on disk; null for nothing.</summary>
    /// <param name="name">The chapter.</param>
    /// <param name="path">Its file.</param>
    public WorkRecord? Record(string name, string path) => Find(name)?.Look(book => book.ToRecord([]))
        ?? (_options.Folder is { } folder ? new WorkFile(path, folder).Read() : null);

    public async ValueTask DisposeAsync()
    {
        await _idle.DisposeAsync();
        await _spare.DisposeAsync();
        WorkSession[] sessions = Sessions();
        lock (_gate)
        {
            _sessions.Clear();
        }

        foreach (WorkSession session in sessions)
        {
            await session.DisposeAsync();
        }
    }

    private async Task<NotebookSession> StartAsync(string name, string path, CancellationToken life)
    {
        await MakeRoomAsync(name);
        return await _spare.TakeAsync(path, life) ?? await NotebookSession.StartAsync(path, _options.Kernel, life);
    }

    /// <summary>Before one more kernel starts, the one that was idle for the longest time gives its memory back.</summary>
    private async Task MakeRoomAsync(string name)
    {
        WorkSession[] others = [.. Sessions().Where(session => session != Find(name) && session.HasKernel)];
        int allowed = Math.Max(Math.Min(Fewest, _options.MostKernels), _options.MostKernels - _behind());
        int tooMany = Math.Max(0, others.Length + 1 - allowed);
        string besides = allowed < _options.MostKernels ? " and the book runs behind the page" : "";
        foreach (WorkSession oldest in others.Where(session => session.IsIdle).OrderBy(session => session.LastUsed).Take(tooMany))
        {
            await oldest.ParkAsync($"The kernel was ended to save memory, because {allowed} other chapters are open{besides}. {LiveKernel.StartsAgain}");
        }
    }

    private async Task EndIdleAsync()
    {
        await _spare.EndIdleAsync(_options.IdleLimit);
        foreach (WorkSession session in Sessions().Where(session =>
            session.HasKernel && session.IsIdle && Stopwatch.GetElapsedTime(session.LastUsed) > _options.IdleLimit))
        {
            await session.ParkAsync(FormattableString.Invariant(
                $"The kernel was ended to save memory, because nobody used it for {_options.IdleLimit.TotalMinutes:0.#} minutes. {LiveKernel.StartsAgain}"));
        }
    }

    private WorkSession[] Sessions()
    {
        lock (_gate)
        {
            return [.. _sessions.Values];
        }
    }
}
