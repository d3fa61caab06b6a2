using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AttentionLab.Weights;

namespace AttentionLab.Trainer;

/// <summary>What a training wrote beside its result: the command, every setting, the text it read, what came out.</summary>
internal static class TrainRecipe
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    /// <summary>Writes the recipe.</summary>
    /// <param name="path">The JSON file; it is replaced.</param>
    /// <param name="command">What makes the result again, from the repository's root.</param>
    /// <param name="settings">All settings, seeds included.</param>
    /// <param name="corpus">From <see cref="Describe"/>.</param>
    /// <param name="result">Measures of the result, and the time it took.</param>
    public static void Write(string path, string command, JsonObject settings, JsonObject corpus, JsonObject result)
    {
        JsonObject recipe = new() { ["command"] = command, ["settings"] = settings, ["corpus"] = corpus, ["result"] = result };
        Write(path, recipe.ToJsonString(Indented) + "\n");
    }

    /// <summary>The command that makes a result again: a subcommand of <c>train</c> with the options that are not the usual ones.</summary>
    public static string Command(string name, params IEnumerable<(string Option, IFormattable Value, IFormattable Usual)> options) =>
        $"dotnet run --project lib/AttentionLab.Studio -- train {name}"
        + string.Concat(options.Where(o => !o.Value.Equals(o.Usual)).Select(o => $" {o.Option} {o.Value.ToString(null, CultureInfo.InvariantCulture)}"));

    /// <summary>Writes a text; the old file stays whole until the new one is.</summary>
    public static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>Sentences, words and SHA-256 of the training part: another text gives another result.</summary>
    public static JsonObject Describe(Corpus corpus)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long words = 0;
        foreach (CorpusSentence sentence in corpus.Training)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(sentence.Text + "\n"));
            words += CorpusSentences.CountWords(sentence.Text);
        }

        return new()
        {
            ["dictionaries"] = "WordNet 3.0 (wordnet-base), GCIDE (dict-gcide), FOLDOC (dict-foldoc); clean-up and split by the class Corpus",
            ["trainingSentences"] = corpus.Training.Count,
            ["trainingWords"] = words,
            ["heldOutSentences"] = corpus.HeldOutSenses.Count,
            ["sha256OfTraining"] = Convert.ToHexStringLower(hash.GetHashAndReset()),
        };
    }
}
