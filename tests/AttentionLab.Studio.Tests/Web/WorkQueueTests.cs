using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.WorkedChapter;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>No click is lost: what is asked for while a cell runs, ends or is stopped. One real kernel for all.</summary>
public sealed class WorkQueueTests(WorkQueueTests.Running running) : IClassFixture<WorkQueueTests.Running>
{
    private const string Endless = "Console.WriteLine(\"on\");\nwhile (true) { System.Threading.Thread.Sleep(5); }";

    private WorkSession Session => running.Session;

    [Fact]
    public async Task Stop_ThenRunAnotherAtOnce_RunsTheOther()
    {
        string endless = Add(Endless), waits = Add("1"), other = Add("6 * 7");
        await BeginAsync(endless);
        Ask(waits);
        Assert.True(Session.Do(new WorkCommand("stop", "t")).Ok);
        Ask(other);
        await EndedAsync(other, "42");
        Assert.True(View(Session, endless).Failed);
        Assert.Equal("not run yet", View(Session, waits).Note);
    }

    [Fact]
    public async Task Restart_ThenRunAtOnce_RunsInTheNewKernel()
    {
        string endless = Add(Endless), other = Add("6 * 7");
        await BeginAsync(endless);
        Session.Do(new WorkCommand("restart", "t"));
        Ask(other);
        await EndedAsync(other, "42");
        Assert.True(View(Session, endless).Failed);

        // In the middle of the start, too.
        Session.Do(new WorkCommand("restart", "t"));
        await Patience.UntilAsync(() => Session.Since(0, "t", isFirst: true)!.Kernel.State == "starting");
        Session.Do(new WorkCommand("restart", "t"));
        other = Add("7 * 7");
        Ask(other);
        await EndedAsync(other, "49");
    }

    [Fact]
    public async Task Run_ACellThatEndsTheKernel_SaysSoAndANewOneStarts()
    {
        string kept = Add("int kept = 41;\nkept"), gate = running.NewFile(), ends = Add(Gated(gate) + "Environment.Exit(3);");
        string waits = Add("1"), asks = Add("kept + 1"), other = Add("6 * 7");
        Ask(kept);
        await EndedAsync(kept, "41");
        await BeginAsync(ends);
        Ask(waits);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => View(Session, ends).Failed && Session.Since(0, "t", isFirst: true)!.Kernel.State == "ready");
        Assert.Contains("exit code 3", View(Session, ends).Html);
        Assert.Equal("not run yet", View(Session, waits).Note);
        Ask(asks);
        await Patience.UntilAsync(() => View(Session, asks).Failed);
        Assert.Contains("CS0103", View(Session, asks).Html);
        Ask(other);
        await EndedAsync(other, "42");
    }

    [Fact]
    public async Task Run_ACellThatRuns_RunsItAgainIfItWasEdited()
    {
        string gate = running.NewFile(), runs = running.NewFile();
        string cell = Add(Gated(gate) + $"System.IO.File.AppendAllText(@\"{runs}\", \"x\");"), below = Add("6 * 7");
        await BeginAsync(cell);
        Ask(cell);
        Ask(below);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await EndedAsync(below, "42");
        Assert.Equal("x", await File.ReadAllTextAsync(runs, TestContext.Current.CancellationToken));

        // The text that is in the editor runs next, also if the one before fails.
        gate = running.NewFile();
        Type(cell, Gated(gate) + "throw new Exception(\"first\");");
        Type(below, "7 * 8");
        await BeginAsync(cell);
        Ask(below);
        Type(cell, "\"second\"");
        Ask(cell);
        Assert.Equal("running", View(Session, cell).Run);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await EndedAsync(cell, "second");
        await EndedAsync(below, "56");
    }

    [Fact]
    public async Task Follow_AChapterWithoutACellThatWaits_GoesOnWithTheNext()
    {
        string gate = running.NewFile(), cell = Add(Gated(gate));
        await BeginAsync(cell);
        Ask("c2");
        Ask("c3");
        Assert.Equal("queued", View(Session, "c2").Run);
        running.Work.Write("\"one\"", "\"three\"");
        Session.Follow(running.Work.Notebook);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await EndedAsync("c3", "three");
    }

    /// <summary>Says "on", and waits for a file.</summary>
    private static string Gated(string file) =>
        $"Console.WriteLine(\"on\");\nwhile (!System.IO.File.Exists(@\"{file}\")) {{ System.Threading.Thread.Sleep(5); }}\n";

    /// <summary>A new cell of the reader's at the end.</summary>
    private string Add(string source)
    {
        string id = Session.Do(new WorkCommand("add", "t") { Cell = Session.Since(0, "t", isFirst: true)!.Order[^1] }).Cell!;
        Type(id, source);
        return id;
    }

    private void Type(string cell, string source) => Assert.Null(Edit(Session, cell, source, View(Session, cell).Revision).Source);

    private void Ask(string cell) => Assert.True(Session.Do(new WorkCommand("run", "t") { Cell = cell, Which = "cell" }).Ok);

    private async Task BeginAsync(string cell)
    {
        Ask(cell);
        await Patience.UntilAsync(() => View(Session, cell) is { Run: "running" } view && view.Html.Contains(">on", StringComparison.Ordinal));
    }

    private Task EndedAsync(string cell, string shown) =>
        Patience.UntilAsync(() => View(Session, cell) is { Run: "idle", Failed: false } view && view.Html.Contains(shown, StringComparison.Ordinal));

    /// <summary>A chapter with a kernel.</summary>
    public sealed class Running : IAsyncDisposable
    {
        private int _files;

        public Running()
        {
            Work.Write("\"one\"", "\"two\"", "\"three\"");
            Session = Work.Open();
        }

        internal WorkedChapter Work { get; } = new();

        internal WorkSession Session { get; }

        /// <summary>Path of a file that is not there yet.</summary>
        public string NewFile() => Path.Combine(Work.Root, $"file{++_files}");

        public ValueTask DisposeAsync() => Work.DisposeAsync();
    }
}
