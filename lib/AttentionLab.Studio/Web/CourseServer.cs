using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
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
/// addressed to it by a loopback name (a foreign page cannot reach it by rebinding its own name), and only GET and HEAD.
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
        WebApplication app = builder.Build();
        app.Run(context => AnswerAsync(context, course, app.Lifetime.ApplicationStopping));
        return app;
    }

    private static async Task AnswerAsync(HttpContext context, LiveCourse course, CancellationToken stopping)
    {
        HttpRequest request = context.Request;
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PageFrame.ContentSecurityPolicy + "; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";

        if (!IsLoopback(request.Host.Host))
        {
            await TextAsync(context, StatusCodes.Status403Forbidden, "This course is served on this machine only: open it as localhost or 127.0.0.1.\n");
            return;
        }

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            headers.Allow = "GET, HEAD";
            await TextAsync(context, StatusCodes.Status405MethodNotAllowed, "Only GET.\n");
            return;
        }

        string path = request.Path.Value!.TrimStart('/');
        path = path.Length == 0 ? "index.html" : path;
        if (path == "events")
        {
            await EventsAsync(context, course, stopping);
        }
        else if (path == "assets/search-index.js")
        {
            await SendAsync(context, Encoding.UTF8.GetBytes(course.SearchIndex()), ".js");
        }
        else if (path.StartsWith("assets/", StringComparison.Ordinal) && path["assets/".Length..] is var asset && BookAssets.PageFiles.Contains(asset))
        {
            await SendAsync(context, BookAssets.Read(asset)!, Path.GetExtension(asset));
        }
        else if (course.Page(path) is { } page)
        {
            await SendAsync(context, Encoding.UTF8.GetBytes(page), ".html");
        }
        else
        {
            await TextAsync(context, StatusCodes.Status404NotFound, "There is no such page.\n");
        }
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));

    private static async Task SendAsync(HttpContext context, byte[] bytes, string extension)
    {
        IHeaderDictionary headers = context.Response.Headers;
        string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\"";
        headers.ETag = tag;
        headers.CacheControl = "no-cache";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        headers.ContentType = extension switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".woff2" => "font/woff2",
            ".txt" => "text/plain; charset=utf-8",
            _ => "application/octet-stream",
        };
        headers.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private static async Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.Headers.ContentType = "text/plain; charset=utf-8";
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.WriteAsync(text, context.RequestAborted);
        }
    }

    /// <summary>Results as they come, as server-sent events; the stream ends when nothing more will come.</summary>
    private static async Task EventsAsync(HttpContext context, LiveCourse course, CancellationToken stopping)
    {
        IQueryCollection query = context.Request.Query;
        string name = query["chapter"].ToString();
        _ = int.TryParse(query["run"], out int run);
        _ = int.TryParse(query["have"], out int have);
        context.Response.Headers.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            await foreach (LiveEvent happened in course.ListenAsync(name, run, have, ends.Token))
            {
                (string kind, string data) = happened switch
                {
                    { Status: { } status } => ("status", JsonSerializer.Serialize(status, LiveJson.Default.LiveStatus)),
                    { Cell: { } cell } => ("cell", JsonSerializer.Serialize(new CellMessage(cell.Number, cell.Failure is not null, OutputHtml.ToHtml(cell, stopped: cell.NotRun)), LiveJson.Default.CellMessage)),
                    _ => ("reload", "{}"),
                };
                await context.Response.WriteAsync($"event: {kind}\ndata: {data}\n\n", ends.Token);
                await context.Response.Body.FlushAsync(ends.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The reader left, or the server stops.
        }
    }

    /// <summary>The host listens to no signal by itself.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

/// <summary>A finished cell, for the page's script.</summary>
/// <param name="Number">Its number.</param>
/// <param name="Failed">True if it failed.</param>
/// <param name="Html">What goes under its code.</param>
internal sealed record CellMessage(int Number, bool Failed, string Html);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LiveStatus))]
[JsonSerializable(typeof(CellMessage))]
internal sealed partial class LiveJson : JsonSerializerContext;
