using System.Text.Json;

namespace AttentionLab.Course.Data;

/// <summary>
/// What a run with a real MiniLM gave that is not part of the repository: two senses of some words told apart, in per cent right. The numbers are recorded
/// (<c>data/minilm-senses.json</c>, described in data/README.md), not computed.
/// </summary>
/// <param name="Model">Which model.</param>
/// <param name="Words">How many words with two senses.</param>
/// <param name="Levels">From the word's own vector: the input, then after each layer.</param>
/// <param name="Context">From the mean of the other words' input vectors.</param>
/// <param name="FromOneExample">With one example of each sense.</param>
/// <param name="Apple">The same two measurements on the 48 sentences of <see cref="TwoSenses.Apple"/>.</param>
public sealed record RecordedSenses(
    string Model, int Words, IReadOnlyList<double> Levels, double Context, RecordedSenses.FromOne FromOneExample, RecordedSenses.OneWord Apple)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    /// <summary>Reads the recorded run.</summary>
    public static RecordedSenses MiniLm() => JsonSerializer.Deserialize<RecordedSenses>(File.ReadAllText(CourseData.Path("minilm-senses.json")), Options)
        ?? throw new InvalidDataException("data/minilm-senses.json is empty: take it from the repository again.");

    /// <summary>With one example of each sense, in per cent right.</summary>
    /// <param name="LastLayer">From the word's own vector after the last layer.</param>
    /// <param name="Context">From the mean of the other words' input vectors.</param>
    public sealed record FromOne(double LastLayer, double Context);

    /// <summary>One word's sentences, in per cent right.</summary>
    /// <param name="Levels">From the word's own vector: the input, then after each layer.</param>
    /// <param name="Context">From the mean of the other words' input vectors.</param>
    public sealed record OneWord(IReadOnlyList<double> Levels, double Context);
}
