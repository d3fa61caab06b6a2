using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FindSymbols;
using Microsoft.CodeAnalysis.QuickInfo;
using Microsoft.CodeAnalysis.Text;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Commands;
using Microsoft.DotNet.Interactive.CSharp;
using Microsoft.DotNet.Interactive.Events;
using LinePosition = Microsoft.CodeAnalysis.Text.LinePosition;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// The editor's questions about a cell that continues those before it. They go past the kernel's queue, so that they are answered while a
/// cell runs; in the short moment when a cell's end changes what they ask about, the answer is "busy".
/// </summary>
internal sealed class CodeQuestions
{
    /// <summary>A busy machine needs a tenth of it.</summary>
    private static readonly TimeSpan VariablesLimit = TimeSpan.FromSeconds(5);

    private readonly CSharpKernel _kernel;
    private readonly EditedCell _edited;
    private readonly Completions _completions;
    private readonly Variables _variables = new(VariablesLimit);

    public CodeQuestions(CSharpKernel kernel)
    {
        _kernel = kernel;
        _edited = new EditedCell(kernel);
        _completions = new Completions(kernel, _edited);
    }

    /// <summary>
    /// The answer to a question, and "busy" where something goes wrong, a lack of memory too: no question may end the process. Its
    /// <see cref="KernelMessage.Id"/> is left to the caller.
    /// </summary>
    public KernelMessage Answer(KernelMessage question)
    {
        try
        {
            return Find(question);
        }
        catch (Exception)
        {
            _edited.Forget();
            return new KernelMessage("answer") { Busy = true };
        }
    }

    private KernelMessage Find(KernelMessage question)
    {
        var answer = new KernelMessage("answer");
        string source = question.Source ?? "";
        IReadOnlyList<CellDirective> directives = CellDirectives.In(source);

        // The compiler knows nothing of these lines; every character keeps its place.
        string code =
            CellDirectives.Replace(source, directives,
                directive => directive.Kind == CellDirectiveKind.Reference ? source.Substring(directive.Span.Start, directive.Span.Length) : "");
        int position = Math.Clamp(question.Position, 0, code.Length);
        return question.Kind switch
        {
            "complete" => answer with { Completions = _completions.ListAsync(code, position).GetAwaiter().GetResult() },
            "describe" => answer with { Description = _completions.DescribeAsync(code, position, question.Completion!).GetAwaiter().GetResult() },
            "hover" => answer with { Hover = HoverAsync(code, position).GetAwaiter().GetResult() },
            "signature" => answer with { Signature = SignatureAsync(code, position).GetAwaiter().GetResult() },
            "diagnose" => answer with { Diagnostics = DiagnoseAsync(code, directives).GetAwaiter().GetResult() },
            "variables" => answer with { Variables = _variables.Of(_kernel.ScriptState) },
            _ => answer with { Busy = true },
        };
    }

    public static CellDiagnostic ToDiagnostic(Microsoft.CodeAnalysis.Diagnostic found, bool isSyntax)
    {
        TextSpan span = found.Location.SourceSpan;
        LinePosition start = found.Location.GetLineSpan().StartLinePosition;
        string severity = found.Severity == DiagnosticSeverity.Error ? "error" : "warning";
        return new CellDiagnostic(severity, found.Id, CellFailures.OneLine(found.GetMessage()), span.Start, span.Length, start.Line + 1, start.Character + 1,
            isSyntax);
    }

    private async Task<Hover?> HoverAsync(string code, int position)
    {
        Document document = _edited.With(code);
        QuickInfoItem? info = await QuickInfoService.GetService(document)!.GetQuickInfoAsync(document, position);
        if (info is null)
        {
            return null;
        }

        ISymbol? symbol = await SymbolFinder.FindSymbolAtPositionAsync(document, info.Span.Start);
        string more = symbol is null ? "" : SymbolDocumentation.More(symbol, (await document.Project.GetCompilationAsync())!);
        return new Hover(info.Span.Start, info.Span.Length, info.ToMarkdownString().ReplaceLineEndings("\n") + more);
    }

    private async Task<SignatureHelp?> SignatureAsync(string code, int position)
    {
        LinePosition place = SourceText.From(code).Lines.GetLinePosition(position);
        var request = new RequestSignatureHelp(code, new Microsoft.DotNet.Interactive.LinePosition(place.Line, place.Character));
        SignatureHelpProduced? produced = null;
        using KernelInvocationContext context = KernelInvocationContext.GetOrCreateAmbientContext(request);
        using IDisposable subscription = context.KernelEvents.Subscribe(happened => produced = happened as SignatureHelpProduced ?? produced);
        await ((IKernelCommandHandler<RequestSignatureHelp>)_kernel).HandleAsync(request, context);
        return produced is not { Signatures.Count: > 0 } ? null : new SignatureHelp(
            [.. produced.Signatures.Select(signature => new Signature(
                signature.Label, signature.Documentation.Value,
                [.. signature.Parameters.Select(parameter => new SignatureParameter(parameter.Label, parameter.Documentation.Value))]))],
            produced.ActiveSignatureIndex,
            produced.ActiveParameterIndex);
    }

    private async Task<IReadOnlyList<CellDiagnostic>> DiagnoseAsync(string code, IReadOnlyList<CellDirective> directives)
    {
        Document document = _edited.With(code);
        SemanticModel model = (await document.GetSemanticModelAsync())!;
        ImmutableArray<Microsoft.CodeAnalysis.Diagnostic> found = model.GetDiagnostics();
        HashSet<(string, TextSpan)> syntax = [.. model.SyntaxTree.GetDiagnostics().Select(diagnostic => (diagnostic.Id, diagnostic.Location.SourceSpan))];
        return
        [
            .. directives.Where(directive => directive.Kind == CellDirectiveKind.Refused)
                .Select(directive => new CellDiagnostic("error", "", directive.Target, directive.Span.Start, directive.Span.Length, directive.Line, 1, true)),
            .. found.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !diagnostic.IsSuppressed)
                .Select(diagnostic => ToDiagnostic(diagnostic, syntax.Contains((diagnostic.Id, diagnostic.Location.SourceSpan)))),
        ];
    }
}
