using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Where do a Transformer's word vectors come from? An encoder of one layer (64 channels, 4 heads) guesses hidden words of the small text. Its table of words
/// starts random, and is trained together with everything else; nothing of word2vec is used. The last experiment of chapter 01.
/// </summary>
public static class JointEmbedding
{
    private const int Sentences = 32, Longest = 12;

    /// <summary>Trains a new encoder and looks at its table of words.</summary>
    /// <param name="sentences">The text.</param>
    /// <param name="seed">Decides the start and all draws.</param>
    /// <param name="looks">Steps after which the table is copied, ascending; 0 is the random start.</param>
    /// <param name="rate">Learning rate of Adam.</param>
    /// <returns>The table at each of these steps, without the special pieces.</returns>
    public static IReadOnlyList<WordVectors> Train(IReadOnlyList<string[]> sentences, ulong seed, IReadOnlyList<int> looks, double rate = 3e-3)
    {
        ArgumentNullException.ThrowIfNull(sentences);
        ArgumentNullException.ThrowIfNull(looks);
        Vocabulary words = Vocabulary.FromWords(SmallText.Load().SelectMany(sentence => sentence), special: WordPieceTokenizer.SpecialPieces);
        MaskedWords task = new(words) { Share = 0.25, Masked = 1, Random = 0 };
        CounterRandom random = new(seed);
        Encoder encoder = new(new() { Vocabulary = words.Count, Capacity = Longest, Channels = 64, Heads = 4, Layers = 1, Positions = PositionKind.Learned },
            random);
        MaskedWordHead head = new(encoder, random, Activation.Gelu);
        MaskedWordTraining training = new(encoder, head);
        Adam adam = new(training.Parameters, rate);
        CounterRandom draws = random.Split(1);
        Workspace workspace = new();
        List<WordVectors> tables = [];
        for (int step = 0; step <= looks[^1]; step++)
        {
            if (looks.Contains(step))
            {
                tables.Add(Table(encoder, words));
            }

            (int[,] ids, bool[,] visible) = Batch(sentences, words, draws);
            using Workspace.Scope scope = workspace.Use();
            Gradients.Clear(training.Parameters);
            training.Step(task.Draw(ids, draws), visible);
            Gradients.Clip(training.Parameters, 1);
            adam.Step();
        }

        return tables;
    }

    private static (int[,] Ids, bool[,] Visible) Batch(IReadOnlyList<string[]> sentences, Vocabulary words, CounterRandom random)
    {
        int[,] ids = new int[Sentences, Longest];
        bool[,] visible = new bool[Sentences, Longest];
        for (int b = 0; b < Sentences; b++)
        {
            string[] sentence = sentences[random.NextInt(sentences.Count)];
            for (int t = 0; t < Longest; t++)
            {
                visible[b, t] = t < sentence.Length;
                ids[b, t] = words[t < sentence.Length ? sentence[t] : Vocabulary.Padding];
            }
        }

        return (ids, visible);
    }

    /// <summary>A copy of the table without [PAD], [MASK] and the like.</summary>
    private static WordVectors Table(Encoder encoder, Vocabulary words)
    {
        string[] ordinary = [.. words.Words.Where(word => !WordPieceTokenizer.SpecialPieces.Contains(word))];
        return new(new Vocabulary(ordinary), new WordVectors(words, encoder.Embedding.Words.Table.Value).Rows(ordinary));
    }
}
