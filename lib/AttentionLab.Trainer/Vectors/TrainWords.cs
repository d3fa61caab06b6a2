using System.Text;
using System.Text.Json.Nodes;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>Word vectors from the training part of the corpus.</summary>
internal static class TrainWords
{
    /// <summary>Words that get a vector: the most frequent ones.</summary>
    public const int VocabularySize = 20_000;

    /// <summary>The settings of the vectors in data/: see the table of trials in data/README.md.</summary>
    public static SkipGramOptions Settings { get; } = new() { Epochs = 15 };

    /// <summary>
    /// Trains and writes <c>words/words.txt</c>, <c>words/vectors.safetensors</c> and <c>words/recipe.json</c> below a folder. One thread:
    /// the same corpus, settings and kind of CPU give the same two files. What is written is v + u, see <see cref="SkipGramTraining.Sums"/>.
    /// </summary>
    /// <param name="sentences">The training part as words.</param>
    /// <param name="corpus">What the recipe says of the text, from <see cref="TrainRecipe.Describe"/>.</param>
    /// <param name="output">Folder; <c>words/</c> is made in it. Its files are replaced at the end, each as a whole.</param>
    /// <param name="size">Words that get a vector.</param>
    /// <param name="settings">Settings.</param>
    /// <param name="measures">Makes the questions for a vocabulary; null to ask none.</param>
    /// <param name="progress">Told how it goes.</param>
    /// <param name="cancellationToken">Stops; files that are there stay as they are.</param>
    /// <returns>The vectors, and the scores of v + u and of v alone if they were asked for.</returns>
    public static (WordVectors Vectors, VectorScores? Scores, VectorScores? PlainScores) Run(
        IReadOnlyList<IReadOnlyList<string>> sentences, JsonObject corpus, string output, int size, SkipGramOptions settings,
        Func<Vocabulary, TrainWordsMeasures>? measures, Action<SkipGramProgress> progress, CancellationToken cancellationToken)
    {
        SkipGramTraining training = new(MakeVocabulary(sentences, size), sentences, settings);
        SkipGramProgress last = default;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        if (!training.Run(Remember, cancellationToken))
        {
            throw new OperationCanceledException(cancellationToken);
        }

        double processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        WordVectors vectors = training.Sums();
        TrainWordsMeasures? questions = measures?.Invoke(vectors.Words);
        VectorScores? scores = questions?.Of(vectors), plain = questions?.Of(training.Vectors());
        string folder = Path.Combine(output, "words");
        WordVectorFiles.WriteFolder(vectors, folder);
        TrainRecipe.Write(
            Path.Combine(folder, "recipe.json"), Command(size, settings), Described(size, settings), corpus,
            Result(training, vectors.Words.Count, last, processor, scores, plain));
        return (vectors, scores, plain);

        void Remember(SkipGramProgress now)
        {
            last = now;
            progress(now);
        }
    }

    private static string Command(int size, SkipGramOptions settings) => TrainRecipe.Command(
        "words", ("--words", size, VocabularySize), ("--channels", settings.Channels, Settings.Channels), ("--epochs", settings.Epochs, Settings.Epochs),
        ("--window", settings.Window, Settings.Window), ("--negatives", settings.Negatives, Settings.Negatives), ("--rate", settings.Rate, Settings.Rate),
        ("--subsample", settings.Subsample, Settings.Subsample), ("--power", settings.NegativePower, Settings.NegativePower),
        ("--seed", settings.Seed, Settings.Seed));

    private static JsonObject Described(int size, SkipGramOptions settings) => new()
    {
        ["channels"] = settings.Channels,
        ["words"] = size,
        ["window"] = settings.Window,
        ["negatives"] = settings.Negatives,
        ["epochs"] = settings.Epochs,
        ["rate"] = Math.Round(settings.Rate, 6),
        ["subsample"] = settings.Subsample,
        ["negativePower"] = settings.NegativePower,
        ["seed"] = settings.Seed,
        ["threads"] = 1,
        ["vector"] = "word + neighbour",
        ["registerBits"] = Kernels.Simd.Width,
    };

    private static JsonObject Result(
        SkipGramTraining training, int words, SkipGramProgress last, double processor, VectorScores? scores, VectorScores? plain)
    {
        JsonObject result = new()
        {
            ["words"] = words,
            ["wordsOfText"] = training.Words,
            ["pairs"] = training.Pairs,
            ["loss"] = Math.Round(last.Loss, 4),
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

    /// <summary>The words of a sentence: runs of letters in lower case; what stands behind an apostrophe ('s, 't) goes.</summary>
    public static List<string> Words(string sentence)
    {
        List<string> words = [];
        for (int i = 0; i < sentence.Length; i++)
        {
            int start = i;
            while (i < sentence.Length && char.IsAsciiLetter(sentence[i]))
            {
                i++;
            }

            if (i > start && (start == 0 || sentence[start - 1] != '\'' || i - start > 2))
            {
                words.Add(sentence[start..i].ToLowerInvariant());
            }
        }

        return words;
    }

    /// <summary>The most frequent words of the training part; of equally frequent ones the first in the alphabet.</summary>
    public static Vocabulary MakeVocabulary(IEnumerable<IReadOnlyList<string>> sentences, int size) =>
        Vocabulary.FromWords(sentences.SelectMany(words => words), maximumSize: size, special: []);

    /// <summary>
    /// Writes the text for other programs, a sentence a line, only the words of the vocabulary: with -minCount 1 fastText then learns the same words.
    /// </summary>
    public static void WriteText(string path, IEnumerable<IReadOnlyList<string>> sentences, Vocabulary vocabulary)
    {
        using StreamWriter writer = new(path, append: false, new UTF8Encoding(false)) { NewLine = "\n" };
        foreach (IReadOnlyList<string> sentence in sentences)
        {
            writer.WriteLine(string.Join(' ', sentence.Where(vocabulary.Contains)));
        }
    }
}
