using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary><see cref="FlashAttend"/> over heads where the projections wrote them, for <see cref="MultiHeadAttention"/>.</summary>
internal static class HeadAttention
{
    /// <summary>Output (B,T_q,H·D_v) or (T_q,H·D_v), and two numbers a query (B,H,T_q,2).</summary>
    public static (Tensor Output, Tensor Statistics) Forward(HeadColumns query, HeadColumns key, HeadColumns value, AttentionMask? mask, float scale)
    {
        AttendSizes sizes = Sizes(query, key, value);
        mask?.Check(sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys);
        Tensor output = ShapeCheck.WithColumns(query.Matrix, sizes.Heads * sizes.ValueDim), statistics = Workspace.Rent(sizes.Batch, sizes.Heads, sizes.Queries, 2);
        FlashAttend.ForwardHeads(
            query.Span, query.Layout, key.Span, key.Layout, value.Span, value.Layout, output.Span, HeadLayout.Merged(sizes.Queries, sizes.ValueDim, output.Columns),
            statistics.Span, sizes, scale, mask is null ? default : mask.OfAll(), mask?.BiasValues is { } bias ? bias.Span : []);
        return (output, statistics);
    }

    /// <summary>Gradients of the three, overwritten where the last three arguments say: in the same columns as what they are the gradients of.</summary>
    public static void Backward(
        HeadColumns query, HeadColumns key, HeadColumns value, Tensor output, Tensor statistics, AttentionMask? mask, float scale,
        Tensor dOutput, HeadColumns dQuery, HeadColumns dKey, HeadColumns dValue)
    {
        AttendSizes sizes = Sizes(query, key, value);
        FlashAttend.BackwardHeads(
            query.Span, query.Layout, key.Span, key.Layout, value.Span, value.Layout, output.Span, HeadLayout.Merged(sizes.Queries, sizes.ValueDim, output.Columns),
            statistics.Span, dOutput.Span, dQuery.Span, dKey.Span, dValue.Span, sizes, scale, mask is null ? default : mask.OfAll(), mask?.BiasValues is { } bias ? bias.Span : []);
    }

    private static AttendSizes Sizes(HeadColumns query, HeadColumns key, HeadColumns value) =>
        new(query.Batch, query.Heads, query.Tokens, key.Tokens, query.Size, value.Size);
}
