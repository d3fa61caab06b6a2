using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>How far and in which direction heads look: the mean weight that a token gives to the one o places to its right (left for o below 0).</summary>
public static class HeadOffsets
{
    /// <summary>Every head of every layer.</summary>
    /// <param name="layers">Weights of each layer, (B,H,T,T).</param>
    /// <param name="visible">(B,T): true for tokens that count, as query and as key.</param>
    /// <param name="reach">Largest distance.</param>
    /// <returns>(L·H, 2·reach + 1): column reach + o is the mean over all queries that have a token at o; 0 if none has.</returns>
    /// <exception cref="ArgumentException">There is no layer, or the reach is below 1.</exception>
    public static float[,] Of(IReadOnlyList<Tensor> layers, bool[,] visible, int reach)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(visible);
        if (layers.Count == 0 || reach < 1)
        {
            throw new ArgumentException($"there are {layers.Count} layers and the reach is {reach}: pass at least one layer, and a reach of 1 or more.");
        }

        int heads = layers[0].Shape[1], tokens = layers[0].Columns;
        float[,] mean = new float[layers.Count * heads, 2 * reach + 1];
        for (int head = 0; head < mean.GetLength(0); head++)
        {
            for (int offset = -reach; offset <= reach; offset++)
            {
                (double sum, int queries) = (0, 0);
                for (int at = 0; at < visible.Length; at++)
                {
                    (int b, int query, int key) = (at / tokens, at % tokens, at % tokens + offset);
                    if (key >= 0 && key < tokens && visible[b, query] && visible[b, key])
                    {
                        (sum, queries) = (sum + layers[head / heads][b, head % heads, query, key], queries + 1);
                    }
                }

                mean[head, reach + offset] = (float)(sum / Math.Max(1, queries));
            }
        }

        return mean;
    }
}
