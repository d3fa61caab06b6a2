using System.Text.Json.Serialization;

namespace AttentionLab.Studio.Kernel;

/// <summary>A notebook and what its cells showed when they ran.</summary>
/// <param name="Name">File name without extension, for example <c>02-context</c>.</param>
/// <param name="Cells">Every cell that a reader sees, in the order of the file.</param>
/// <param name="Seconds">Time from the start of the kernel to the end of the last cell.</param>
public sealed record ExecutedNotebook(string Name, IReadOnlyList<ExecutedCell> Cells, double Seconds) : IJsonOnDeserialized
{
    /// <summary>Cells that ended with a failure.</summary>
    [JsonIgnore]
    public IEnumerable<ExecutedCell> Failed => Cells.Where(cell => cell.Failure is not null);

    void IJsonOnDeserialized.OnDeserialized()
    {
        JsonList.RequireItems(Cells);
        foreach (ExecutedCell cell in Cells)
        {
            JsonList.RequireItems(cell.Outputs);
        }
    }
}

/// <summary>A cell and what it showed.</summary>
/// <param name="Number">Place among the cells that a reader sees, from 1.</param>
/// <param name="Language"><c>markdown</c>, <c>csharp</c>, or the file's word for a language that does not run here.</param>
/// <param name="Source">The cell's text, line ends <c>\n</c>.</param>
/// <param name="Outputs">What it showed, in order; console text that was written in one go is one output.</param>
/// <param name="Failure">Why it stopped; null when it ended well.</param>
/// <param name="Seconds">Time it took, compilation included; 0 for text.</param>
public sealed record ExecutedCell(int Number, string Language, string Source, IReadOnlyList<CellOutput> Outputs, CellFailure? Failure, double Seconds)
{
    /// <summary>True for code that did not run because an earlier cell failed.</summary>
    public bool NotRun { get; init; }
}

/// <summary>One thing a cell showed.</summary>
/// <param name="MimeType"><c>text/html</c>, <c>text/plain</c>, <c>application/vnd.plotly.v1+json</c>, or <c>stream</c> for console text.</param>
/// <param name="Content">The output in that form.</param>
public sealed record CellOutput(string MimeType, string Content)
{
    /// <summary><see cref="MimeType"/> of console text.</summary>
    public const string Stream = "stream";

    /// <summary><see cref="MimeType"/> of a chart as Plotly's JSON.</summary>
    public const string Plotly = "application/vnd.plotly.v1+json";

    /// <summary><see cref="MimeType"/> of HTML.</summary>
    public const string Html = "text/html";

    /// <summary><see cref="MimeType"/> of text.</summary>
    public const string Plain = "text/plain";
}

/// <summary>Why a cell stopped.</summary>
/// <param name="Message">One line, for example <c>DivideByZeroException: Attempted to divide by zero.</c></param>
/// <param name="Line">Line of the cell, from 1; 0 where there is none (the process died without naming it, the time was up).</param>
/// <param name="Details">All compiler errors with line and column, or the stack as far as it runs through the notebook.</param>
public sealed record CellFailure(string Message, int Line, string Details)
{
    /// <summary><c>02-context.dib: cell 7, line 3: message</c>.</summary>
    public string At(string file, int cell) => Line > 0 ? $"{file}: cell {cell}, line {Line}: {Message}" : $"{file}: cell {cell}: {Message}";
}

/// <summary>JSON of executed notebooks, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ExecutedNotebook))]
public sealed partial class ExecutedNotebookJson : JsonSerializerContext;
