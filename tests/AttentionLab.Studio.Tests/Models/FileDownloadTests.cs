using AttentionLab.Studio.Models;
using Microsoft.AspNetCore.Http;
using NuGet.Protocol;

namespace AttentionLab.Studio.Tests.Models;

/// <summary>A file that comes in parts: nothing comes twice, whatever the server answers the file is whole, and what went wrong is told.</summary>
public sealed class FileDownloadTests : IDisposable
{
    private static readonly byte[] File = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 7 / 3))];
    private readonly TemporaryFolder _folder = new();

    private string Part => _folder["part"];

    [Fact]
    public async Task Copy_AllAtOnce_TellsHowMuchHasCome()
    {
        await using FileServer server = await FileServer.StartAsync(FileServer.Ranged(File));
        List<FetchedBytes> told = [];

        Assert.True(await CopyAsync(server, told.Add));

        AssertIsWhole();
        Assert.Equal([""], server.Ranges);
        Assert.All(told, bytes => Assert.Equal(File.Length, bytes.Total));
        Assert.Equal(told.Select(bytes => bytes.Have).Order(), told.Select(bytes => bytes.Have));
        Assert.Equal(File.Length, told[^1].Have);
    }

    [Fact]
    public async Task Copy_LineThatBreaks_IsToldAndTheNextCallGoesOn()
    {
        const int Half = 150_000;
        TaskCompletionSource half = new();
        await using FileServer server = await FileServer.StartAsync(FileServer.Stuck(File, Half, half.Task), FileServer.Ranged(File));

        string message = (await Assert.ThrowsAsync<HttpRequestException>(() => CopyAsync(server, bytes =>
        {
            if (bytes.Have == Half)
            {
                half.SetResult();
            }
        }))).Message;

        Assert.Contains("150000", message);
        List<FetchedBytes> told = [];
        Assert.True(await CopyAsync(server, told.Add));
        AssertIsWhole();
        Assert.Equal(["", "bytes=150000-"], server.Ranges);
        Assert.True(told[0].Have > Half);
        Assert.All(told, bytes => Assert.Equal(File.Length, bytes.Total));
    }

    [Fact]
    public async Task Copy_Cancelled_KeepsWhatHasCome()
    {
        using CancellationTokenSource stop = new();
        await using FileServer server = await FileServer.StartAsync(
            FileServer.Stuck(File, 100_000, Task.Delay(Timeout.Infinite, stop.Token)), FileServer.Ranged(File));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => CopyAsync(
            server,
            bytes =>
            {
                if (bytes.Have == 100_000)
                {
                    stop.Cancel();
                }
            },
            stop.Token));

        Assert.True(await CopyAsync(server));
        AssertIsWhole();
        Assert.Equal(["", "bytes=100000-"], server.Ranges);
    }

    [Fact]
    public async Task Copy_ServerThatKnowsNoRanges_BeginsAnew()
    {
        System.IO.File.WriteAllBytes(Part, new byte[1000]);
        await using FileServer server = await FileServer.StartAsync(FileServer.Whole(File));

        Assert.True(await CopyAsync(server));

        AssertIsWhole();
        Assert.Equal(["bytes=1000-"], server.Ranges);
    }

    [Fact]
    public async Task Copy_ServerThatSendsAnotherPart_IsAskedForAllOfIt()
    {
        System.IO.File.WriteAllBytes(Part, File[..1000]);
        await using FileServer server = await FileServer.StartAsync(
            response =>
            {
                response.StatusCode = StatusCodes.Status206PartialContent;
                response.Headers.ContentRange = $"bytes 500-999/{File.Length}";
                return response.Body.WriteAsync(File, 500, 500);
            },
            FileServer.Ranged(File));

        Assert.True(await CopyAsync(server));

        AssertIsWhole();
        Assert.Equal(["bytes=1000-", ""], server.Ranges);
    }

    [Fact]
    public async Task Copy_MoreThanTheServerHas_BeginsAnew()
    {
        System.IO.File.WriteAllBytes(Part, new byte[File.Length + 1]);
        await using FileServer server = await FileServer.StartAsync(FileServer.Ranged(File));

        Assert.True(await CopyAsync(server));

        AssertIsWhole();
        Assert.Equal([$"bytes={File.Length + 1}-", ""], server.Ranges);
    }

    [Fact]
    public async Task Copy_AllOfItThere_IsNotFetchedAgain()
    {
        System.IO.File.WriteAllBytes(Part, File);
        await using FileServer server = await FileServer.StartAsync(FileServer.Ranged(File));

        Assert.True(await CopyAsync(server));

        AssertIsWhole();
        Assert.Single(server.Ranges);
    }

    [Fact]
    public async Task Copy_LengthThatNobodySays_IsNotMadeUp()
    {
        await using FileServer server = await FileServer.StartAsync(response => response.Body.WriteAsync(File, 0, File.Length));
        List<FetchedBytes> told = [];

        Assert.True(await CopyAsync(server, told.Add));

        AssertIsWhole();
        Assert.All(told, bytes => Assert.Null(bytes.Total));
    }

    [Fact]
    public async Task Copy_FileThatIsNotThere_IsSaid()
    {
        await using FileServer server = await FileServer.StartAsync(FileServer.Status(StatusCodes.Status404NotFound));

        Assert.False(await CopyAsync(server));
    }

    [Theory]
    [InlineData(StatusCodes.Status401Unauthorized)]
    [InlineData(StatusCodes.Status403Forbidden)]
    [InlineData(StatusCodes.Status410Gone)]
    public async Task Copy_ServerThatRefuses_IsNamedWithItsAnswer(int status)
    {
        await using FileServer server = await FileServer.StartAsync(FileServer.Status(status));

        string message = (await Assert.ThrowsAsync<HttpRequestException>(() => CopyAsync(server))).Message;

        Assert.Contains($"127.0.0.1 answered {status}", message);
    }

    public void Dispose() => _folder.Dispose();

    private Task<bool> CopyAsync(FileServer server, Action<FetchedBytes>? told = null, CancellationToken? stop = null) => FileDownload.CopyAsync(
        HttpSource.Create(NuGet.Protocol.Core.Types.Repository.Factory.GetCoreV3(server.Index.AbsoluteUri)), server.File, Part, new Told(told ?? (_ => { })),
        stop ?? TestContext.Current.CancellationToken);

    private void AssertIsWhole() => Assert.Equal(File, System.IO.File.ReadAllBytes(Part));

    /// <summary>Told at once, where <see cref="Progress{T}"/> tells when it is convenient.</summary>
    private sealed class Told(Action<FetchedBytes> told) : IProgress<FetchedBytes>
    {
        public void Report(FetchedBytes value) => told(value);
    }
}
