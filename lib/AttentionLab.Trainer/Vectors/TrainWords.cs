using System.Text.Json.Nodes;
using AttentionLab.Words;

namespace AttentionLab.Trainer;

/// <summary>
/// One training of word vectors. It writes <c>words/words.txt</c>, <c>words/vectors.safetensors</c> and <c>words/recipe.json</c>. One thread: the same corpus,
/// settings and kind of CPU give the same two files. What is written is v + u, see <see cref="SkipGramTraining.Sums"/>.
/// </summary>
/// <param name="Sentences">The training part as words, see <see cref="VectorText"/>.</param>
/// <param name="Output">Folder; <c>words/</c> is made in it. Its files are replaced at the end, each as a whole.</param>
internal sealed record TrainWords(IReadOnlyList<IReadOnlyList<string>> Sentences, string Output)
{
    /// <summary>The size of the vocabulary in data/.</summary>
    public const int UsualSize = 20_000;

    /// <summary>The settings of the vectors in data/: see the table of trials in data/README.md.</summary>
    public static SkipGramOptions Usual { get; } = new() { Epochs = 15 };

    /// <summary>Words that get a vector: the most frequent ones.</summary>
    public int Size { get; init; } = UsualSize;

    /// <summary>Settings.</summary>
    public SkipGramOptions Settings { get; init; } = Usual;

    /// <summary>What the recipe says of the text, from <see cref="TrainRecipe.Describe"/>.</summary>
    public JsonObject Corpus { get; init; } = [];

    /// <summary>Makes the questions for a vocabulary; null to ask none.</summary>
    public Func<Vocabulary, TrainWordsMeasures>? Measures { get; init; }

    /// <summary>Told how it goes; null for silence.</summary>
    public Action<SkipGramProgress>? Progress { get; init; }

    /// <summary>Trains, asks and writes.</summary>
    /// <param name="cancellationToken">Stops; files that are there stay as they are.</param>
    /// <returns>The vectors, and the scores of v + u and of v alone if they were asked for.</returns>
    public (WordVectors Vectors, VectorScores? Scores, VectorScores? PlainScores) Run(CancellationToken cancellationToken)
    {
        SkipGramTraining training = new(VectorText.Vocabulary(Sentences, Size), Sentences, Settings);
        SkipGramProgress last = default;
        TimeSpan before = Environment.CpuUsage.TotalTime;
        if (!training.Run(Remember, cancellationToken))
        {
            throw new OperationCanceledException(cancellationToken);
        }

        double processor = (Environment.CpuUsage.TotalTime - before).TotalSeconds;
        WordVectors vectors = training.Sums();
        TrainWordsMeasures? questions = Measures?.Invoke(vectors.Words);
        VectorScores? scores = questions?.Of(vectors), plain = questions?.Of(training.Vectors());
        string folder = Path.Combine(Output, "words");
        WordVectorFiles.WriteFolder(vectors, folder);
        TrainWordsRecipe.Write(folder, this, TrainWordsRecipe.Result(training, vectors.Words.Count, last, processor, scores, plain));
        return (vectors, scores, plain);

        void Remember(SkipGramProgress now)
        {
            last = now;
            Progress?.Invoke(now);
        }
    }
}
