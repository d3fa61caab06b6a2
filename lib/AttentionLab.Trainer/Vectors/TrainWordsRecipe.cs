using System.Text.Json.Nodes;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>What stands beside trained word vectors: the command, every setting, the text, what came out.</summary>
internal static class TrainWordsRecipe
{
    /// <summary>Writes <c>recipe.json</c> into the folder of the vectors.</summary>
    /// <param name="folder">Of the vectors.</param>
    /// <param name="run">What was asked for.</param>
    /// <param name="result">From <see cref="Result"/>.</param>
    public static void Write(string folder, TrainWords run, JsonObject result) =>
        TrainRecipe.Write(Path.Combine(folder, "recipe.json"), Command(run), Settings(run), run.Corpus, result);

    private static string Command(TrainWords run)
    {
        (SkipGramOptions settings, SkipGramOptions usual) = (run.Settings, TrainWords.Usual);
        return TrainRecipe.Command(
            "words", ("--words", run.Size, TrainWords.UsualSize), ("--channels", settings.Channels, usual.Channels),
            ("--epochs", settings.Epochs, usual.Epochs), ("--window", settings.Window, usual.Window),
            ("--negatives", settings.Negatives, usual.Negatives), ("--rate", settings.Rate, usual.Rate),
            ("--subsample", settings.Subsample, usual.Subsample), ("--power", settings.NegativePower, usual.NegativePower),
            ("--seed", settings.Seed, usual.Seed));
    }

    private static JsonObject Settings(TrainWords run) => new()
    {
        ["channels"] = run.Settings.Channels,
        ["words"] = run.Size,
        ["window"] = run.Settings.Window,
        ["negatives"] = run.Settings.Negatives,
        ["epochs"] = run.Settings.Epochs,
        ["rate"] = Math.Round(run.Settings.Rate, 6),
        ["subsample"] = run.Settings.Subsample,
        ["negativePower"] = run.Settings.NegativePower,
        ["seed"] = run.Settings.Seed,
        ["threads"] = 1,
        ["vector"] = "word + neighbour",
        ["registerBits"] = Kernels.Simd.Width,
    };

    /// <summary>What came out, and the time it took.</summary>
    /// <param name="training">Ran to its end.</param>
    /// <param name="words">That got a vector.</param>
    /// <param name="last">What was said last.</param>
    /// <param name="processor">Seconds of all processors.</param>
    /// <param name="scores">Of v + u; null if nothing was asked.</param>
    /// <param name="plain">Of v alone.</param>
    public static JsonObject Result(
        SkipGramTraining training, int words, SkipGramProgress last, double processor, VectorScores? scores, VectorScores? plain)
    {
        JsonObject result = new()
        {
            ["words"] = words,
            ["wordsOfText"] = training.Words,
            ["pairs"] = training.Pairs,
            ["seconds"] = Math.Round(last.Elapsed.TotalSeconds, 1),
            ["processorSeconds"] = Math.Round(processor, 1),
            ["wordsPerProcessorSecond"] = Math.Round(last.Words / Math.Max(1e-9, processor)),
        };
        if (scores is not null && plain is not null)
        {
            result["neighbourPrecision"] = Rounded(scores.Precision);
            result["triples"] = Rounded(scores.Triples);
            result["neighbourPrecisionOfWordsAlone"] = Rounded(plain.Precision);
            result["triplesOfWordsAlone"] = Rounded(plain.Triples);
        }

        return result;

        // A tiny text has no questions: NaN is no number of JSON.
        static JsonNode? Rounded(double score) => double.IsFinite(score) ? Math.Round(score, 4) : null;
    }
}
