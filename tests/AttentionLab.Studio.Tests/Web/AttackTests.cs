using System.Net;
using System.Net.Http.Headers;
using AttentionLab.Studio.Web;
using Microsoft.AspNetCore.Routing;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Each attempt on each route that the server has, whatever its name: refused before the route hears of it.</summary>
public sealed class AttackTests : IAsyncDisposable
{
    private const string Stranger = "http://attacker.example";

    private readonly ClosedCourse _course = new();
    private string _cookie = "";

    private CourseServer Server => _course.Server;

    /// <summary>What somebody tries, what it does to a request that would be right, and the answer.</summary>
    public static TheoryData<string, HttpStatusCode> Attempts => new()
    {
        { "no cookie", HttpStatusCode.Forbidden },
        { "a cookie of another word", HttpStatusCode.Forbidden },
        { "a cookie of another server", HttpStatusCode.Forbidden },
        { "a word that is wrong", HttpStatusCode.Forbidden },
        { "a word that was used", HttpStatusCode.Forbidden },
        { "a page of another site", HttpStatusCode.Forbidden },
        { "a page of another port", HttpStatusCode.Forbidden },
        { "a page of no origin", HttpStatusCode.Forbidden },
        { "a page by https", HttpStatusCode.Forbidden },
        { "two origins", HttpStatusCode.Forbidden },
        { "a picture on another site", HttpStatusCode.Forbidden },
        { "a script on another port", HttpStatusCode.Forbidden },
        { "a name that was rebound", HttpStatusCode.BadRequest },
        { "a name that begins like ours", HttpStatusCode.BadRequest },
        { "an address of the network", HttpStatusCode.BadRequest },
        { "a forwarder that nobody named", HttpStatusCode.BadRequest },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Theory]
    [MemberData(nameof(Attempts))]
    public async Task Attempt_OnEveryRoute_IsRefused(string attempt, HttpStatusCode expected)
    {
        string used = await StartAsync();
        Assert.True(Server.Routes.Count > 4, "the routes were not found");
        foreach ((string method, string path) in Routes())
        {
            using HttpRequestMessage request = Right(method, path);
            Spoil(request, attempt, used);
            using HttpResponseMessage answer = await _course.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            TestContext.Current.TestOutputHelper?.WriteLine($"{method} {path} · {attempt} → {(int)answer.StatusCode}");
            Assert.True(expected == answer.StatusCode, $"{method} {path} · {attempt} → {(int)answer.StatusCode}");
            Assert.False(answer.Headers.Contains("Set-Cookie"));
            Assert.DoesNotContain("Question", await answer.Content.ReadAsStringAsync(Token));
        }
    }

    [Fact]
    public async Task Request_ThatIsRight_PassesOnEveryRoute()
    {
        await StartAsync();
        foreach ((string method, string path) in Routes())
        {
            using HttpRequestMessage request = Right(method, path);
            using HttpResponseMessage answer = await _course.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
            Assert.DoesNotContain(answer.StatusCode,
                (HttpStatusCode[])[HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed, HttpStatusCode.InternalServerError]);
        }
    }

    [Fact]
    public async Task Change_FromNobodyKnowsWhere_IsRefusedOnEveryRoute()
    {
        await StartAsync();
        foreach ((string method, string path) in Routes().Where(route => route.Method is not ("GET" or "HEAD")))
        {
            using HttpRequestMessage request = Right(method, path);
            request.Headers.Remove("Origin");
            using HttpResponseMessage answer = await _course.Client.SendAsync(request, Token);
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Change_ThatIsTooLarge_IsRefusedOnEveryRoute()
    {
        await StartAsync();
        foreach ((string method, string path) in Routes().Where(route => route.Method is not ("GET" or "HEAD")))
        {
            using HttpRequestMessage request = Right(method, path);
            request.Content = new StringContent(new string(' ', (int)Door.LargestMessage + 1), new MediaTypeHeaderValue("application/json"));
            request.Headers.ExpectContinue = true;
            using HttpResponseMessage answer = await _course.Client.SendAsync(request, Token);
            Assert.Contains(answer.StatusCode, (HttpStatusCode[])[HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.UnsupportedMediaType]);
        }
    }

    private async Task<string> StartAsync()
    {
        await _course.StartAsync();
        string used = Server.Entrance().Query;
        using HttpResponseMessage entered = await _course.Client.GetAsync(new Uri(Here, used), Token);
        _cookie = Assert.Single(entered.Headers.GetValues("Set-Cookie")).Split(';')[0];
        return used;
    }

    /// <summary>Where the server listens, also behind a forwarder.</summary>
    private Uri Here => new($"http://127.0.0.1:{Server.Port}/");

    /// <summary>Every route with each of its methods, its parameters filled in.</summary>
    private IEnumerable<(string Method, string Path)> Routes() =>
        from route in Server.Routes
        from method in route.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
        select (method, string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            _ => "01-one",
        })))));

    /// <summary>A request as the page makes it.</summary>
    private HttpRequestMessage Right(string method, string path)
    {
        HttpRequestMessage request = new(new HttpMethod(method), new Uri(Here, path));
        request.Headers.Add("Cookie", _cookie);
        request.Headers.Add("Origin", Here.AbsoluteUri.TrimEnd('/'));
        request.Headers.Add("Sec-Fetch-Site", "same-origin");
        if (method is not ("GET" or "HEAD"))
        {
            request.Content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
        }

        return request;
    }

    private void Spoil(HttpRequestMessage request, string attempt, string used)
    {
        HttpRequestHeaders headers = request.Headers;
        switch (attempt)
        {
            case "no cookie":
                headers.Remove("Cookie");
                break;
            case "a cookie of another word":
                Replace("Cookie", _cookie[..^64] + new string('0', 64));
                break;
            case "a cookie of another server":
                Replace("Cookie", "x" + _cookie);
                break;
            case "a word that is wrong":
                headers.Remove("Cookie");
                request.RequestUri = new Uri(request.RequestUri!, "?token=" + new string('0', 64));
                break;
            case "a word that was used":
                headers.Remove("Cookie");
                request.RequestUri = new Uri(request.RequestUri!, used);
                break;
            case "a page of another site":
                Replace("Origin", Stranger);
                break;
            case "a page of another port":
                Replace("Origin", $"http://127.0.0.1:{Server.Port + 1}");
                break;
            case "a page of no origin":
                Replace("Origin", "null");
                break;
            case "a page by https":
                Replace("Origin", Here.AbsoluteUri.TrimEnd('/').Replace("http:", "https:", StringComparison.Ordinal));
                break;
            case "two origins":
                headers.Add("Origin", Stranger);
                break;
            case "a picture on another site":
                headers.Remove("Origin");
                Replace("Sec-Fetch-Site", "cross-site");
                break;
            case "a script on another port":
                headers.Remove("Origin");
                Replace("Sec-Fetch-Site", "same-site");
                break;
            case "a name that was rebound":
                headers.Host = "attacker.example";
                break;
            case "a name that begins like ours":
                headers.Host = $"localhost.attacker.example:{Server.Port}";
                break;
            case "an address of the network":
                headers.Host = "192.168.0.7";
                break;
            case "a forwarder that nobody named":
                headers.Host = "name-5080.app.github.dev";
                break;
            default:
                throw new ArgumentException(attempt);
        }

        void Replace(string name, string value)
        {
            headers.Remove(name);
            headers.Add(name, value);
        }
    }
}
