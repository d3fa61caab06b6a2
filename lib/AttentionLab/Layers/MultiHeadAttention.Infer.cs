using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <content>Inference: the fused kernel of the forward, without what a backward needs.</content>
public sealed partial class MultiHeadAttention
{
    /// <summary>Self-attention: what <see cref="Forward"/> gives, without the two numbers a query and the inputs that it keeps for the backward.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">A width or the mask does not fit.</exception>
    public Tensor Infer(Tensor x, AttentionMask? mask = null) => InferCross(x, x, mask);

    /// <summary>Cross-attention: what <see cref="ForwardCross"/> gives, keeping nothing.</summary>
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
