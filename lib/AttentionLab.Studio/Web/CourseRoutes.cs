using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AttentionLab.Studio.Book;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Net.Http.Headers;

namespace AttentionLab.Studio.Web;

/// <summary>What the server answers: pages, their files, the search index, and the stream of results.</summary>
internal static class CourseRoutes
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    private static readonly FileExtensionContentTypeProvider Types = new();

    public static void Map(WebApplication app, LiveCourse course)
    {
        CancellationToken stopping = app.Lifetime.ApplicationStopping;
        app.MapGet("events", (string? chapter, int? run, long? have, string? tab, bool? first, CancellationToken left) =>
        {
            var page = new ListeningPage(chapter ?? "", run ?? 0, have ?? 0) { Tab = tab, IsFirst = first ?? true };
            return TypedResults.ServerSentEvents(Events(course.ListenAsync(page, stopping), left));
        });
        WorkRoutes.Map(app, course);
        app.MapMethods("assets/search-index.js", Reading, (HttpContext context) => Send(context, Encoding.UTF8.GetBytes(course.SearchIndex()), ".js"));
        app.MapMethods("assets/{**name}", Reading, (HttpContext context, string name) =>
            BookAssets.PageFiles.Contains(name) ? Send(context, BookAssets.Read(name)!, name) : Missing());
        app.MapMethods("{**path}", Reading, (HttpContext context, string? path) =>
            course.Page(path is { Length: > 0 } ? path : "index.html") is { } page ? Send(context, Encoding.UTF8.GetBytes(page), ".html") : Missing());
    }

    /// <summary>A file with the tag of its content: what the browser has already is not sent again.</summary>
    private static FileContentHttpResult Send(HttpContext context, byte[] bytes, string name)
    {
        context.Response.Headers.CacheControl = "no-cache";
        string type = Types.TryGetContentType(name, out string? known) ? known : "application/octet-stream";
        return TypedResults.Bytes(
            bytes,
            type.StartsWith("text/", StringComparison.Ordinal) ? type + "; charset=utf-8" : type,
            entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 12))}\""));
    }

    private static IResult Missing() => Results.Text("There is no such page.\n", statusCode: StatusCodes.Status404NotFound);

    /// <summary>Results as they come; the stream ends when nothing more will come.</summary>
    private static async IAsyncEnumerable<SseItem<string>> Events(IAsyncEnumerable<LiveEvent> events, [EnumeratorCancellation] CancellationToken left)
    {
        await foreach (LiveEvent happened in events.WithCancellation(left))
        {
            yield return happened switch
            {
                { Status: { } status } => new(JsonSerializer.Serialize(status, LiveJson.Default.LiveStatus), "status"),
                { News: { } news } => new(JsonSerializer.Serialize(news, LiveJson.Default.WorkNews), "news"),
                { Patience: { } patience } => new(patience.TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture), "beat"),
                _ => new("{}", "reload"),
            };
        }
    }
}
