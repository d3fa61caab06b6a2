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
}
