namespace AttentionLab.Course.Experiments;

/// <summary>The head of a <see cref="SharedLookup"/>; the defaults are those of chapter 04.</summary>
public sealed record SharedLookupSettings
{
    /// <summary>d_k, length of queries, keys and values.</summary>
    public int Size { get; init; } = 8;

    /// <summary>One matrix for both: W_V = W_K.</summary>
    public bool Shared { get; init; }

    /// <summary>How many key symbols, and how many value symbols.</summary>
    public int Symbols { get; init; } = 8;

    /// <summary>Sequences in a batch; each holds every key symbol once.</summary>
    public int Sequences { get; init; } = 8;

    /// <summary>Steps of Adam, each with a new batch.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Learning rate; it falls to 0 on a straight line over the second half of the steps.</summary>
    public double LearningRate { get; init; } = 0.03;
}
