using System.Diagnostics;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Which kernels live, with real processes.</summary>
public sealed class WorkshopTests : IAsyncDisposable
{
    private readonly TemporaryCourse _course = new();
    private Workshop? _shop;
    private int _behind;

    public async ValueTask DisposeAsync()
    {
        if (_shop is not null)
        {
            await _shop.DisposeAsync();
        }

        _course.Dispose();
    }

    [Fact]
    public async Task Kernels_MoreThanAllowed_TheOneUsedLongestAgoIsEndedAndSaysSo()
    {
        _shop = new Workshop(new WorkOptions { MostKernels = 2 }, new Pulse(), () => _behind);
        WorkSession[] sessions = [await OpenAsync("01-a"), await OpenAsync("02-b"), await OpenAsync("03-c")];
        Assert.Equal([false, true, true], sessions.Select(session => session.HasKernel));
        KernelView view = sessions[0].Since(0, "t", isFirst: true)!.Kernel;
        Assert.Equal("ended", view.State);
        Assert.StartsWith("The kernel was ended to save memory, because 2 other chapters are open.", view.Word);

        // The next run starts it again, and another one makes room.
        Assert.True(sessions[0].Do(new WorkCommand("run", "t") { Cell = "c1", Which = "cell" }).Ok);
        await Patience.UntilAsync(() => Cell(sessions[0]) is { Run: "idle" } cell && cell.Html.Contains("42", StringComparison.Ordinal));
        Assert.Equal([true, false, true], sessions.Select(session => session.HasKernel));

        Process[] kernels = [.. sessions.Where(session => session.HasKernel).Select(session => Process.GetProcessById(session.Kernel!.ProcessId))];
        await _shop.DisposeAsync();
        await Patience.UntilAsync(() => kernels.All(kernel => kernel.HasExited));
    }

    [Fact]
    public async Task Kernels_WhileTheBookRunsBehindThePage_AreFewerButTwo()
    {
        _behind = 3;
        _shop = new Workshop(new WorkOptions { MostKernels = 4 }, new Pulse(), () => _behind);
        WorkSession[] sessions = [await OpenAsync("01-a"), await OpenAsync("02-b"), await OpenAsync("03-c")];
        Assert.Equal([false, true, true], sessions.Select(session => session.HasKernel));
        Assert.StartsWith(
            "The kernel was ended to save memory, because 2 other chapters are open and the book runs behind the page.",
            sessions[0].Since(0, "t", isFirst: true)!.Kernel.Word);

        // The book is finished.
        _behind = 0;
        WorkSession last = await OpenAsync("04-d");
        Assert.Equal([false, true, true, true], sessions.Append(last).Select(session => session.HasKernel));
    }

    [Fact]
    public async Task Kernel_StartedAhead_IsThatOfTheFirstChapterThatAsks()
    {
        _shop = new Workshop(new WorkOptions(), new Pulse(), () => _behind);
        Write("01-a");
        int ahead = (await _shop.PrepareAsync(_course.Notebooks)).ProcessId;
        WorkSession first = await OpenAsync("01-a"), second = await OpenAsync("02-b");
        Assert.Equal(ahead, first.Kernel!.ProcessId);
        Assert.NotEqual(ahead, second.Kernel!.ProcessId);

        // It knows the chapter by its name.
        const string Stack = "try { throw new Exception(); } catch (Exception e) { Console.WriteLine(e.StackTrace); }";
        Assert.True(first.Do(new WorkCommand("edit", "t") { Cell = "c1", Source = Stack }).Ok);
        Assert.True(first.Do(new WorkCommand("run", "t") { Cell = "c1", Which = "cell" }).Ok);
        await Patience.UntilAsync(() => Cell(first) is { Run: "idle" } cell && cell.Html.Contains("01-a.dib/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kernel_StartedAheadThatIsGone_IsReplaced()
    {
        _shop = new Workshop(new WorkOptions(), new Pulse(), () => _behind);
        Write("01-a");
        NotebookSession ahead = await _shop.PrepareAsync(_course.Notebooks);
        using Process kernel = Process.GetProcessById(ahead.ProcessId);
        kernel.Kill();
        await ahead.Ended;
        WorkSession session = await OpenAsync("01-a");
        Assert.NotEqual(kernel.Id, session.Kernel!.ProcessId);
    }

    [Fact]
    public async Task Kernel_StartedAheadThatNobodyTakes_EndsWithTheCourse()
    {
        _shop = new Workshop(new WorkOptions(), new Pulse(), () => _behind);
        Write("01-a");
        NotebookSession ahead = await _shop.PrepareAsync(_course.Notebooks);
        await _shop.DisposeAsync();
        await ahead.Ended.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Kernel_StartedAheadThatNobodyTakesForLong_IsEnded()
    {
        _shop = new Workshop(new WorkOptions { IdleLimit = TimeSpan.FromMilliseconds(400) }, new Pulse(), () => _behind);
        Write("01-a");
        NotebookSession ahead = await _shop.PrepareAsync(_course.Notebooks);
        await ahead.Ended.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Kernel_ThatNobodyUses_IsEndedAndSaysSo()
    {
        _shop = new Workshop(new WorkOptions { IdleLimit = TimeSpan.FromMilliseconds(400) }, new Pulse(), () => _behind);
        WorkSession session = _shop.Open("01-a", Write("01-a"), Notebook("01-a"));
        session.Warm();
        await Patience.UntilAsync(
            () => session.Since(0, "t", isFirst: true)!.Kernel is { State: "ended" } kernel
                && kernel.Word.Contains("nobody used it", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Kernel_ThatIsKilledWhileNoCellRuns_IsNoticedAndStartedAgain()
    {
        _shop = new Workshop(new WorkOptions(), new Pulse(), () => _behind);
        WorkSession session = await OpenAsync("01-a");
        using (Process kernel = Process.GetProcessById(session.Kernel!.ProcessId))
        {
            kernel.Kill();
        }

        await Patience.UntilAsync(
            () => session.Since(0, "t", isFirst: true)!.Kernel is { State: "ended" } view
                && view.Word.Contains("killed, or crashed", StringComparison.Ordinal));
        session.Do(new WorkCommand("run", "t") { Cell = "c1", Which = "cell" });
        await Patience.UntilAsync(() => Cell(session) is { Run: "idle" } cell && cell.Html.Contains("42", StringComparison.Ordinal));
    }

    private static WorkCellView Cell(WorkSession session) => session.Since(0, "t", isFirst: true)!.Cells[0];

    private string Write(string name) => _course.Write(name + ".dib", "6 * 7");

    private ExecutedNotebook Notebook(string name)
    {
        string path = Path.Combine(_course.Notebooks, name + ".dib");
        return NotebookRunner.NotRun(path, DibDocument.Read(path));
    }

    private async Task<WorkSession> OpenAsync(string name)
    {
        WorkSession session = _shop!.Open(name, Write(name), Notebook(name));
        session.Warm();
        await Patience.UntilAsync(() => session.Kernel is not null && session.IsIdle);
        return session;
    }
}
