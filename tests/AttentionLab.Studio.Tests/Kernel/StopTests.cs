using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>Stopping a cell: the state stays where it can, and where it cannot this is told.</summary>
public sealed class StopTests(KernelFixture kernel) : IClassFixture<KernelFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private const int Tries = 4;

    /// <summary>Shows a value as soon as the thread that a cell names sleeps: then its own checks are behind it.</summary>
    private const string ShowWhenAsleep =
        """
        System.Threading.Thread sleeper = null;
        new System.Threading.Thread(() =>
        {
            while (sleeper?.ThreadState.HasFlag(System.Threading.ThreadState.WaitSleepJoin) != true) System.Threading.Thread.Sleep(1);
            "started".Display();
        }) { IsBackground = true }.Start();

        """;

    private const string CountingWorker =
        "var done = false;\nvar counted = 0L;\nvar worker = Task.Run(() => { while (!done) { counted++; System.Threading.Thread.Sleep(1); } });";

    private const string CountsOn =
        "var then = counted;\nwhile (counted == then && !worker.IsCompleted) System.Threading.Thread.Sleep(1);\ndone = true;\ncounted > then";

    private const string WaitingWorker = "var gate = new TaskCompletionSource();\nvar waiting = Task.Run(async () => { await gate.Task; return true; });";

    private const string StillWaits = "gate.SetResult();\nawait Task.WhenAny(waiting);\nwaiting.IsCompletedSuccessfully";

    private const string Kept = "stopped; what earlier cells declared is kept.";
    private const string Lost = "stopped, and the notebook's process with it, because ";

    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("while (true) Console.WriteLine(\"again\");")]
    [InlineData("while (true) 1.Display();")]
    [InlineData("again: goto again;")]
    [InlineData("do ; while (true);")]
    [InlineData("foreach (int n in Forever()) ;\nIEnumerable<int> Forever() { for (int n = 0; ; n++) yield return n; }")]
    [InlineData("while (true) { try { while (true) { } } catch (Exception) { } }")]
    [InlineData("while (true) { try { throw new Exception(); } catch (Exception) { } }")]
    [InlineData("System.Threading.Thread.Sleep(-1);")]
    [InlineData("new System.Threading.ManualResetEvent(false).WaitOne();")]
    [InlineData("while (true) { try { System.Threading.Thread.Sleep(-1); } catch (Exception) { } }")]
    [InlineData("Enumerable.Range(0, int.MaxValue).SelectMany(a => Enumerable.Range(0, int.MaxValue)).Count(b => b < 0)")]
    [InlineData("(from a in Enumerable.Range(0, int.MaxValue) from b in Enumerable.Range(0, int.MaxValue) where a + b < 0 select a).Count()")]
    [InlineData("bool Small(int n) => n < 0;\nEnumerable.Range(0, int.MaxValue).SelectMany(a => Enumerable.Range(0, int.MaxValue)).Count(Small)")]
    [InlineData("await Task.Yield();\nwhile (true) { }")]
    [InlineData("await Task.Delay(-1);")]
    [InlineData("async Task<int> Later() { await Task.Delay(-1); return 1; }\nawait Later()")]
    [InlineData("while (true) await Task.Yield();")]
    [InlineData("Parallel.For(0, 64, i => { while (true) { } });")]
    [InlineData("Task.Run(() => { while (true) { } });\nTask.Run(() => { while (true) { } });\nwhile (true) { }")]
    [InlineData("Task.Run(() => { while (true) { } }).Wait();")]
    [InlineData("new System.Threading.Thread(() => { while (true) { } }).Start();\nwhile (true) { }")]
    [InlineData("new System.Threading.Thread(() => Parallel.For(0, 64, i => { while (true) { } })).Start();\nwhile (true) { }")]
    [InlineData("async void Loops() { await Task.Yield(); while (true) { } }\nLoops();\nwhile (true) { }")]
    [InlineData("async void Waits() => await Task.Delay(-1);\nWaits();\nwhile (true) { }")]
    [InlineData("await Task.Delay(-1).ConfigureAwait(false);")]
    [InlineData("await System.Threading.Channels.Channel.CreateUnbounded<int>().Reader.ReadAsync()")]
    [InlineData("await System.Threading.Channels.Channel.CreateUnbounded<int>().Reader.WaitToReadAsync().ConfigureAwait(false)")]
    [InlineData("await foreach (int n in System.Threading.Channels.Channel.CreateUnbounded<int>().Reader.ReadAllAsync()) ;")]
    [InlineData("await foreach (var (a, b) in System.Threading.Channels.Channel.CreateUnbounded<(int, int)>().Reader.ReadAllAsync().ConfigureAwait(false)) ;")]
    [InlineData("async IAsyncEnumerable<int> Deaf() { yield return 1; await new TaskCompletionSource().Task; }\nawait foreach (int n in Deaf()) ;")]
    [InlineData("(from a in Enumerable.Range(0, int.MaxValue) group a by a % 2).Count()")]
    [InlineData("Func<int, int> self = null;\nself = n => n < 40 ? self(n + 1) + self(n + 2) : 0;\nwhile (true) self(0);")]
    public async Task Stop_EndlessCell_KeepsWhatEarlierCellsDeclared(string loop)
    {
        NotebookSession session = await kernel.AliveAsync();
        await session.RunAsync(1, "var kept = 41;", cancellation: TestContext.Current.CancellationToken);
        ExecutedCell cell = await StopWhenStartedAsync(session, loop);
        Assert.Equal(Kept, cell.Failure?.Message);
        Assert.True(session.IsAlive);
        Assert.Equal("42", Assert.Single((await session.RunAsync(2, "kept + 1", cancellation: TestContext.Current.CancellationToken)).Outputs).Content);
    }

    [Fact]
    public async Task Stop_InsideAnImport_KeepsTheStateToo()
    {
        kernel.Write("endless.dib", "#!csharp\n\nvar before = 1;\n\n#!csharp\n\n\"started\".Display();\nSystem.Threading.Thread.Sleep(-1);\n");
        NotebookSession session = await kernel.AliveAsync();
        ExecutedCell cell = await StopWhenStartedAsync(session, "#!import ./endless.dib", announce: false);
        Assert.Equal(Kept, cell.Failure?.Message);
        Assert.Equal("1", Assert.Single((await session.RunAsync(2, "before", cancellation: TestContext.Current.CancellationToken)).Outputs).Content);
    }

    [Fact]
    public async Task Stop_AtAnyMoment_KeepsTheState()
    {
        NotebookSession session = await kernel.AliveAsync();
        await session.RunAsync(1, "var steady = 7;", cancellation: TestContext.Current.CancellationToken);
        for (int moment = 0; moment < 20; moment++)
        {
            Task<ExecutedCell> running = session.RunAsync(
                2, $"record Moment{moment}(int A);\nvar steady = 8;\nvar n = 0L;\nwhile (true) n++;", cancellation: TestContext.Current.CancellationToken);
            await Task.Delay(moment * 6, TestContext.Current.CancellationToken);
            Assert.True(await session.StopAsync());
            Assert.Equal(Kept, (await running).Failure?.Message);
            Assert.Equal("7", Assert.Single((await session.RunAsync(3, "steady", cancellation: TestContext.Current.CancellationToken)).Outputs).Content);
        }
    }

    [Fact]
    public async Task Stop_InAFunctionOfAnEarlierCell_KeepsTheStateAndTheFunction()
    {
        NotebookSession session = await kernel.AliveAsync();
        await session.RunAsync(
            1, "int Count(int to) { int n = 0; while (n != to) n = (n + 1) % 1000; return n; }", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Kept, (await StopWhenStartedAsync(session, "Count(-1)")).Failure?.Message);
        Assert.Equal("9", Assert.Single((await session.RunAsync(2, "Count(9)", cancellation: TestContext.Current.CancellationToken)).Outputs).Content);
    }

    /// <summary>The cell's own work is undone, what it was about to replace is not.</summary>
    [Fact]
    public async Task Stop_CellThatDeclaresANameAgain_KeepsTheEarlierValue()
    {
        NotebookSession session = await kernel.AliveAsync();
        await session.RunAsync(1, "var model = \"trained\";", cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Kept, (await StopWhenStartedAsync(session, "while (true) ;\nvar model = \"new\";")).Failure?.Message);
        Assert.Equal("trained", Assert.Single((await session.RunAsync(2, "model", cancellation: TestContext.Current.CancellationToken)).Outputs).Content);
    }

    [Fact]
    public async Task Run_CellCancelsItself_IsItsOwnError()
    {
        NotebookSession session = await kernel.AliveAsync();
        ExecutedCell cell = await session.RunAsync(
            1, "var own = new System.Threading.CancellationTokenSource();\nown.Cancel();\nawait Task.Delay(-1, own.Token);",
            cancellation: TestContext.Current.CancellationToken);
        Assert.StartsWith("TaskCanceledException: ", cell.Failure?.Message);
        Assert.Equal(3, cell.Failure?.Line);
    }

    /// <summary>What sleeps asks nothing.</summary>
    [Theory]
    [InlineData("await Task.Yield();\n" + ShowWhenAsleep + "sleeper = System.Threading.Thread.CurrentThread;\nSystem.Threading.Thread.Sleep(-1);", "awaits")]
    [InlineData(ShowWhenAsleep + "Task.Run(() => { sleeper = System.Threading.Thread.CurrentThread; System.Threading.Thread.Sleep(-1); });\nwhile (true) { }",
        "workers")]
    [InlineData(ShowWhenAsleep + "new System.Threading.Thread(() => { sleeper = System.Threading.Thread.CurrentThread; System.Threading.Thread.Sleep(-1); "
        + "}) { IsBackground = true }.Start();\nwhile (true) { }", "workers")]
    public async Task Stop_WhatCannotBeStoppedAlone_EndsTheProcessAndSaysWhy(string source, string reason)
    {
        await using NotebookSession session = await StartAsync();
        ExecutedCell cell = await StopWhenStartedAsync(session, source, announce: false);
        Assert.StartsWith(Lost, cell.Failure?.Message);
        Assert.Contains(reason, cell.Failure?.Message);
        Assert.Contains("run the cells again", cell.Failure?.Message);
        Assert.False(session.IsAlive);
        await ContainmentTests.AssertEndsAsync(session.ProcessId);
    }

    /// <summary>As long as the cell itself answers, its stop reaches no other; a busy machine may let it answer too late, then it is tried again.</summary>
    [Theory]
    [InlineData(CountingWorker, CountsOn, "while (true) { }")]
    [InlineData(CountingWorker, CountsOn, "System.Threading.Thread.Sleep(-1);")]
    [InlineData(WaitingWorker, StillWaits, "while (true) { }")]
    [InlineData(WaitingWorker, StillWaits, "System.Threading.Thread.Sleep(-1);")]
    public async Task Stop_WorkersOfAnEarlierCell_GoOn(string worker, string goesOn, string loop)
    {
        NotebookSession session = await kernel.AliveAsync();
        for (int tries = 0; tries < Tries; tries++)
        {
            await session.RunAsync(1, worker, cancellation: TestContext.Current.CancellationToken);
            Assert.Equal(Kept, (await StopWhenStartedAsync(session, loop)).Failure?.Message);
            ExecutedCell after = await session.RunAsync(2, goesOn, cancellation: TestContext.Current.CancellationToken);
            if (Assert.Single(after.Outputs).Content.Equals("True", StringComparison.OrdinalIgnoreCase))
            {
                return;
            }
        }

        Assert.Fail("The earlier cell's worker was stopped each time.");
    }

    /// <summary>A stop inside of an earlier cell's function stops the code of all cells; what throws then in a timer must not end the process.</summary>
    [Fact]
    public async Task Stop_TimerOfAnEarlierCell_TicksOn()
    {
        NotebookSession session = await kernel.AliveAsync();
        await session.RunAsync(
            1, "var ticks = 0L;\nvar ticking = new System.Threading.Timer(_ => { ticks++; }, null, 0, 1);\nint Endless() { while (true) { } }",
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(Kept, (await StopWhenStartedAsync(session, "Endless();")).Failure?.Message);
        ExecutedCell after = await session.RunAsync(
            2, "var then = ticks;\nwhile (ticks == then) System.Threading.Thread.Sleep(1);\nticking.Dispose();",
            cancellation: TestContext.Current.CancellationToken);
        Assert.Null(after.Failure);
    }

    /// <summary>Nobody could end it any more: the variable that holds it is taken back.</summary>
    [Theory]
    [InlineData("var timer = new System.Threading.Timer(_ => ticks[0]++, null, 0, 1);")]
    [InlineData("System.Threading.Timer timer = new(_ => ticks[0]++, null, 0, 1);")]
    [InlineData("var timer = new System.Timers.Timer(1) { Enabled = true };\ntimer.Elapsed += (_, _) => ticks[0]++;")]
    public async Task Stop_TimerOfTheCell_EndsWithIt(string timer)
    {
        NotebookSession session = await kernel.AliveAsync();
        await session.RunAsync(1, "var ticks = new long[1];", cancellation: TestContext.Current.CancellationToken);
        ExecutedCell stopped = await StopWhenStartedAsync(
            session, timer + "\nwhile (ticks[0] == 0) { }\n\"started\".Display();\nwhile (true) { }", announce: false);
        Assert.Equal(Kept, stopped.Failure?.Message);
        ExecutedCell after = await session.RunAsync(
            2,
            """
            var then = ticks[0];
            var own = 0;
            using (new System.Threading.Timer(_ => own++, null, 0, 1)) while (own < 20) System.Threading.Thread.Sleep(1);
            (then > 0, ticks[0] == then).ToString()
            """,
            cancellation: TestContext.Current.CancellationToken);
        Assert.Equal("(True, True)", Assert.Single(after.Outputs).Content);
    }

    [Fact]
    public async Task Stop_NativeCode_IsEndedByTheHost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "calls libc");
        var options = new KernelOptions { StopLimit = TimeSpan.FromSeconds(1) };
        await using NotebookSession session = await NotebookSession.StartAsync(_folder["native.dib"], options, TestContext.Current.CancellationToken);
        ExecutedCell cell = await StopWhenStartedAsync(
            session,
            """
            [System.Runtime.InteropServices.DllImport("libc")]
            static extern int system(string command);
            new System.Threading.Thread(() =>
            {
                while (!System.IO.File.Exists("inside")) System.Threading.Thread.Sleep(1);
                "started".Display();
            }) { IsBackground = true }.Start();
            system("echo > inside; sleep 600");
            """,
            announce: false);
        Assert.Contains("native code", cell.Failure?.Message);
        Assert.False(session.IsAlive);
    }

    [Fact]
    public async Task Stop_NothingRuns_ChangesNothing()
    {
        NotebookSession session = await kernel.AliveAsync();
        Assert.True(await session.StopAsync());
        Assert.Equal("2", Assert.Single((await session.RunAsync(1, "1 + 1", cancellation: TestContext.Current.CancellationToken)).Outputs).Content);
    }

    public void Dispose() => _folder.Dispose();

    private Task<NotebookSession> StartAsync() => NotebookSession.StartAsync(_folder["stopped.dib"], cancellation: TestContext.Current.CancellationToken);

    /// <summary>Runs a cell and stops it when it shows its first value.</summary>
    internal static async Task<ExecutedCell> StopWhenStartedAsync(NotebookSession session, string source, bool announce = true)
    {
        var started = new TaskCompletionSource();
        Task<ExecutedCell> running = session.RunAsync(
            900, announce ? "\"started\".Display();\n" + source : source, output => started.TrySetResult(), TestContext.Current.CancellationToken);
        await Task.WhenAny(started.Task, running);
        await session.StopAsync();
        return await running;
    }
}
