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
    /// <param name="Statistics">(…, T_q, 2): half the maximum in use and Σ e^(s − maximum) of each row of scores; the sum is 0 where nothing may be seen.</param>
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
        AttentionLayout layout = AttentionLayout.Of(query, key, value);
        Tensor output = Workspace.Rent(AttentionLayout.Shape(query, layout.Queries, layout.ValueDim)), statistics = Workspace.Rent(AttentionLayout.Shape(query, layout.Queries, 2));
        float factor = Run(query, key, value, output, statistics.Span, mask, scale, layout);
        return (output, new Saved(query, key, value, output, statistics, mask, factor));
    }

    /// <summary>The output alone, where no backward follows.</summary>
    /// <inheritdoc cref="Forward"/>
    /// <returns>Output (…, T_q, D_v).</returns>
    public static Tensor Infer(Tensor query, Tensor key, Tensor value, AttentionMask? mask = null, float? scale = null)
    {
        AttentionLayout layout = AttentionLayout.Of(query, key, value);
        Tensor output = Workspace.Rent(AttentionLayout.Shape(query, layout.Queries, layout.ValueDim));
        Run(query, key, value, output, default, mask, scale, layout);
        return output;
    }

    private static float Run(Tensor query, Tensor key, Tensor value, Tensor output, Span<float> statistics, AttentionMask? mask, float? scale, AttentionLayout layout)
    {
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = layout;
        mask?.Check(batch, heads, queries, keys);
        float factor = scale ?? (dim == 0 ? 1 : 1 / MathF.Sqrt(dim));
        FlashAttend.ForwardHeads(
            query.Span,
            HeadLayout.Split(heads, queries, dim),
            key.Span,
            HeadLayout.Split(heads, keys, dim),
            value.Span,
            HeadLayout.Split(heads, keys, valueDim),
            output.Span,
            HeadLayout.Split(heads, queries, valueDim),
            statistics,
            new(batch, heads, queries, keys, dim, valueDim),
            factor,
            mask is null ? default : mask.OfAll(),
            mask?.BiasValues is { } bias ? bias.Span : default);
        return factor;
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
        (int batch, int heads, int queries, int keys, int dim, int valueDim) = AttentionLayout.Of(saved.Query, saved.Key, saved.Value);
        if (!dOutput.Shape.SequenceEqual(saved.Output.Shape))
        {
            throw new ArgumentException($"dOutput is {Tensor.Describe(dOutput.Shape)} but the output was {Tensor.Describe(saved.Output.Shape)}: pass the gradient of that output.");
        }

        if (dBias is not null)
        {
            AttentionMask.Bias(dBias).Check(batch, heads, queries, keys);
        }

        Tensor dQuery = Workspace.Rent(saved.Query.Shape), dKey = Workspace.Rent(saved.Key.Shape), dValue = Workspace.Rent(saved.Value.Shape);
        FlashAttend.BackwardHeads(
            saved.Query.Span,
            HeadLayout.Split(heads, queries, dim),
            saved.Key.Span,
            HeadLayout.Split(heads, keys, dim),
            saved.Value.Span,
            HeadLayout.Split(heads, keys, valueDim),
            saved.Output.Span,
            HeadLayout.Split(heads, queries, valueDim),
            saved.Statistics.Span,
            dOutput.Span,
            dQuery.Span,
            dKey.Span,
            dValue.Span,
            new(batch, heads, queries, keys, dim, valueDim),
            saved.Scale,
            saved.Mask is null ? default : saved.Mask.OfAll(),
            saved.Mask?.BiasValues is { } bias ? bias.Span : default,
            dBias is null ? default : dBias.Span);
        return (dQuery, dKey, dValue);
    }
}
