using AttentionLab.Models;

namespace AttentionLab.Course.Experiments;

/// <summary>What an <see cref="OrderModel"/> must say at each place of a sequence.</summary>
public enum OrderTask
{
    /// <summary>Which place it is: 0, 1, 2 …</summary>
    OwnPlace,

    /// <summary>Which word stood one place before.</summary>
    WordBefore,

    /// <summary>Which word stood at place 1, the first after the start mark.</summary>
    FirstWord,
}

/// <summary>Task, model and training of an <see cref="OrderModel"/>.</summary>
public sealed record OrderSettings
{
    /// <summary>What is asked.</summary>
    public OrderTask Task { get; init; } = OrderTask.WordBefore;

    /// <summary>How order gets in, besides the mask.</summary>
    public PositionKind Positions { get; init; } = PositionKind.None;

    /// <summary>Whether a word sees only what stands before it, and itself.</summary>
    public bool Causal { get; init; } = true;

    /// <summary>T, length of the sequences in training: a start mark and T − 1 words.</summary>
    public int Length { get; init; } = 16;

    /// <summary>Longest sequence that may be asked later.</summary>
    public int Capacity { get; init; } = 256;

    /// <summary>V, number of different words.</summary>
    public int Words { get; init; } = 16;

    /// <summary>C; the feed-forward nets are 2·C wide inside.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>H.</summary>
    public int Heads { get; init; } = 8;

    /// <summary>Layers of the encoder.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Steps of Adam.</summary>
    public int Steps { get; init; } = 200;

    /// <summary>Sequences in a step.</summary>
    public int Batch { get; init; } = 16;

    /// <summary>Largest learning rate: warm-up over a tenth of the steps, then a cosine.</summary>
    public double LearningRate { get; init; } = 5e-3;
}
