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
    public static double[] Norms(int keys, int size, double scale, int queries, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        CounterRandom random = new(seed);
        double[] norms = new double[queries];
        for (int done = 0; done < queries; done += keys)
        {
            Tensor query = Draw(), key = Draw(), value = Draw(), dOutput = Draw();
            for (int i = 0; i < keys; i++)
            {
                Multiply.Scale(dOutput.Row(i), (float)(1 / Norm(dOutput.Row(i))), dOutput.Row(i));
            }

            (_, ScaledDotProductAttention.Saved saved) = ScaledDotProductAttention.Forward(query, key, value, scale: (float)scale);
            (Tensor dQuery, _, _) = ScaledDotProductAttention.Backward(dOutput, saved);
            for (int i = 0; i < keys && done + i < queries; i++)
            {
                norms[done + i] = Norm(dQuery.Row(i));
            }
        }

        return norms;

        Tensor Draw() => Tensor.Gaussian(random, 1, keys, size);
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
