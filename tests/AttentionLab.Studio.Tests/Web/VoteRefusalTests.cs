using System.Net;
using System.Text;
using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.VotingDevices;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The listener for phones: what it refuses, and that it has nothing in common with the course.</summary>
public sealed class VoteRefusalTests : IAsyncDisposable
{
    private readonly VotingDevices _voting = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Votes that are none, with the answer.</summary>
    public static TheoryData<string, HttpStatusCode> WrongVotes => new()
    {
        { "question=1&answer=two", HttpStatusCode.BadRequest },
        { "question=1&answer=1.5", HttpStatusCode.BadRequest },
        { "question=1&answer=-1", HttpStatusCode.BadRequest },
        { "question=1&answer= 1", HttpStatusCode.BadRequest },
        { "question=1&answer=99999999999", HttpStatusCode.BadRequest },
        { "question=1&answer=2", HttpStatusCode.BadRequest },
        { "question=1&answer=0&answer=1", HttpStatusCode.BadRequest },
        { "question=1", HttpStatusCode.BadRequest },
        { "question=1&answer=1&name=Ada", HttpStatusCode.BadRequest },
        { "question=0&answer=1", HttpStatusCode.Conflict },
        { "question=2&answer=1", HttpStatusCode.Conflict },
        { "question=1&answer=1&more=" + new string('1', VoteServer.LargestVote), HttpStatusCode.RequestEntityTooLarge },
    };

    public ValueTask DisposeAsync() => _voting.DisposeAsync();

    [Theory]
    [MemberData(nameof(WrongVotes))]
    public async Task Vote_ThatIsNone_IsRefused(string body, HttpStatusCode expected)
    {
        await _voting.StartAsync();
        _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
        using HttpResponseMessage answer = await _voting.VoteAsync(_voting.Device(1), body);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(0, _voting.Server.Room.Look().Votes);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    public async Task Vote_ThatIsNoForm_IsRefused(string type)
    {
        await _voting.StartAsync();
        _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
        using StringContent content = new("question=1&answer=1", Encoding.UTF8, type);
        using HttpResponseMessage answer = await _voting.Device(1).PostAsync(_voting.Server.Room.Code + "/vote", content, Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Vote_WithoutItsLength_IsRefused()
    {
        await _voting.StartAsync();
        _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
        using HttpRequestMessage request = new(HttpMethod.Post, _voting.Server.Room.Code + "/vote") { Content = Form("question=1&answer=1") };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage answer = await _voting.Device(1).SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Device_ThatAsksTooFast_IsRefusedAndNoOther()
    {
        await _voting.StartAsync(new VoteLimits { Burst = 5, Refill = TimeSpan.FromHours(1) });
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_voting.Device(1), "wrong" + i));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(_voting.Device(1), _voting.Server.Room.Code));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_voting.Device(2), _voting.Server.Room.Code));
    }

    [Fact]
    public async Task Route_ThatIsNotOneOfTheThree_OrOfAnotherRoom_IsNotThere()
    {
        await _voting.StartAsync();
        _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
        string code = _voting.Server.Room.Code;
        foreach (string path in (string[])[
            "", "index.html", "events", "work/01-one", "assets/book.css", "votes", code + "/vote/1", code + "/other", code[..^1], code + "x",
            "../" + code[..^1]])
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_voting.Device(1), path));
        }

        string wrong = new('2', code.Length);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_voting.Device(2), wrong));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(_voting.Device(2), wrong + "/tally"));
        using HttpResponseMessage vote = await _voting.Device(2).PostAsync(wrong + "/vote", Form("question=1&answer=1"), Token);
        Assert.Equal(HttpStatusCode.NotFound, vote.StatusCode);
        Assert.Equal(0, _voting.Server.Room.Look().Votes);
    }

    [Theory]
    [InlineData("Host", "attacker.example", HttpStatusCode.BadRequest)]
    [InlineData("Host", "localhost", HttpStatusCode.BadRequest)]
    [InlineData("Host", "127.0.0.1:1", HttpStatusCode.BadRequest)]
    [InlineData("Origin", "http://attacker.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    public async Task Request_ByAnotherNameOrFromAnotherSite_IsRefused(string header, string value, HttpStatusCode expected)
    {
        await _voting.StartAsync();
        _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
        string code = _voting.Server.Room.Code;
        foreach ((HttpMethod method, string path) in ((HttpMethod, string)[])[
            (HttpMethod.Get, code), (HttpMethod.Get, code + "/tally"), (HttpMethod.Post, code + "/vote")])
        {
            // Without the attempt the same request is answered: the refusal is for nothing else.
            Assert.True((int)(await AnswerAsync(method, path, null, "")).Status < 400, path);
            _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
            (HttpStatusCode status, string text) = await AnswerAsync(method, path, header, value);
            Assert.Equal((path, expected, ""), (path, status, text));
            Assert.Equal(0, _voting.Server.Room.Look().Votes);
        }
    }

    [Fact]
    public async Task Answer_OfEveryKind_SetsNoCookieAndAllowsNoScript()
    {
        await _voting.StartAsync();
        _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
        HttpClient device = _voting.Device(1);
        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[
            await device.GetAsync(_voting.Server.Room.Code, Token),
            await device.GetAsync(_voting.Server.Room.Code + "/tally", Token),
            await device.GetAsync("other", Token),
            await _voting.VoteAsync(device, "question=1&answer=1"), await _voting.VoteAsync(device, "question=1&answer=9")])
        {
            using (answer)
            {
                Assert.False(answer.Headers.Contains("Set-Cookie"));
                string policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
                Assert.StartsWith("default-src 'none'; style-src 'unsafe-inline'; form-action 'self'", policy);
                Assert.DoesNotContain("<script", await answer.Content.ReadAsStringAsync(Token));
            }
        }
    }

    private async Task<(HttpStatusCode Status, string Text)> AnswerAsync(HttpMethod method, string path, string? header, string value)
    {
        string vote = $"question={_voting.Server.Room.Look().Number}&answer=1";
        using HttpRequestMessage request = new(method, path) { Content = method == HttpMethod.Post ? Form(vote) : null };
        if (header is not null)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        using HttpResponseMessage answer = await _voting.Device(1).SendAsync(request, Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }
}
