using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using AttentionLab.Studio.Book;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AttentionLab.Studio.Web;

/// <summary>What a page asks of its chapter: to run and change cells, and questions about code. Only JSON is taken: no form of another site can send it.</summary>
internal static class WorkRoutes
{
    public static void Map(WebApplication app, LiveCourse course)
    {
        MapDownloads(app, course);
        app.MapPost("work/{chapter}", (HttpContext context, string chapter) => AnswerAsync(context, course, chapter, LiveJson.Default.WorkCommand, LiveJson.Default.WorkAnswer,
            (session, command) => Task.FromResult(session.Do(command))));
        app.MapPost("work/{chapter}/ask", (HttpContext context, string chapter) => AnswerAsync(context, course, chapter, LiveJson.Default.CodeQuestion, LiveJson.Default.CodeReply,
            (session, question) => AskAsync(session, question, context.RequestAborted)));
    }

    private static void MapDownloads(WebApplication app, LiveCourse course)
    {
        app.MapGet("work/progress.md", () => Results.File(Encoding.UTF8.GetBytes(course.Progress()), "text/markdown; charset=utf-8", "progress.md"));
        app.MapGet("work/{chapter}/notebook.dib", (string chapter) => course.ToNotebook(chapter) is { } notebook ? Results.File(notebook, "text/plain; charset=utf-8", chapter + ".dib") : NoChapter());
        app.MapGet("work/{chapter}/notebook.ipynb", (string chapter) => course.ToIpynb(chapter) is { } notebook ? Results.File(Encoding.UTF8.GetBytes(notebook), "application/x-ipynb+json", chapter + ".ipynb") : NoChapter());
        app.MapGet("work/{chapter}/output/{cell}", (string chapter, string cell) =>
            course.Session(chapter)?.Look(book => book.Find(cell)?.Console()) is { } text ? Results.Text(PageText.Clean(text), "text/plain", Encoding.UTF8) : Results.Text("There is no such cell any more.\n", statusCode: StatusCodes.Status404NotFound));
    }

    private static IResult NoChapter() => Results.Text("There is no such chapter.\n", statusCode: StatusCodes.Status404NotFound);

    private static async Task<IResult> AnswerAsync<TAsked, TAnswer>(
        HttpContext context, LiveCourse course, string chapter, JsonTypeInfo<TAsked> asked, JsonTypeInfo<TAnswer> answer, Func<WorkSession, TAsked, Task<TAnswer>> answerAsync)
        where TAsked : class
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is not <= Door.LargestMessage)
        {
            return Results.Text($"Send JSON of at most {Door.LargestMessage} bytes, with its length.\n", statusCode: StatusCodes.Status415UnsupportedMediaType);
        }

        if (course.Session(chapter) is not { } session)
        {
            return NoChapter();
        }

        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, asked, context.RequestAborted) is { } body
                ? TypedResults.Json(await answerAsync(session, body), answer)
                : Results.Text("The request says nothing.\n", statusCode: StatusCodes.Status400BadRequest);
        }
        catch (JsonException)
        {
            return Results.Text("The request is no JSON that this page sends.\n", statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<CodeReply> AskAsync(WorkSession work, CodeQuestion question, CancellationToken left)
    {
        if (work.Kernel is not { } kernel)
        {
            return new CodeReply(true);
        }

        string source = question.Source ?? "";
        try
        {
            return question.Kind switch
            {
                "complete" => await kernel.CompletionsAsync(source, question.Position, left) is var found ? new CodeReply(found.IsBusy) { Completions = found.Value } : null!,
                "describe" when question.Completion is { } item =>
                    await kernel.DescribeAsync(source, question.Position, item, left) is var found ? new CodeReply(found.IsBusy) { Description = found.Value } : null!,
                "hover" => await kernel.HoverAsync(source, question.Position, left) is var found ? new CodeReply(found.IsBusy) { Hover = found.Value } : null!,
                "signature" => await kernel.SignatureAsync(source, question.Position, left) is var found ? new CodeReply(found.IsBusy) { Signature = found.Value } : null!,
                "diagnose" => await kernel.DiagnosticsAsync(source, left) is var found ? new CodeReply(found.IsBusy) { Diagnostics = found.Value } : null!,
                "variables" => await kernel.VariablesAsync(left) is var found ? new CodeReply(found.IsBusy) { Variables = found.Value } : null!,
                _ => new CodeReply(true),
            };
        }
        catch (ObjectDisposedException)
        {
            // The kernel ended between the question and the answer.
            return new CodeReply(true);
        }
    }
}
