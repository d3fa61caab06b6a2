using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AttentionLab.Studio.Web;

/// <summary>How much phones may ask.</summary>
internal sealed record VoteLimits
{
    /// <summary>Requests of one device at once.</summary>
    public int Burst { get; init; } = 20;

    /// <summary>After this, one more.</summary>
    public TimeSpan Refill { get; init; } = TimeSpan.FromMilliseconds(500);
}

/// <summary>
/// Takes the votes of phones on the network, while the leader wants it: a listener of its own, which shares no cookie, file or kernel with the course
/// and knows three routes: the question, a vote, and the tally after closing. All else is not there.
/// </summary>
internal sealed class VoteServer : IAsyncDisposable
{
    /// <summary>The most that a vote may bring: <c>question=</c> and <c>answer=</c> with an integer each.</summary>
    public const int LargestVote = 64;

    private readonly WebApplication _app;

    private VoteServer(WebApplication app, VoteRoom room, int port) => (_app, Room, Port) = (app, room, port);

    public VoteRoom Room { get; }

    public int Port { get; }

    /// <summary>Starts to listen on every IPv4 address of this machine, at a free port.</summary>
    public static async Task<VoteServer> StartAsync(VoteLimits? limits = null)
    {
        VoteRoom room = new();
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestVote;
            kestrel.Limits.MaxRequestLineSize = 1 << 10;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 << 10;
            kestrel.Limits.MaxConcurrentConnections = 4 * VoteRoom.MostDevices;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Listen(IPAddress.Any, 0);
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Services.AddRouting();
        builder.Services.AddRateLimiter(options => Limit(options, limits ?? new VoteLimits()));
        WebApplication app = builder.Build();
        app.Use(PassAsync);
        app.UseRateLimiter();
        app.MapGet("{code}", (HttpContext context, string code) => Answer(room, code, () => VotePage.Question(room.Look(Device(context)), room.Code)));
        app.MapGet("{code}/tally", (string code) => Answer(room, code, () => VotePage.Tally(room.Look(), room.Code)));
        app.MapPost("{code}/vote", (HttpContext context, string code) => room.IsCode(code) ? VoteAsync(context, room) : Task.FromResult(Missing()));
        await app.StartAsync();
        return new VoteServer(app, room, new Uri(app.Urls.Single()).Port);
    }

    /// <summary>Where phones find the room, the likeliest first: an address with a way out of this network.</summary>
    public IReadOnlyList<Uri> Addresses()
    {
        IPAddress[] found =
        [
            .. NetworkInterface.GetAllNetworkInterfaces()
                .Where(port => port.OperationalStatus == OperationalStatus.Up && port.NetworkInterfaceType != NetworkInterfaceType.Loopback)
                .Select(port => port.GetIPProperties())
                .OrderByDescending(port => port.GatewayAddresses.Any(gateway => gateway.Address.AddressFamily == AddressFamily.InterNetwork))
                .SelectMany(port => port.UnicastAddresses.Select(unicast => unicast.Address))
                .Where(address => address.AddressFamily == AddressFamily.InterNetwork),
        ];
        return [.. found.DefaultIfEmpty(IPAddress.Loopback).Select(address => new Uri($"http://{address}:{Port}/{Room.Code}"))];
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(new CancellationTokenSource(TimeSpan.FromSeconds(1)).Token);
        await _app.DisposeAsync();
    }

    /// <summary>Only who names this machine by its number is answered, so that no other site's name can be bent to it.</summary>
    private static Task PassAsync(HttpContext context, RequestDelegate next)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "same-origin";
        HttpRequest request = context.Request;
        bool isHere = request.Host.Host == Device(context.Connection.LocalIpAddress).ToString() && request.Host.Port == context.Connection.LocalPort;
        bool isOurs = request.Headers.Origin.Count == 0 || request.Headers.Origin == $"http://{request.Host}";
        if (isHere && isOurs)
        {
            return next(context);
        }

        context.Response.StatusCode = isHere ? StatusCodes.Status403Forbidden : StatusCodes.Status400BadRequest;
        return Task.CompletedTask;
    }

    private static void Limit(RateLimiterOptions options, VoteLimits limits)
    {
        options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, IPAddress>(context => RateLimitPartition.GetTokenBucketLimiter(
            Device(context), _ => new TokenBucketRateLimiterOptions { TokenLimit = limits.Burst, TokensPerPeriod = 1, ReplenishmentPeriod = limits.Refill }));
    }

    private static IResult Answer(VoteRoom room, string code, Func<string> page) =>
        room.IsCode(code) ? Results.Content(page(), "text/html; charset=utf-8") : Missing();

    private static async Task<IResult> VoteAsync(HttpContext context, VoteRoom room)
    {
        HttpRequest request = context.Request;
        if (request.ContentLength is not <= LargestVote)
        {
            return Said(HttpStatusCode.RequestEntityTooLarge, "That is more than a vote", room);
        }

        IFormCollection? form = request.HasFormContentType ? await request.ReadFormAsync(context.RequestAborted) : null;
        if (form is not { Count: 2 } || !IsInteger(form["question"], out int number) || !IsInteger(form["answer"], out int answer))
        {
            return Said(HttpStatusCode.BadRequest, "That is no vote", room);
        }

        return room.Vote(Device(context), number, answer) switch
        {
            HttpStatusCode.OK => new SeeOther("/" + room.Code),
            HttpStatusCode.Conflict => Said(HttpStatusCode.Conflict, "That question is closed", room),
            HttpStatusCode.Forbidden => Said(HttpStatusCode.Forbidden, $"{VoteRoom.MostDevices} devices vote in this room already", room),
            HttpStatusCode other => Said(other, "There is no such answer", room),
        };
    }

    private static bool IsInteger(Microsoft.Extensions.Primitives.StringValues given, out int number)
    {
        number = 0;
        return given.Count == 1 && int.TryParse(given[0], NumberStyles.None, CultureInfo.InvariantCulture, out number);
    }

    private static IPAddress Device(HttpContext context) => Device(context.Connection.RemoteIpAddress);

    private static IPAddress Device(IPAddress? address) => address is null ? IPAddress.None : address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static IResult Missing() => Results.Text("There is nothing here.\n", statusCode: StatusCodes.Status404NotFound);

    private static IResult Said(HttpStatusCode status, string title, VoteRoom room) =>
        Results.Content(
            VotePage.Page(title, $"<a class=\"go\" href=\"/{room.Code}\">To the question</a>"), "text/html; charset=utf-8", statusCode: (int)status);

    /// <summary>A vote that is counted leads back to the question: loading the page again does not send it again.</summary>
    private sealed class SeeOther(string path) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = StatusCodes.Status303SeeOther;
            httpContext.Response.Headers.Location = path;
            return Task.CompletedTask;
        }
    }
}
