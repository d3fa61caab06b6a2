using System.Text.Json;

namespace AttentionLab.Course.Data;

/// <summary>
/// Where a real MiniLM put the right section for each of the <see cref="SectionQuestions"/>, with and without attention: recorded
/// (<c>data/minilm-search.json</c>, described in data/README.md), for readers who have not fetched the model.
/// </summary>
/// <param name="Model">Which model.</param>
/// <param name="Sections">Among how many sections.</param>
/// <param name="MeanOfInputs">Rank by the mean of its input vectors, a number for each question.</param>
/// <param name="AfterAttention">Rank by its output.</param>
public sealed record RecordedSearch(string Model, int Sections, IReadOnlyList<int> MeanOfInputs, IReadOnlyList<int> AfterAttention)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Reads the recorded run.</summary>
    public static RecordedSearch MiniLm() => JsonSerializer.Deserialize<RecordedSearch>(File.ReadAllText(CourseData.Path("minilm-search.json")), Options)
        ?? throw new InvalidDataException("data/minilm-search.json is empty: take it from the repository again.");

    /// <summary>As it stands in the file.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options) + "\n";
}
