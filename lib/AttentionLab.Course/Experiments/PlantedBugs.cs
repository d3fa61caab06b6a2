namespace AttentionLab.Course.Experiments;

/// <summary>
/// The backward of attention with one mistake that people make, for an <see cref="AttentionPoint"/>: how large is the error that the
/// referee of chapter 06 sees?
/// </summary>
public static class PlantedBugs
{
    /// <summary>What may be wrong.</summary>
    public enum Bug
    {
        /// <summary>Nothing.</summary>
        None,

        /// <summary>∂Q and ∂K lack the factor 1/√d.</summary>
        ScaleForgotten,

        /// <summary>∂s_j = w_j·∂w_j: the mean Σ w_m·∂w_m is not taken away.</summary>
        MeanForgotten,

        /// <summary>∂V = W·∂O in place of Wᵀ·∂O.</summary>
        NotTransposed,

        /// <summary>∂K is made from K in place of Q.</summary>
        KeyForQuery,

        /// <summary>The last query is left out.</summary>
        OneQueryMissing,
    }

    /// <summary>∂loss/∂(Q, K, V) by plain loops in double, with a mistake.</summary>
    /// <param name="at">Where.</param>
    /// <param name="bug">The mistake.</param>
    public static double[] Gradient(AttentionPoint at, Bug bug)
    {
        ArgumentNullException.ThrowIfNull(at);
        (int tokens, int width, double[] inputs, double[] upstream) = at;
        int part = at.Part;
        double scale = 1 / Math.Sqrt(width), back = bug == Bug.ScaleForgotten ? 1 : scale;
        double[] gradient = new double[3 * part];
        for (int i = 0; i < (bug == Bug.OneQueryMissing ? tokens - 1 : tokens); i++)
        {
            double[] powers = [.. Enumerable.Range(0, tokens).Select(j => Math.Exp(scale * Sum(c => inputs[i * width + c] * inputs[part + j * width + c])))];
            double[] w = [.. powers.Select(p => p / powers.Sum())];
            double[] dw = [.. Enumerable.Range(0, tokens).Select(j => Sum(c => upstream[i * width + c] * inputs[2 * part + j * width + c]))];
            double mean = bug == Bug.MeanForgotten ? 0 : w.Zip(dw, (a, b) => a * b).Sum();
            for (int j = 0; j < tokens; j++)
            {
                double ds = w[j] * (dw[j] - mean);
                int source = bug == Bug.KeyForQuery ? part + j * width : i * width;
                (int to, int from) = bug == Bug.NotTransposed ? (i, j) : (j, i);
                for (int c = 0; c < width; c++)
                {
                    gradient[i * width + c] += back * ds * inputs[part + j * width + c];
                    gradient[part + j * width + c] += back * ds * inputs[source + c];
                    gradient[2 * part + to * width + c] += w[j] * upstream[from * width + c];
                }
            }
        }

        return gradient;

        double Sum(Func<int, double> term) => Enumerable.Range(0, width).Sum(term);
    }
}
