using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// How many keys a query really sees: e^H with the entropy H = −Σ_j w_j·ln w_j of its weights. n if all n keys get the same weight, 1 if one key takes all.
/// </summary>
public static class KeysSeen
{
    /// <summary>e^H of each row.</summary>
    /// <param name="weights">(…, T_k): rows that sum to 1.</param>
    /// <returns>One number for each row.</returns>
    public static double[] Of(Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(weights);
        double[] seen = new double[weights.Rows];
        for (int row = 0; row < seen.Length; row++)
        {
            double entropy = 0;
            foreach (float w in weights.Row(row))
            {
                entropy -= w > 0 ? w * Math.Log(w) : 0;
            }

            seen[row] = Math.Exp(entropy);
        }

        return seen;
    }

    /// <summary>e^H of queries and keys drawn from N(0, 1): the experiment of section 3.4.</summary>
    /// <param name="keys">n, keys that each query sees; n queries share them, then all are drawn anew.</param>
    /// <param name="size">d, length of queries and keys.</param>
    /// <param name="scale">Factor of the scores q·k.</param>
    /// <param name="queries">How many queries.</param>
    /// <param name="seed">The same seed draws the same q and k, whatever the scale.</param>
    /// <returns>One number for each query, 1 to n.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static double[] OfRandom(int keys, int size, double scale, int queries, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        CounterRandom random = new(seed);
        IEnumerable<double[]> sets = Enumerable.Range(0, (queries + keys - 1) / keys).Select(_ =>
        {
            Tensor query = Tensor.Gaussian(random, 1, keys, size), key = Tensor.Gaussian(random, 1, keys, size);
            return Of((query.MatMulTransposed(key) * (float)scale).Softmax());
        });
        return [.. sets.SelectMany(set => set).Take(queries)];
    }
}
