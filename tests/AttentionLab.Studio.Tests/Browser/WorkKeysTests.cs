using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The keys of the live page, as in Jupyter, in a real browser with real kernels.</summary>
public sealed class WorkKeysTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = new();

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Keys_AsInJupyter_RunAndGoOnAndAddACell()
    {
        await using WatchedPage page = await OpenAsync();
        await Code(page, 1).ClickAsync();
        await Expect(Editor(page, 1)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Shift+Enter");
        await Expect(Output(page, 1)).ToHaveTextAsync("20");
        await Expect(Editor(page, 2)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Alt+Enter");
        await Expect(Output(page, 2)).ToHaveTextAsync("21");
        await Expect(Editor(page, 901)).ToBeFocusedAsync();
        await page.Page.Keyboard.TypeAsync("a * 2");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 901)).ToHaveTextAsync("40");
        Assert.Equal(["1", "2", "901", "3", "4"],
            await page.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.cell')].map(cell => cell.dataset.cell)"));

        // Tab belongs to the text until Escape.
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(Editor(page, 901)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(Editor(page, 901)).Not.ToBeFocusedAsync();

        // A page that is loaded again has it, too.
        await page.Page.ReloadAsync();
        await Expect(Output(page, 901)).ToHaveTextAsync("40");
        await Cell(page, 901).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(Cell(page, 901)).ToHaveCountAsync(0);
        await Expect(Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Remove" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Focus_OfACellWhoseOutputHasAFold_LeavesTheFoldClosed()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 2, "throw new Exception(\"no\");");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        ILocator fold = Cell(page, 2).Locator(".outputs details");
        await Expect(fold).ToHaveCountAsync(1);
        await Code(page, 1).ClickAsync();
        await page.Page.Keyboard.PressAsync("Shift+Enter");
        await Expect(Editor(page, 2)).ToBeFocusedAsync();
        Assert.False(await fold.EvaluateAsync<bool>("fold => fold.open"));
    }

    [Fact]
    public async Task Keys_BeforeTheEditorIsLoaded_AreQueued()
    {
        await _course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync();
        TaskCompletionSource editor = new();
        await page.Page.RouteAsync("**/codemirror.js", async route =>
        {
            await editor.Task;
            await route.ContinueAsync();
        });
        await _course.GotoAsync(page);
        await Code(page, 1).FocusAsync();
        await page.Page.Keyboard.PressAsync("Shift+Enter");
        await Expect(Output(page, 1)).ToHaveTextAsync("20");
        await Expect(Editor(page, 1)).ToHaveCountAsync(0);
        editor.SetResult();
        await Expect(Editor(page, 2)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Keys_BeforeTheFirstNews_AreQueued()
    {
        await _course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync();
        TaskCompletionSource news = new();
        await page.Page.RouteAsync("**/events?*", async route =>
        {
            await news.Task;
            await route.ContinueAsync();
        });
        await page.EnterAsync(_course.Server, "01-work.html");
        await Code(page, 1).FocusAsync();
        await page.Page.Keyboard.PressAsync("Control+Enter");
        news.SetResult();
        await Expect(Output(page, 1)).ToHaveTextAsync("20");
    }

    private Task<WatchedPage> OpenAsync() => _course.OpenAsync(browser);
}
