using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>A course behind a server, and a browser that was not let in: it keeps no cookie and follows nobody elsewhere.</summary>
internal sealed class ClosedCourse : IAsyncDisposable
{
    private readonly GatedCourse _course = new();
    private CourseServer? _server;

    public HttpClient Client { get; } = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { Timeout = Patience.Limit };

    public CourseServer Server => _server!;

    public async Task StartAsync(string? forwarded = null, Action<Uri>? entered = null) =>
        _server = await CourseServer.StartAsync(_course.Live, forwarded: forwarded, entered: entered);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _course.DisposeAsync();
    }
}
