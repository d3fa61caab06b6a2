using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A laptop that sleeps, or a network that goes away, in the middle of a run: the socket is cut, the server goes on.</summary>
public sealed class LostConnectionTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = new();

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Socket_CutInTheMiddleOfARun_LosesNothingAndShowsNothingTwice()
    {
        await _course.StartAsync();
        await using CuttableLine line = new(_course.Address.Port);
        await using WatchedPage page = await browser.OpenAsync(proxy: line.Address);
        int streams = 0;
        page.Page.Request += (_, request) => streams += request.Url.Contains("/events?", StringComparison.Ordinal) ? 1 : 0;

        // The browser itself goes in: requests of the test would not pass the line.
        await page.Page.GotoAsync(_course.Server.Entrance("01-work.html").AbsoluteUri);
        await Expect(page.Page.Locator(".cell[data-work]").First).ToBeVisibleAsync();
        await TypeAsync(page, 4, $$"""
            string Gate(string name) => @"{{_course.Root}}/" + name;
            void Step(string name) { Console.WriteLine(name); while (!System.IO.File.Exists(Gate(name))) { System.Threading.Thread.Sleep(10); } }
            Step("one");
            Step("two");
            Step("three");
            """);
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 4)).ToHaveTextAsync("one\n");
        int before = streams;

        // The line is cut. The run goes on, and so does the reader.
        line.Cut();
        await GoOnAsync("one", "two\n");
        await TypeAsync(page, 1, "int a = 7;");
        await Expect(page.Page.Locator(".live-status")).ToContainTextAsync("The course does not answer.");
        await Expect(page.Page.Locator(".kernel-state")).ToBeHiddenAsync();
        await Expect(Output(page, 4)).ToHaveTextAsync("one\n");

        line.Mend();
        await Expect(Output(page, 4)).ToHaveTextAsync("one\ntwo\n");
        await Expect(page.Page.Locator(".kernel-state")).ToBeVisibleAsync();
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("running,");
        Assert.True(streams > before, "the stream was not cut");
        await Patience.UntilAsync(() => View("c1").Source == "int a = 7;");

        // Another cut, and the run ends in it.
        line.Cut();
        await GoOnAsync("two", "three\n");
        await File.WriteAllTextAsync(Path.Combine(_course.Root, "three"), "", TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => View("c4").Run == "idle");
        line.Mend();
        await Expect(Output(page, 4)).ToHaveTextAsync("one\ntwo\nthree\n");
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("ran in");
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 7;");
        await Expect(page.Page.Locator(".cell-word:not(:empty)")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Line_ThatGoesSilentWithoutAnError_IsNoticedAndReplaced()
    {
        _course.Beat = TimeSpan.FromSeconds(0.3);
        await _course.StartAsync();
        await using CuttableLine line = new(_course.Address.Port);
        await using WatchedPage page = await browser.OpenAsync(proxy: line.Address);
        await page.Page.GotoAsync(_course.Server.Entrance("01-work.html").AbsoluteUri);
        await Expect(page.Page.Locator(".kernel-state")).ToHaveTextAsync("Kernel: ready");
        await page.Page.EvaluateAsync("""
            () => new Promise(heard => {
              const events = new EventSource('events?chapter=01-work&run=' + document.body.dataset.run + '&have=0');
              let beats = 0;
              events.addEventListener('beat', () => { if (++beats === 2) { events.close(); heard(); } });
            })
            """);

        line.Stall();
        await TypeAsync(page, 1, "int a = 7;");
        await Patience.UntilAsync(() => View("c1").Source == "int a = 7;");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Cell(page, 1).Locator(".cell-note")).ToContainTextAsync("ran in");
    }

    /// <summary>Lets the cell pass a step, and waits until the server shows the next.</summary>
    private async Task GoOnAsync(string step, string next)
    {
        await File.WriteAllTextAsync(Path.Combine(_course.Root, step), "", TestContext.Current.CancellationToken);
        await Patience.UntilAsync(() => View("c4").Html.Contains(next, StringComparison.Ordinal));
    }

    private Studio.Web.WorkCellView View(string id) => _course.Session.Since(0, "", isFirst: true)!.Cells.Single(cell => cell.Id == id);
}
