using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// What keeps the tokens apart (Dong et al. 2021, "Attention is not all you need: pure attention loses rank doubly exponentially with depth"): after each
/// layer, ‖X − 1·mean‖ / ‖X‖, the share of X that differs from token to token. 0: all tokens are the same vector.
/// </summary>
public static class TokensApart
{
    /// <summary>The share before the first layer and after each one, with the weights of the start, N(0, 1/inputs).</summary>
    /// <param name="layers">How many.</param>
    /// <param name="parts">What a layer has.</param>
    /// <param name="seed">Of weights and inputs.</param>
    /// <param name="tokens">T.</param>
    /// <param name="channels">C, of 4 heads.</param>
    public static double[] After(int layers, BlockParts parts, ulong seed, int tokens = 16, int channels = 32)
    {
        ArgumentNullException.ThrowIfNull(parts);
        CounterRandom random = new(seed);
        Tensor x = Tensor.Gaussian(random.Split(1), 1, tokens, channels);
        EncoderLayers encoder = new(layers, new LayerOptions(channels, Heads: 4) { PreNorm = parts.PreNorm }, random.Split(2));
        List<double> apart = [Share(x)];
        foreach (EncoderLayer layer in encoder.Layers)
        {
            x = Join(layer.AttentionNorm, x, input => layer.Attention.Forward(input).Y);
            x = parts.FeedForward ? Join(layer.FeedForwardNorm, x, input => layer.FeedForward.Forward(input).Y) : x;
            apart.Add(Share(x));
        }

        return [.. apart];

        Tensor Join(AddAndNorm join, Tensor x, Func<Tensor, Tensor> branch)
        {
            Tensor y = branch(join.Before(x).Input);
            return join.After(parts.Residual ? x : new Tensor(x.Shape), y, random: null).Y;
        }
    }

    /// <summary>‖X − 1·mean‖ / ‖X‖.</summary>
    /// <param name="x">(T, C).</param>
    public static double Share(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        double all = 0, apart = 0;
        for (int c = 0; c < x.Columns; c++)
        {
            double mean = 0;
            for (int t = 0; t < x.Rows; t++)
            {
                mean += x[t, c] / (double)x.Rows;
            }

            for (int t = 0; t < x.Rows; t++)
            {
                all += (double)x[t, c] * x[t, c];
                apart += (x[t, c] - mean) * (x[t, c] - mean);
            }
        }

        return all == 0 ? 0 : Math.Sqrt(apart / all);
    }
}

/// <summary>What a layer of <see cref="TokensApart"/> has beside its attention.</summary>
/// <param name="Residual">x is added to what a branch gives.</param>
/// <param name="FeedForward">The second branch.</param>
/// <param name="PreNorm">The norm stands before each branch, not after each sum.</param>
public sealed record BlockParts(bool Residual = true, bool FeedForward = true, bool PreNorm = false);
