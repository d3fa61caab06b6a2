using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Stopping cells and kernels in the live page, in a real browser with real kernels.</summary>
public sealed class WorkStopTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = new();

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Stop_AnEndlessLoop_KeepsTheState()
    {
        await _course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync();
        await page.Page.Clock.InstallAsync();
        await _course.GotoAsync(page);
        await RunAsync(page, 1, "20");

        // The last time it took ten minutes.
        _course.Session.Look(book => { book.Cells[3].Ended(null, 600); return true; });
        await TypeAsync(page, 4, "Console.WriteLine(\"on\");\nwhile (true) { }");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 4)).ToHaveTextAsync("on\n");
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("running,");
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("s of about 600 s");
        await Expect(Cell(page, 4).GetByRole(AriaRole.Progressbar, new() { Name = "Time of cell 4, as it took before" })).ToHaveAttributeAsync("max", "600");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".failure")).ToContainTextAsync("stopped; what earlier cells declared is kept.");
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Failed: cell 4");
        string? place = await Cell(page, 4).GetAttributeAsync("id");
        foreach (ILocator named in (ILocator[])[page.Page.Locator(".said a"), Cell(page, 4).Locator(".cell-number")])
        {
            await Expect(named).ToHaveTextAsync("cell 4");
            await Expect(named).ToHaveAttributeAsync("href", "#" + place);
        }

        // What would be said of a cell that does not let go is not said later of one that did.
        await page.Page.Clock.FastForwardAsync(10_000);
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Failed: cell 4");
        await RunAsync(page, 2, "21");
    }

    [Fact]
    public async Task Stop_ACellThatDoesNotLetGo_OffersTheRestart()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "calls libc");
        await using WatchedPage page = await OpenAsync();
        await RunAsync(page, 1, "20");
        // The file is there once the cell is inside the call, where nothing can stop it.
        string inside = Path.Combine(_course.Root, "inside");
        await TypeAsync(
            page, 4, "[System.Runtime.InteropServices.DllImport(\"libc\")]\nstatic extern int system(string command);\n"
                + $"system(\"touch '{inside}'; exec sleep 1000000\")");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Patience.UntilAsync(() => File.Exists(inside));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.Page.Locator(".said")).ToContainTextAsync("The cell does not let go.");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Restart kernel" }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".failure")).ToContainTextAsync("the kernel was ended while this cell ran");

        // "Run to here" brings back what is needed, as the hint says.
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Run to here" }).ClickAsync();
        await Expect(Output(page, 2)).ToHaveTextAsync("21");
    }

    [Fact]
    public async Task Restart_InTheMiddleOfACell_StartsAKernelThatKnowsNothing()
    {
        await using WatchedPage page = await OpenAsync();
        await RunAsync(page, 1, "20");
        await TypeAsync(page, 4, "Console.WriteLine(\"on\");\nwhile (true) { }");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 4)).ToHaveTextAsync("on\n");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Restart kernel" }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".failure")).ToContainTextAsync("the kernel was ended while this cell ran");
        await Expect(Cell(page, 1).Locator(".cell-note")).ToHaveTextAsync("ran before the kernel ended");
        await Expect(page.Page.Locator(".kernel-state")).ToHaveTextAsync("Kernel: ready");
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(Cell(page, 2).Locator(".failure")).ToContainTextAsync("CS0103");
    }

    private Task<WatchedPage> OpenAsync() => _course.OpenAsync(browser);
}
