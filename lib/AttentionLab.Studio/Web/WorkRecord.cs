using System.Text.Json.Serialization;

namespace AttentionLab.Studio.Web;

/// <summary>The reader's version of a chapter.</summary>
/// <param name="Cells">Its cells of code, in order.</param>
/// <param name="Notebooks">Hashes of the notebooks that were written last or looked at: any other is another program's.</param>
internal sealed record WorkRecord(IReadOnlyList<WorkRecordCell> Cells, IReadOnlyList<string> Notebooks)
{
    /// <summary>Pieces of text that another program changed or added.</summary>
    public IReadOnlyList<OwnText> Texts { get; init; } = [];
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkRecord))]
internal sealed partial class WorkRecordJson : JsonSerializerContext;
