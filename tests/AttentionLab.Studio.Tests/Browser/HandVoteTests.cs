using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Votes by show of hands in the presenter: typed by the leader, compared, scored, kept.</summary>
public sealed class HandVoteTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = WorkedCourse.Of(SamplePresentation.Chapter, SamplePresentation.Sheet);

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Claim_WithSixNumbers_ShowsTheChangeAndTheScores()
    {
        await using WatchedPage page = await _course.PresentAsync(browser);
        const string records = "import(new URL('assets/live/vote-records.js', location.href).href)";
        IPage beside = await page.Context.NewPageAsync();
        await beside.GotoAsync(page.Page.Url);
        await beside.EvaluateAsync($"() => {records}.then(votes => votes.all())");
        await PresenterTests.PressAsync(page, "ArrowRight", "The claim that we test");
        ILocator panel = await OpenPanelAsync(page);
        await Expect(panel.Locator("caption")).ToHaveTextAsync("“The phone always wins.”");
        await TypeAsync(page, panel, "true, first vote", "6");
        await TypeAsync(page, panel, "half true, first vote", "0");
        await TypeAsync(page, panel, "false, first vote", "2");
        await Expect(page.Page.Locator(".present-bar [role=status]")).ToHaveTextAsync("2 of 6");

        // A page that was open before does not take away what this one counted since.
        await beside.EvaluateAsync($$"""
            () => {{records}}.then(votes => votes.change({ ...votes.record('02-more.html', 'Is it?', ['yes', 'no']), rounds: [[1, 2], []] }))
            """);
        await page.Page.WaitForFunctionAsync($"() => {records}.then(votes => votes.all().length === 2)");

        for (int i = 0; i < 3; i++)
        {
            await page.Page.Locator("h2:visible").FocusAsync();
            await page.Page.Keyboard.PressAsync("ArrowRight");
        }

        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Name = "Vote again" })).ToBeFocusedAsync();
        panel = await OpenPanelAsync(page);
        await Expect(panel.GetByLabel("true, first vote", new() { Exact = true })).ToHaveValueAsync("6");
        await TypeAsync(page, panel, "true, second vote", "2");
        await TypeAsync(page, panel, "half true, second vote", "2");
        await TypeAsync(page, panel, "false, second vote", "4");
        await Expect(panel.Locator("tbody td:last-child")).ToHaveTextAsync(["−4", "+2", "+2"]);
        await Expect(panel.Locator("tfoot tr").Nth(0)).ToContainTextAsync("Hands88");
        await panel.GetByLabel("What was found").SelectOptionAsync("false");

        // 0.75² + 0² + 0.75², and 0.25² + 0.25² + 0.5².
        await Expect(panel.Locator("tfoot tr").Nth(1)).ToContainTextAsync("Brier score1.130.38");
        await page.Page.ReloadAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Votes", Exact = true }).ClickAsync();
        ILocator all = page.Page.GetByRole(AriaRole.Dialog);
        await Expect(all.Locator(".vote-result")).ToHaveTextAsync("Mean Brier score of the 1 question with both votes: 1.13 before, 0.38 after.");
        await Expect(all).ToContainTextAsync("The sheet on paper scores one probability");
        Assert.Empty(await Accessibility.ViolationsAsync(page.Page));
        page.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await all.GetByRole(AriaRole.Button, new() { Name = "Forget all votes" }).ClickAsync();
        await Expect(all.Locator(".vote-result")).ToHaveTextAsync("No question has both votes and a finding yet.");
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(all).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Prediction_ThatIsRun_TakesTheMeasuredAnswer()
    {
        await using WatchedPage page = await _course.PresentAsync(browser, 400);
        await PresenterTests.PressAsync(page, "ArrowRight", "The claim that we test");
        await PresenterTests.PressAsync(page, "ArrowRight", "1.1 · The race");
        ILocator panel = await OpenPanelAsync(page);
        await Expect(panel.Locator("caption")).ToHaveTextAsync("Which word gets more?");
        await TypeAsync(page, panel, "apple, first vote", "3");
        await TypeAsync(page, panel, "phone, first vote", "1");
        await Cell(page, 4).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("ran in");
        await Expect(panel.GetByLabel("What was found")).ToHaveValueAsync("-1");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Just show" }).ClickAsync();
        await Expect(panel.GetByLabel("What was found")).ToHaveValueAsync("1");
        await Expect(panel.Locator("tfoot tr").Nth(1)).ToContainTextAsync("Brier score1.13");
        Assert.True(await page.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));

        // What is no count is not counted.
        await panel.GetByLabel("phone, first vote").FillAsync("-4");
        await Expect(panel.Locator("tfoot tr").Nth(0)).ToContainTextAsync("Hands3");
    }

    private static async Task<ILocator> OpenPanelAsync(WatchedPage page)
    {
        ILocator panel = page.Page.Locator(".vote:visible");
        await panel.Locator("summary").ClickAsync();
        return panel;
    }

    /// <summary>By the keyboard, an arrow among it: it belongs to the field.</summary>
    private static async Task TypeAsync(WatchedPage page, ILocator panel, string field, string number)
    {
        await panel.GetByLabel(field, new() { Exact = true }).FocusAsync();
        await page.Page.Keyboard.TypeAsync(number);
        await page.Page.Keyboard.PressAsync("ArrowRight");
    }
}
