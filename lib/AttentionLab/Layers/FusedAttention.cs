using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// The same function as <see cref="ScaledDotProductAttention"/> by <see cref="FlashAttend"/>: no weights are formed, memory grows with T
/// and not with T². <see cref="MultiHeadAttention"/> trains and infers by it. The weights of a head cannot be looked at.
/// </summary>
public static class FusedAttention
{
    /// <summary>What the backward pass needs: two numbers a query instead of a row of weights.</summary>
    /// <param name="Query">Q of the forward.</param>
    /// <param name="Key">K of the forward.</param>
    /// <param name="Value">V of the forward.</param>
    /// <param name="Output">Output of the forward.</param>
    /// <param name="Statistics">(B, H, T_q, 2), with B and H 1 where there is none: half the maximum in use and Σ e^(s − maximum) of each row of scores;
    /// the sum is 0 where nothing may be seen.</param>
    /// <param name="Mask">Mask of the forward.</param>
    /// <param name="Scale">Factor of the scores.</param>
    public readonly record struct Saved(Tensor Query, Tensor Key, Tensor Value, Tensor Output, Tensor Statistics, AttentionMask? Mask, float Scale);

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
        (Tensor output, Tensor statistics) = Forward(input);
        return (output, new Saved(query, key, value, output, statistics, mask, input.Scale));
    }

    /// <summary>The output alone, where no backward follows.</summary>
    /// <inheritdoc cref="Forward(Tensor, Tensor, Tensor, AttentionMask?, float?)"/>
    /// <returns>Output (…, T_q, D_v).</returns>
    public static Tensor Infer(Tensor query, Tensor key, Tensor value, AttentionMask? mask = null, float? scale = null) =>
        Infer(AttentionTensors.Of(query, key, value, mask, scale));

    /// <summary>Gradients of the three inputs; see <see cref="FlashAttend"/> for the derivation.</summary>
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
        Backward(input, saved.Output, saved.Statistics, dOutput, to);
        return (dQuery, dKey, dValue);
    }

    /// <summary>The same over heads that lie anywhere: the output lies as the queries do; the statistics are (B,H,T_q,2).</summary>
    internal static (Tensor Output, Tensor Statistics) Forward(AttentionTensors input)
    {
        Tensor statistics = Workspace.Rent(input.Query.Batch, input.Query.Heads, input.Query.Tokens, 2);
        return (Run(input, statistics.Span), statistics);
    }

    /// <summary>The output alone.</summary>
    internal static Tensor Infer(AttentionTensors input) => Run(input, []);

    /// <summary>Gradients of queries, keys, values and bias: each lies as what it is the gradient of.</summary>
    internal static void Backward(AttentionTensors input, Tensor output, Tensor statistics, Tensor dOutput, in AttendGradients<float> to)
    {
        HeadTensor outputs = new(output, 0, input.Query.Heads, input.Value.Size);
        FlashAttend.Backward(input.Spans, outputs.HeadSpan, statistics.Span, dOutput.Span, to);
    }

    private static Tensor Run(AttentionTensors input, Span<float> statistics)
    {
        HeadTensor output = input.Query.Rent(input.Value.Size);
        FlashAttend.Forward(input.Spans, output.Span, output.Layout, statistics);
        return output.Values;
    }
}
