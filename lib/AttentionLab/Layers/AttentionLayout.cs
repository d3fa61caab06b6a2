using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>The sizes of one attention over batch and heads, checked: (T, D), (B, T, D) or (B, H, T, D).</summary>
internal static class AttentionLayout
{
    /// <summary>Checks the three shapes against each other.</summary>
    public static AttendSizes Of(Tensor query, Tensor key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        string q = Tensor.Describe(query.Shape), k = Tensor.Describe(key.Shape), v = Tensor.Describe(value.Shape);
        if (query.Rank < 2)
        {
            throw new ArgumentException(
                $"query is {q} but attention expects (T, D), (B, T, D) or (B, H, T, D): Reshape(1, {query.Length}) makes one query of a vector.");
        }

        if (key.Rank != query.Rank || value.Rank != query.Rank)
        {
            throw new ArgumentException(
                $"query is {q}, key is {k} and value is {v}, but the three need the same rank: Reshape so that batch and heads stand in front of all three.");
        }

        if (!query.Shape[..^2].SequenceEqual(key.Shape[..^2]) || !key.Shape[..^2].SequenceEqual(value.Shape[..^2]))
        {
            throw new ArgumentException(
                $"query is {q}, key is {k} and value is {v}, but batch and heads must be the same for all three: split all of them into the same number of "
                + "heads.");
        }

        if (query.Columns != key.Columns)
        {
            throw new ArgumentException(
                $"query is {q} and key is {k}, but a score is the dot product of two rows: project both to the same width ({query.Columns} is not "
                + $"{key.Columns}).");
        }

        if (key.Shape[^2] != value.Shape[^2])
        {
            throw new ArgumentException(
                $"key is {k} and value is {v}, but every key carries one value: pass as many values as keys ({key.Shape[^2]} is not {value.Shape[^2]}).");
        }

        int batch = query.Rank > 2 ? query.Shape[0] : 1, heads = query.Rank > 3 ? query.Shape[1] : 1;
        return new(batch, heads, query.Shape[^2], key.Shape[^2], query.Columns, value.Columns);
    }

    /// <summary>The shape of <paramref name="like"/> with another matrix at its end.</summary>
    public static int[] Shape(Tensor like, int rows, int columns)
    {
        int[] shape = like.Shape.ToArray();
        (shape[^2], shape[^1]) = (rows, columns);
        return shape;
    }

    /// <summary>Tensors whose heads are matrices of their own, as kernels take them.</summary>
    public static AttendInput<float> Input(Tensor query, Tensor key, Tensor value, AttentionMask? mask, float scale) => AttendInput.Split<float>(
        query.Span, key.Span, value.Span, Of(query, key, value), scale, mask is null ? default : mask.OfAll(),
        mask?.BiasValues is { } bias ? bias.Span : default);

    /// <summary>1/√D.</summary>
    public static float Scale(AttendSizes sizes) => sizes.Dim == 0 ? 1 : 1 / MathF.Sqrt(sizes.Dim);
}
