using AttentionLab.Studio.Tests.Book;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Reading the book of the sample course, opened from disk in a real browser without a network: search, keyboard, screen readers.</summary>
public sealed class BookReadingTests(BrowserFixture browser) : IDisposable
{
    private readonly SampleBook _book = new(browser);

    public void Dispose() => _book.Dispose();

    [Theory]
    [MemberData(nameof(SampleBook.Pages), MemberType = typeof(SampleBook))]
    public async Task Page_ByAxe_HasNoSeriousViolation(string path)
    {
        await using WatchedPage page = await _book.OpenAsync(path);
        await page.DrawChartsAsync();
        Assert.Empty(await Accessibility.ViolationsAsync(page.Page));
    }

    [Fact]
    public async Task Accessibility_OfABrokenPage_IsNoticed()
    {
        await using WatchedPage page = await _book.OpenAsync("02-other.html");
        await page.Page.EvaluateAsync("document.querySelector('.text p').style.color = '#777a7d55'");
        Assert.Contains("color-contrast", Assert.Single((await Accessibility.ViolationsAsync(page.Page)).Select(found => found.Split(' ')[1]).Distinct()));
    }

    [Fact]
    public async Task Search_FromDisk_LeadsToTheSection()
    {
        await using WatchedPage page = await _book.OpenAsync("solutions/01-sample.html");
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("slider");
        await page.Page.Locator(".results a").First.WaitForAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForFunctionAsync("() => location.pathname.endsWith('/01-sample.html')");
        Assert.EndsWith("#1-2-does-a-slider-tell-more", page.Page.Url);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Search_ForNothingThatIsThere_SaysSo()
    {
        await using WatchedPage page = await _book.OpenAsync("index.html");
        await page.Page.Locator(".search-button").ClickAsync();
        await page.Page.Keyboard.TypeAsync("zebrafish");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.search-status').textContent === 'Nothing found.'");
    }

    [Fact]
    public async Task Search_WhoseIndexDidNotLoad_TriesAgain()
    {
        await using WatchedPage page = await _book.OpenAsync("index.html");
        await page.Page.RouteAsync("**/search-index.js", route => route.AbortAsync());
        await page.Page.Locator(".search-button").ClickAsync();
        ILocator status = page.Page.Locator(".search-status");
        await Assertions.Expect(status).ToHaveTextAsync("The search index did not load. Type on to try again.");
        await page.Page.Keyboard.TypeAsync("slide");
        await Assertions.Expect(status).ToHaveTextAsync("The search index did not load. Type on to try again.");
        await page.Page.UnrouteAsync("**/search-index.js");
        await page.Page.Keyboard.TypeAsync("r");
        await Assertions.Expect(page.Page.Locator(".results a").First).ToContainTextAsync("slider");
    }

    [Fact]
    public async Task Output_ThatRunsAScript_StaysInItsFrame()
    {
        await using WatchedPage page = await _book.OpenAsync(SampleCourse.HostilePage);
        IFrameLocator frame = page.Page.FrameLocator("iframe.html");
        await frame.Locator("b").ClickAsync();
        Assert.Equal("framed", await frame.Locator("b").InnerTextAsync());
        Assert.DoesNotContain("attacked", await page.Page.TitleAsync());

        // The page's policy would stop the script too: an attribute with nothing allowed is what makes the frame of no origin.
        Assert.Equal("", await page.Page.Locator("iframe.html").GetAttributeAsync("sandbox"));
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Keyboard_OnANarrowPage_SkipsToTheTextAndOpensTheMenu()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html", width: 400);
        await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the text", await page.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        ILocator menu = page.Page.Locator("#menu");
        Assert.True(await menu.IsVisibleAsync());
        Assert.Contains("Where does the query look?", await page.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Page.Keyboard.PressAsync("Escape");
        Assert.False(await menu.IsVisibleAsync());
    }

    [Fact]
    public async Task Pager_AtTheFoot_LeadsToTheNextChapterAndBack()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        ILocator pager = page.Page.GetByRole(AriaRole.Navigation, new() { Name = "Previous and next chapter" });
        await pager.GetByRole(AriaRole.Link, new() { Name = "Next" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/02-other.html$"));
        await pager.GetByRole(AriaRole.Link, new() { Name = "Previous" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/01-sample.html$"));
        await pager.GetByRole(AriaRole.Link, new() { Name = "Up" }).ClickAsync();
        await Assertions.Expect(page.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("/index.html$"));
    }

    [Fact]
    public async Task Contents_WhileReading_NameTheSection()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html", width: 1400);
        await page.DrawChartsAsync();
        await page.Page.EvaluateAsync("document.getElementById('1-2-does-a-slider-tell-more').scrollIntoView({ behavior: 'instant' })");
        await Assertions.Expect(page.Page.Locator(".contents a[aria-current]")).ToHaveTextAsync("1.2 · Does a slider tell more?");
    }

    [Fact]
    public async Task CopyButton_OnACell_CopiesItsSource()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        ILocator cell = page.Page.Locator("#cell-4 .code-frame");
        await cell.HoverAsync();
        // The button says so for a moment only: its words are written down, for a machine that looks too late.
        await page.Page.EvaluateAsync("""
            () => {
              const button = document.querySelector('#cell-4 .copy');
              window.said = [];
              new MutationObserver(() => window.said.push(button.textContent)).observe(button, { childList: true });
            }
            """);
        await cell.Locator(".copy").ClickAsync();
        await page.Page.WaitForFunctionAsync("() => window.said.includes('Copied')");
        Assert.Equal(SampleCourse.First().Cells[3].Source, await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task Reading_ToTheEnd_IsRemembered()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        await page.DrawChartsAsync();
        await page.Page.EvaluateAsync("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.chapters [data-chapter=\"01-sample.html\"]').classList.contains('read')");
        await page.OpenFileAsync(_book.Folder, "index.html");
        Assert.Equal(1, await page.Page.Locator(".course .read").CountAsync());
    }
}
