using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Self-attention, then a feed-forward net, each with its residual connection and norm:
/// h = x ⊕ Attention(x), y = h ⊕ FeedForward(h), where ⊕ is <see cref="AddAndNorm"/>. Vaswani et al. 2017, §3.1.
/// </summary>
/// <param name="options">Sizes and choices.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class EncoderLayer(LayerOptions options, CounterRandom random, string name = "layer")
{
    /// <summary>First branch.</summary>
    public MultiHeadAttention Attention { get; } = new(
        options.Channels, options.Heads, random, new() { Rotary = options.Rotary }, $"{name}.attention");

    /// <summary>Residual and norm of the first branch.</summary>
    public AddAndNorm AttentionNorm { get; } = new(options.Channels, options.PreNorm, options.Dropout, options.Epsilon, $"{name}.attention_norm");

    /// <summary>Second branch.</summary>
    public FeedForward FeedForward { get; } = new(options.Channels, options.HiddenOrDefault, random, options.Activation, $"{name}.feedforward");

    /// <summary>Residual and norm of the second branch.</summary>
    public AddAndNorm FeedForwardNorm { get; } = new(options.Channels, options.PreNorm, options.Dropout, options.Epsilon, $"{name}.feedforward_norm");

    /// <summary>Of all four parts.</summary>
    public IReadOnlyList<Parameter> Parameters =>
        [.. Attention.Parameters, .. AttentionNorm.Parameters, .. FeedForward.Parameters, .. FeedForwardNorm.Parameters];

    /// <summary>One layer.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>y, shaped like x; <c>Saved.Weights()</c> is (B,H,T,T).</returns>
    /// <exception cref="ArgumentException">The width or the mask does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, AttentionMask? mask = null, CounterRandom? random = null)
    {
        (Tensor input, LayerNorm.Saved before1) = AttentionNorm.Before(x);
        (Tensor branch, MultiHeadAttention.Saved attention) = Attention.Forward(input, mask);
        (Tensor h, AddAndNorm.Saved after1) = AttentionNorm.After(x, branch, random);

        (input, LayerNorm.Saved before2) = FeedForwardNorm.Before(h);
        (branch, FeedForward.Saved feedForward) = FeedForward.Forward(input);
        (Tensor y, AddAndNorm.Saved after2) = FeedForwardNorm.After(h, branch, random);
        return (y, new Saved(before1, attention, after1, before2, feedForward, after2));
    }

    /// <summary>
    /// What <see cref="Forward"/> without dropout gives, by fused kernels and keeping
    /// nothing. <see cref="PackedEncoderLayer"/> does it faster, from a copy of the weights.
    /// </summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The width or the mask does not fit.</exception>
    public Tensor Infer(Tensor x, AttentionMask? mask = null)
    {
        Tensor h = AttentionNorm.After(x, Attention.Infer(AttentionNorm.Before(x).Input, mask), null).Y;
        return FeedForwardNorm.After(h, FeedForward.Infer(FeedForwardNorm.Before(h).Input), null).Y;
    }

    /// <summary>Adds to the gradients of all parts and returns dx.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        (Tensor past, Tensor dBranch) = FeedForwardNorm.AfterBackward(dy, saved.After2);
        Tensor dh = FeedForwardNorm.BeforeBackward(FeedForward.Backward(dBranch, saved.FeedForward), past, saved.Before2);

        (past, dBranch) = AttentionNorm.AfterBackward(dh, saved.After1);
        return AttentionNorm.BeforeBackward(Attention.Backward(dBranch, saved.Attention), past, saved.Before1);
    }

    /// <summary>What the backward needs; 1 is the attention's branch, 2 the feed-forward net's.</summary>
    /// <param name="Before1">Norm before branch 1.</param>
    /// <param name="Attention">Branch 1.</param>
    /// <param name="After1">Sum and norm after branch 1.</param>
    /// <param name="Before2">Norm before branch 2.</param>
    /// <param name="FeedForward">Branch 2.</param>
    /// <param name="After2">Sum and norm after branch 2.</param>
    public readonly record struct Saved(
        LayerNorm.Saved Before1, MultiHeadAttention.Saved Attention, AddAndNorm.Saved After1,
        LayerNorm.Saved Before2, FeedForward.Saved FeedForward, AddAndNorm.Saved After2)
    {
        /// <summary>Attention weights (B,H,T,T).</summary>
        public Tensor Weights() => Attention.Weights();
    }
}
