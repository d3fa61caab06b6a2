using System.Net;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AttentionLab.Studio.Web;

/// <summary>
/// Serves the live course on this machine only: it listens on the loopback address, answers only requests that were
/// addressed to it by a loopback name (a foreign page cannot reach it by rebinding its own name), GET and HEAD, and POST of JSON to a chapter.
/// </summary>
public sealed class CourseServer : IAsyncDisposable
{
    /// <summary>The first port that is tried.</summary>
    public const int FirstPort = 5080;

    private const int Ports = 100;

    private readonly WebApplication _app;

    private CourseServer(WebApplication app, int port)
    {
        _app = app;
        Address = new Uri($"http://127.0.0.1:{port}/");
    }

    /// <summary>Where the course is.</summary>
    public Uri Address { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="course">The course.</param>
    /// <param name="port">The port; null for the first free one from <see cref="FirstPort"/>.</param>
    /// <exception cref="CourseException">The port is in use, or may not be used.</exception>
    public static async Task<CourseServer> StartAsync(LiveCourse course, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(course);
        for (int at = port ?? FirstPort; ; at++)
        {
            WebApplication app = Build(course, at);
            try
            {
                await app.StartAsync();
                return new CourseServer(app, at);
            }
            catch (IOException exception) when (exception.InnerException is AddressInUseException)
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

    /// <summary>Stops to listen; open connections are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
        await _app.DisposeAsync();
    }

    private static WebApplication Build(LiveCourse course, int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, port);
        });
        // Ctrl-C and SIGTERM belong to the command line.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddRouting();
        builder.Services.AddHostFiltering(options => options.AllowedHosts = ["localhost", "127.0.0.1", "[::1]"]);
        WebApplication app = builder.Build();
        app.Use(AddHeaders);
        app.UseHostFiltering();
        CourseRoutes.Map(app, course);
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

    /// <summary>The host listens to no signal by itself.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
