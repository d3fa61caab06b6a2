using System.Net;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Votes by phone: the leader switches them on, asks, closes; a phone of 400 pixels votes.</summary>
public sealed class PhoneVoteTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = WorkedCourse.Of(SamplePresentation.Chapter, SamplePresentation.Sheet);

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Claim_VotedByPhone_ComesIntoTheLeadersTable()
    {
        await using WatchedPage leader = await _course.PresentAsync(browser);
        await leader.Page.GetByRole(AriaRole.Button, new() { Name = "Phones" }).ClickAsync();
        ILocator room = leader.Page.GetByRole(AriaRole.Dialog);
        await Expect(room.Locator("img")).ToHaveCountAsync(0);
        await room.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Expect(room).ToContainTextAsync("whoever can listen on the Wi-Fi can read the votes");
        string address = await room.Locator(".room-address").InnerTextAsync();
        Assert.Equal(address, await QrCode.ReadAsync(room.Locator("img")));
        string code = new Uri(address).AbsolutePath;
        Assert.Empty(await Accessibility.ViolationsAsync(leader.Page));

        // The picture leaves room for the address below it and for the buttons.
        await Expect(room.Locator(".room-address")).ToBeInViewportAsync(new() { Ratio = 1 });
        await Expect(room.GetByRole(AriaRole.Button, new() { Name = "Close" })).ToBeInViewportAsync(new() { Ratio = 1 });
        await room.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();

        await PresenterTests.PressAsync(leader, "ArrowRight", "The claim that we test");
        ILocator panel = leader.Page.Locator(".vote:visible");
        await panel.Locator("summary").ClickAsync();
        await panel.GetByRole(AriaRole.Button, new() { Name = "Ask the phones: first vote" }).ClickAsync();
        await Expect(panel.GetByRole(AriaRole.Button, new() { Name = "Close the first vote: 0 voted" })).ToBeVisibleAsync();

        await using WatchedPage phone = await browser.OpenAsync(400, 800, scripts: false);
        await phone.Page.GotoAsync($"http://127.0.0.1:{_course.VotePort}{code}");
        await Expect(phone.Page.Locator("h1")).ToHaveTextAsync("“The phone always wins.”");
        await phone.Page.GetByRole(AriaRole.Button, new() { Name = "half true" }).ClickAsync();
        await Expect(phone.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Your vote is counted.");
        await Expect(phone.Page.GetByRole(AriaRole.Button, new() { Name = "half true" })).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Empty(await phone.Context.CookiesAsync());

        await panel.GetByRole(AriaRole.Button, new() { Name = "Close the first vote: 1 voted" }).ClickAsync();
        await Expect(panel.GetByLabel("half true, first vote")).ToHaveValueAsync("1");
        await Expect(panel.GetByLabel("false, first vote", new() { Exact = true })).ToHaveValueAsync("0");
        await phone.Page.GetByRole(AriaRole.Link, new() { Name = "The result" }).ClickAsync();
        await Expect(phone.Page.Locator("li").Nth(1)).ToHaveTextAsync("half true: 1");
        Assert.Equal(["0/1", "1/1", "0/1"], await phone.Page.Locator("meter").EvaluateAllAsync<string[]>("bars => bars.map(bar => bar.value + '/' + bar.max)"));
        Assert.Empty(leader.Errors);
    }

    [Fact]
    public async Task Phone_InEveryState_FitsAndBreaksNoRule()
    {
        await using WatchedPage leader = await _course.PresentAsync(browser);
        await leader.Page.GetByRole(AriaRole.Button, new() { Name = "Phones" }).ClickAsync();
        await leader.Page.GetByRole(AriaRole.Button, new() { Name = "Switch on" }).ClickAsync();
        await Expect(leader.Page.Locator(".room-address")).ToBeVisibleAsync();
        Studio.Web.VoteRoom room = _course.VoteRoom;

        // Scripts only for the rules that look at the page.
        await using WatchedPage phone = await browser.OpenAsync(390, 844);
        foreach ((Action change, string path, string title, ColorScheme scheme) in ((Action, string, string, ColorScheme)[])[
            (() => { }, "", "No question is open now", ColorScheme.Light),
            (() => room.Ask("Who wins?", ["apple", "phone"]), "", "Who wins?", ColorScheme.Light),
            (() => room.Vote(IPAddress.Loopback, 1, 1), "", "Who wins?", ColorScheme.Dark),
            (() => { }, "/tally", "Not closed yet", ColorScheme.Light),
            (room.Close, "/tally", "Who wins?", ColorScheme.Dark)])
        {
            change();
            await phone.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
            await phone.Page.GotoAsync($"http://127.0.0.1:{_course.VotePort}/{room.Code}{path}");
            await Expect(phone.Page.Locator("h1")).ToHaveTextAsync(title);
            Assert.True(await phone.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"));
            Assert.Empty(await Accessibility.ViolationsAsync(phone.Page));
        }
    }
}
