using System.Text.Json;
using System.Text.Json.Serialization;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Web;

/// <summary>
/// What the reader's cells showed when they ran, on disk: one file for each cell, <c>work/live/NAME/CELL.json</c>, so that a new start of the course
/// shows it again. A cell that ran in an earlier course counts as run in no kernel of this one. What cannot be kept is only gone after a new start.
/// </summary>
/// <param name="folder">The folder of the chapter.</param>
internal sealed class WorkOutputs(string folder)
{
    /// <summary>Brings back what the cells showed.</summary>
    public void Restore(Workbook book)
    {
        foreach (WorkCell cell in book.Cells)
        {
            if (Read(cell.Id) is { } kept)
            {
                book.Restore(cell, kept);
            }
        }
    }

    /// <summary>Keeps what a cell shows now; nothing of a cell that did not run or was cleared.</summary>
    public void Keep(WorkCell cell)
    {
        try
        {
            string path = PathOf(cell.Id);
            if (cell.RanIn == 0 || cell.RanSource is not { } ran || (cell.Outputs.Count == 0 && cell.Failure is null))
            {
                if (File.Exists(path))
                {
                    File.Delete(path);
                }

                return;
            }

            KeptOutputs kept = new(ran, [.. cell.Outputs.Select(output => output.Output)], cell.Failure, cell.Seconds);
            Directory.CreateDirectory(folder);
            File.WriteAllBytes(path + ".new", JsonSerializer.SerializeToUtf8Bytes(kept, KeptOutputsJson.Default.KeptOutputs));
            File.Move(path + ".new", path, overwrite: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The page shows it as long as this course runs.
        }
    }

    private KeptOutputs? Read(string id)
    {
        try
        {
            return File.Exists(PathOf(id)) ? JsonSerializer.Deserialize(File.ReadAllBytes(PathOf(id)), KeptOutputsJson.Default.KeptOutputs) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    private string PathOf(string id) => Path.Combine(folder, Path.GetFileName(id) + ".json");
}

/// <summary>What a cell showed.</summary>
/// <param name="Ran">The text that made it.</param>
/// <param name="Outputs">The outputs.</param>
/// <param name="Failure">Why it stopped; null when it ended well.</param>
/// <param name="Seconds">Time it took.</param>
internal sealed record KeptOutputs(string Ran, IReadOnlyList<CellOutput> Outputs, CellFailure? Failure, double Seconds) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized() => JsonList.RequireItems(Outputs);
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(KeptOutputs))]
internal sealed partial class KeptOutputsJson : JsonSerializerContext;
