using AttentionLab.Course.Data;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Which of its two senses has a word in a sentence? Told from the word's own vector, layer by layer, and beside it by a control that needs no attention: the
/// mean of the input vectors of the *other* words. The experiment of section 11.6.
/// </summary>
public sealed class WordSenses
{
    private readonly Tensor[] _levels;
    private readonly Tensor _context;
    private readonly bool[] _kinds;

    /// <summary>Reads the sentences.</summary>
    /// <param name="bert">The encoder.</param>
    /// <param name="sentences">With the word, and its sense in each.</param>
    /// <exception cref="ArgumentException">A sentence does not have the word.</exception>
    public WordSenses(Bert bert, TwoSenses sentences)
    {
        ArgumentNullException.ThrowIfNull(bert);
        ArgumentNullException.ThrowIfNull(sentences);
        string[] texts = [.. sentences.All.Select(sentence => sentence.Text)];
        _kinds = [.. sentences.All.Select(sentence => sentence.Second)];
        _levels = ContextualWord.Levels(bert, sentences.Word, texts);
        _context = Tensor.FromRows([.. texts.Select(text => Context(bert, text, sentences.Word))]);
    }

    /// <summary>(n, C): the word's vector in each sentence.</summary>
    /// <param name="level">0 for the input, then the layer.</param>
    public Tensor Vectors(int level) => _levels[level];

    /// <summary>Nearest centroid, leave one out: how often is the sense right, from the input and after each layer?</summary>
    public IReadOnlyList<Share> ByLevel => [.. _levels.Select(level => NearestCentroid.LeaveOneOut(level, _kinds))];

    /// <summary>The same from the other words' input vectors.</summary>
    public Share ByContext => NearestCentroid.LeaveOneOut(_context, _kinds);

    /// <summary>The same when only *one* example of each sense is known, mean over all pairs of examples.</summary>
    public IReadOnlyList<double> ByLevelFromOne => [.. _levels.Select(FromOne)];

    /// <summary>The control, when only one example of each sense is known.</summary>
    public double ByContextFromOne => FromOne(_context);

    private static float[] Context(Bert bert, string text, string word)
    {
        Tensor table = bert.Encoder.Embedding.Words.Table.Value;
        int[] others = [.. bert.Tokenizer.Encode(text).Ids[1..^1].Where(id => bert.Tokenizer.Pieces[id] != word)];
        float[] mean = new float[table.Columns];
        foreach (int other in others)
        {
            Multiply.AddScaled(table.Row(other), 1f / others.Length, mean);
        }

        return mean;
    }

    private double FromOne(Tensor vectors)
    {
        double[,] distances = Distances(vectors);
        int right = 0, asked = 0;
        for (int a = 0; a < _kinds.Length; a++)
        {
            for (int b = 0; b < _kinds.Length; b++)
            {
                for (int i = 0; i < _kinds.Length && !_kinds[a] && _kinds[b]; i++)
                {
                    if (i != a && i != b)
                    {
                        asked++;
                        right += distances[i, _kinds[i] ? b : a] < distances[i, _kinds[i] ? a : b] ? 1 : 0;
                    }
                }
            }
        }

        return (double)right / asked;
    }

    /// <summary>Squared, of every pair.</summary>
    private static double[,] Distances(Tensor vectors)
    {
        double[,] distances = new double[vectors.Rows, vectors.Rows];
        for (int a = 0; a < vectors.Rows; a++)
        {
            for (int b = 0; b < vectors.Rows; b++)
            {
                for (int c = 0; c < vectors.Columns; c++)
                {
                    double difference = (double)vectors[a, c] - vectors[b, c];
                    distances[a, b] += difference * difference;
                }
            }
        }

        return distances;
    }
}
