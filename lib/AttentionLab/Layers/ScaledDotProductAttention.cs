using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Attention(Q, K, V) = softmax(scale·Q·Kᵀ + mask)·V (Vaswani et al. 2017, equation 1), for one head, a batch, or a batch of heads.
/// The weights are kept, to look at and for the backward pass.
/// </summary>
public static class ScaledDotProductAttention
{
    /// <summary>What the backward pass needs; <see cref="Weights"/> is what a chart shows.</summary>
    /// <param name="Query">Q of the forward.</param>
    /// <param name="Key">K of the forward.</param>
    /// <param name="Value">V of the forward.</param>
    /// <param name="Weights">(…, T_q, T_k): rows sum to 1, or are zeros where nothing may be seen.</param>
    /// <param name="Scale">Factor of the scores.</param>
    public readonly record struct Saved(Tensor Query, Tensor Key, Tensor Value, Tensor Weights, float Scale);

    /// <summary>Output and what backward needs.</summary>
    /// <param name="query">(T_q, D), (B, T_q, D) or (B, H, T_q, D).</param>
    /// <param name="key">The same with T_k rows.</param>
    /// <param name="value">As many rows as <paramref name="key"/>; its width D_v may differ from D.</param>
    /// <param name="mask">Who may look at whom; null = everybody at everybody.</param>
    /// <param name="scale">Factor of the scores; null = 1/√D.</param>
    /// <returns>Output (…, T_q, D_v) and <see cref="Saved"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names both and the fix.</exception>
    public static (Tensor Output, Saved Saved) Forward(Tensor query, Tensor key, Tensor value, AttentionMask? mask = null, float? scale = null)
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = Layout.Of(query, key, value);
        mask?.Check(batch, heads, queries, keys);
        float factor = scale ?? (dim == 0 ? 1 : 1 / MathF.Sqrt(dim));
        Tensor output = new(Layout.Shape(query, queries, valueDim)), weights = new(Layout.Shape(query, queries, keys));
        for (int b = 0; b < batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                int m = b * heads + h;
                Attend.Forward(
                    Part(query, m, queries * dim),
                    Part(key, m, keys * dim),
                    Part(value, m, keys * valueDim),
                    Part(output, m, queries * valueDim),
                    Part(weights, m, queries * keys),
                    queries,
                    keys,
                    dim,
                    valueDim,
                    factor,
                    mask is null ? default : mask.Of(b),
                    AttentionMask.BiasOf(mask?.BiasValues, b, h, queries, keys));
            }
        }

        return (output, new Saved(query, key, value, weights, factor));
    }

    /// <summary>Gradients of the three inputs; see <see cref="Attend"/> for the derivation.</summary>
    /// <param name="dOutput">∂L/∂output, shaped like the output.</param>
    /// <param name="saved">From the forward.</param>
    /// <param name="dBias">If given, ∂L/∂bias is added to it; shaped like the mask's bias.</param>
    /// <returns>∂L/∂query, ∂L/∂key, ∂L/∂value.</returns>
    /// <exception cref="ArgumentException"><paramref name="dOutput"/> or <paramref name="dBias"/> has another shape.</exception>
    public static (Tensor DQuery, Tensor DKey, Tensor DValue) Backward(Tensor dOutput, Saved saved, Tensor? dBias = null)
    {
        ArgumentNullException.ThrowIfNull(dOutput);
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = Layout.Of(saved.Query, saved.Key, saved.Value);
        int[] expected = Layout.Shape(saved.Query, queries, valueDim);
        if (!dOutput.Shape.SequenceEqual(expected))
        {
            throw new ArgumentException($"dOutput is {Tensor.Describe(dOutput.Shape)} but the output was {Tensor.Describe(expected)}: pass the gradient of that output.");
        }

        if (dBias is not null)
        {
            AttentionMask.Bias(dBias).Check(batch, heads, queries, keys);
        }

        Tensor dQuery = new(saved.Query.Shape), dKey = new(saved.Key.Shape), dValue = new(saved.Value.Shape);
        for (int b = 0; b < batch; b++)
        {
            for (int h = 0; h < heads; h++)
            {
                int m = b * heads + h;
                Attend.Backward(
                    Part(saved.Query, m, queries * dim),
                    Part(saved.Key, m, keys * dim),
                    Part(saved.Value, m, keys * valueDim),
                    Part(saved.Weights, m, queries * keys),
                    Part(dOutput, m, queries * valueDim),
                    Part(dQuery, m, queries * dim),
                    Part(dKey, m, keys * dim),
                    Part(dValue, m, keys * valueDim),
                    queries,
                    keys,
                    dim,
                    valueDim,
                    saved.Scale,
                    AttentionMask.BiasOf(dBias, b, h, queries, keys));
            }
        }

        return (dQuery, dKey, dValue);
    }

    private static Span<float> Part(Tensor tensor, int index, int size) => tensor.Span.Slice(index * size, size);

    /// <summary>The sizes of one call, checked.</summary>
    private readonly record struct Layout(int Batch, int Heads, int Queries, int Keys, int Dim, int ValueDim)
    {
        public static Layout Of(Tensor query, Tensor key, Tensor value)
        {
            ArgumentNullException.ThrowIfNull(query);
            ArgumentNullException.ThrowIfNull(key);
            ArgumentNullException.ThrowIfNull(value);
            string q = Tensor.Describe(query.Shape), k = Tensor.Describe(key.Shape), v = Tensor.Describe(value.Shape);
            if (query.Rank < 2)
            {
                throw new ArgumentException($"query is {q} but attention expects (T, D), (B, T, D) or (B, H, T, D): Reshape(1, {query.Length}) makes one query of a vector.");
            }

            if (key.Rank != query.Rank || value.Rank != query.Rank)
            {
                throw new ArgumentException($"query is {q}, key is {k} and value is {v}, but the three need the same rank: Reshape so that batch and heads stand in front of all three.");
            }

            if (!query.Shape[..^2].SequenceEqual(key.Shape[..^2]) || !key.Shape[..^2].SequenceEqual(value.Shape[..^2]))
            {
                throw new ArgumentException($"query is {q}, key is {k} and value is {v}, but batch and heads must be the same for all three: split all of them into the same number of heads.");
            }

            if (query.Columns != key.Columns)
            {
                throw new ArgumentException($"query is {q} and key is {k}, but a score is the dot product of two rows: project both to the same width ({query.Columns} is not {key.Columns}).");
            }

            if (key.Shape[^2] != value.Shape[^2])
            {
                throw new ArgumentException($"key is {k} and value is {v}, but every key carries one value: pass as many values as keys ({key.Shape[^2]} is not {value.Shape[^2]}).");
            }

            int batch = query.Rank > 2 ? query.Shape[0] : 1, heads = query.Rank > 3 ? query.Shape[1] : 1;
            return new(batch, heads, query.Shape[^2], key.Shape[^2], query.Columns, value.Columns);
        }

        public static int[] Shape(Tensor like, int rows, int columns)
        {
            int[] shape = like.Shape.ToArray();
            (shape[^2], shape[^1]) = (rows, columns);
            return shape;
        }
    }
}
