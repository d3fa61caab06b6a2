using System.Text.Json;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>A small executed notebook, by which a rule over chapters shows that it can fail.</summary>
internal static class ChapterSample
{
    public static ExecutedNotebook Of(params ExecutedCell[] cells) => new("99-sample", [.. cells.Select((cell, i) => cell with { Number = i + 1 })], 0);

    public static ExecutedCell Text(string source) => new(0, "markdown", source, [], null, 0);

    public static ExecutedCell Code(string source, string printed = "") =>
        new(0, "csharp", source, printed.Length == 0 ? [] : [new(CellOutput.Stream, printed)], null, 0);

    public static ExecutedCell Chart(string source, string title, string summary, params string[] titles) =>
        new(0, "csharp", source,
            [new(CellOutput.Plotly, JsonSerializer.Serialize(new { layout = new { title = new { text = title }, meta = new { summary, titles } } }))], null, 0);
}
