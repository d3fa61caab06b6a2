using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary><see cref="FlashAttend"/> over heads where the projections wrote them, for <see cref="MultiHeadAttention"/>.</summary>
internal static class HeadAttention
{
    /// <summary>Output (B,T_q,H·D_v) or (T_q,H·D_v), and the log-sums (B,H,T_q).</summary>
    public static (Tensor Output, Tensor LogSums) Forward(HeadColumns query, HeadColumns key, HeadColumns value, AttentionMask? mask, float scale)
    {
        AttendSizes sizes = Sizes(query, key, value);
        mask?.Check(sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys);
        Tensor output = ShapeCheck.WithColumns(query.Matrix, sizes.Heads * sizes.ValueDim), logSums = Workspace.Rent(sizes.Batch, sizes.Heads, sizes.Queries);
        FlashAttend.ForwardHeads(
            query.Span, query.Layout, key.Span, key.Layout, value.Span, value.Layout, output.Span, HeadLayout.Merged(sizes.Queries, sizes.ValueDim, output.Columns),
            logSums.Span, sizes, scale, mask is null ? default : mask.OfAll(), mask?.BiasValues is { } bias ? bias.Span : []);
        return (output, logSums);
    }

    /// <summary>Gradients of the three, overwritten where the last three arguments say: in the same columns as what they are the gradients of.</summary>
    public static void Backward(
        HeadColumns query, HeadColumns key, HeadColumns value, Tensor output, Tensor logSums, AttentionMask? mask, float scale,
        Tensor dOutput, HeadColumns dQuery, HeadColumns dKey, HeadColumns dValue)
    {
        AttendSizes sizes = Sizes(query, key, value);
        FlashAttend.BackwardHeads(
            query.Span, query.Layout, key.Span, key.Layout, value.Span, value.Layout, output.Span, HeadLayout.Merged(sizes.Queries, sizes.ValueDim, output.Columns),
            logSums.Span, dOutput.Span, dQuery.Span, dKey.Span, dValue.Span, sizes, scale, mask is null ? default : mask.OfAll(), mask?.BiasValues is { } bias ? bias.Span : []);
    }

    private static AttendSizes Sizes(HeadColumns query, HeadColumns key, HeadColumns value) =>
        new(query.Batch, query.Heads, query.Tokens, key.Tokens, query.Size, value.Size);
}
