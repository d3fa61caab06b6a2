using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>Stopping a cell: the state stays where it can, and where it cannot this is told.</summary>
public sealed class StopTests(KernelFixture kernel) : IClassFixture<KernelFixture>
{
    [Theory]
    [InlineData("while (true) { }")]
    [InlineData("while (true) Console.WriteLine(\"again\");")]
    [InlineData("while (true) 1.Display();")]
    [InlineData("System.Threading.Thread.Sleep(-1);")]
    [InlineData("new System.Threading.ManualResetEvent(false).WaitOne();")]
    [InlineData("while (true) { try { while (true) { } } catch (Exception) { } }")]
    [InlineData("while (true) { try { throw new Exception(); } catch (Exception) { } }")]
    [InlineData("long Fibonacci(int n) => n < 2 ? n : Fibonacci(n - 1) + Fibonacci(n - 2);\nFibonacci(90)")]
    [InlineData("Enumerable.Range(0, int.MaxValue).SelectMany(a => Enumerable.Range(0, int.MaxValue)).Count(b => b < 0)")]
    public async Task Stop_EndlessCell_KeepsWhatEarlierCellsDeclared(string loop)
    {
        await kernel.RunAsync("var kept = 41;");
        ExecutedCell cell = await StopWhenStartedAsync(kernel.Session, loop);
        Assert.Equal("stopped; what earlier cells declared is kept.", cell.Failure?.Message);
        Assert.True(kernel.Session.IsAlive);
        Assert.Equal("42", Assert.Single((await kernel.RunAsync("kept + 1")).Outputs).Content);
    }

    [Fact]
    public async Task Stop_InsideAnImport_KeepsTheStateToo()
    {
        kernel.Write("endless.dib", "#!csharp\n\nvar before = 1;\n\n#!csharp\n\n\"started\".Display();\nwhile (true) { }\n");
        ExecutedCell cell = await StopWhenStartedAsync(kernel.Session, "#!import ./endless.dib", announce: false);
        Assert.Equal("stopped; what earlier cells declared is kept.", cell.Failure?.Message);
        Assert.Equal("1", Assert.Single((await kernel.RunAsync("before")).Outputs).Content);
    }

    [Fact]
    public async Task Stop_AtAnyMoment_LeavesAKernelThatWorks()
    {
        await kernel.RunAsync("var steady = 7;");
        for (int moment = 0; moment < 30; moment++)
        {
            Task<ExecutedCell> running = kernel.RunAsync($"record Moment{moment}(int A);\nvar n{moment} = 0L;\nwhile (true) n{moment}++;");
            await Task.Delay(moment * 4, TestContext.Current.CancellationToken);
            Assert.True(await kernel.Session.StopAsync(), (await running).Failure?.Message);
            Assert.Equal("stopped; what earlier cells declared is kept.", (await running).Failure?.Message);
            Assert.Equal("7", Assert.Single((await kernel.RunAsync("steady")).Outputs).Content);
        }

        KernelAnswer<CompletionList> completions = await kernel.Session.CompletionsAsync("stea", 4, TestContext.Current.CancellationToken);
        Assert.Contains(completions.Value!.Items, item => item.Label == "steady");
    }

    [Theory]
    [InlineData("await Task.Yield();\n\"started\".Display();\nwhile (true) { }", "awaits")]
    [InlineData("await Task.Yield();\n\"started\".Display();\nawait Task.Delay(-1);", "awaits")]
    [InlineData("\"started\".Display();\nTask.Run(() => { while (true) { } });\nTask.Run(() => { while (true) { } });\nwhile (true) { }", "workers")]
    [InlineData("Parallel.For(0, 64, i => { if (System.Threading.Thread.CurrentThread.IsThreadPoolThread) \"started\".Display(); while (true) { } });", "because")]
    public async Task Stop_WhatCannotBeStoppedAlone_EndsTheProcessAndSaysWhy(string source, string reason)
    {
        using var folder = new TemporaryFolder();
        await using NotebookSession session = await NotebookSession.StartAsync(folder["lost.dib"], cancellation: TestContext.Current.CancellationToken);
        ExecutedCell cell = await StopWhenStartedAsync(session, source, announce: false);
        Assert.StartsWith("stopped, and the notebook's process with it, because ", cell.Failure?.Message);
        Assert.Contains(reason, cell.Failure?.Message);
        Assert.Contains("run the cells again", cell.Failure?.Message);
        Assert.False(session.IsAlive);
        await ContainmentTests.AssertEndsAsync(session.ProcessId);
    }

    [Fact]
    public async Task Stop_NativeCode_IsEndedByTheHost()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "calls libc");
        using var folder = new TemporaryFolder();
        var options = new KernelOptions { StopLimit = TimeSpan.FromSeconds(1) };
        await using NotebookSession session = await NotebookSession.StartAsync(folder["native.dib"], options, TestContext.Current.CancellationToken);
        ExecutedCell cell = await StopWhenStartedAsync(
            session,
            """
            [System.Runtime.InteropServices.DllImport("libc")]
            static extern int pthread_mutex_lock(byte[] mutex);
            var mutex = GC.AllocateArray<byte>(256, pinned: true);
            pthread_mutex_lock(mutex);
            "started".Display();
            pthread_mutex_lock(mutex);
            """,
            announce: false);
        Assert.Contains("native code", cell.Failure?.Message);
        Assert.False(session.IsAlive);
    }

    [Fact]
    public async Task Stop_NothingRuns_ChangesNothing()
    {
        Assert.True(await kernel.Session.StopAsync());
        Assert.Equal("2", Assert.Single((await kernel.RunAsync("1 + 1")).Outputs).Content);
    }

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
