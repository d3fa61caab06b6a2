using AttentionLab.Models;

namespace AttentionLab.Course.Experiments;

/// <summary>Task, model and training of a <see cref="TokenMover"/>.</summary>
public sealed record MoverSettings
{
    /// <summary>T: how many digits a sequence has.</summary>
    public int Tokens { get; init; } = 12;

    /// <summary>Which input digit output i has to repeat, by i and T. The task of section 11.1: the same digits in reverse order.</summary>
    public Func<int, int, int> Source { get; init; } = (i, tokens) => tokens - 1 - i;

    /// <summary>C.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>How the encoder knows the order.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Sinusoidal;

    /// <summary>False gives every key the same weight, for good: the control without attention.</summary>
    public bool Attends { get; init; } = true;

    /// <summary>Steps of Adam.</summary>
    public int Steps { get; init; } = 300;

    /// <summary>Sequences in a step.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>Largest learning rate; it rises over the first tenth of the steps and then falls as a cosine.</summary>
    public double LearningRate { get; init; } = 5e-3;

    /// <summary>How many different sequences there are to train on; 0 draws new ones in every step.</summary>
    public int Pool { get; init; }
}
