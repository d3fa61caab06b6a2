using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// How alike two heads look: Σ_j min(a_j, b_j) for the weights a and b of the same query, averaged over queries. 1 if both heads always look at
/// the same keys with the same weights, 0 if they never share a key; 1 minus it is the total variation distance.
/// </summary>
public static class HeadOverlap
{
    /// <summary>Overlap of every head with every other.</summary>
    /// <param name="layers">Weights of each layer, (B,H,T,T) or (H,T,T), all of one shape.</param>
    /// <param name="counts">(B,T): false for queries that do not count, such as padding; null counts all.</param>
    /// <returns>(L·H, L·H), symmetric, 1 on the diagonal; head h of layer l is number l·H + h.</returns>
    /// <exception cref="ArgumentException">There is no layer, the layers differ in shape, or no query counts.</exception>
    public static float[,] Of(IReadOnlyList<Tensor> layers, bool[,]? counts = null)
    {
        ArgumentNullException.ThrowIfNull(layers);
        if (layers.Count == 0 || layers[0].Rank < 3 || layers.Any(layer => !layer.Shape.SequenceEqual(layers[0].Shape)))
        {
            string shapes = string.Join(", ", layers.Select(layer => Tensor.Describe(layer.Shape)));
            throw new ArgumentException($"layers are {shapes} but all must be (B,H,T,T) of one size: pass the weights of one forward.", nameof(layers));
        }

        int heads = layers[0].Shape[^3], tokens = layers[0].Shape[^2], all = layers.Count * heads;
        int batch = layers[0].Length / (heads * tokens * layers[0].Columns);
        if (counts is not null && (counts.GetLength(0) != batch || counts.GetLength(1) != tokens))
        {
            throw new ArgumentException(
                $"counts is ({counts.GetLength(0)}, {counts.GetLength(1)}) but the weights have {batch} sequences of {tokens} queries: "
                + "give one truth for each query.",
                nameof(counts));
        }

        double[,] sum = new double[all, all];
        int queries = 0;
        for (int at = 0; at < batch * tokens; at++)
        {
            (int b, int t) = (at / tokens, at % tokens);
            if (counts is not null && !counts[b, t])
            {
                continue;
            }

            queries++;
            for (int i = 0; i < all; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    sum[i, j] += Shared(Row(i, b, t), Row(j, b, t));
                }
            }
        }

        return queries == 0
            ? throw new ArgumentException("counts is false everywhere but a mean needs at least one query: mark the tokens as true.", nameof(counts))
            : Mean(sum, queries);

        ReadOnlySpan<float> Row(int head, int b, int t) => layers[head / heads].Row((b * heads + head % heads) * tokens + t);
    }

    /// <summary>Mean over all pairs of different heads.</summary>
    /// <param name="overlap">From <see cref="Of"/>, of at least two heads.</param>
    public static double MeanOfPairs(float[,] overlap)
    {
        ArgumentNullException.ThrowIfNull(overlap);
        int heads = overlap.GetLength(0);
        ArgumentOutOfRangeException.ThrowIfLessThan(heads, 2);
        return (overlap.Cast<float>().Sum(x => (double)x) - heads) / (heads * (heads - 1));
    }

    private static double Shared(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double shared = 0;
        for (int j = 0; j < a.Length; j++)
        {
            shared += Math.Min(a[j], b[j]);
        }

        return shared;
    }

    private static float[,] Mean(double[,] sum, int queries)
    {
        float[,] mean = new float[sum.GetLength(0), sum.GetLength(1)];
        for (int i = 0; i < mean.GetLength(0); i++)
        {
            for (int j = 0; j <= i; j++)
            {
                mean[i, j] = mean[j, i] = (float)(sum[i, j] / queries);
            }
        }

        return mean;
    }
}
