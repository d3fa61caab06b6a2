using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Tests.Web;
using AttentionLab.Studio.Web;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The live page while its chapter runs, in a real browser.</summary>
public sealed class LivePageTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly GatedCourse _course = new()
    {
        Output = (_, number) => number == 4
            ? new CellOutput(CellOutput.Plotly,
                """{"data":[{"type":"bar","x":["a","b"],"y":[1,2]}],"layout":{"title":{"text":"Two bars"},"meta":{"summary":"b is twice a."}}}""")
            : new CellOutput(CellOutput.Plain, $"output {number}"),
    };

    private CourseServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _course.DisposeAsync();
    }

    [Fact]
    public async Task Page_WhileItsChapterRuns_TakesInEachResult()
    {
        _server = await CourseServer.StartAsync(_course.Live);
        await using WatchedPage page = await browser.OpenAsync();
        await page.EnterAsync(_server, "01-one.html");
        ILocator status = page.Page.Locator(".live-status");
        await Assertions.Expect(status).ToContainTextAsync("The book’s results of this chapter come soon");
        Assert.Equal("Question 01-one?", await page.Page.Locator("h1").InnerTextAsync());

        _course.Live.Start();
        await Assertions.Expect(status).ToContainTextAsync("Running the book’s cell 1 of 2 · 0 of 3 chapters are ready");
        await page.Page.EvaluateAsync("window.stayed = true");

        // The counter is not read aloud; that it has ended is, once.
        Assert.False(await status.EvaluateAsync<bool>("line => Boolean(line.closest('[role=status], [role=alert], [aria-live]'))"));
        await ListenAsync(page);
        _course.Release("01-one");
        await Assertions.Expect(page.Page.Locator("#cell-2 .plain")).ToHaveTextAsync("output 2");
        await Assertions.Expect(page.Page.Locator("#cell-4.in-book")).ToHaveCountAsync(1);
        _course.Release("01-one");
        Assert.Equal(1, await Charts(page));
        Assert.Equal(["1/1"], await page.DrawnTracesAsync());
        Assert.True(await page.Page.EvaluateAsync<bool>("window.stayed"));

        _course.Release("02-two", 2);
        _course.Release("03-three", 2);
        await Assertions.Expect(status).ToBeHiddenAsync();
        await Assertions.Expect(page.Page.Locator(".cell.in-book, .cell.waiting")).ToHaveCountAsync(0);
        Assert.Equal(["The book’s results of this chapter are there."], await SaidAsync(page));
        Assert.Empty(page.Errors);
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Page_OfACourseThatWasStopped_KeepsItsResultsAndSaysSo()
    {
        _server = await CourseServer.StartAsync(_course.Live, OwnPort.Next());
        await using WatchedPage page = await browser.OpenAsync();
        _course.Live.Start();
        _course.Release("01-one");
        await page.EnterAsync(_server, "01-one.html");
        await Assertions.Expect(page.Page.Locator("#cell-2 .plain")).ToHaveTextAsync("output 2");
        await ListenAsync(page);
        int failed = 0;
        page.Page.RequestFailed += (_, request) => failed += request.Url.Contains("/events?", StringComparison.Ordinal) ? 1 : 0;
        await _server.DisposeAsync();
        _server = null;
        await Assertions.Expect(page.Page.Locator(".live-status")).ToContainTextAsync("The course does not answer.");

        // It is tried again and again, and said once.
        await Patience.UntilAsync(() => failed > 2);
        Assert.StartsWith("The course does not answer.", Assert.Single(await SaidAsync(page)));
        await Assertions.Expect(page.Page.Locator("#cell-2 .plain")).ToHaveTextAsync("output 2");
    }

    /// <summary>Notes from now on what a screen reader says by itself about the course.</summary>
    private static async Task ListenAsync(WatchedPage page) => await page.Page.Locator(".work-bar > .offscreen[role=status]").EvaluateAsync("""
        line => {
          window.said = [];
          new MutationObserver(() => { if (line.textContent) { window.said.push(line.textContent); } }).observe(line, { childList: true });
        }
        """);

    private static Task<string[]> SaidAsync(WatchedPage page) => page.Page.EvaluateAsync<string[]>("window.said");

    private static async Task<int> Charts(WatchedPage page)
    {
        await page.Page.Locator("figure.chart").WaitForAsync();
        return await page.DrawChartsAsync();
    }
}
