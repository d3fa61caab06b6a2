using System.Net;
using System.Net.Http.Headers;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Who and what is answered, and how.</summary>
public sealed class CourseAnswersTests : IAsyncDisposable
{
    private readonly ServedCourse _served = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Theory]
    [InlineData("attacker.example")]
    [InlineData("127.0.0.1.attacker.example")]
    [InlineData("localhost.attacker.example:5080")]
    [InlineData("192.168.0.7")]
    public async Task Get_AddressedToAnotherHost_IsRefused(string host)
    {
        await _served.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, _served.Address) { Headers = { Host = host } };
        using HttpResponseMessage response = await _served.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.DoesNotContain("Question", await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:5080")]
    [InlineData("[::1]:5080")]
    public async Task Get_AddressedToLoopback_IsAnswered(string host)
    {
        await _served.StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, _served.Address) { Headers = { Host = host } };
        using HttpResponseMessage response = await _served.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherMethods_AreRefused(string method)
    {
        await _served.StartAsync();
        using HttpRequestMessage request =
            new(new HttpMethod(method), _served.Address) { Headers = { { "Origin", _served.Address.AbsoluteUri.TrimEnd('/') } } };
        using HttpResponseMessage response = await _served.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("nothing.html")]
    [InlineData("01-one.dib")]
    [InlineData("assets/../01-one.dib")]
    [InlineData("%2e%2e/%2e%2e/etc/passwd")]
    [InlineData("assets/katex/katex.min.js")]
    [InlineData("assets/formulas.js")]
    public async Task Get_WhatTheBookDoesNotHave_IsNotFound(string path)
    {
        await _served.StartAsync();
        using HttpResponseMessage response = await _served.Client.GetAsync(new Uri(_served.Address, path), Token);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [Theory]
    [InlineData("work/01-one/ask", "{}", "no JSON that this page sends")]
    [InlineData("work/01-one/ask", "{\"kind\":\"explain\",\"source\":\"\",\"position\":0}", "\"explain\" is no question")]
    [InlineData("work/01-one/ask", "{\"kind\":\"describe\",\"source\":\"\",\"position\":0}", "describe (with one of its completions)")]
    [InlineData("work/01-one/ask", "{\"kind\":\"describe\",\"source\":\"\",\"position\":0,\"completion\":{}}", "no JSON that this page sends")]
    [InlineData("work/01-one", "{\"do\":\"run\"}", "no JSON that this page sends")]
    public async Task Post_WhatNoPageSends_IsRefusedAndNotPutOff(string path, string asked, string word)
    {
        await _served.StartAsync();
        using StringContent content = new(asked, new MediaTypeHeaderValue("application/json"));
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(_served.Address, path)) { Content = content };
        request.Headers.Add("Origin", _served.Address.AbsoluteUri.TrimEnd('/'));
        using HttpResponseMessage response = await _served.Client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(word, await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Get_Always_CarriesThePolicyAndNoServerName()
    {
        await _served.StartAsync();
        using HttpResponseMessage response = await _served.Client.GetAsync(_served.Address, Token);
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'", policy);
        Assert.DoesNotContain("unsafe", policy.Split("; ").Single(directive => directive.StartsWith("script-src ", StringComparison.Ordinal)));
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Empty(response.Headers.Server);
    }

    [Fact]
    public async Task Get_WithTheTagOfWhatIsThere_IsNotSentAgain()
    {
        await _served.StartAsync();
        Uri address = new(_served.Address, "assets/book.css");
        using HttpResponseMessage first = await _served.Client.GetAsync(address, Token);
        using HttpRequestMessage again = new(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await _served.Client.SendAsync(again, Token);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal("text/css", first.Content.Headers.ContentType!.MediaType);
    }
}
