using System.Collections.Concurrent;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Chapters wait for a place and for nothing else. Each runs until the test lets it end.</summary>
public sealed class RunQueueTests
{
    /// <summary>A lost chapter needs a moment of one thread to meet one of another: so often it is tried.</summary>
    private const int Meetings = 2_000;

    private readonly ConcurrentQueue<string> _started = new();
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new();
    private int _cancelled;

    [Fact]
    public async Task Add_WhileOneOfManyPlacesIsTaken_StartsAtOnce()
    {
        await using RunQueue queue = new(4, RunAsync);
        queue.Add(["a"]);
        await StartedAsync("a");
        queue.AddFirst("b");
        await StartedAsync("a", "b");
        queue.Add(["c", "d", "e"]);
        await Patience.UntilAsync(() => _started.Count == 4);
        Assert.Equal(4, queue.Running);
        Assert.DoesNotContain("e", _started);
        Gate("a").Release();
        await Patience.UntilAsync(() => _started.Contains("e"));
    }

    [Fact]
    public async Task Add_WhileTheLastOneEnds_IsNeverForgotten()
    {
        SemaphoreSlim ran = new(0);
        await using RunQueue queue = new(1, (_, _) => Task.FromResult(ran.Release()));
        for (int i = 0; i < Meetings; i++)
        {
            queue.AddFirst("a");
            Assert.True(await ran.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken), $"chapter {i} was never run");
        }
    }

    [Fact]
    public async Task Order_IsThatOfTheQueue_AndWhatIsAskedForGoesToItsHead()
    {
        await using RunQueue queue = new(1, RunAsync);
        queue.Add(["a", "b", "c", "d"]);
        await StartedAsync("a");
        queue.Promote("c");
        queue.Promote("not there");
        queue.AddFirst("e");
        queue.AddFirst("d");
        Release("a", "d", "e", "c", "b");
        await StartedAsync("a", "d", "e", "c", "b");
        await Patience.UntilAsync(() => queue.Running == 0);
    }

    [Fact]
    public async Task Add_WhileHeld_WaitsInTheOrderThatTheReaderAskedFor()
    {
        await using RunQueue queue = new(1, RunAsync, held: true);
        queue.Add(["a", "b", "c"]);
        queue.Promote("c");
        queue.AddFirst("d");
        Assert.Equal(0, queue.Running);
        Release("d", "c", "a", "b");
        queue.Release();
        await StartedAsync("d", "c", "a", "b");
    }

    [Fact]
    public async Task Dispose_WhileHeld_RunsNothing()
    {
        RunQueue queue = new(1, RunAsync, held: true);
        queue.Add(["a"]);
        await queue.DisposeAsync();
        queue.Release();
        Assert.Equal(0, queue.Running);
        Assert.Empty(_started);
    }

    [Fact]
    public async Task Add_OfAChapterThatRuns_RunsItOnceMoreBehindThat()
    {
        await using RunQueue queue = new(2, RunAsync);
        queue.Add(["a"]);
        await StartedAsync("a");
        queue.AddFirst("a");
        queue.Add(["b"]);
        await StartedAsync("a", "b");
        Assert.Equal(2, queue.Running);
        Release("a");
        await StartedAsync("a", "b", "a");
    }

    [Fact]
    public async Task Running_WhenOneThrows_FreesItsPlace()
    {
        await using RunQueue queue = new(1, (name, stop) => name == "a" ? Task.FromException(new InvalidOperationException()) : RunAsync(name, stop));
        queue.Add(["a", "b"]);
        await StartedAsync("b");
    }

    [Fact]
    public async Task Dispose_WhileSomeRunAndSomeWait_CancelsTheOnesAndForgetsTheOthers()
    {
        RunQueue queue = new(2, RunAsync);
        queue.Add(["a", "b", "c"]);
        await Patience.UntilAsync(() => _started.Count == 2);
        await queue.DisposeAsync();
        await queue.DisposeAsync();
        Assert.Equal(2, _cancelled);
        Assert.Equal(0, queue.Running);
        Assert.True(queue.Stopping.IsCancellationRequested);
        queue.Add(["d"]);
        queue.AddFirst("e");
        Assert.Equal(["a", "b"], _started.Order());
        Assert.Equal(0, queue.Running);
    }

    private SemaphoreSlim Gate(string name) => _gates.GetOrAdd(name, _ => new SemaphoreSlim(0));

    private void Release(params string[] names)
    {
        foreach (string name in names)
        {
            Gate(name).Release();
        }
    }

    private async Task StartedAsync(params string[] names)
    {
        await Patience.UntilAsync(() => _started.Count >= names.Length);
        Assert.Equal(names, _started);
    }

    private async Task RunAsync(string name, CancellationToken cancellation)
    {
        _started.Enqueue(name);
        try
        {
            await Gate(name).WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref _cancelled);
            throw;
        }
    }
}
