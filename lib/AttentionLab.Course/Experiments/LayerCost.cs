using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>The two parts of an encoder layer without a mask: what grows with n² and what grows with n.</summary>
/// <param name="Tokens">n.</param>
/// <param name="PairWork">Multiply-adds between pairs of words, scores and mixing: 2·n²·d.</param>
/// <param name="MapWork">Multiply-adds of the four maps of attention, 4·n·d².</param>
/// <param name="FeedForwardWork">Multiply-adds of the feed-forward part, 2·n·d·d_ff.</param>
/// <param name="PairMilliseconds">Fused attention of all heads on one thread, the fastest of several runs; its softmax is in it.</param>
/// <param name="MapMilliseconds">Four maps and feed-forward, the same.</param>
public sealed record LayerCost(int Tokens, double PairWork, double MapWork, double FeedForwardWork, double PairMilliseconds, double MapMilliseconds)
{
    /// <summary>Counts, and runs both parts by turns.</summary>
    /// <param name="tokens">Which n.</param>
    /// <param name="channels">d.</param>
    /// <param name="hidden">d_ff.</param>
    /// <param name="heads">H, a divisor of d.</param>
    /// <param name="rounds">How often each is timed.</param>
    public static LayerCost[] Measure(IReadOnlyList<int> tokens, int channels, int hidden, int heads, int rounds = 2)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        CounterRandom random = new(1);
        float small = 1 / MathF.Sqrt(channels);
        Tensor map = Tensor.Gaussian(random, small, channels, channels), up = Tensor.Gaussian(random, small, channels, hidden);
        Tensor down = Tensor.Gaussian(random, small, hidden, channels), all = Tensor.Gaussian(random, 1, tokens.Max(), channels);
        List<Action> runs = [];
        foreach (int n in tokens)
        {
            Tensor x = new(all.Span[..(n * channels)].ToArray(), n, channels), split = x.Reshape(1, heads, n, channels / heads);
            Tensor y = new(n, channels), inner = new(n, hidden);
            runs.Add(() => FusedAttention.Infer(split, split, split));
            runs.Add(() =>
            {
                for (int i = 0; i < 4; i++)
                {
                    MatMul.Forward(x.Span, map.Span, y.Span, n, channels, channels);
                }

                MatMul.Forward(x.Span, up.Span, inner.Span, n, channels, hidden);
                MatMul.Forward(inner.Span, down.Span, y.Span, n, hidden, channels);
            });
        }

        double[] times = Race.Milliseconds(rounds, runs);
        return [.. tokens.Select((n, i) => Count(n, channels, hidden) with { PairMilliseconds = times[2 * i], MapMilliseconds = times[2 * i + 1] })];
    }

    /// <summary>The multiply-adds alone; nothing is timed.</summary>
    /// <param name="tokens">n.</param>
    /// <param name="channels">d.</param>
    /// <param name="hidden">d_ff.</param>
    public static LayerCost Count(int tokens, int channels, int hidden) => new(
        tokens, 2.0 * tokens * tokens * channels, 4.0 * tokens * channels * channels, 2.0 * tokens * channels * hidden, double.NaN, double.NaN);

    /// <summary>The share of all multiply-adds that lies between pairs of words.</summary>
    public double PairShare => PairWork / (PairWork + MapWork + FeedForwardWork);
}
