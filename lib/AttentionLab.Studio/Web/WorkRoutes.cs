using System.Text;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Ipynb;
using AttentionLab.Studio.Kernel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AttentionLab.Studio.Web;

/// <summary>
/// What a page asks of its chapter: to run and change cells, questions about code, and downloads.
/// </summary>
internal static class WorkRoutes
{
    public static void Map(WebApplication app, LiveCourse course)
    {
        MapDownloads(app, course);
        app.MapPost("work/{chapter}", (HttpContext context, string chapter) => AnswerAsync(course.Session(chapter), session => JsonRequest.AnswerAsync(
            context, (LiveJson.Default.WorkCommand, LiveJson.Default.WorkAnswer), command => Task.FromResult(session.Do(command)))));
        app.MapPost("work/{chapter}/ask", (HttpContext context, string chapter) => AnswerAsync(course.Session(chapter), session => JsonRequest.AnswerAsync(
            context, (LiveJson.Default.CodeQuestion, LiveJson.Default.CodeReply), question => AskAsync(session, question, context.RequestAborted),
            isOurs: false)));
    }

    private static void MapDownloads(WebApplication app, LiveCourse course)
    {
        app.MapGet("work/progress.md", () => Results.File(
            Encoding.UTF8.GetBytes(WorkProgress.ToMarkdown(course.Progress())), "text/markdown; charset=utf-8", "progress.md"));
        app.MapGet("work/progress.json", () => Results.Json(WorkProgress.ToView(course.Progress()), LiveJson.Default.ProgressView));
        app.MapGet("work/{chapter}/notebook.dib", (string chapter) =>
            Download(course.Session(chapter), WorkExport.ToNotebook, "text/plain; charset=utf-8", chapter + ".dib"));
        app.MapGet("work/{chapter}/notebook.ipynb", (string chapter) => Download(
            course.Session(chapter), session => Encoding.UTF8.GetBytes(WorkExport.ToIpynb(session)), "application/x-ipynb+json",
            chapter + IpynbNotebook.Extension));
        app.MapGet("work/{chapter}/output/{cell}", (string chapter, string cell) =>
            course.Session(chapter)?.Look(book => book.Find(cell)?.Text()) is { } text
            ? Results.Text(PageText.Clean(text), "text/plain", Encoding.UTF8)
            : Results.Text("There is no such cell any more.\n", statusCode: StatusCodes.Status404NotFound));
    }

    private static IResult Download(WorkSession? session, Func<WorkSession, byte[]> file, string type, string name) =>
        session is null ? NoChapter() : Results.File(file(session), type, name);

    private static IResult NoChapter() => Results.Text("There is no such chapter.\n", statusCode: StatusCodes.Status404NotFound);

    private static Task<IResult> AnswerAsync(WorkSession? session, Func<WorkSession, Task<IResult>> answerAsync) =>
        session is null ? Task.FromResult(NoChapter()) : answerAsync(session);

    private static async Task<CodeReply> AskAsync(WorkSession work, CodeQuestion question, CancellationToken left)
    {
        if (question is not ({ Kind: "complete" or "hover" or "signature" or "diagnose" or "variables" } or { Kind: "describe", Completion: not null }))
        {
            throw new BadHttpRequestException(
                $"\"{question.Kind}\" is no question that is answered here: ask complete, describe (with one of its completions), hover, signature, diagnose "
                + "or variables.");
        }

        if (work.Kernel is not { } kernel)
        {
            return new CodeReply(true);
        }

        string source = question.Source ?? "";
        try
        {
            switch (question.Kind)
            {
                case "complete":
                    KernelAnswer<CompletionList> completions = await kernel.CompletionsAsync(source, question.Position, left);
                    return new CodeReply(completions.IsBusy) { Completions = completions.Value };
                case "describe":
                    KernelAnswer<string> description = await kernel.DescribeAsync(source, question.Position, question.Completion!, left);
                    return new CodeReply(description.IsBusy) { Description = description.Value };
                case "hover":
                    KernelAnswer<Hover> hover = await kernel.HoverAsync(source, question.Position, left);
                    return new CodeReply(hover.IsBusy) { Hover = hover.Value };
                case "signature":
                    KernelAnswer<SignatureHelp> signature = await kernel.SignatureAsync(source, question.Position, left);
                    return new CodeReply(signature.IsBusy) { Signature = signature.Value };
                case "diagnose":
                    KernelAnswer<IReadOnlyList<CellDiagnostic>> diagnostics = await kernel.DiagnosticsAsync(source, left);
                    return new CodeReply(diagnostics.IsBusy) { Diagnostics = diagnostics.Value };
                default:
                    KernelAnswer<IReadOnlyList<Variable>> variables = await kernel.VariablesAsync(left);
                    return new CodeReply(variables.IsBusy) { Variables = variables.Value is { } found ? [.. found.Select(VariableRow.Of)] : null };
            }
        }
        catch (ObjectDisposedException)
        {
            // The kernel ended between the question and the answer.
            return new CodeReply(true);
        }
    }
}
