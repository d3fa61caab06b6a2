using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>How much of all weight lies on certain pieces, as [SEP] and the full stop: the upright stripes of a picture of attention, as one number.</summary>
public static class PieceShare
{
    /// <summary>Mean over texts, heads and pieces that look, by layer: Σ of w_ij over the keys j that are one of these pieces.</summary>
    /// <param name="layers">Weights of each layer, (B,H,T,T).</param>
    /// <param name="batch">What was read: ids (B,T), and which of them are pieces and no padding.</param>
    /// <param name="pieces">Ids of the pieces.</param>
    /// <returns>A share for each layer, and the share that equal weights for all visible pieces of a text would give.</returns>
    /// <exception cref="ArgumentException">A layer has another batch or length than the texts.</exception>
    public static (double[] ByLayer, double Equal) Of(IReadOnlyList<Tensor> layers, EncodedBatch batch, params int[] pieces)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(batch);
        (int texts, int tokens) = (batch.Ids.GetLength(0), batch.Ids.GetLength(1));
        foreach (Tensor layer in layers)
        {
            if (layer.Shape.Length != 4 || layer.Shape[0] != texts || layer.Shape[3] != tokens)
            {
                throw new ArgumentException(
                    $"a layer's weights are {Tensor.Describe(layer.Shape)} but the texts are ({texts}, {tokens}): pass (B, H, T, T) of the same batch.",
                    nameof(layers));
            }
        }

        double equal = 0;
        double[] sums = new double[layers.Count];
        int queries = 0;
        for (int b = 0; b < texts; b++)
        {
            int[] visible = [.. Enumerable.Range(0, tokens).Where(t => batch.Visible[b, t])];
            int[] keys = [.. visible.Where(t => pieces.Contains(batch.Ids[b, t]))];
            queries += visible.Length;
            equal += keys.Length;                                               // visible.Length queries, each with keys.Length / visible.Length
            for (int layer = 0; layer < sums.Length; layer++)
            {
                for (int head = 0; head < layers[layer].Shape[1]; head++)
                {
                    sums[layer] += visible.Sum(i => keys.Sum(j => (double)layers[layer][b, head, i, j])) / layers[layer].Shape[1];
                }
            }
        }

        return ([.. sums.Select(sum => sum / Math.Max(1, queries))], equal / Math.Max(1, queries));
    }
}
