using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// What the next word costs one attention layer when t words stand, itself among them. Three ways to the same question, one of them with another answer.
/// </summary>
/// <param name="Words">t.</param>
/// <param name="AgainWork">Multiply-adds when all t words are computed again: t·4d² + 2·t²·d.</param>
/// <param name="CacheWork">With kept keys and values: 4d² + 2·t·d.</param>
/// <param name="StateWork">With one matrix a head in place of softmax (Lightning Attention): 4d² + 2·d·d_head.</param>
/// <param name="CacheBytes">Keys and values that are kept: 2·t·d numbers.</param>
/// <param name="StateBytes">The matrices: d·d_head numbers.</param>
/// <param name="AgainMilliseconds">On one thread, the fastest of several runs.</param>
/// <param name="CacheMilliseconds">The same, with the cache.</param>
/// <param name="StateMilliseconds">The same, with the matrices.</param>
public sealed record NextWordCost(
    int Words, double AgainWork, double CacheWork, double StateWork, long CacheBytes, long StateBytes,
    double AgainMilliseconds, double CacheMilliseconds, double StateMilliseconds)
{
    /// <summary>Counts and measures.</summary>
    /// <param name="words">Which t, each at least 1.</param>
    /// <param name="channels">d.</param>
    /// <param name="heads">H, a divisor of d.</param>
    /// <param name="rounds">How often each is timed.</param>
    public static NextWordCost[] Measure(IReadOnlyList<int> words, int channels, int heads, int rounds = 3)
    {
        ArgumentNullException.ThrowIfNull(words);
        CounterRandom random = new(1);
        MultiHeadAttention layer = new(channels, heads, random);
        Tensor all = Tensor.Gaussian(random, 1, words.Max(), channels);
        int dim = channels / heads;
        Tensor state = new(heads, dim, dim);
        List<Action> runs = [];
        foreach (int t in words)
        {
            Tensor text = new(all.Span[..(t * channels)].ToArray(), 1, t, channels), last = new(text.Row(t - 1).ToArray(), 1, 1, channels);
            KeyValueCache cache = layer.Cache(1, t), spare = layer.Cache(1, 1);
            layer.Remember(text, cache);
            runs.Add(() => layer.Infer(text, AttentionMask.Causal));
            runs.Add(() =>
            {
                // The same work as Step, which would make the cache longer from run to run.
                spare.Clear();
                layer.Remember(last, spare);
                layer.Recall(last, cache);
            });
            runs.Add(() => Step(layer, last, state));
        }

        double[] times = Race.Milliseconds(rounds, runs);
        double maps = 4.0 * channels * channels;
        return [.. words.Select((t, i) => new NextWordCost(
            t, t * maps + 2.0 * t * t * channels, maps + 2.0 * t * channels, maps + 2.0 * channels * dim,
            2L * t * channels * sizeof(float), (long)channels * dim * sizeof(float), times[3 * i], times[3 * i + 1], times[3 * i + 2]))];
    }

    /// <summary>The four maps of the layer around one step of Lightning Attention for each head.</summary>
    private static void Step(MultiHeadAttention layer, Tensor x, Tensor states)
    {
        Tensor q = layer.Query.Forward(x).Y, k = layer.Key.Forward(x).Y, v = layer.Value.Forward(x).Y, mixed = new(x.Shape);
        int dim = layer.HeadSize;
        for (int h = 0; h < layer.HeadCount; h++)
        {
            LightningAttend.Step(
                q.Span.Slice(h * dim, dim), k.Span.Slice(h * dim, dim), v.Span.Slice(h * dim, dim), states.Span.Slice(h * dim * dim, dim * dim),
                mixed.Span.Slice(h * dim, dim), decay: 0.99f);
        }

        layer.Output.Forward(mixed);
    }
}
