using AttentionLab.Kernels;

namespace AttentionLab.Layers;

/// <summary>The sizes and choices that every layer of a Transformer takes, and that a stack of them shares.</summary>
/// <param name="Channels">C, width of x and of y.</param>
/// <param name="Heads">H, in every attention.</param>
public sealed record LayerOptions(int Channels, int Heads)
{
    /// <summary>Width inside the feed-forward net; 0 for 4·C, as in the paper.</summary>
    public int Hidden { get; init; }

    /// <summary>Norm before each branch (Xiong et al. 2020) instead of after each sum (Vaswani et al. 2017).</summary>
    public bool PreNorm { get; init; }

    /// <summary>Of the feed-forward net.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>Share of each branch's output set to 0 in training. Attention weights are never dropped: they stay a distribution.</summary>
    public double Dropout { get; init; }

    /// <summary>ε of the norms.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>Rotary positions of self-attention; null for none.</summary>
    public RotaryPositions? Rotary { get; init; }

    /// <summary>4·C where <see cref="Hidden"/> is 0.</summary>
    internal int HiddenOrDefault => Hidden != 0 ? Hidden : Sizes.Product("the feed-forward net", ("4", 4), (nameof(Channels), Channels));
}
