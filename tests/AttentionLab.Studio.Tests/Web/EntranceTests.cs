using System.Net;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>How a browser is let in, also by way of a forwarder.</summary>
public sealed class EntranceTests : IAsyncDisposable
{
    private readonly GatedCourse _course = new();
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { Timeout = Patience.Limit };
    private CourseServer? _started;

    private CourseServer Server => _started!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_started is not null)
        {
            await _started.DisposeAsync();
        }

        await _course.DisposeAsync();
    }

    [Fact]
    public async Task Entrance_LetsInOnceByACookieThatNoScriptAndNoOtherSiteCanUse()
    {
        List<Uri> next = [];
        _started = await CourseServer.StartAsync(_course.Live, entered: next.Add);
        Uri entrance = Server.Entrance("01-one.html");
        Assert.Matches("^\\?token=[0-9a-f]{64}$", entrance.Query);
        using HttpResponseMessage first = await _client.GetAsync(entrance, Token);
        string cookie = Assert.Single(first.Headers.GetValues("Set-Cookie"));
        Assert.Matches($"^attention-{Server.Address.Port}=[0-9a-f]{{64}}; path=/; samesite=strict; httponly$", cookie);
        Assert.DoesNotContain(entrance.Query[7..], cookie);
        string page = await first.Content.ReadAsStringAsync(Token);
        Assert.Contains("content=\"0;url=/01-one.html\"", page);
        Assert.DoesNotContain("token", page);

        using HttpResponseMessage again = await _client.GetAsync(entrance, Token);
        Assert.Equal(HttpStatusCode.Forbidden, again.StatusCode);
        Assert.Equal(Server.Entrance(), Assert.Single(next));
        Assert.NotEqual(entrance.Query, next[0].Query);

        // Whoever is in already may click the old address again.
        using HttpRequestMessage inside = new(HttpMethod.Get, entrance) { Headers = { { "Cookie", cookie.Split(';')[0] } } };
        using HttpResponseMessage passed = await _client.SendAsync(inside, Token);
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
        Assert.Single(next);
    }

    [Fact]
    public async Task Entrance_LeadsNowhereElse()
    {
        _started = await CourseServer.StartAsync(_course.Live);
        Uri entrance = new(Server.Address.AbsoluteUri + "/attacker.example/" + Server.Entrance().Query);
        using HttpResponseMessage answer = await _client.GetAsync(entrance, Token);
        Assert.DoesNotContain("url=//", await answer.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Forwarder_ThatTheReaderNamed_IsAnswered()
    {
        _started = await CourseServer.StartAsync(_course.Live, forwarded: "name-5080.app.github.dev");
        Uri here = new($"http://127.0.0.1:{Server.Port}/");
        using HttpResponseMessage entered = await _client.GetAsync(new Uri(here, Server.Entrance().Query), Token);
        string cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie")).Split(';')[0];
        Assert.Equal("https://name-5080.app.github.dev/", Server.Address.AbsoluteUri);
        foreach ((string host, string origin) in ((string, string)[])[("name-5080.app.github.dev", "https://name-5080.app.github.dev"),
            ("localhost:5080", "https://name-5080.app.github.dev")])
        {
            using HttpRequestMessage request = new(HttpMethod.Get, new Uri(here, "index.html")) { Headers = { Host = host } };
            request.Headers.Add("Cookie", cookie);
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Sec-Fetch-Site", "same-origin");
            using HttpResponseMessage answer = await _client.SendAsync(request, Token);
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
