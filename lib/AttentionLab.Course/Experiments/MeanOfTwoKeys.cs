using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>How heads ask for the mean of two keys whose lengths vary.</summary>
public enum HeadSetup
{
    /// <summary>Nothing: one head with the query β·(u_a + u_b).</summary>
    OneHead,

    /// <summary>Two heads with the queries β·u_a and β·u_b; W_O takes the mean of their outputs.</summary>
    TwoHeads,

    /// <summary>One head with the query β·(u_a + u_b), and every key divided by its length first.</summary>
    NormalisedKeys,
}

/// <summary>
/// A head that must average two values: weight ½ on key a, ½ on key b, 0 on all others. The keys stand at right angles, k_j = ℓ_j·u_j,
/// and their lengths vary: ℓ_j = |1 + σ·N(0, 1)|. The experiment of chapter 07; the idea is an exercise of Stanford's CS224n (2021, assignment 5).
/// </summary>
public static class MeanOfTwoKeys
{
    /// <summary>
    /// How far the weights of a and b are from ½, mean of |w_a − ½| and |w_b − ½|, for each β: 0 = the exact mean, 0.5 = one has everything,
    /// or neither has any.
    /// </summary>
    /// <param name="keys">n, at least 2; a is key 0 and b is key 1.</param>
    /// <param name="spread">σ, spread of the lengths.</param>
    /// <param name="betas">β: how loud the query asks; each is tried on the same keys.</param>
    /// <param name="setup">One head, two heads, or normalised keys.</param>
    /// <param name="draws">Sets of keys.</param>
    /// <param name="seed">The same seed draws the same lengths, whatever the setup.</param>
    /// <returns>One distance for each β.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than two keys, or no draws.</exception>
    public static double[] Errors(int keys, double spread, IReadOnlyList<double> betas, HeadSetup setup, int draws = 500, ulong seed = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(keys, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(draws, 1);
        ArgumentNullException.ThrowIfNull(betas);
        CounterRandom random = new(seed);
        double[] errors = new double[betas.Count];
        Tensor both = Queries(betas, keys, 1, 1), first = Queries(betas, keys, 1, 0), second = Queries(betas, keys, 0, 1);
        for (int draw = 0; draw < draws; draw++)
        {
            Tensor k = new(keys, keys);
            for (int j = 0; j < keys; j++)
            {
                float length = MathF.Abs((float)(1 + spread * random.NextGaussian()));
                k[j, j] = setup == HeadSetup.NormalisedKeys ? 1 : length;
            }

            Tensor weights = setup == HeadSetup.TwoHeads ? (Weights(first, k) + Weights(second, k)) * 0.5f : Weights(both, k);
            for (int i = 0; i < errors.Length; i++)
            {
                errors[i] += (Math.Abs(weights[i, 0] - 0.5) + Math.Abs(weights[i, 1] - 0.5)) / 2 / draws;
            }
        }

        return errors;
    }

    /// <summary>β·(a·u_0 + b·u_1), one row for each β.</summary>
    private static Tensor Queries(IReadOnlyList<double> betas, int keys, float a, float b)
    {
        Tensor queries = new(betas.Count, keys);
        for (int i = 0; i < betas.Count; i++)
        {
            (queries[i, 0], queries[i, 1]) = (a * (float)betas[i], b * (float)betas[i]);
        }

        return queries;
    }

    private static Tensor Weights(Tensor queries, Tensor keys) => ScaledDotProductAttention.Forward(queries, keys, keys, scale: 1).Saved.Weights;
}
