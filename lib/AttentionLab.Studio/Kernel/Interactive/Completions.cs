using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Completion;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.DotNet.Interactive.CSharp;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>What a reader may type at a place, and what one of these means. The last list is kept: a reader walks through it and looks at one after the
/// other.</summary>
internal sealed class Completions(CSharpKernel kernel, EditedCell edited)
{
    /// <summary>Completions that are listed; the rest comes when the reader types on.</summary>
    public const int Maximum = 50;

    private Found? _last;

    /// <summary>The best completions at a place, the best first.</summary>
    public async Task<Kernel.CompletionList> ListAsync(string code, int position)
    {
        Found found = _last = await FindAsync(code, position);
        return new Kernel.CompletionList(found.Start, found.Length, [.. found.Items.Select(Shown)]);
    }

    /// <summary>Signature and summary of a completion; null if there is none such at that place.</summary>
    public async Task<string?> DescribeAsync(string code, int position, Completion completion)
    {
        Found found =
            _last is { } kept && (kept.Code, kept.Position) == (code, position) && kept.Behind == kernel.ScriptState
                ? kept
                : _last = await FindAsync(code, position);
        if (found.Items.FirstOrDefault(item => Shown(item) == completion) is not { } item)
        {
            return null;
        }

        CompletionDescription? description = await found.Service.GetDescriptionAsync(found.Document, item);
        return description?.Text ?? "";
    }

    private static Completion Shown(CompletionItem item) => new(item.DisplayText + item.DisplayTextSuffix, item.FilterText, item.Tags.FirstOrDefault() ?? "");

    private async Task<Found> FindAsync(string code, int position)
    {
        ScriptState? behind = kernel.ScriptState;
        Document document = edited.With(code);
        SemanticModel? model = await document.GetSemanticModelAsync();
        CompletionService service = CompletionService.GetService(document)!;
        Microsoft.CodeAnalysis.Completion.CompletionList found = await service.GetCompletionsAsync(document, position);
        string typed = code.Substring(found.Span.Start, Math.Max(0, Math.Min(position, found.Span.End) - found.Span.Start));
        CompletionItem[] items =
        [
            .. found.ItemsList
                .Where(item => item.DisplayText != CellStops.Class && item.FilterText.Contains(typed, StringComparison.OrdinalIgnoreCase))
                .OrderByDescending(item => item.FilterText.StartsWith(typed, StringComparison.Ordinal))
                .ThenByDescending(item => item.FilterText.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                .ThenBy(item => item.SortText, StringComparer.OrdinalIgnoreCase)
                .Take(Maximum),
        ];
        return found.ItemsList.Count == 0
            ? new Found(code, position, behind, document, model, service, position, 0, [])
            : new Found(code, position, behind, document, model, service, found.Span.Start, found.Span.Length, items);
    }

    /// <summary>A list and what its descriptions are made from. Documents hold their models weakly, and each description asks for the model: it is kept
    /// here.</summary>
    private sealed record Found(
        string Code, int Position, ScriptState? Behind, Document Document, SemanticModel? Model, CompletionService Service, int Start, int Length,
        CompletionItem[] Items);
}
