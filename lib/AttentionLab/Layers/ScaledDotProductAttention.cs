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
    /// <param name="Mask">Mask of the forward.</param>
    /// <param name="Scale">Factor of the scores.</param>
    public readonly record struct Saved(Tensor Query, Tensor Key, Tensor Value, Tensor Weights, AttentionMask? Mask, float Scale);

    /// <summary>Output and what backward needs.</summary>
    /// <param name="query">(T_q, D), (B, T_q, D) or (B, H, T_q, D).</param>
    /// <param name="key">The same with T_k rows.</param>
    /// <param name="value">As many rows as <paramref name="key"/>; its width D_v may differ from D.</param>
    /// <param name="mask">Who may look at whom; null = everybody at everybody.</param>
    /// <param name="scale">Factor of the scores, finite; null = 1/√D.</param>
    /// <returns>Output (…, T_q, D_v) and <see cref="Saved"/>.</returns>
    /// <exception cref="ArgumentException">The shapes do not fit; the message names both and the fix.</exception>
    public static (Tensor Output, Saved Saved) Forward(Tensor query, Tensor key, Tensor value, AttentionMask? mask = null, float? scale = null)
    {
        AttentionTensors input = AttentionTensors.Of(query, key, value, mask, scale);
        Tensor output = input.Query.Rent(value.Columns).Values, weights = ShapeCheck.WithColumns(query, input.Key.Tokens);
        Attend.Forward(input.Spans, output.Span, weights.Span);
        return (output, new Saved(query, key, value, weights, mask, input.Scale));
    }

    /// <summary>Gradients of the three inputs; see <see cref="Attend"/> for the derivation.</summary>
    /// <param name="dOutput">∂L/∂output, shaped like the output.</param>
    /// <param name="saved">From the forward.</param>
    /// <param name="dBias">If given, ∂L/∂bias is added to it; shaped like the mask's bias.</param>
    /// <returns>∂L/∂query, ∂L/∂key, ∂L/∂value.</returns>
    /// <exception cref="ArgumentException"><paramref name="dOutput"/> or <paramref name="dBias"/> has another shape.</exception>
    public static (Tensor DQuery, Tensor DKey, Tensor DValue) Backward(Tensor dOutput, Saved saved, Tensor? dBias = null)
    {
        AttentionTensors input = AttentionTensors.Of(saved.Query, saved.Key, saved.Value, saved.Mask, saved.Scale);
        input.CheckGradients(dOutput, dBias);
        Tensor dQuery = Workspace.Rent(saved.Query.Shape), dKey = Workspace.Rent(saved.Key.Shape), dValue = Workspace.Rent(saved.Value.Shape);
        AttendGradients<float> to = new() { Q = dQuery.Span, K = dKey.Span, V = dValue.Span, Bias = dBias is null ? default : dBias.Span };
        Attend.Backward(input.Spans, saved.Weights.Span, dOutput.Span, to);
        return (dQuery, dKey, dValue);
    }
}
