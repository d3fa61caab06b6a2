using System.Text;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Kernel;

/// <summary>A notebook that wants more memory than it may have: the reader is told so, whether the cell fails or the process dies.</summary>
public sealed class MemoryLimitTests : IDisposable
{
    /// <summary>A cell that catches what it should not.</summary>
    private const string GoesOn = "var all = new List<byte[]>();\nwhile (true)\n"
        + "    try { all.Add(new byte[1 << 12]); } catch (OutOfMemoryException) { Console.WriteLine(\"full\"); }";

    /// <summary>A cell whose exception has a message only where memory was given back since; it keeps 85 % of what it may have.</summary>
    private const string ThrowsWhenFull = """
        var all = new List<byte[]>();
        while (GC.GetTotalMemory(true) < GC.GetGCMemoryInfo().TotalAvailableMemoryBytes * 0.85)
            all.Add(new byte[1 << 20]);
        throw new Full();
        class Full : Exception
        {
            readonly long _used = GC.GetTotalMemory(true);
            public override string Message => GC.GetTotalMemory(true) < _used - (6 << 20) ? "there is room" : "there is no room";
        }
        """;

    private const int Limit = 128;
    private const string Full = "ended near its memory limit of 5120 MB ";
    private const string Advice = "keep less in memory, or start Studio with a higher --memory-limit.";

    private readonly TemporaryFolder _folder = new();

    /// <summary>
    /// Behind the limit the runtime dies of any allocation, its own too, often without a word; or it collects garbage until the cell's time is up; or the
    /// cell gets an exception that it does not catch. Mostly it collects: so its time is short.
    /// </summary>
    [Fact]
    public async Task Run_CellGoesOnBehindTheLimit_IsAFailureThatNamesIt()
    {
        await using NotebookSession session = await StartAsync(seconds: 30);
        AssertNamesTheLimit(await session.RunAsync(3, GoesOn, cancellation: TestContext.Current.CancellationToken));
    }

    /// <summary>Mostly an exception; the runtime may also die, and where it lives the reader can free the memory.</summary>
    [Fact]
    public async Task Run_CellReachesTheLimit_IsAFailureThatNamesItAndWhoLivesGoesOn()
    {
        await using NotebookSession session = await StartAsync();
        ExecutedCell cell = await RunAsync(
            session, "var all = new List<byte[]>();\nwhile (true)\n    { all.Add(new byte[1 << 20]); System.Threading.Thread.Sleep(5); }");
        AssertNamesTheLimit(cell);
        if (cell.Failure!.Message.StartsWith("OutOfMemoryException: ", StringComparison.Ordinal))
        {
            Assert.Equal(3, cell.Failure.Line);
            Assert.Null((await RunAsync(session, "all.Clear();")).Failure);
            Assert.Equal("2", Assert.Single((await RunAsync(session, "1 + 1")).Outputs).Content);
        }
    }

    /// <summary>To say what a cell threw takes memory, and to read its lines, where .NET passes over any failure: the reserve is for both.</summary>
    [Fact]
    public async Task Run_CellThrowsNearTheLimit_IsToldWithTheReserve()
    {
        await using NotebookSession session = await StartAsync(megabytes: 2 * Limit);
        ExecutedCell cell = await RunAsync(session, ThrowsWhenFull);
        Assert.Equal(("Full: there is room", 4), (cell.Failure?.Message, cell.Failure?.Line));
    }

    [Fact]
    public async Task Run_SmallestMemory_IsEnoughForTheEditorAndAChart()
    {
        await using NotebookSession session = await StartAsync();
        string setup = Path.Combine(Repository.Notebooks, "setup.dib");
        Assert.Null((await RunAsync(session, $"#!import {setup}")).Failure);
        ExecutedCell cell = await RunAsync(
            session, "Chart.Bars([new BarSet(\"n\", [\"a\", \"b\"], [1, 2])], \"b leads\", \"b has 2.\", \"letter\", \"count\")");
        Assert.Null(cell.Failure);
        Assert.Equal(CellOutput.Plotly, Assert.Single(cell.Outputs).MimeType);
        Assert.False((await session.CompletionsAsync("Chart.", 6, TestContext.Current.CancellationToken)).IsBusy);
    }

