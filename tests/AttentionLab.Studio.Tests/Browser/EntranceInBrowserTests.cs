using AttentionLab.Studio.Tests.Web;
using AttentionLab.Studio.Web;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A browser that comes in by the address which the terminal printed: typed, or from a link on another page.</summary>
public sealed class EntranceInBrowserTests(BrowserFixture browser) : IAsyncDisposable
{
    private const string First = "01-one.html";

    private readonly GatedCourse _course = new();
    private CourseServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _course.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Browser_ThatCameIn_StaysInAndKeepsNoWord(bool byLink)
    {
        _server = await CourseServer.StartAsync(_course.Live);
        await using WatchedPage page = await browser.OpenAsync();
        int pages = 0;
        page.Page.Response += (_, response) => pages += response.Request.ResourceType == "document" && response.Ok ? 1 : 0;
        string entrance = _server.Entrance(First).AbsoluteUri + "#content";
        if (byLink)
        {
            await page.Context.RouteAsync("http://terminal.example/", route => route.FulfillAsync(new()
            {
                ContentType = "text/html",
                Body = $"<a href=\"{entrance}\">Attention by Experiment</a>",
            }));
            await page.Page.GotoAsync("http://terminal.example/");
            await page.Page.GetByRole(AriaRole.Link).ClickAsync();
        }
        else
        {
            await page.Page.GotoAsync(entrance);
        }

        string address = new Uri(_server.Address, First).AbsoluteUri;
        await Expect(page.Page).ToHaveURLAsync(address + (byLink ? "" : "#content"));
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();
        Assert.Equal(byLink ? 3 : 1, pages); // the terminal's, and one that leads on
        await page.Page.ReloadAsync();
        await Expect(page.Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToBeVisibleAsync();

        // The page before this one is not the one with the word.
        await page.Page.GotoAsync(new Uri(_server.Address, "02-two.html").AbsoluteUri);
        await page.Page.GoBackAsync();
        await Expect(page.Page).ToHaveURLAsync(address + (byLink ? "" : "#content"));
    }
}
