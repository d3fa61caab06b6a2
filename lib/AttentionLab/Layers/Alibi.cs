using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Attention with linear biases: score_ij − m_h·|i − j|, a slope for each head and nothing to learn
/// (Press et al. 2022, "Train short, test long", §3). Give <see cref="Bias"/> to <see cref="AttentionMask.Bias"/>.
/// </summary>
public static class Alibi
{
    /// <summary>
    /// m_1 … m_H: 2^(−8/H), 2^(−16/H), … for a power of two; otherwise the authors' rule takes every second slope of the next power for the rest.
    /// </summary>
    /// <param name="heads">H.</param>
    /// <exception cref="ArgumentOutOfRangeException">H is below 1.</exception>
    public static float[] Slopes(int heads)
    {
        ShapeCheck.Positive(heads, nameof(Alibi), nameof(heads));
        int power = 1;
        while (power * 2 <= heads)
        {
            power *= 2;
        }

        return [.. Enumerable.Range(1, power).Select(h => Slope(h, power)), .. Enumerable.Range(0, heads - power).Select(h => Slope(2 * h + 1, 2 * power))];
    }

    /// <summary>−m_h·|i − j|; the last query stands at the position of the last key, so that a cache's single query looks back.</summary>
    /// <param name="heads">H.</param>
    /// <param name="queries">T_q.</param>
    /// <param name="keys">T_k.</param>
    /// <returns>(H, T_q, T_k).</returns>
    /// <exception cref="ArgumentOutOfRangeException">H is below 1.</exception>
    public static Tensor Bias(int heads, int queries, int keys)
    {
        float[] slopes = Slopes(heads);
        Tensor bias = new(heads, queries, keys);
        for (int h = 0; h < heads; h++)
        {
            for (int i = 0; i < queries; i++)
            {
                for (int j = 0; j < keys; j++)
                {
                    bias[h, i, j] = -slopes[h] * Math.Abs(i + keys - queries - j);
                }
            }
        }

        return bias;
    }

    private static float Slope(int h, int heads) => (float)Math.Pow(2, -8.0 * h / heads);
}
