using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// How much gradient reaches a query? Queries, keys and values are drawn from N(0, 1); ∂L/∂output of each query is a random
/// direction of length 1; the answer is ‖∂L/∂q‖ for each query. The experiment of chapter 03.
/// </summary>
public static class QueryGradients
{
    /// <summary>‖∂L/∂q‖ of many queries.</summary>
    /// <param name="keys">n, keys that each query sees; n queries share them, then all are drawn anew.</param>
    /// <param name="size">d, length of queries, keys and values.</param>
    /// <param name="scale">Factor of the scores q·k: 1 for none, 1/√d for the usual one.</param>
    /// <param name="queries">How many queries.</param>
    /// <param name="seed">The same seed draws the same q, k, v and ∂L/∂output, whatever the scale.</param>
    /// <returns>One norm a query.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static double[] Norms(int keys, int size, double scale, int queries, ulong seed) =>
        [.. Measure(keys, size, scale, queries, seed).Select(query => query.Norm)];

    /// <summary>The same with the lead of each query's best key: its score minus the next one's (0 is a tie; two keys or more).</summary>
    /// <param name="keys">n, at least 1; with one key there is no next one and the lead is ∞.</param>
    /// <param name="size">d, length of queries, keys and values.</param>
    /// <param name="scale">Factor of the scores q·k.</param>
    /// <param name="queries">How many queries.</param>
    /// <param name="seed">As in <see cref="Norms"/>: the same queries.</param>
    /// <returns>Lead, in units of the score, and ‖∂L/∂q‖, one pair for each query.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    public static (double Lead, double Norm)[] Measure(int keys, int size, double scale, int queries, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        CounterRandom random = new(seed);
        (double Lead, double Norm)[] measured = new (double, double)[queries];
        for (int done = 0; done < queries; done += keys)
        {
            Tensor query = Draw(), key = Draw(), value = Draw(), dOutput = Draw();
            for (int i = 0; i < keys; i++)
            {
                Multiply.Scale(dOutput.Row(i), (float)(1 / Norm(dOutput.Row(i))), dOutput.Row(i));
            }

            (_, ScaledDotProductAttention.Saved saved) = ScaledDotProductAttention.Forward(query, key, value, scale: (float)scale);
            (Tensor dQuery, _, _) = ScaledDotProductAttention.Backward(dOutput, saved);
            Tensor scores = query.MatMulTransposed(key);
            for (int i = 0; i < keys && done + i < queries; i++)
            {
                measured[done + i] = (Lead(scores.Row(i)) * scale, Norm(dQuery.Row(i)));
            }
        }

        return measured;

        Tensor Draw() => Tensor.Gaussian(random, 1, keys, size);
    }

    /// <summary>Largest minus second largest.</summary>
    private static double Lead(ReadOnlySpan<float> scores)
    {
        (double first, double second) = (double.NegativeInfinity, double.NegativeInfinity);
        foreach (float score in scores)
        {
            (first, second) = score > first ? (score, first) : (first, Math.Max(second, score));
        }

        return first - second;
    }

    /// <summary>‖x‖, summed in double.</summary>
    private static double Norm(ReadOnlySpan<float> x)
    {
        double sum = 0;
        foreach (float value in x)
        {
            sum += (double)value * value;
        }

        return Math.Sqrt(sum);
    }
}
