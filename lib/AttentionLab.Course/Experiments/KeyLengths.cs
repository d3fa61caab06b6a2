using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// How much the lengths of keys differ inside a trained encoder, where LayerNorm gives every token about the same length before W_K, beside
/// word vectors, which no norm has touched. The experiment of section 2.7 (LayerNorm: Ba, Kiros and Hinton 2016).
/// </summary>
/// <param name="Words">‖vector‖ of each known word of the sentences, 1 = their mean.</param>
/// <param name="Layers">Of each layer: ‖x·W_K‖ of each token and head, 1 = the head's mean. The bias of W_K adds the same number to all scores of a query, so
/// it is left out.</param>
/// <param name="Moved">Of each layer: the share of its weight that a query would give to other keys if all keys of a head had their mean length; mean over
/// queries and heads.</param>
public sealed record KeyLengths(Spread Words, IReadOnlyList<Spread> Layers, IReadOnlyList<double> Moved)
{
    /// <summary>Reads sentences with an encoder and measures.</summary>
    /// <param name="bert">The encoder.</param>
    /// <param name="vectors">Word vectors for comparison.</param>
    /// <param name="sentences">At least one.</param>
    /// <exception cref="ArgumentException">No sentence, or one too long for the encoder.</exception>
    public static KeyLengths Of(Bert bert, WordVectors vectors, IReadOnlyList<string> sentences)
    {
        ArgumentNullException.ThrowIfNull(bert);
        ArgumentNullException.ThrowIfNull(vectors);
        ArgumentNullException.ThrowIfNull(sentences);
        if (sentences.Count == 0)
        {
            throw new ArgumentException("no sentence was given but lengths are measured on tokens: pass at least one.", nameof(sentences));
        }

        List<double> words = [.. sentences.SelectMany(sentence => sentence.Split(' ')).Where(vectors.Words.Contains).Select(word => Length(vectors[word]))];
        List<Head>[] layers = [.. bert.Encoder.Layers.Layers.Select(_ => new List<Head>())];
        foreach (string sentence in sentences)
        {
            EncodedBatch one = bert.Tokenizer.Encode([sentence]);
            EncoderLayers.Saved saved = bert.Forward(one).Saved.Layers;
            for (int l = 0; l < layers.Length; l++)
            {
                MultiHeadAttention attention = bert.Encoder.Layers.Layers[l].Attention;
                Tensor x = saved.Layers[l].Attention.X, rows = new(x.Values, x.Values.Length / x.Columns, x.Columns);
                Tensor queries = attention.Query.Forward(rows).Y, keys = rows.MatMul(attention.Key.Weight.Value);
                layers[l].AddRange(Enumerable.Range(0, attention.HeadCount)
                    .Select(h => new Head(h, Columns(queries, h, attention.HeadSize), Columns(keys, h, attention.HeadSize), attention.Scale)));
            }
        }

        double mean = words.Average();
        return new(new(words.Select(length => length / mean)), [.. layers.Select(Relative)], [.. layers.Select(MeanMoved)]);
    }

    /// <summary>One head in one sentence: a row of the queries and of the keys for each token.</summary>
    private sealed record Head(int Number, Tensor Queries, Tensor Keys, float Scale)
    {
        public IEnumerable<double> Lengths => Enumerable.Range(0, Keys.Rows).Select(i => Length(Keys.Row(i)));
    }

    private static Spread Relative(List<Head> heads)
    {
        Dictionary<int, double> means = Means(heads);
        return new(heads.SelectMany(head => head.Lengths.Select(length => length / means[head.Number])));
    }

    /// <summary>Half of Σ_j |w_j − w'_j|: what must change its place to get from one distribution to the other.</summary>
    private static double MeanMoved(List<Head> heads)
    {
        Dictionary<int, double> means = Means(heads);
        return heads.SelectMany(head =>
        {
            Tensor even = new(head.Keys.Rows, head.Keys.Columns);
            for (int i = 0; i < even.Rows; i++)
            {
                float factor = (float)(means[head.Number] / Length(head.Keys.Row(i)));
                head.Keys.Row(i).CopyTo(even.Row(i));
                foreach (ref float number in even.Row(i))
                {
                    number *= factor;
                }
            }

            Tensor before = (head.Queries.MatMulTransposed(head.Keys) * head.Scale).Softmax(),
                after = (head.Queries.MatMulTransposed(even) * head.Scale).Softmax();
            return Enumerable.Range(0, before.Rows).Select(i => before.Row(i).ToArray().Zip(after.Row(i).ToArray(), (a, b) => Math.Abs(a - b)).Sum() / 2.0);
        }).Average();
    }

    private static Dictionary<int, double> Means(List<Head> heads) =>
        heads.GroupBy(head => head.Number).ToDictionary(same => same.Key, same => same.SelectMany(head => head.Lengths).Average());

    private static Tensor Columns(Tensor x, int head, int size)
    {
        Tensor part = new(x.Rows, size);
        for (int i = 0; i < x.Rows; i++)
        {
            x.Row(i).Slice(head * size, size).CopyTo(part.Row(i));
        }

        return part;
    }

    private static double Length(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float number in x)
        {
            sum += (double)number * number;
        }

        return Math.Sqrt(sum);
    }
}
