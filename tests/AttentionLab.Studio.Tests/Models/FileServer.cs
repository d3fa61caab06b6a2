using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace AttentionLab.Studio.Tests.Models;

/// <summary>A NuGet source of one package on this machine, whose answers a test makes: the first one, the second one, and the last one from then on.</summary>
internal sealed class FileServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _ranges = new();
    private readonly Func<HttpResponse, Task>[] _answers;

    private FileServer(WebApplication app, Func<HttpResponse, Task>[] answers)
    {
        _app = app;
        _answers = answers;
    }

    /// <summary>What each request for the file asked for, as its header says it; empty for all of it.</summary>
    public IReadOnlyCollection<string> Ranges => _ranges;

    /// <summary>The source's index.</summary>
    public Uri Index => new(new Uri(_app.Urls.First()), "index.json");

    /// <summary>A file in it; any name will do.</summary>
    public Uri File => new(Index, "flat/name/1.0.0/name.1.0.0.nupkg");

    public static async Task<FileServer> StartAsync(params Func<HttpResponse, Task>[] answers)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        FileServer server = new(builder.Build(), answers);
        server._app.Urls.Add("http://127.0.0.1:0");
        server._app.MapGet("/index.json", () => TypedResults.Json(new Dictionary<string, object>
        {
            ["version"] = "3.0.0",
            ["resources"] = new[]
            {
                new Dictionary<string, string> { ["@id"] = new Uri(server.Index, "flat/").AbsoluteUri, ["@type"] = "PackageBaseAddress/3.0.0" },
            },
        }));
        server._app.MapGet("/flat/{**path}", context =>
        {
            int number = server._ranges.Count;
            server._ranges.Enqueue(context.Request.Headers.Range.ToString());
            return server._answers[Math.Min(number, server._answers.Length - 1)](context.Response);
        });
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>All of it, or what was asked for, as servers do that know ranges.</summary>
    public static Func<HttpResponse, Task> Ranged(byte[] file) =>
        response => TypedResults.Bytes(file, enableRangeProcessing: true).ExecuteAsync(response.HttpContext);

    /// <summary>All of it, whatever was asked for.</summary>
    public static Func<HttpResponse, Task> Whole(byte[] file) => response => TypedResults.Bytes(file).ExecuteAsync(response.HttpContext);

    /// <summary>No file: a number alone.</summary>
    public static Func<HttpResponse, Task> Status(int status) => response =>
    {
        response.StatusCode = status;
        return Task.CompletedTask;
    };

    /// <summary>The beginning, and then nothing until somebody says so; then the line breaks.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="count">Bytes of it that are sent.</param>
    /// <param name="broken">Ends the waiting; so does a client that is gone.</param>
    public static Func<HttpResponse, Task> Stuck(byte[] file, int count, Task broken) => async response =>
    {
        response.ContentLength = file.Length;
        await response.Body.WriteAsync(file.AsMemory(0, count));
        await response.Body.FlushAsync();
        await broken.WaitAsync(response.HttpContext.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        response.HttpContext.Abort();
    };

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
