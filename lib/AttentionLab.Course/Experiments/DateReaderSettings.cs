using AttentionLab.Models;

namespace AttentionLab.Course.Experiments;

/// <summary>Size and training of a <see cref="DateReader"/>; the defaults are those of the shipped one.</summary>
public sealed record DateReaderSettings
{
    /// <summary>C.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>H, in every attention.</summary>
    public int Heads { get; init; } = 1;

    /// <summary>Layers of the encoder, and as many of the decoder.</summary>
    public int Layers { get; init; } = 1;

    /// <summary>Width inside the feed-forward nets.</summary>
    public int Hidden { get; init; } = 128;

    /// <summary>How order gets in; <see cref="PositionKind.None"/> must fail, because then "twenty" has no neighbours.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Sinusoidal;

    /// <summary>
    /// False takes self-attention out of the encoder: each word then stands for itself alone, and its attention weight can mean nothing else.
    /// </summary>
    public bool MixWords { get; init; } = true;

    /// <summary>Each date is trained with the words of another one: the control that must fail.</summary>
    public bool Mismatched { get; init; }

    /// <summary>Batches to learn from.</summary>
    public int Steps { get; init; } = 1600;

    /// <summary>B, dates in a batch.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Largest learning rate of Adam: reached after a tenth of the steps, then falling to 0 along half a cosine.</summary>
    public double LearningRate { get; init; } = 3e-3;
}
