using System.Text.Json;
using System.Text.Json.Serialization;

namespace AttentionLab.Trainer;

/// <summary>What made the encoder, written beside it, and into a checkpoint as far as the run has come.</summary>
internal sealed record EncoderRecipe
{
    /// <summary>The command that makes the same file again.</summary>
    public required string Command { get; init; }

    /// <summary>All settings.</summary>
    public required EncoderSettings Settings { get; init; }

    /// <summary>Pieces of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Numbers learned.</summary>
    public required long Parameters { get; init; }

    /// <summary>Entries of the training part.</summary>
    public required int TrainingEntries { get; init; }

    /// <summary>Tokens of the training part, special ones included.</summary>
    public required long TrainingTokens { get; init; }

    /// <summary>Steps in all; null while a budget of time has not decided yet.</summary>
    public long? Steps { get; init; }

    /// <summary>Last step at the largest rate; null while not decided.</summary>
    public long? DecayFrom { get; init; }

    /// <summary>The budget, if there was one.</summary>
    public double? Minutes { get; init; }

    /// <summary>Steps done.</summary>
    public long Done { get; init; }

    /// <summary>Tokens read, padding not counted.</summary>
    public long TokensRead { get; init; }

    /// <summary>Times the whole text was read.</summary>
    public double Epochs { get; init; }

    /// <summary>Threads used.</summary>
    public int Threads { get; init; }

    /// <summary>Time by the clock, all runs together.</summary>
    public double Seconds { get; init; }

    /// <summary>Time on the processor, all threads and all runs together.</summary>
    public double ProcessorSeconds { get; init; }

    /// <summary>Held-out loss of the written file, on the sequences that the curve was measured on.</summary>
    public double? HeldOut { get; init; }

    /// <summary>The learning curve.</summary>
    public IReadOnlyList<EncoderPoint> Curve { get; init => field = value ?? []; } = [];

    /// <summary>Reads a recipe.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static EncoderRecipe Read(string path) => Parse(File.ReadAllText(path), path);

    /// <summary>Reads the text of a recipe.</summary>
    /// <param name="json">The text.</param>
    /// <param name="file">Where it stood, for the message.</param>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static EncoderRecipe Parse(string json, string file)
    {
        try
        {
            return JsonSerializer.Deserialize(json, EncoderRecipeJson.Default.EncoderRecipe) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{file} holds no recipe ({e.Message}): start again without --resume.", e);
        }
    }

    /// <summary>The recipe as text.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, EncoderRecipeJson.Default.EncoderRecipe) + "\n";

    /// <summary>Writes the recipe; the old one stays whole until the new one is.</summary>
    public void Write(string path) => TrainRecipe.Write(path, ToJson());
}

/// <summary>A point of the learning curve.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Loss">Mean loss since the last point.</param>
/// <param name="HeldOut">Held-out loss, measured last.</param>
internal sealed record EncoderPoint(long Step, double Loss, double? HeldOut);

/// <summary>Serialises recipes without reflection.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true, NewLine = "\n", PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(EncoderRecipe))]
internal sealed partial class EncoderRecipeJson : JsonSerializerContext;
