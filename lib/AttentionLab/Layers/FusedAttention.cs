using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// The same function as <see cref="ScaledDotProductAttention"/> by <see cref="FlashAttend"/>: no weights are formed, memory grows with T
/// and not with T². For inference, and for training on long sequences; the weights of a head cannot be looked at.
/// </summary>
public static class FusedAttention
{
    /// <summary>What the backward pass needs: two numbers a query instead of a row of weights.</summary>
    /// <param name="Query">Q of the forward.</param>
    /// <param name="Key">K of the forward.</param>
    /// <param name="Value">V of the forward.</param>
    /// <param name="Output">Output of the forward.</param>
    /// <param name="Statistics">(…, T_q, 2): half the maximum in use and Σ e^(s −
    /// maximum) of each row of scores; the sum is 0 where nothing may be seen.</param>
    /// <param name="Mask">Mask of the forward.</param>
    /// <param name="Scale">Factor of the scores.</param>
    public readonly record struct Saved(Tensor Query, Tensor Key, Tensor Value, Tensor Output, Tensor Statistics, AttentionMask? Mask, float Scale);

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
        AttendSizes sizes = AttentionLayout.Of(query, key, value);
        mask?.Check(sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys);
        Tensor output = Workspace.Rent(AttentionLayout.Shape(query, sizes.Queries, sizes.ValueDim));
        Tensor statistics = Workspace.Rent(AttentionLayout.Shape(query, sizes.Queries, 2));
        float factor = scale ?? AttentionLayout.Scale(sizes);
        FlashAttend.Forward(AttentionLayout.Input(query, key, value, mask, factor), output.Span, statistics.Span);
        return (output, new Saved(query, key, value, output, statistics, mask, factor));
    }

    /// <summary>The output alone, where no backward follows.</summary>
    /// <inheritdoc cref="Forward(Tensor, Tensor, Tensor, AttentionMask?, float?)"/>
    /// <returns>Output (…, T_q, D_v).</returns>
    public static Tensor Infer(Tensor query, Tensor key, Tensor value, AttentionMask? mask = null, float? scale = null)
    {
        AttendSizes sizes = AttentionLayout.Of(query, key, value);
        mask?.Check(sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys);
        Tensor output = Workspace.Rent(AttentionLayout.Shape(query, sizes.Queries, sizes.ValueDim));
        FlashAttend.Forward(AttentionLayout.Input(query, key, value, mask, scale ?? AttentionLayout.Scale(sizes)), output.Span, []);
        return output;
    }

    /// <summary>Gradients of the three inputs; see <see cref="FlashAttend"/> for the derivation.</summary>
    /// <param name="dOutput">∂L/∂output, shaped like the output.</param>
    /// <param name="saved">From the forward.</param>
    /// <param name="dBias">If given, ∂L/∂bias is added to it; shaped like the mask's bias.</param>
    /// <returns>∂L/∂query, ∂L/∂key, ∂L/∂value.</returns>
    /// <exception cref="ArgumentException"><paramref name="dOutput"/> or <paramref name="dBias"/> has another shape.</exception>
    public static (Tensor DQuery, Tensor DKey, Tensor DValue) Backward(Tensor dOutput, Saved saved, Tensor? dBias = null)
    {
        ArgumentNullException.ThrowIfNull(dOutput);
        AttendSizes sizes = AttentionLayout.Of(saved.Query, saved.Key, saved.Value);
        if (!dOutput.Shape.SequenceEqual(saved.Output.Shape))
        {
            throw new ArgumentException(
                $"dOutput is {Tensor.Describe(dOutput.Shape)} but the output was {Tensor.Describe(saved.Output.Shape)}: pass the gradient of that output.");
        }

        if (dBias is not null)
        {
            AttentionMask.Bias(dBias).Check(sizes.Batch, sizes.Heads, sizes.Queries, sizes.Keys);
        }

        Tensor dQuery = Workspace.Rent(saved.Query.Shape), dKey = Workspace.Rent(saved.Key.Shape), dValue = Workspace.Rent(saved.Value.Shape);
        AttendGradients<float> to = new() { Q = dQuery.Span, K = dKey.Span, V = dValue.Span, Bias = dBias is null ? default : dBias.Span };
        FlashAttend.Backward(
            AttentionLayout.Input(saved.Query, saved.Key, saved.Value, saved.Mask, saved.Scale), saved.Output.Span, saved.Statistics.Span, dOutput.Span, to);
        return (dQuery, dKey, dValue);
    }

    /// <summary>The same over heads where the projections of a layer wrote them: (B,T,H·D) or (T,H·D).</summary>
    /// <returns>Output (B,T_q,H·D_v), and (B,H,T_q,2) for the backward.</returns>
    internal static (Tensor Output, Tensor Statistics) Forward(HeadInput heads)
    {
        AttendInput<float> input = heads.Kernel;
        (int batch, int count, int queries, int keys, _, int valueDim) = input.Sizes;
        heads.Mask?.Check(batch, count, queries, keys);
        Tensor output = ShapeCheck.WithColumns(heads.Query.Matrix, count * valueDim), statistics = Workspace.Rent(batch, count, queries, 2);
        FlashAttend.Forward(input, output.Span, HeadLayout.Merged(queries, valueDim, output.Columns), statistics.Span);
        return (output, statistics);
    }

    /// <summary>
    /// Gradients of queries, keys and values, overwritten where <paramref name="to"/> says: in columns that lie as those of <paramref name="heads"/>.
    /// </summary>
    internal static void Backward(HeadInput heads, Tensor output, Tensor statistics, Tensor dOutput, HeadInput to)
    {
        AttendInput<float> input = heads.Kernel;
        HeadSpan<float> outputs = new(output.Span, HeadLayout.Merged(input.Sizes.Queries, input.Sizes.ValueDim, output.Columns));
        FlashAttend.Backward(input, outputs, statistics.Span, dOutput.Span, new() { Q = to.Query.Span, K = to.Key.Span, V = to.Value.Span });
    }
}
