using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>What an attention of a layer is computed from, as tensors that it may keep for its backward: an <see cref="AttendInput{T}"/> is spans.</summary>
/// <param name="Query">Q (T_q, D) of each head.</param>
/// <param name="Key">K (T_k, D) of each head.</param>
/// <param name="Value">V (T_k, D_v) of each head.</param>
/// <param name="Mask">Who may look at whom; null for everybody.</param>
/// <param name="Scale">Factor of the scores.</param>
internal readonly record struct AttentionTensors(HeadTensor Query, HeadTensor Key, HeadTensor Value, AttentionMask? Mask, float Scale)
{
    /// <summary>B, H, T_q, T_k, D and D_v.</summary>
    public AttendSizes Sizes => new(Query.Batch, Query.Heads, Query.Tokens, Key.Tokens, Query.Size, Value.Size);

    /// <summary>The same as spans, as kernels take it: for one call.</summary>
    public AttendInput<float> Spans => new()
    {
        Q = Query.HeadSpan,
        K = Key.HeadSpan,
        V = Value.HeadSpan,
        Sizes = Sizes,
        Scale = Scale,
        Mask = AttentionMask.Kernel(Mask),
        Bias = AttentionMask.KernelBias(Mask),
    };

    /// <summary>Tensors (T, D), (B, T, D) or (B, H, T, D), checked against each other and against the mask.</summary>
    /// <param name="query">Q.</param>
    /// <param name="key">K.</param>
    /// <param name="value">V.</param>
    /// <param name="mask">Who may look at whom.</param>
    /// <param name="scale">Factor of the scores; null for 1/√D.</param>
    public static AttentionTensors Of(Tensor query, Tensor key, Tensor value, AttentionMask? mask, float? scale)
    {
        CheckShapes(query, key, value);
        float factor = ShapeCheck.Scale(scale, query.Columns);
        AttentionTensors input = new(HeadTensor.Of(query), HeadTensor.Of(key), HeadTensor.Of(value), mask, factor);
        input.CheckMask();
        return input;
    }

    /// <summary>Throws unless the mask fits.</summary>
    public void CheckMask() => Mask?.Check(Query.Batch, Query.Heads, Query.Tokens, Key.Tokens);

    /// <summary>Throws unless gradients fit the output of heads that are matrices of their own, and the bias.</summary>
    public void CheckGradients(Tensor dOutput, Tensor? dBias)
    {
        ArgumentNullException.ThrowIfNull(dOutput);
        int[] output = [.. Query.Values.Shape[..^1], Value.Size];
        if (!dOutput.Shape.SequenceEqual(output))
        {
            throw new ArgumentException(
                $"dOutput is {Tensor.Describe(dOutput.Shape)} but the output was {Tensor.Describe(output)}: pass the gradient of that output.");
        }

        if (dBias is not null && Mask?.BiasValues is { } bias)
        {
            ShapeCheck.Same(dBias, bias, nameof(dBias), "the mask's bias");
        }
        else if (dBias is not null)
        {
            (this with { Mask = AttentionMask.Bias(dBias) }).CheckMask();
        }
    }

    private static void CheckShapes(Tensor query, Tensor key, Tensor value)
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
    }
}
