using System.Net;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>A course whose cells end when the test says so, behind a server, with a browser that was let in.</summary>
internal sealed class ServedCourse : IAsyncDisposable
{
    private CourseServer? _server;

    public GatedCourse Course { get; } = new();

    public HttpClient Client { get; } = new() { Timeout = Patience.Limit };

    public Uri Address => _server!.Address;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async Task StartAsync()
    {
        _server = await CourseServer.StartAsync(Course.Live, OwnPort.Next());
        using HttpResponseMessage entered = await Client.GetAsync(_server.Entrance(), Token);
        Assert.Equal(HttpStatusCode.OK, entered.StatusCode);
    }

    /// <summary>As the program does at its end.</summary>
    public async Task StopAsync()
    {
        await _server!.DisposeAsync();
        _server = null;
        await Course.Live.DisposeAsync();
    }

    public Task<string> GetAsync(string path) => Client.GetStringAsync(new Uri(Address, path), Token);

    public async Task<StreamReader> EventsAsync(string name, long have, int? run = null) => new(
        await Client.GetStreamAsync(new Uri(Address, $"events?chapter={name}&run={run ?? Course.Live.Find(name)!.Run}&have={have}"), Token));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await Course.DisposeAsync();
    }
}
