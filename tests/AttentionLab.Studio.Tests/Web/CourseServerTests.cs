using System.Net;
using System.Net.Sockets;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The course as it starts, and its chapters as they are opened.</summary>
public sealed class CourseServerTests : IAsyncDisposable
{
    private readonly ServedCourse _served = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _served.DisposeAsync();

    [Fact]
    public async Task Get_BeforeAnythingRan_ShowsAllText()
    {
        await _served.StartAsync();
        Assert.Contains("Question 03-three?", await _served.GetAsync("index.html"));
        string page = await _served.GetAsync("02-two.html");
        Assert.Contains("Question 02-two?", page);
        Assert.Contains("data-state=\"waiting\"", page);
        Assert.DoesNotContain("output", System.Text.RegularExpressions.Regex.Replace(page, "class=\"outputs\"", ""));
    }

    [Fact]
    public async Task Open_AChapterThatWaits_RunsItNext()
    {
        await _served.StartAsync();
        _served.Course.Live.Start();
        await Patience.UntilAsync(() => _served.Course.Started.Count == 1);
        await _served.GetAsync("03-three.html");
        _served.Course.Release("01-one", 2);
        await Patience.UntilAsync(() => _served.Course.Started.Count == 2);
        Assert.Equal(["01-one", "03-three"], _served.Course.Started);
    }

    [Theory]
    [InlineData("", "is empty (0 bytes)")]
    [InlineData("\0\u0001", "is binary")]
    [InlineData("#!meta\n{\"kernelInfo\":{", "its #!meta cell is cut off")]
    [InlineData(null, "no such file")]
    public async Task Open_AChapterWhoseFileIsUnusable_SaysSoAndComesBack(string? content, string reason)
    {
        await _served.StartAsync();
        _served.Course.Live.Start();
        _served.Course.Release("01-one", 2);
        await Patience.UntilAsync(() => _served.Course.Live.Find("01-one")!.State == ChapterState.Ready);
        string path = _served.Course.Write("01-one");
        if (content is null)
        {
            File.Delete(path);
        }
        else
        {
            await File.WriteAllTextAsync(path, content, Token);
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        }

        Assert.Contains(reason, await _served.GetAsync("01-one.html"));
        Assert.Contains("Question 02-two?", await _served.GetAsync("02-two.html"));
        Assert.Contains("Question 03-three?", await _served.GetAsync("index.html"));
        _served.Course.Write("01-one");
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(2));
        string page = await _served.GetAsync("01-one.html");
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
    public async Task Start_OnAPortInUse_SaysSoInOneLine()
    {
        using TcpListener taken = new(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        CourseException error = await Assert.ThrowsAsync<CourseException>(() => CourseServer.StartAsync(_served.Course.Live, port));
        Assert.StartsWith($"port {port} is in use:", error.Message);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Start_WithoutAPort_TakesTheNextFreeOne()
    {
        await using CourseServer first = await CourseServer.StartAsync(_served.Course.Live);
        await using CourseServer second = await CourseServer.StartAsync(_served.Course.Live);

        // Not the next one: other tests start and end servers meanwhile.
        Assert.NotEqual(first.Address.Port, second.Address.Port);
        Assert.All([first, second], server => Assert.InRange(server.Address.Port, CourseServer.FirstPort, CourseServer.FirstPort + CourseServer.Ports));
        Assert.All([first, second], server => Assert.True(server.Address.IsLoopback));
    }

    [Fact]
    public async Task Chapter_ThatIsKnown_IsNotRun()
    {
        await using GatedCourse course = new(known: chapter => chapter with
        {
            Cells = [.. chapter.Cells.Select(cell => cell with { Outputs = cell.NotRun ? [new CellOutput(CellOutput.Plain, "kept")] : [], NotRun = false })],
        });
        course.Live.Start();
        await Patience.UntilAsync(() => course.Live.Finished == 3);
        Assert.Empty(course.Started);
        Assert.Contains("kept", course.Live.Page("01-one.html"));
    }
}
