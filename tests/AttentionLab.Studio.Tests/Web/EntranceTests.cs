using System.Net;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>How a browser is let in, also by way of a forwarder.</summary>
public sealed class EntranceTests : IAsyncDisposable
{
    private readonly ClosedCourse _course = new();

    private CourseServer Server => _course.Server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Entrance_LetsInOnceByACookieThatNoScriptAndNoOtherSiteCanUse()
    {
        List<Uri> next = [];
        await _course.StartAsync(entered: next.Add);
        Uri entrance = Server.Entrance("01-one.html");
        Assert.Matches("^\\?token=[0-9a-f]{64}$", entrance.Query);
        using HttpResponseMessage first = await _course.Client.GetAsync(entrance, Token);
        string cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Matches($"^attention-{Server.Address.Port}=[0-9a-f]{{64}}; path=/; samesite=strict; httponly$", cookie);
        Assert.DoesNotContain(entrance.Query[7..], cookie);
        string page = await first.Content.ReadAsStringAsync(Token);
        Assert.Contains("content=\"0;url=/01-one.html\"", page);
        Assert.DoesNotContain("token", page);

        using HttpResponseMessage again = await _course.Client.GetAsync(entrance, Token);
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Equal(Server.Entrance(), Assert.Single(next));
        Assert.NotEqual(entrance.Query, next[0].Query);

        // Whoever is in already may click the old address again.
        using HttpRequestMessage inside = new(HttpMethod.Get, entrance) { Headers = { { "Cookie", cookie.Split(';')[0] } } };
        using HttpResponseMessage passed = await _course.Client.SendAsync(inside, Token);
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        Assert.Single(next);
    }

    [Fact]
    public async Task Entrance_ThatWasTyped_IsThePageItself()
    {
        await _course.StartAsync();
        foreach ((string site, bool isThePage) in ((string, bool)[])[("none", true), ("cross-site", false), ("same-site", false), ("same-origin", false)])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, Server.Entrance("01-one.html")) { Headers = { { "Sec-Fetch-Site", site } } };
            using HttpResponseMessage answer = await _course.Client.SendAsync(request, Token);
            Assert.Single(answer.Headers.GetValues("Set-Cookie"));
            string page = await answer.Content.ReadAsStringAsync(Token);
            Assert.Equal(isThePage, page.Contains("Question", StringComparison.Ordinal));
            Assert.Equal(!isThePage, page.Contains("To the course", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task WarmUp_AsksAsWhoeverIsInAndLeavesTheWord()
    {
        await _course.StartAsync();
        Uri entrance = Server.Entrance();
        Assert.True(await Server.WarmUpAsync("01-one.html", Token));
        Assert.False(await Server.WarmUpAsync("nowhere.html", Token));
        Assert.Equal(entrance, Server.Entrance());
        Assert.False(await Server.WarmUpAsync("01-one.html", new CancellationToken(canceled: true)));
    }

    [Fact]
    public async Task Entrance_LeadsNowhereElse()
    {
        await _course.StartAsync();
        Uri entrance = new(Server.Address.AbsoluteUri + "/attacker.example/" + Server.Entrance().Query);
        using HttpResponseMessage answer = await _course.Client.GetAsync(entrance, Token);
        Assert.DoesNotContain("url=//", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Forwarder_ThatTheReaderNamed_IsAnswered()
    {
        await _course.StartAsync(forwarded: "name-5080.app.github.dev");
        Uri here = new($"http://127.0.0.1:{Server.Port}/");
        using HttpResponseMessage entered = await _course.Client.GetAsync(new Uri(here, Server.Entrance().Query), Token);
        string cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie")).Split(';')[0];
        Assert.Equal("https://name-5080.app.github.dev/", Server.Address.AbsoluteUri);
        foreach ((string host, string origin) in ((string, string)[])[("name-5080.app.github.dev", "https://name-5080.app.github.dev"),
            ("localhost:5080", "https://name-5080.app.github.dev")])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(here, "index.html")) { Headers = { Host = host } };
            request.Headers.Add("Cookie", cookie);
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
            using HttpResponseMessage answer = await _course.Client.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("true", "silver-fish", "app.github.dev", "silver-fish-5080.app.github.dev")]
    [InlineData("true", "silver-fish", null, null)]
    [InlineData("true", null, "app.github.dev", null)]
    [InlineData(null, "silver-fish", "app.github.dev", null)]
    [InlineData("true", "silver/fish", "app.github.dev", null)]
    public void Codespace_ByItsEnvironment_NamesItsForwarder(string? codespaces, string? name, string? domain, string? host) =>
        Assert.Equal(host,
            Forwarding.OfCodespace(5080,
                variable => variable switch
                {
                    "CODESPACES" => codespaces,
                    "CODESPACE_NAME" => name,
                    "GITHUB_CODESPACES_PORT_FORWARDING_DOMAIN" => domain,
                    _ => null,
                }));
}