    [Theory]
    [InlineData(139, null, "", false, "crashed (exit code 139, segmentation fault) without a word: native code touched memory that is not its own, or the "
        + "cell filled its memory limit of 5120 MB at once (--memory-limit).")]
    [InlineData(137, null, "", false, "crashed (exit code 137, killed): another program killed it, or the machine had no memory left.")]
    [InlineData(134, null, "Stack overflow.\n   at A()\n", false, "crashed (exit code 134, abort): Stack overflow.")]
    [InlineData(134, null, "Stack overflow.\n   at A()\n", true, "crashed (exit code 134, abort): Stack overflow.")]
    [InlineData(134, null, "Process terminated. Why\n   at A()\n", true, "crashed (exit code 134, abort): Process terminated. Why")]
    [InlineData(3, null, "no luck\n", false, "crashed (exit code 3): no luck")]
    [InlineData(137, "it sent bytes that are no message", "", true, "crashed (exit code 137): it sent bytes that are no message.")]
    [InlineData(139, null, "\n", true, Full + "(exit code 139, segmentation fault): " + Advice)]
    [InlineData(134, null, "Out of memory.\n", false, Full + "(exit code 134, abort): " + Advice)]
    [InlineData(134, null, "Fatal error. Internal CLR error.\n   at A()\n", true, Full + "(exit code 134, abort): " + Advice)]
    [InlineData(134, null, "Unhandled exception. System.OutOfMemoryException: x\n   at A()\n", false, Full + "(exit code 134, abort): " + Advice)]
    public void Describe_AnyEnd_IsOneLineWithItsReason(int code, string? garbage, string lastWords, bool isNear, string words)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "has no signals");
        Assert.Equal("the notebook's process " + words, KernelEnd.Describe(code, garbage, lastWords, 5L << 30, isNear));
    }

    [Fact]
    public void DescribeTime_NearTheMemoryLimit_SaysBoth()
    {
        Assert.Equal(
            "stopped after 2.5 s, the time limit of a cell; the notebook's process was ended.",
            KernelEnd.DescribeTime(TimeSpan.FromSeconds(2.5), 128 << 20, isNearLimit: false));
        Assert.Equal(
            "stopped after 300 s, the time limit of a cell; the notebook's process was ended. It was near its memory limit of 128 MB "
            + "(--memory-limit), where every step takes long.",
            KernelEnd.DescribeTime(TimeSpan.FromSeconds(300), 128 << 20, isNearLimit: true));
    }

    [Fact]
    public async Task NativeOutput_MarkOfTheLimit_IsNoTextAndHoldsUntilItIsTaken()
    {
        var output = new NativeOutput(new StreamReader(new MemoryStream(Encoding.ASCII.GetBytes($"before{MemoryLimit.Mark}\nbehind\n"))));
        await output.Completed;
        Assert.True(output.IsNearMemoryLimit);
        Assert.Equal("beforebehind\n", output.Take());
        Assert.False(output.IsNearMemoryLimit);
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertNamesTheLimit(ExecutedCell cell)
    {
        Assert.Contains($"memory limit of {Limit} MB", cell.Failure?.Message);
        Assert.Contains("--memory-limit", cell.Failure?.Message);
        Assert.DoesNotContain("\n", cell.Failure?.Message);
    }

    private static Task<ExecutedCell> RunAsync(NotebookSession session, string source) =>
        session.RunAsync(1, source, cancellation: TestContext.Current.CancellationToken);

    private Task<NotebookSession> StartAsync(int seconds = 60, int megabytes = Limit) => NotebookSession.StartAsync(
        _folder["full.dib"],
        new KernelOptions { MemoryLimit = megabytes << 20, CellTimeLimit = TimeSpan.FromSeconds(seconds) },
        TestContext.Current.CancellationToken);
}
