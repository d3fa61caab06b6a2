using System.Text.Json;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>What pages are told while chapters run.</summary>
public sealed class CourseEventsTests : IAsyncDisposable
{
    private readonly ServedCourse _served = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task Events_WhileAChapterRuns_BringEachCellOnce()
    {
        await _served.StartAsync();
        _served.Course.Live.Start();
        await Patience.UntilAsync(() => _served.Course.Started.Contains("01-one"));
        _served.Course.Release("01-one");
        await Patience.UntilAsync(() => _served.Course.Live.Find("01-one")!.Done == 2);
        Assert.Contains("<pre class=\"plain\" tabindex=\"0\">output 2</pre>", await _served.GetAsync("01-one.html"));

        long have = _served.Course.Live.Session("01-one")!.Now;
        using StreamReader events = await _served.EventsAsync("01-one", have);
        using JsonDocument known = await NextAsync(events, "news");
        Assert.Equal([(1, ""), (0, "")], Outputs(known));
        using JsonDocument status = await NextAsync(events, "status");
        Assert.Equal("running", status.RootElement.GetProperty("state").GetString());
        Assert.Equal(4, status.RootElement.GetProperty("current").GetInt32());
        Assert.Equal(1, status.RootElement.GetProperty("done").GetInt32());
        _served.Course.Release("01-one");
        using JsonDocument news = await NextAsync(events, "news");
        Assert.Equal([(0, "<pre class=\"plain\" tabindex=\"0\">output 4</pre>\n")], Outputs(news));
    }

    [Fact]
    public async Task Events_ForCellsThatEndedMeanwhile_BringThem()
    {
        await _served.StartAsync();
        _served.Course.Live.Start();
        _served.Course.Release("01-one", 2);
        await Patience.UntilAsync(() => _served.Course.Live.Find("01-one")!.State == ChapterState.Ready);
        using StreamReader events = await _served.EventsAsync("01-one", have: 0);
        using JsonDocument news = await NextAsync(events, "news");
        Assert.Equal([(0, "<pre class=\"plain\" tabindex=\"0\">output 2</pre>\n"), (0, "<pre class=\"plain\" tabindex=\"0\">output 4</pre>\n")], Outputs(news));
    }

    [Fact]
    public async Task Events_OfAPageWithoutCellsWhenAllIsReady_End()
    {
        await _served.StartAsync();
        _served.Course.Live.Start();
        foreach (string name in _served.Course.Live.Order)
        {
            _served.Course.Release(name, 2);
        }

        await Patience.UntilAsync(() => _served.Course.Live.Finished == 3);
        using StreamReader events = new(await _served.Client.GetStreamAsync(new Uri(_served.Address, "events"), Token));
        Assert.Contains("\"finished\":true", await events.ReadToEndAsync(Token));
    }

    [Fact]
    public async Task Open_AChapterWhoseFileChanged_ReadsAndRunsItAgain()
    {
        await _served.StartAsync();
        _served.Course.Live.Start();
        _served.Course.Release("01-one", 2);
        await Patience.UntilAsync(() => _served.Course.Live.Find("01-one")!.State == ChapterState.Ready);
        int run = _served.Course.Live.Find("01-one")!.Run;
        _served.Course.Change("01-one", "Section", "Changed section");
        Assert.Contains("Changed section", await _served.GetAsync("01-one.html"));

        // A page that still shows the old run is told to load itself again.
        using StreamReader events = await _served.EventsAsync("01-one", have: 4, run: run);
        using JsonDocument reload = await NextAsync(events, "reload");
        Assert.NotEqual(run, _served.Course.Live.Find("01-one")!.Run);
    }

    [Fact]
    public async Task Stop_WhileAChapterRuns_CancelsItAndEndsTheStreams()
    {
        await _served.StartAsync();
        _served.Course.Live.Start();
        await Patience.UntilAsync(() => _served.Course.Started.Count == 1);
        using StreamReader events = await _served.EventsAsync("01-one", have: 0);
        using JsonDocument status = await NextAsync(events, "status");
        await _served.StopAsync();
        Assert.Equal(["01-one"], _served.Course.Cancelled);
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
}
