using System.Collections.Concurrent;
using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A chapter in two tabs: one edits, the other reads along and can take over.</summary>
public sealed class TabTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = new();

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Tabs_Two_OneEditsTheOtherReadsAlongAndTakesOver()
    {
        await using WatchedPage first = await OpenAsync();
        await using WatchedPage second = await browser.OpenAsync();
        await _course.GotoAsync(second);
        await Expect(second.Page.Locator(".reading-along")).ToBeVisibleAsync();
        await TypeAsync(first, 1, "int a = 5;\na");
        await first.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Code(second, 1)).ToHaveTextAsync("int a = 5;a");
        await Expect(Output(second, 1)).ToHaveTextAsync("5");
        await Expect(Cell(second, 1).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true })).ToBeDisabledAsync();

        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Take over here" }).ClickAsync();
        await Expect(first.Page.Locator(".reading-along")).ToBeVisibleAsync();
        await TypeAsync(second, 1, "int a = 6;\na");
        await second.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(first, 1)).ToHaveTextAsync("6");
        await Expect(Code(first, 1)).ToHaveTextAsync("int a = 6;a");
    }

    [Fact]
    public async Task Tabs_Two_TheOneThatTakesOverAgainSendsWhatItCouldNot()
    {
        await using WatchedPage first = await OpenAsync();
        await using WatchedPage second = await browser.OpenAsync();
        await _course.GotoAsync(second);
        await first.Page.RouteAsync("**/work/01-work", route => route.AbortAsync());
        await TypeAsync(first, 1, "int a = 5;");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Take over here" }).ClickAsync();
        await Expect(first.Page.Locator(".reading-along")).ToBeVisibleAsync();
        await first.Page.UnrouteAsync("**/work/01-work");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Take over here" }).ClickAsync();
        await Patience.UntilAsync(() => _course.Session.Since(0, "", true)!.Cells[0].Source == "int a = 5;");
        await Expect(Code(second, 1)).ToHaveTextAsync("int a = 5;");
    }

    [Fact]
    public async Task Tab_ThatReadsAlongWithATextOfItsOwn_KeepsItUntilItTakesOver()
    {
        await using WatchedPage first = await OpenAsync();
        await first.Page.RouteAsync("**/work/01-work", route => route.AbortAsync());
        await TypeAsync(first, 1, "int a = 5;");
        var sent = new ConcurrentQueue<string>();
        first.Context.Request += (_, request) =>
        {
            // A request for a page that is about to open has no frame yet.
            if (request.Method == "POST" && request.Frame.Page != first.Page)
            {
                sent.Enqueue(request.PostData ?? "");
            }
        };

        // Tabs of one browser share what was not saved.
        IPage second = await first.Page.RunAndWaitForPopupAsync(() => first.Page.EvaluateAsync("void open(location.href)"));
        await Expect(second.Locator(".reading-along")).ToBeVisibleAsync();
        await Expect(second.Locator(".cell[data-cell='1']").Locator("pre.code, .cm-content").First).ToHaveTextAsync("int a = 5;");
        await second.GetByRole(AriaRole.Button, new() { Name = "Take over here" }).ClickAsync();
        await Patience.UntilAsync(() => _course.Session.Since(0, "", true)!.Cells[0].Source == "int a = 5;");
        await Expect(second.Locator(".said")).ToBeEmptyAsync();
        Assert.Contains("\"take\"", sent.First(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tab_Duplicated_IsASecondTab()
    {
        await using WatchedPage page = await OpenAsync();
        string name = await page.Page.EvaluateAsync<string>("sessionStorage.getItem('tab')");

        // A window that a page opens gets a copy of its session storage, as a duplicated tab does.
        IPage copy = await page.Page.RunAndWaitForPopupAsync(() => page.Page.EvaluateAsync("void open(location.href)"));
        await Expect(copy.Locator(".reading-along")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".reading-along")).ToBeHiddenAsync();
        Assert.NotEqual(name, await copy.EvaluateAsync<string>("sessionStorage.getItem('tab')"));

        // A reload is no second tab.
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator(".cell[data-work]").First).ToBeVisibleAsync();
        Assert.Equal(name, await page.Page.EvaluateAsync<string>("sessionStorage.getItem('tab')"));
    }

    private Task<WatchedPage> OpenAsync() => _course.OpenAsync(browser);
}
