using System.Text.Json;
using System.Text.Json.Serialization;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>The reader's version of a chapter.</summary>
/// <param name="Cells">Its cells of code, in order.</param>
/// <param name="Notebooks">Hashes of the notebooks that were written last or looked at: any other is another program's.</param>
internal sealed record WorkRecord(IReadOnlyList<WorkRecordCell> Cells, IReadOnlyList<string> Notebooks) : IJsonOnDeserialized
{
    /// <summary>Pieces of text that another program changed or added.</summary>
    public IReadOnlyList<OwnText> Texts { get; init => field = value ?? []; } = [];

    void IJsonOnDeserialized.OnDeserialized()
    {
        JsonList.RequireItems(Cells);
        JsonList.RequireItems(Notebooks);
        JsonList.RequireItems(Texts);
        if (Cells.CountBy(cell => cell.Id).FirstOrDefault(id => id.Value > 1) is { Value: > 1 } twice)
        {
            throw new JsonException($"Two cells are called {twice.Key}.");
        }
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(WorkRecord))]
internal sealed partial class WorkRecordJson : JsonSerializerContext;
