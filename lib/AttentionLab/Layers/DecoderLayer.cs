using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Self-attention, cross-attention to the encoder's output (the memory), feed-forward net, each with its residual
/// connection and norm (Vaswani et al. 2017, §3.1). The causal mask is the caller's to give.
/// </summary>
/// <param name="options">Sizes and choices.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="memoryChannels">Width of the memory; null for C.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class DecoderLayer(LayerOptions options, CounterRandom random, int? memoryChannels = null, string name = "layer")
{
    /// <summary>First branch.</summary>
    public MultiHeadAttention Attention { get; } = new(
        options.Channels, options.Heads, random, new() { Rotary = options.Rotary }, $"{name}.attention");

    /// <summary>Residual and norm of the first branch.</summary>
    public AddAndNorm AttentionNorm { get; } = new(options.Channels, options.PreNorm, options.Dropout, options.Epsilon, $"{name}.attention_norm");

    /// <summary>Second branch: looks at the memory.</summary>
    public MultiHeadAttention Cross { get; } = new(
        options.Channels, options.Heads, random, new() { MemoryChannels = memoryChannels }, $"{name}.cross");

    /// <summary>Residual and norm of the second branch.</summary>
    public AddAndNorm CrossNorm { get; } = new(options.Channels, options.PreNorm, options.Dropout, options.Epsilon, $"{name}.cross_norm");

    /// <summary>Third branch.</summary>
    public FeedForward FeedForward { get; } = new(options.Channels, options.HiddenOrDefault, random, options.Activation, $"{name}.feedforward");

    /// <summary>Residual and norm of the third branch.</summary>
    public AddAndNorm FeedForwardNorm { get; } = new(options.Channels, options.PreNorm, options.Dropout, options.Epsilon, $"{name}.feedforward_norm");

    /// <summary>Of all six parts.</summary>
    public IReadOnlyList<Parameter> Parameters =>
    [
        .. Attention.Parameters, .. AttentionNorm.Parameters, .. Cross.Parameters, .. CrossNorm.Parameters,
        .. FeedForward.Parameters, .. FeedForwardNorm.Parameters,
    ];

    /// <summary>One layer.</summary>
    /// <param name="x">(T_q,C) or (B,T_q,C).</param>
    /// <param name="memory">(T_k, memory width) or (B, T_k, memory width).</param>
    /// <param name="mask">Of the self-attention; usually <see cref="AttentionMask.Causal"/>.</param>
    /// <param name="memoryMask">Of the cross-attention; usually the padding of the memory.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>y, shaped like x; <c>Saved.Weights()</c> and <c>Saved.CrossWeights()</c> can be drawn.</returns>
    /// <exception cref="ArgumentException">A width, the batches or a mask do not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, Tensor memory, AttentionMask? mask = null, AttentionMask? memoryMask = null, CounterRandom? random = null)
    {
        (Tensor input, LayerNorm.Saved before1) = AttentionNorm.Before(x);
        (Tensor branch, MultiHeadAttention.Saved attention) = Attention.Forward(input, mask);
        (Tensor h, AddAndNorm.Saved after1) = AttentionNorm.After(x, branch, random);

        (input, LayerNorm.Saved before2) = CrossNorm.Before(h);
        (branch, MultiHeadAttention.Saved cross) = Cross.ForwardCross(input, memory, memoryMask);
        (Tensor g, AddAndNorm.Saved after2) = CrossNorm.After(h, branch, random);

        (input, LayerNorm.Saved before3) = FeedForwardNorm.Before(g);
        (branch, FeedForward.Saved feedForward) = FeedForward.Forward(input);
        (Tensor y, AddAndNorm.Saved after3) = FeedForwardNorm.After(g, branch, random);
        return (y, new Saved
        {
            Before1 = before1,
            Attention = attention,
            After1 = after1,
            Before2 = before2,
            Cross = cross,
            After2 = after2,
            Before3 = before3,
            FeedForward = feedForward,
            After3 = after3,
        });
    }

    /// <summary>Inference for the next tokens only: what <see cref="Forward"/> with a causal mask gives for them, from the caches.</summary>
    /// <param name="x">(B,n,C), the next n tokens.</param>
    /// <param name="past">Cache of the self-attention; the n tokens are added.</param>
    /// <param name="memory">Cache of the cross-attention, filled once by <see cref="MultiHeadAttention.Remember"/>.</param>
    /// <param name="memoryMask">Of the cross-attention.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">A width, a cache or the mask does not fit; nothing is added then.</exception>
    public Tensor Step(Tensor x, KeyValueCache past, KeyValueCache memory, AttentionMask? memoryMask = null)
    {
        ArgumentNullException.ThrowIfNull(past);
        ArgumentNullException.ThrowIfNull(memory);
        ShapeCheck.Rank(x, 3, 3, nameof(DecoderLayer), "(B,T,C)");
        memory.Check(x.Shape[0], x.Shape[1], memory.Length, memoryMask);
        Tensor h = AttentionNorm.After(x, Attention.Step(AttentionNorm.Before(x).Input, past), null).Y;
        Tensor g = CrossNorm.After(h, Cross.Recall(CrossNorm.Before(h).Input, memory, memoryMask), null).Y;
        return FeedForwardNorm.After(g, FeedForward.Forward(FeedForwardNorm.Before(g).Input).Y, null).Y;
    }

    /// <summary>Adds to the gradients of all parts.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x, and dMemory, shaped like the memory.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public (Tensor X, Tensor Memory) Backward(Tensor dy, Saved saved)
    {
        (Tensor past, Tensor dBranch) = FeedForwardNorm.AfterBackward(dy, saved.After3);
        Tensor dg = FeedForwardNorm.BeforeBackward(FeedForward.Backward(dBranch, saved.FeedForward), past, saved.Before3);

        (past, dBranch) = CrossNorm.AfterBackward(dg, saved.After2);
        (Tensor dInput, Tensor dMemory) = Cross.BackwardCross(dBranch, saved.Cross);
        Tensor dh = CrossNorm.BeforeBackward(dInput, past, saved.Before2);

        (past, dBranch) = AttentionNorm.AfterBackward(dh, saved.After1);
        return (AttentionNorm.BeforeBackward(Attention.Backward(dBranch, saved.Attention), past, saved.Before1), dMemory);
    }

    /// <summary>What the backward needs; 1 is the self-attention's branch, 2 the cross-attention's, 3 the feed-forward net's.</summary>
    public readonly record struct Saved
    {
        /// <summary>Norm before branch 1.</summary>
        public required LayerNorm.Saved Before1 { get; init; }

        /// <summary>Branch 1.</summary>
        public required MultiHeadAttention.Saved Attention { get; init; }

        /// <summary>Sum and norm after branch 1.</summary>
        public required AddAndNorm.Saved After1 { get; init; }

        /// <summary>Norm before branch 2.</summary>
        public required LayerNorm.Saved Before2 { get; init; }

        /// <summary>Branch 2.</summary>
        public required MultiHeadAttention.Saved Cross { get; init; }

        /// <summary>Sum and norm after branch 2.</summary>
        public required AddAndNorm.Saved After2 { get; init; }

        /// <summary>Norm before branch 3.</summary>
        public required LayerNorm.Saved Before3 { get; init; }

        /// <summary>Branch 3.</summary>
        public required FeedForward.Saved FeedForward { get; init; }

        /// <summary>Sum and norm after branch 3.</summary>
        public required AddAndNorm.Saved After3 { get; init; }

        /// <summary>Weights of the self-attention (B,H,T_q,T_q).</summary>
        public Tensor Weights() => Attention.Weights();

        /// <summary>Weights of the cross-attention (B,H,T_q,T_k).</summary>
        public Tensor CrossWeights() => Cross.Weights();
    }
}
