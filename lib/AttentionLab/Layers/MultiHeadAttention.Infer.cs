using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <content>Inference by the fused kernel, which makes no (T_q,T_k) weights and keeps nothing.</content>
public sealed partial class MultiHeadAttention
{
    /// <summary>Self-attention: what <see cref="Forward"/> gives up to rounding, in memory O(T·C) instead of O(H·T²).</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">A width or the mask does not fit.</exception>
    public Tensor Infer(Tensor x, AttentionMask? mask = null) => InferCross(x, x, mask);

    /// <summary>Cross-attention: what <see cref="ForwardCross"/> gives up to rounding, without weights.</summary>
    /// <param name="x">(T_q,C) or (B,T_q,C).</param>
    /// <param name="memory">(T_k, memory width) or (B, T_k, memory width).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">A width, the batches or the mask do not fit.</exception>
    public Tensor InferCross(Tensor x, Tensor memory, AttentionMask? mask = null)
    {
        Check(x, memory);
        (Tensor queries, Tensor keysAndValues) = Project(x, memory);
        return Output.Forward(FusedAttention.Infer(Split(queries, keysAndValues, mask))).Y;
    }
}
