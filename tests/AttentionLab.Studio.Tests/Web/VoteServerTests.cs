using System.Net;
using System.Net.Sockets;
using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.VotingDevices;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The listener for phones: what it counts, and when it shows that.</summary>
public sealed class VoteServerTests : IAsyncDisposable
{
    private readonly VotingDevices _voting = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _voting.DisposeAsync();

    [Fact]
    public async Task Vote_Changed_CountsOnceAndIsShownAfterClosing()
    {
        await _voting.StartAsync();
        HttpClient first = _voting.Device(1), second = _voting.Device(2);
        Assert.Contains("No question is open now", await TextAsync(first, _voting.Server.Room.Code));
        _voting.Server.Room.Ask("Who <b>wins</b>?", ["apple", "phone & co"]);
        string page = await TextAsync(first, _voting.Server.Room.Code);
        Assert.Contains("Who &lt;b&gt;wins&lt;/b&gt;?", page);
        Assert.Contains("phone &amp; co", page);
        Assert.Contains("whoever can listen on this Wi-Fi can read what is sent", page);

        using HttpResponseMessage counted = await _voting.VoteAsync(first, "question=1&answer=0");
        Assert.Equal((HttpStatusCode.SeeOther, "/" + _voting.Server.Room.Code), (counted.StatusCode, counted.Headers.Location?.OriginalString));
        await _voting.VoteAsync(first, "question=1&answer=1");
        await _voting.VoteAsync(second, "question=1&answer=1");
        Assert.Contains("✓ phone &amp; co", await TextAsync(first, _voting.Server.Room.Code));
        Assert.Null(_voting.Server.Room.Look().Tally);
        Assert.Contains("Not closed yet", await TextAsync(second, _voting.Server.Room.Code + "/tally"));

        _voting.Server.Room.Close();
        Assert.Equal([0, 2], _voting.Server.Room.Look().Tally!);
        Assert.Contains("phone &amp; co: <strong>2</strong>", await TextAsync(second, _voting.Server.Room.Code + "/tally"));
        using HttpResponseMessage late = await _voting.VoteAsync(second, "question=1&answer=0");
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Equal([0, 2], _voting.Server.Room.Look().Tally!);

        // A page of the question before votes for nothing.
        _voting.Server.Room.Ask("Again?", ["yes", "no"]);
        using HttpResponseMessage old = await _voting.VoteAsync(second, "question=1&answer=0");
        Assert.Equal(HttpStatusCode.Conflict, old.StatusCode);
        Assert.Equal(0, _voting.Server.Room.Look().Votes);
    }

    [Fact]
    public async Task Device_BeyondTheFortieth_IsRefusedAndTheOthersStay()
    {
        await _voting.StartAsync();
        _voting.Server.Room.Ask("Who?", ["apple", "phone"]);
        for (int number = 1; number <= VoteRoom.MostDevices; number++)
        {
            using HttpResponseMessage counted = await _voting.VoteAsync(_voting.Device(number), "question=1&answer=1");
            Assert.Equal(HttpStatusCode.SeeOther, counted.StatusCode);
        }

        using HttpResponseMessage refused = await _voting.VoteAsync(_voting.Device(VoteRoom.MostDevices + 1), "question=1&answer=1");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using HttpResponseMessage known = await _voting.VoteAsync(_voting.Device(1), "question=1&answer=0");
        Assert.Equal(HttpStatusCode.SeeOther, known.StatusCode);
        _voting.Server.Room.Close();
        Assert.Equal([1, VoteRoom.MostDevices - 1], _voting.Server.Room.Look().Tally!);
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
}
