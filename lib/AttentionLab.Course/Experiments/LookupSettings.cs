namespace AttentionLab.Course.Experiments;

/// <summary>The task and the start of a <see cref="KeyValueLookup"/>; the defaults are those of chapter 03.</summary>
public sealed record LookupSettings
{
    /// <summary>H, number of heads.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>D, size of one head; the model is C = H·D wide.</summary>
    public int HeadSize { get; init; } = 64;

    /// <summary>How many key symbols exist.</summary>
    public int Symbols { get; init; } = 32;

    /// <summary>T, (key, value) pairs in one sequence; each key is asked for once.</summary>
    public int Pairs { get; init; } = 16;

    /// <summary>How many value symbols exist: guessing is right once in so many times.</summary>
    public int Answers { get; init; } = 16;

    /// <summary>B, sequences in a batch.</summary>
    public int Sequences { get; init; } = 8;

    /// <summary>Factor of the scores q·k, or its start if it is learned.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>Each head learns its own factor e^τ; τ starts at ln <see cref="Scale"/>.</summary>
    public bool LearnScale { get; init; }

    /// <summary>Learning rate of τ.</summary>
    public double ScaleLearningRate { get; init; } = 0.05;

    /// <summary>Factor on the usual initial deviation 1/√C of W_Q and of W_K.</summary>
    public double InitialGain { get; init; } = 1;

    /// <summary>W_Q and W_K stay as they were drawn: the control that must fail.</summary>
    public bool FreezeQueryAndKey { get; init; }

    /// <summary>Learning rate of Adam.</summary>
    public double LearningRate { get; init; } = 1e-3;
}
