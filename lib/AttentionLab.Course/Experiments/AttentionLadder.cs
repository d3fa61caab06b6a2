using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>One attention, made fast in steps; and the attention of one new word, whose limit is another.</summary>
/// <param name="Name">The step.</param>
/// <param name="MultiplyAdds">2·T_q·T_k·D: the same in each step.</param>
/// <param name="Bytes">What must come from memory and go there, if nothing that is read again has stayed in a cache.</param>
/// <param name="Milliseconds">On one thread, the fastest of several runs.</param>
public sealed record AttentionLadder(string Name, double MultiplyAdds, double Bytes, double Milliseconds)
{
    /// <summary>Billions of multiply-adds a second.</summary>
    public double Rate => MultiplyAdds / Milliseconds / 1e6;

    /// <summary>Multiply-adds for each byte.</summary>
    public double Intensity => MultiplyAdds / Bytes;

    /// <summary>The five steps: a loop, scalar tiles, rows with SIMD, the library's tiles with kept scores, the library's fused kernel.</summary>
    /// <param name="tokens">T of queries and keys, a multiple of 4.</param>
    /// <param name="dim">D, even.</param>
    /// <param name="rounds">How often each is timed.</param>
    public static AttentionLadder[] Measure(int tokens, int dim, int rounds = 3)
    {
        CounterRandom random = new(13);
        Tensor q = Tensor.Gaussian(random, 1, tokens, dim), k = Tensor.Gaussian(random, 1, tokens, dim), v = Tensor.Gaussian(random, 1, tokens, dim);
        double[] times = Race.Milliseconds(rounds,
            () => AttentionLoops.Plain(q, k, v),
            () => AttentionLoops.Blocked(q, k, v),
            () => AttentionLoops.Rows(q, k, v),
            () => ScaledDotProductAttention.Forward(q, k, v),
            () => FusedAttention.Infer(q, k, v));
        string[] names = ["loop", "blocked", "SIMD rows", "SIMD blocks", "fused"];
        double work = 2.0 * tokens * tokens * dim, ends = 4.0 * tokens * dim, scores = (double)tokens * tokens;

        // Scores are written, read and written by softmax, and read for the mean.
        return [.. names.Select((name, i) => new AttentionLadder(name, work, sizeof(float) * (ends + (i < 4 ? 4 * scores : 0)), times[i]))];
    }

    /// <summary>One query to many keys, as for each new word: every number of K and V is read for one multiply-add.</summary>
    /// <param name="keys">T_k.</param>
    /// <param name="dim">D.</param>
    /// <param name="rounds">How often it is timed.</param>
    public static AttentionLadder OneQuery(int keys, int dim, int rounds = 5)
    {
        // K and V are one tensor: it is read twice, and is too large to stay in the near caches.
        Tensor query = Tensor.Gaussian(new CounterRandom(1), 1, 1, dim), both = new(keys, dim);
        both.Span.Fill(0.5f);                                   // memory that was never written is not there
        double time = Race.Milliseconds(rounds, () => ScaledDotProductAttention.Forward(query, both, both))[0];
        return new("one query", 2.0 * keys * dim, sizeof(float) * 2.0 * keys * dim, time);
    }
}
