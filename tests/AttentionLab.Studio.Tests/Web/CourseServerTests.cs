using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

public sealed class CourseServerTests : IAsyncDisposable
{
    private readonly GatedCourse _course = new();
    private readonly HttpClient _client = new() { Timeout = Patience.Limit };
    private CourseServer? _server;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _course.DisposeAsync();
    }

    [Fact]
    public async Task Get_BeforeAnythingRan_ShowsAllText()
    {
        await StartAsync();
        Assert.Contains("Question 03-three?", await GetAsync("index.html"));
        string page = await GetAsync("02-two.html");
        Assert.Contains("Question 02-two?", page);
        Assert.Contains("data-state=\"waiting\"", page);
        Assert.DoesNotContain("output", System.Text.RegularExpressions.Regex.Replace(page, "class=\"outputs\"", ""));
    }

    [Fact]
    public async Task Events_WhileAChapterRuns_BringEachCellOnce()
    {
        await StartAsync();
        _course.Live.Start();
        await Patience.UntilAsync(() => _course.Started.Contains("01-one"));
        _course.Release("01-one");
        await Patience.UntilAsync(() => _course.Live.Find("01-one")!.Done == 2);
        Assert.Contains("<pre class=\"plain\" tabindex=\"0\">output 2</pre>", await GetAsync("01-one.html"));

        long have = _course.Live.Session("01-one")!.Now;
        using StreamReader events = await EventsAsync("01-one", have);
        using JsonDocument known = await NextAsync(events, "news");
        Assert.Equal([(1, ""), (0, "")], Outputs(known));
        using JsonDocument status = await NextAsync(events, "status");
        Assert.Equal("running", status.RootElement.GetProperty("state").GetString());
        Assert.Equal(4, status.RootElement.GetProperty("current").GetInt32());
        Assert.Equal(1, status.RootElement.GetProperty("done").GetInt32());
        _course.Release("01-one");
        using JsonDocument news = await NextAsync(events, "news");
        Assert.Equal([(0, "<pre class=\"plain\" tabindex=\"0\">output 4</pre>\n")], Outputs(news));
    }

    [Fact]
    public async Task Events_ForCellsThatEndedMeanwhile_BringThem()
    {
        await StartAsync();
        _course.Live.Start();
        _course.Release("01-one", 2);
        await Patience.UntilAsync(() => _course.Live.Find("01-one")!.State == ChapterState.Ready);
        using StreamReader events = await EventsAsync("01-one", have: 0);
        using JsonDocument news = await NextAsync(events, "news");
        Assert.Equal([(0, "<pre class=\"plain\" tabindex=\"0\">output 2</pre>\n"), (0, "<pre class=\"plain\" tabindex=\"0\">output 4</pre>\n")], Outputs(news));
    }

    [Fact]
    public async Task Events_OfAPageWithoutCellsWhenAllIsReady_End()
    {
        await StartAsync();
        _course.Live.Start();
        foreach (string name in _course.Live.Order)
        {
            _course.Release(name, 2);
        }

        await Patience.UntilAsync(() => _course.Live.Finished == 3);
        using StreamReader events = new(await _client.GetStreamAsync(new Uri(_server!.Address, "events"), Token));
        Assert.Contains("\"finished\":true", await events.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Open_AChapterThatWaits_RunsItNext()
    {
        await StartAsync();
        _course.Live.Start();
        await Patience.UntilAsync(() => _course.Started.Count == 1);
        await GetAsync("03-three.html");
        _course.Release("01-one", 2);
        await Patience.UntilAsync(() => _course.Started.Count == 2);
        Assert.Equal(["01-one", "03-three"], _course.Started);
    }

    [Fact]
    public async Task Open_AChapterWhoseFileChanged_ReadsAndRunsItAgain()
    {
        await StartAsync();
        _course.Live.Start();
        _course.Release("01-one", 2);
        await Patience.UntilAsync(() => _course.Live.Find("01-one")!.State == ChapterState.Ready);
        int run = _course.Live.Find("01-one")!.Run;
        string path = _course.Write("01-one");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace("Section", "Changed section"), Token);
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        Assert.Contains("Changed section", await GetAsync("01-one.html"));

        // A page that still shows the old run is told to load itself again.
        using StreamReader events = await EventsAsync("01-one", have: 4, run: run);
        using JsonDocument reload = await NextAsync(events, "reload");
        Assert.NotEqual(run, _course.Live.Find("01-one")!.Run);
    }

    [Theory]
    [InlineData("", "is empty (0 bytes)")]
    [InlineData("\0\u0001", "is binary")]
    [InlineData("#!meta\n{\"kernelInfo\":{", "its #!meta cell is cut off")]
    [InlineData(null, "no such file")]
    public async Task Open_AChapterWhoseFileIsUnusable_SaysSoAndComesBack(string? content, string reason)
    {
        await StartAsync();
        _course.Live.Start();
        _course.Release("01-one", 2);
        await Patience.UntilAsync(() => _course.Live.Find("01-one")!.State == ChapterState.Ready);
        string path = _course.Write("01-one");
        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            await File.WriteAllTextAsync(path, content, Token);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        }

        Assert.Contains(reason, await GetAsync("01-one.html"));
        Assert.Contains("Question 02-two?", await GetAsync("02-two.html"));
        Assert.Contains("Question 03-three?", await GetAsync("index.html"));
        _course.Write("01-one");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(2));
        string page = await GetAsync("01-one.html");
        Assert.DoesNotContain(reason, page);
        Assert.Contains("Question 01-one?", page);
    }

    [Fact]
    public async Task Start_WithAnUnusableChapter_ShowsTheOthers()
    {
        await using GatedCourse course = new(contents: name => name == "02-two" ? "" : null);
        course.Live.Start();
        course.Release("01-one", 2);
        course.Release("03-three", 2);
        await Patience.UntilAsync(() => course.Live.Finished == 3);
        Assert.Equal(["01-one", "03-three"], course.Started);
        Assert.Contains("is empty (0 bytes)", course.Live.Page("02-two.html"));
        Assert.Contains("output 4", course.Live.Page("03-three.html"));
    }

    [Fact]
    public async Task Stop_WhileAChapterRuns_CancelsItAndEndsTheStreams()
    {
        await StartAsync();
        _course.Live.Start();
        await Patience.UntilAsync(() => _course.Started.Count == 1);
        using StreamReader events = await EventsAsync("01-one", have: 0);
        using JsonDocument status = await NextAsync(events, "status");
        await _server!.DisposeAsync();
        _server = null;
        await _course.Live.DisposeAsync();
        Assert.Equal(["01-one"], _course.Cancelled);
    }

    [Theory]
    [InlineData("attacker.example")]
    [InlineData("127.0.0.1.attacker.example")]
    [InlineData("localhost.attacker.example:5080")]
    [InlineData("192.168.0.7")]
    public async Task Get_AddressedToAnotherHost_IsRefused(string host)
    {
        await StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, _server!.Address) { Headers = { Host = host } };
        using HttpResponseMessage response = await _client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.DoesNotContain("Question", await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1:5080")]
    [InlineData("[::1]:5080")]
    public async Task Get_AddressedToLoopback_IsAnswered(string host)
    {
        await StartAsync();
        using HttpRequestMessage request = new(HttpMethod.Get, _server!.Address) { Headers = { Host = host } };
        using HttpResponseMessage response = await _client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task OtherMethods_AreRefused(string method)
    {
        await StartAsync();
        using HttpRequestMessage request =
            new(new HttpMethod(method), _server!.Address) { Headers = { { "Origin", _server.Address.AbsoluteUri.TrimEnd('/') } } };
        using HttpResponseMessage response = await _client.SendAsync(request, Token);
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
        await StartAsync();
        using HttpResponseMessage response = await _client.GetAsync(new Uri(_server!.Address, path), Token);
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
        await StartAsync();
        using StringContent content = new(asked, new MediaTypeHeaderValue("application/json"));
        using HttpRequestMessage request = new(HttpMethod.Post, new Uri(_server!.Address, path)) { Content = content };
        request.Headers.Add("Origin", _server.Address.AbsoluteUri.TrimEnd('/'));
        using HttpResponseMessage response = await _client.SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains(word, await response.Content.ReadAsStringAsync(Token));
    }

    [Fact]
    public async Task Get_Always_CarriesThePolicyAndNoServerName()
    {
        await StartAsync();
        using HttpResponseMessage response = await _client.GetAsync(_server!.Address, Token);
        string policy = Assert.Single(response.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self'", policy);
        Assert.Contains("frame-ancestors 'none'", policy);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Empty(response.Headers.Server);
    }

    [Fact]
    public async Task Get_WithTheTagOfWhatIsThere_IsNotSentAgain()
    {
        await StartAsync();
        Uri address = new(_server!.Address, "assets/book.css");
        using HttpResponseMessage first = await _client.GetAsync(address, Token);
        using HttpRequestMessage again = new(HttpMethod.Get, address);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using HttpResponseMessage second = await _client.SendAsync(again, Token);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal("text/css", first.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Start_OnAPortInUse_SaysSoInOneLine()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        CourseException error = await Assert.ThrowsAsync<CourseException>(() => CourseServer.StartAsync(_course.Live, port));
        Assert.StartsWith($"port {port} is in use:", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Start_WithoutAPort_TakesTheNextFreeOne()
    {
        await using CourseServer first = await CourseServer.StartAsync(_course.Live);
        await using CourseServer second = await CourseServer.StartAsync(_course.Live);
        Assert.InRange(first.Address.Port, CourseServer.FirstPort, second.Address.Port - 1);
        Assert.True(second.Address.IsLoopback);
    }

    [Fact]
    public async Task Chapter_ThatIsKnown_IsNotRun()
    {
        await using GatedCourse course =
            new(known: name => new ExecutedNotebook(name, [new ExecutedCell(2, "csharp", "first", [new CellOutput(CellOutput.Plain, "kept")], null, 1)], 1));
        course.Live.Start();
        await Patience.UntilAsync(() => course.Live.Finished == 3);
        Assert.Empty(course.Started);
        Assert.Contains("kept", course.Live.Page("01-one.html"));
    }

    private static async Task<JsonDocument> NextAsync(StreamReader events, string kind)
    {
        string? last = null;
        while (await events.ReadLineAsync(Token) is { } line)
        {
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                last = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal) && last == kind)
            {
                return JsonDocument.Parse(line["data: ".Length..]);
            }
        }

        throw new InvalidOperationException($"The stream ended without {kind}.");
    }

    /// <summary>For each cell of the news: the first output that is replaced, and by what.</summary>
    private static (int, string)[] Outputs(JsonDocument news) =>
        [.. news.RootElement.GetProperty("cells").EnumerateArray()
            .Select(cell => (cell.GetProperty("from").GetInt32(), cell.GetProperty("html").GetString()!))];

    private async Task StartAsync()
    {
        _server = await CourseServer.StartAsync(_course.Live);
        using HttpResponseMessage entered = await _client.GetAsync(_server.Entrance(), Token);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
    }

    private Task<string> GetAsync(string path) => _client.GetStringAsync(new Uri(_server!.Address, path), Token);

    private async Task<StreamReader> EventsAsync(string name, long have, int? run = null) => new(
        await _client.GetStreamAsync(new Uri(_server!.Address, $"events?chapter={name}&run={run ?? _course.Live.Find(name)!.Run}&have={have}"), Token));
}
