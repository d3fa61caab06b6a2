using System.Net;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AttentionLab.Studio.Web;

/// <summary>
/// Serves the live course on this machine only: it listens on the loopback address, and one door (<see cref="Door"/>) stands before all that it
/// answers: GET and HEAD, and POST of JSON to a chapter.
/// </summary>
public sealed class CourseServer : IAsyncDisposable
{
    /// <summary>The first port that is tried.</summary>
    public const int FirstPort = 5080;

    /// <summary>So many more are tried.</summary>
    internal const int Ports = 100;

    private readonly WebApplication _app;

    private readonly Door _door;

    private CourseServer(WebApplication app, Door door, VoteDesk votes, int port, string? forwarded)
    {
        _app = app;
        _door = door;
        Votes = votes;
        Port = port;
        Address = new Uri(forwarded is null ? $"http://127.0.0.1:{port}/" : $"https://{forwarded}/");
    }

    /// <summary>Where the course is; whoever asks there is refused unless let in by <see cref="Entrance"/>.</summary>
    public Uri Address { get; }

    /// <summary>Where it listens, also behind a forwarder.</summary>
    public int Port { get; }

    /// <summary>All that is answered, for the tests that try each.</summary>
    internal IReadOnlyList<RouteEndpoint> Routes =>
        [.. ((IEndpointRouteBuilder)_app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()];

    /// <summary>The votes by phone.</summary>
    internal VoteDesk Votes { get; }

    /// <summary>The address that lets a browser in, once: when it has been used there is another.</summary>
    /// <param name="page">A page, from the course's root.</param>
    public Uri Entrance(string page = "") => new(Address, page + _door.Query);

    /// <summary>Starts to listen.</summary>
    /// <param name="course">The course.</param>
    /// <param name="port">The port; null for the first free one from <see cref="FirstPort"/>.</param>
    /// <param name="forwarded">A host that forwards to this one; null takes that of the Codespace, if this is one.</param>
    /// <param name="entered">Told the next entrance whenever one has been used; null for nobody.</param>
    /// <exception cref="CourseException">The port is in use, or may not be used.</exception>
    public static async Task<CourseServer> StartAsync(LiveCourse course, int? port = null, string? forwarded = null, Action<Uri>? entered = null)
    {
        ArgumentNullException.ThrowIfNull(course);
        for (int at = port ?? FirstPort; ; at++)
        {
            string? host = forwarded ?? Forwarding.OfCodespace(at, Environment.GetEnvironmentVariable);
            CourseServer? server = null;
            var door = new Door(at, host is null ? [] : [host], () => entered?.Invoke(server!.Entrance()));
            VoteDesk votes = new();
            WebApplication app = Build(course, votes, at, door);
            server = new CourseServer(app, door, votes, at, host);
            try
            {
                await app.StartAsync();
                course.ListensAt(server.Address);
                return server;
            }
            catch (Exception exception) when (exception is IOException { InnerException: AddressInUseException }
                or System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AddressAlreadyInUse })
            {
                await app.DisposeAsync();
                if (port is not null)
                {
                    throw new CourseException($"port {at} is in use: name another with --port, or leave it out for the first free one from {FirstPort}.");
                }

                if (at >= FirstPort + Ports)
                {
                    throw new CourseException($"the ports from {FirstPort} to {at} are all in use: name a free one with --port.");
                }
            }
            catch (System.Net.Sockets.SocketException exception)
            {
                await app.DisposeAsync();
                throw new CourseException($"port {at} cannot be used: {exception.Message}");
            }
        }
    }

    /// <summary>Asks for a page, as a browser will: what .NET translates for a first answer, it translates while the reader's browser starts.</summary>
    /// <param name="page">A page, from the course's root.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <returns>False if it was not answered; the reader's browser will say so.</returns>
    public async Task<bool> WarmUpAsync(string page, CancellationToken cancellation)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false });
        using HttpRequestMessage request = new(HttpMethod.Get, new Uri($"http://127.0.0.1:{Port}/{page}"));
        request.Headers.Add("Cookie", _door.OwnCookie);
        try
        {
            using HttpResponseMessage answer = await client.SendAsync(request, cancellation);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Stops to listen; open connections are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await Votes.DisposeAsync();
        await _app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(LiveCourse course, VoteDesk votes, int port, Door door)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = Door.LargestMessage;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddRouting();
        WebApplication app = builder.Build();
        app.Use(AddHeaders);
        app.Use(door.PassAsync);
        CourseRoutes.Map(app, course);
        // By its type alone it would be taken for a delegate that writes the answer itself.
        app.MapPost("votes", (Delegate)((HttpContext context) =>
            JsonRequest.AnswerAsync(context, (LiveJson.Default.VoteCommand, LiveJson.Default.VoteView), votes.DoAsync)));
        return app;
    }

    private static Task AddHeaders(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PageFrame.ContentSecurityPolicy + "; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return next(context);
    }
}
