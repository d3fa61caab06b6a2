using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// One layer of S²-MLPv2: the mixing block, then a feed-forward net over channels, each pre-norm with its residual
/// (Yu et al. 2021, "S²-MLPv2", §3.2): an <see cref="EncoderLayer"/> whose attention is a spatial shift.
/// </summary>
/// <param name="channels">C.</param>
/// <param name="hidden">Width inside the feed-forward net.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="pooling">Of the split attention.</param>
/// <param name="dropout">Share of each branch dropped in training.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class S2Layer(int channels, int hidden, CounterRandom random, SplitPooling pooling = SplitPooling.Mean, double dropout = 0, string name = "layer")
{
    /// <summary>First branch: tokens meet.</summary>
    public S2Block Mix { get; } = new(channels, random, pooling, $"{name}.mix");

    /// <summary>Residual and norm of the first branch.</summary>
    public AddAndNorm MixNorm { get; } = new(channels, preNorm: true, dropout, name: $"{name}.mix_norm");

    /// <summary>Second branch: channels meet.</summary>
    public FeedForward FeedForward { get; } = new(channels, hidden, random, Activation.Gelu, $"{name}.feedforward");

    /// <summary>Residual and norm of the second branch.</summary>
    public AddAndNorm FeedForwardNorm { get; } = new(channels, preNorm: true, dropout, name: $"{name}.feedforward_norm");

    /// <summary>Of all four parts.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Mix.Parameters, .. MixNorm.Parameters, .. FeedForward.Parameters, .. FeedForwardNorm.Parameters];

    /// <summary>One layer.</summary>
    /// <param name="x">(B, W, H, C).</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, CounterRandom? random = null)
    {
        (Tensor input, LayerNorm.Saved before1) = MixNorm.Before(x);
        (Tensor branch, S2Block.Saved mix) = Mix.Forward(input);
        (Tensor h, AddAndNorm.Saved after1) = MixNorm.After(x, branch, random);

        (input, LayerNorm.Saved before2) = FeedForwardNorm.Before(h);
        (branch, FeedForward.Saved feedForward) = FeedForward.Forward(input);
        (Tensor y, AddAndNorm.Saved after2) = FeedForwardNorm.After(h, branch, random);
        return (y, new Saved(before1, mix, after1, before2, feedForward, after2));
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

        (past, dBranch) = MixNorm.AfterBackward(dh, saved.After1);
        return MixNorm.BeforeBackward(Mix.Backward(dBranch, saved.Mix), past, saved.Before1);
    }

    /// <summary>What the backward needs; 1 is the mixing branch, 2 the feed-forward net's.</summary>
    /// <param name="Before1">Norm before branch 1.</param>
    /// <param name="Mix">Branch 1.</param>
    /// <param name="After1">Sum after branch 1.</param>
    /// <param name="Before2">Norm before branch 2.</param>
    /// <param name="FeedForward">Branch 2.</param>
    /// <param name="After2">Sum after branch 2.</param>
    public readonly record struct Saved(
        LayerNorm.Saved Before1, S2Block.Saved Mix, AddAndNorm.Saved After1, LayerNorm.Saved Before2, FeedForward.Saved FeedForward, AddAndNorm.Saved After2);
}
