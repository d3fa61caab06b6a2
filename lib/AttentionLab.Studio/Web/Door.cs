using System.Security.Cryptography;
using System.Text;
using AttentionLab.Studio.Book;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace AttentionLab.Studio.Web;

/// <summary>
/// The one door before every route: cells run with the reader's rights, so that only the reader's browser may ask. A request must name this
/// machine (or a forwarder that the reader told of), must not come from another site, and must carry a cookie. The cookie is given for a word
/// that stands in the address which the terminal prints; each word lets in once, since other users of a machine can read the address of a browser that starts.
/// </summary>
internal sealed class Door
{
    /// <summary>The most that a request may bring.</summary>
    public const long LargestMessage = 4 << 20;

    private const string Word = "token";

    private static readonly string[] Loopback = ["localhost", "127.0.0.1", "[::1]"];

    private readonly string _cookie;
    private readonly string _secret = NewWord();
    private readonly IReadOnlyList<string> _forwarded;
    private readonly Action? _used;
    private string _word = NewWord();

    /// <param name="port">The port that is listened on: browsers keep one jar of cookies for all ports of a host.</param>
    /// <param name="forwarded">Hosts that forward to this one, by https.</param>
    /// <param name="used">Told when a word has let somebody in, and another one holds from now on.</param>
    public Door(int port, IReadOnlyList<string> forwarded, Action? used)
    {
        _cookie = FormattableString.Invariant($"attention-{port}");
        _forwarded = forwarded;
        _used = used;
    }

    /// <summary>What an address must say to let its browser in, once.</summary>
    public string Query => $"?{Word}={Volatile.Read(ref _word)}";

    /// <summary>What a request of this program itself says to be let in.</summary>
    public string OwnCookie => $"{_cookie}={_secret}";

    /// <summary>Lets a request pass, or answers it.</summary>
    public Task PassAsync(HttpContext context, RequestDelegate next)
    {
        HttpRequest request = context.Request;
        if (!IsOurs(request.Host))
        {
            return RefuseAsync(context, StatusCodes.Status400BadRequest,
                "This course does not answer to that name. A host that forwards to it is named with --forwarded.");
        }

        if (request.Query[Word] is { Count: > 0 } words && HttpMethods.IsGet(request.Method))
        {
            // Also from a link on another page: a terminal in a browser is one.
            return words.Count == 1 && IsEntered(request) ? GoOnAsync(context, next) : EnterAsync(context, words, next);
        }

        if (!IsSameSite(request))
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "This course does not answer to other pages.");
        }

        return IsEntered(request)
            ? next(context)
            : RefuseAsync(context, StatusCodes.Status403Forbidden, "Open the address that the terminal printed: it holds a word that lets your browser in.");
    }

    private Task EnterAsync(HttpContext context, StringValues words, RequestDelegate next)
    {
        string word = Volatile.Read(ref _word);
        if (words.Count != 1 || !Same(words[0], word) || Interlocked.CompareExchange(ref _word, NewWord(), word) != word)
        {
            return RefuseAsync(context, StatusCodes.Status403Forbidden,
                "That address has been used, or is of an earlier start. The terminal prints the one that holds now.");
        }

        context.Response.Cookies.Append(_cookie, _secret,
            new CookieOptions { HttpOnly = true, SameSite = Microsoft.AspNetCore.Http.SameSiteMode.Strict, Path = "/", IsEssential = true });
        _used?.Invoke();
        return GoOnAsync(context, next);
    }

    /// <summary>Whoever typed the address, or let a program open it, has the page at once. Behind a link on another page comes a page first that leads to the
    /// same address without the word: neither a redirection there nor a reload would carry the strict cookie.</summary>
    private static Task GoOnAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Headers["Sec-Fetch-Site"] == "none")
        {
            return next(context);
        }

        string path = PageText.Encode("/" + context.Request.Path.ToUriComponent().TrimStart('/')); // "//name" would be another host
        return AnswerAsync(context, StatusCodes.Status200OK,
            $"<meta http-equiv=\"refresh\" content=\"0;url={path}\"><title>Welcome</title><p><a href=\"{path}\">To the course</a></p>");
    }

    private bool IsEntered(HttpRequest request) => Same(request.Cookies[_cookie], _secret);

    /// <summary>Not ASP.NET Core's host filtering: it answers with a fixed page or with none, neither of which can say what lets a host in, and it takes "*" in
    /// a name for any host.</summary>
    private bool IsOurs(HostString host) =>
        host.HasValue && (Loopback.Contains(host.Host, StringComparer.OrdinalIgnoreCase) || _forwarded.Contains(host.Host, StringComparer.OrdinalIgnoreCase));

    /// <summary>A page of ours asks, or the reader by hand. What changes something must say where it comes from.</summary>
    private bool IsSameSite(HttpRequest request)
    {
        StringValues origin = request.Headers.Origin, site = request.Headers["Sec-Fetch-Site"];
        bool isReading = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        bool fromHere = origin.Count == 0 ? isReading : origin.Count == 1 && IsOurOrigin(origin[0], request.Host);
        return fromHere && (site.Count == 0 || (site.Count == 1 && site[0] is "same-origin" or "none"));
    }

    private bool IsOurOrigin(string? origin, HostString host) =>
        string.Equals(origin, "http://" + host.Value, StringComparison.OrdinalIgnoreCase)
        || _forwarded.Any(forwarder => string.Equals(origin, "https://" + forwarder, StringComparison.OrdinalIgnoreCase));

    private static Task RefuseAsync(HttpContext context, int status, string reason) => AnswerAsync(context, status, $"<title>Not here</title><p>{reason}</p>");

    private static Task AnswerAsync(HttpContext context, int status, string html)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers[HeaderNames.CacheControl] = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask
            : context.Response.WriteAsync(
                $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">{html}</html>\n",
                context.RequestAborted);
    }

    private static bool Same(string? given, string right) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(right));

    private static string NewWord() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
