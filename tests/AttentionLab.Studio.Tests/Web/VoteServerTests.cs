using System.Net;
using System.Net.Sockets;
using System.Text;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The listener for phones: what it takes, what it refuses, and that it has nothing in common with the course.</summary>
public sealed class VoteServerTests : IAsyncDisposable
{
    private readonly List<HttpClient> _devices = [];
    private VoteServer? _started;

    private VoteServer Server => _started!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        _devices.ForEach(device => device.Dispose());
        if (_started is not null)
        {
            await _started.DisposeAsync();
        }
    }

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

    [Fact]
    public async Task Vote_Changed_CountsOnceAndIsShownAfterClosing()
    {
        await StartAsync();
        HttpClient first = Device(1), second = Device(2);
        Assert.Contains("No question is open now", await TextAsync(first, Server.Room.Code));
        Server.Room.Ask("Who <b>wins</b>?", ["apple", "phone & co"]);
        string page = await TextAsync(first, Server.Room.Code);
        Assert.Contains("Who &lt;b&gt;wins&lt;/b&gt;?", page);
        Assert.Contains("phone &amp; co", page);
        Assert.Contains("whoever can listen on this Wi-Fi can read what is sent", page);

        using HttpResponseMessage counted = await VoteAsync(first, "question=1&answer=0");
        Assert.Equal((HttpStatusCode.SeeOther, "/" + Server.Room.Code), (counted.StatusCode, counted.Headers.Location?.OriginalString));
        await VoteAsync(first, "question=1&answer=1");
        await VoteAsync(second, "question=1&answer=1");
        Assert.Contains("✓ phone &amp; co", await TextAsync(first, Server.Room.Code));
        Assert.Null(Server.Room.Look().Tally);
        Assert.Contains("Not closed yet", await TextAsync(second, Server.Room.Code + "/tally"));

        Server.Room.Close();
        Assert.Equal([0, 2], Server.Room.Look().Tally!);
        Assert.Contains("phone &amp; co: <strong>2</strong>", await TextAsync(second, Server.Room.Code + "/tally"));
        using HttpResponseMessage late = await VoteAsync(second, "question=1&answer=0");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal([0, 2], Server.Room.Look().Tally!);

        // A page of the question before votes for nothing.
        Server.Room.Ask("Again?", ["yes", "no"]);
        using HttpResponseMessage old = await VoteAsync(second, "question=1&answer=0");
        Assert.Equal(HttpStatusCode.Conflict, old.StatusCode);
        Assert.Equal(0, Server.Room.Look().Votes);
    }

    [Theory]
    [MemberData(nameof(WrongVotes))]
    public async Task Vote_ThatIsNone_IsRefused(string body, HttpStatusCode expected)
    {
        await StartAsync();
        Server.Room.Ask("Who?", ["apple", "phone"]);
        using HttpResponseMessage answer = await VoteAsync(Device(1), body);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(0, Server.Room.Look().Votes);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json")]
    public async Task Vote_ThatIsNoForm_IsRefused(string type)
    {
        await StartAsync();
        Server.Room.Ask("Who?", ["apple", "phone"]);
        using StringContent content = new("question=1&answer=1", Encoding.UTF8, type);
        using HttpResponseMessage answer = await Device(1).PostAsync(Server.Room.Code + "/vote", content, Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Vote_WithoutItsLength_IsRefused()
    {
        await StartAsync();
        Server.Room.Ask("Who?", ["apple", "phone"]);
        using HttpRequestMessage request = new(HttpMethod.Post, Server.Room.Code + "/vote") { Content = Form("question=1&answer=1") };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage answer = await Device(1).SendAsync(request, Token);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task Device_BeyondTheFortieth_IsRefusedAndTheOthersStay()
    {
        await StartAsync();
        Server.Room.Ask("Who?", ["apple", "phone"]);
        for (int number = 1; number <= VoteRoom.MostDevices; number++)
        {
            using HttpResponseMessage counted = await VoteAsync(Device(number), "question=1&answer=1");
            Assert.Equal(HttpStatusCode.SeeOther, counted.StatusCode);
        }

        using HttpResponseMessage refused = await VoteAsync(Device(VoteRoom.MostDevices + 1), "question=1&answer=1");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using HttpResponseMessage known = await VoteAsync(Device(1), "question=1&answer=0");
        Assert.Equal(HttpStatusCode.SeeOther, known.StatusCode);
        Server.Room.Close();
        Assert.Equal([1, VoteRoom.MostDevices - 1], Server.Room.Look().Tally!);
    }

    [Fact]
    public async Task Device_ThatAsksTooFast_IsRefusedAndNoOther()
    {
        await StartAsync(new VoteLimits { Burst = 5, Refill = TimeSpan.FromHours(1) });
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Device(1), "wrong" + i));
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(Device(1), Server.Room.Code));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Device(2), Server.Room.Code));
    }

    [Fact]
    public async Task Route_ThatIsNotOneOfTheThree_OrOfAnotherRoom_IsNotThere()
    {
        await StartAsync();
        Server.Room.Ask("Who?", ["apple", "phone"]);
        string code = Server.Room.Code;
        foreach (string path in (string[])[
            "", "index.html", "events", "work/01-one", "assets/book.css", "votes", code + "/vote/1", code + "/other", code[..^1], code + "x",
            "../" + code[..^1]])
        {
            Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Device(1), path));
        }

        string wrong = new('2', code.Length);
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Device(2), wrong));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync(Device(2), wrong + "/tally"));
        using HttpResponseMessage vote = await Device(2).PostAsync(wrong + "/vote", Form("question=1&answer=1"), Token);
        Assert.Equal(HttpStatusCode.NotFound, vote.StatusCode);
        Assert.Equal(0, Server.Room.Look().Votes);
    }

    [Theory]
    [InlineData("Host", "attacker.example", HttpStatusCode.BadRequest)]
    [InlineData("Host", "localhost", HttpStatusCode.BadRequest)]
    [InlineData("Host", "127.0.0.1:1", HttpStatusCode.BadRequest)]
    [InlineData("Origin", "http://attacker.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    public async Task Request_ByAnotherNameOrFromAnotherSite_IsRefused(string header, string value, HttpStatusCode expected)
    {
        await StartAsync();
        Server.Room.Ask("Who?", ["apple", "phone"]);
        using HttpRequestMessage request = new(HttpMethod.Post, Server.Room.Code + "/vote") { Content = Form("question=1&answer=1") };
        request.Headers.TryAddWithoutValidation(header, value);
        using HttpResponseMessage answer = await Device(1).SendAsync(request, Token);
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(0, Server.Room.Look().Votes);
    }

    [Fact]
    public async Task Answer_OfEveryKind_SetsNoCookieAndAllowsNoScript()
    {
        await StartAsync();
        Server.Room.Ask("Who?", ["apple", "phone"]);
        HttpClient device = Device(1);
        foreach (HttpResponseMessage answer in (HttpResponseMessage[])[
            await device.GetAsync(Server.Room.Code, Token),
            await device.GetAsync(Server.Room.Code + "/tally", Token),
            await device.GetAsync("other", Token),
            await VoteAsync(device, "question=1&answer=1"), await VoteAsync(device, "question=1&answer=9")])
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

    [Fact]
    public async Task Desk_WhenItIsSwitchedOff_ListensNoMore()
    {
        await using VoteDesk desk = new();
        Assert.False((await desk.DoAsync(new VoteCommand("look"))).IsOn);
        VoteView on = await desk.DoAsync(new VoteCommand("open"));
        Assert.EndsWith($":{desk.Server!.Port}/{desk.Server.Room.Code}", on.Addresses[0]);
        Assert.StartsWith("data:image/png;base64,", on.Picture);
        (int port, string code) = (desk.Server.Port, desk.Server.Room.Code);
        Assert.Equal(code, desk.Server.Room.Code);
        foreach (VoteCommand wrong in (VoteCommand[])[
            new("ask"), new("ask") { Question = "Who?", Answers = ["one"] }, new("ask") { Question = "Who?", Answers = ["one", ""] },
            new("ask") { Question = new string('x', VoteDesk.LongestText + 1), Answers = ["one", "two"] }])
        {
            Assert.NotNull((await desk.DoAsync(wrong)).Word);
        }

        Assert.True((await desk.DoAsync(new VoteCommand("ask") { Question = "Who?", Answers = ["one", "two"] })).Question!.IsOpen);
        Assert.Equal([0, 0], (await desk.DoAsync(new VoteCommand("close"))).Question!.Tally!);
        Assert.False((await desk.DoAsync(new VoteCommand("shut"))).IsOn);
        using TcpClient client = new();
        await Assert.ThrowsAnyAsync<SocketException>(() => client.ConnectAsync(IPAddress.Loopback, port, Token).AsTask());
        await desk.DoAsync(new VoteCommand("open"));
        Assert.NotEqual(code, desk.Server!.Room.Code);
    }

    private async Task StartAsync(VoteLimits? limits = null) => _started = await VoteServer.StartAsync(limits ?? new VoteLimits { Burst = 1000 });

    /// <summary>A device of an address of its own: all of 127.0.0.0/8 is this machine.</summary>
    private HttpClient Device(int number)
    {
        Assert.SkipUnless(number == 1 || OperatingSystem.IsLinux(), "other systems know one loopback address only");
        HttpClient device = new(new SocketsHttpHandler
        {
            UseCookies = false,
            AllowAutoRedirect = false,
            ConnectCallback = async (context, cancellation) =>
            {
                Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)number]), 0));
                await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri($"http://127.0.0.1:{Server.Port}/"),
            Timeout = Patience.Limit,
        };
        _devices.Add(device);
        return device;
    }

    private static StringContent Form(string body) => new(body, Encoding.UTF8, "application/x-www-form-urlencoded");

    private async Task<HttpResponseMessage> VoteAsync(HttpClient device, string body)
    {
        using StringContent content = Form(body);
        return await device.PostAsync(Server.Room.Code + "/vote", content, Token);
    }

    private static async Task<string> TextAsync(HttpClient device, string path) => await device.GetStringAsync(path, Token);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient device, string path)
    {
        using HttpResponseMessage answer = await device.GetAsync(path, Token);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        return answer.StatusCode;
    }
}
