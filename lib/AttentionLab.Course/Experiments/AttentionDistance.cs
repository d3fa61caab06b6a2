using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// How far a head looks in an image, in pixels: Σ_j w_ij·|p_i − p_j| with p the centres of the patches, averaged over the queries i
/// (Dosovitskiy et al. 2021, "An image is worth 16×16 words", figure 7).
/// </summary>
public static class AttentionDistance
{
    /// <summary>Of one head.</summary>
    /// <param name="weights">(T, T), row = query; patches in reading order.</param>
    /// <param name="across">Patches in a row of the image.</param>
    /// <param name="patch">Side of a patch in pixels.</param>
    /// <returns>Pixels.</returns>
    /// <exception cref="ArgumentException">The weights are no square, or the rows of the image do not divide them.</exception>
    public static double Of(Tensor weights, int across, int patch)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentOutOfRangeException.ThrowIfLessThan(across, 1);
        if (weights.Rows != weights.Columns || weights.Columns % across != 0)
        {
            throw new ArgumentException(
                $"weights is {Tensor.Describe(weights.Shape)} and a row of the image has {across} patches: pass (T, T) with T a multiple of {across}.",
                nameof(weights));
        }

        double sum = 0;
        for (int i = 0; i < weights.Rows; i++)
        {
            for (int j = 0; j < weights.Columns; j++)
            {
                sum += weights.Row(i)[j] * patch * double.Hypot(i / across - j / across, i % across - j % across);
            }
        }

        return sum / weights.Rows;
    }

    /// <summary>The baseline: all patches get the same weight.</summary>
    /// <param name="down">Rows of patches.</param>
    /// <param name="across">Patches in a row.</param>
    /// <param name="patch">Side of a patch in pixels.</param>
    /// <returns>Pixels.</returns>
    public static double Uniform(int down, int across, int patch)
    {
        Tensor weights = new(down * across, down * across);
        weights.Span.Fill(1f / (down * across));
        return Of(weights, across, patch);
    }
}
