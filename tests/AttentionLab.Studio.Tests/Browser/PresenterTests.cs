using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The live page before a room, in a real browser with a real kernel.</summary>
public sealed class PresenterTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = WorkedCourse.Of(SamplePresentation.Chapter, SamplePresentation.Sheet);

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Presenter_ByKeyboardOnly_GoesThroughAChapterAndRunsItsCells()
    {
        await using WatchedPage page = await OpenAsync();
        double size = await TextSizeAsync(page);
        await TabToAsync(page, page.Page.GetByRole(AriaRole.Link, new() { Name = "Present" }));
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Where(page)).ToHaveTextAsync("1 of 6");
        Assert.InRange(await TextSizeAsync(page) / size, 1.3, 3);
        await Expect(page.Page.Locator("h1")).ToBeFocusedAsync();
        await PressAsync(page, "ArrowRight", "The claim that we test");
        await Expect(page.Page.Locator("h1")).ToBeHiddenAsync();
        await PressAsync(page, "ArrowRight", "1.1 · The race");
        await Expect(page.Page.Locator("h2:visible")).ToHaveCountAsync(1);

        // Code is folded; it runs all the same, and its output stays covered until the room has answered.
        await Expect(Code(page, 4)).ToBeHiddenAsync();
        await TabToAsync(page, Cell(page, 4).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }));
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("ran in");
        await Expect(Cell(page, 4).Locator(".covered")).ToBeVisibleAsync();
        await Expect(Output(page, 4)).ToHaveCountAsync(0);
        await TabToAsync(page, page.Page.GetByRole(AriaRole.Button, new() { Name = "Just show" }), "Shift+Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Output(page, 4)).ToContainTextAsync("0.90");
        await Expect(page.Page.GetByText("nine tenths")).ToBeHiddenAsync();
        await Expect(page.Page.GetByText("One reason more")).ToBeHiddenAsync();
        await TabToAsync(page, page.Page.Locator(".unveil:visible"));
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.GetByText("nine tenths")).ToBeVisibleAsync();
        await Expect(page.Page.GetByText("One reason more")).ToBeVisibleAsync();

        await TabToAsync(page, Cell(page, 4).GetByRole(AriaRole.Button, new() { Name = "Show the code" }), "Shift+Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Editor(page, 4)).ToBeVisibleAsync();
        await TabToAsync(page, Editor(page, 4));
        await page.Page.Keyboard.PressAsync("Control+Home");
        await page.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(Where(page)).ToHaveTextAsync("3 of 6");
        await page.Page.Keyboard.PressAsync("Control+a");
        await page.Page.Keyboard.InsertTextAsync("Console.WriteLine(\"changed before the room\");");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 4)).ToHaveTextAsync("changed before the room\n");

        await TabToAsync(page, Cell(page, 4).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }));
        await PressAsync(page, "ArrowRight", "1.2 · The exercise");
        await page.Page.ReloadAsync();
        await Expect(Where(page)).ToHaveTextAsync("4 of 6");
        await Expect(page.Page.GetByText("Look twice")).ToBeHiddenAsync();
        await Expect(page.Page.GetByText("Nothing was predicted here")).ToBeHiddenAsync();
        await PressAsync(page, "ArrowLeft", "1.1 · The race");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Presenter_AfterTheLeaderAnsweredAlone_IsCoveredAllTheSame()
    {
        await using WatchedPage page = await OpenAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Just show" }).ClickAsync();
        await Expect(page.Page.GetByText("nine tenths")).ToBeVisibleAsync();
        await page.Page.GotoAsync(new Uri(_course.Address, "01-work.html?present#cell-3").AbsoluteUri);
        await Expect(Where(page)).ToHaveTextAsync("3 of 6");
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "1.1" })).ToBeVisibleAsync();
        Assert.Equal(0, await page.Page.GetByText("nine tenths").CountAsync());
        await page.Page.GetByRole(AriaRole.Link, new() { Name = "Leave" }).ClickAsync();
        await Expect(page.Page.GetByText("nine tenths")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task Address_OfAnythingInAChapter_OpensItsSection()
    {
        await using WatchedPage page = await _course.PresentAsync(browser);
        foreach ((string hash, int section) in ((string, int)[])[("#cell-3", 3), ("#nowhere", 1)])
        {
            await page.Page.GotoAsync("about:blank");
            await page.Page.GotoAsync(new Uri(_course.Address, "01-work.html?present" + hash).AbsoluteUri);
            await Expect(Where(page)).ToHaveTextAsync($"{section} of 6");
        }

        // In the page that is open; nothing turns for what is no part of the chapter.
        foreach ((string anchor, int section) in ((string, int)[])[
            ("questions", 6), ("content", 6), ("cell-2", 2), ("cell-4", 3), ("cell-1", 2), ("1-2-the-exercise", 4), ("the-claim-that-we-test", 2),
            ("cell-5", 3)]) // It begins with the end of a section, and goes on with the next.
        {
            await page.Page.EvaluateAsync($"location.hash = '{anchor}'");
            await Expect(Where(page)).ToHaveTextAsync($"{section} of 6");
        }
    }

    [Fact]
    public async Task Plan_InASecondWindow_KeepsStep()
    {
        await using WatchedPage page = await _course.PresentAsync(browser);
        IPage plan = await page.Page.RunAndWaitForPopupAsync(() => page.Page.GetByRole(AriaRole.Button, new() { Name = "Leader’s plan" }).ClickAsync());
        foreach ((string section, string? row) in ((string, string?)[])[
            ("The claim that we test", "Claim, first vote"), ("1.1", "1.1 the race"), ("1.2", "1.2 and exercise 01.1"),
            ("Vote again", "Second vote, discussion"), ("Questions", null)])
        {
            await PressAsync(page, "ArrowRight", section);
            await Expect(plan.Locator(".plan-now")).ToContainTextAsync($"On the screen: {section}");
            await Expect(plan.Locator("tr[aria-current]")).ToHaveCountAsync(row is null ? 0 : 1);
            if (row is not null)
            {
                await Expect(plan.Locator("tr[aria-current]")).ToContainTextAsync(row);
            }
        }

        await Expect(plan.Locator(".plan-now")).ToContainTextAsync("minute 0.");
    }

    [Theory]
    [InlineData(1280, false)]
    [InlineData(400, true)]
    public async Task Presenter_InEverySection_BreaksNoRuleAndFits(int width, bool dark)
    {
        await using WatchedPage page = await _course.PresentAsync(browser, width, dark);
        for (int section = 1; section <= 6; section++)
        {
            await Expect(Where(page)).ToHaveTextAsync($"{section} of 6");
            Assert.Empty(await Accessibility.ViolationsAsync(page.Page));
            Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), $"section {section} is wider than {width}");
            await page.Page.Keyboard.PressAsync("ArrowRight");
        }
    }

    /// <summary>Presses a key, and waits for the section that it must lead to.</summary>
    internal static async Task PressAsync(WatchedPage page, string key, string heading)
    {
        await page.Page.Keyboard.PressAsync(key);
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = heading })).ToBeFocusedAsync();
    }

    /// <summary>Presses Tab until something has the focus; in an editor Escape before it.</summary>
    internal static async Task TabToAsync(WatchedPage page, ILocator wanted, string key = "Tab")
    {
        await Expect(wanted).ToBeVisibleAsync();
        for (int i = 0; i < 100; i++)
        {
            if (await wanted.EvaluateAsync<bool>("element => element === document.activeElement"))
            {
                return;
            }

            if (await page.Page.EvaluateAsync<bool>("document.activeElement.closest('.cm-editor') !== null"))
            {
                await page.Page.Keyboard.PressAsync("Escape");
            }

            await page.Page.Keyboard.PressAsync(key);
        }

        Assert.Fail($"{key} does not reach {wanted}");
    }

    /// <summary>Height of the letters of running text, in pixels.</summary>
    private static Task<double> TextSizeAsync(WatchedPage page) =>
        page.Page.EvaluateAsync<double>("parseFloat(getComputedStyle(document.querySelector('article p')).fontSize)");

    private static ILocator Where(WatchedPage page) => page.Page.Locator(".present-bar [role=status]");

    private Task<WatchedPage> OpenAsync() => _course.OpenAsync(browser);
}
