namespace AttentionLab.Words;

/// <summary>Settings of <see cref="SkipGramTraining"/>.</summary>
public sealed record SkipGramOptions
{
    /// <summary>C, numbers a vector.</summary>
    public int Channels { get; init; } = 100;

    /// <summary>Words on each side of a word that may be its neighbours; how many are is drawn anew for each word, from 1 to this.</summary>
    public int Window { get; init; } = 5;

    /// <summary>K, random words beside each neighbour.</summary>
    public int Negatives { get; init; } = 5;

    /// <summary>Passes over the text.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>η at the start; it falls on a straight line to 0.</summary>
    public float Rate { get; init; } = 0.05f;

    /// <summary>t: a word of frequency f is kept with probability √(t/f) + t/f, at most 1, in each pass anew. 0 keeps all.</summary>
    public double Subsample { get; init; } = 1e-4;

    /// <summary>Random words are drawn in proportion to their count to this power.</summary>
    public double NegativePower { get; init; } = 0.75;

    /// <summary>The same seed on the same kind of CPU gives the same bytes.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Refuses settings that cannot work.</summary>
    /// <exception cref="ArgumentOutOfRangeException">One of them; the message names it.</exception>
    internal void Check()
    {
        Require(Channels is >= 1 and <= 4096, nameof(Channels), Channels, "1 to 4096");
        Require(Window is >= 1 and <= 1000, nameof(Window), Window, "1 to 1000");
        Require(Negatives is >= 0 and <= 1000, nameof(Negatives), Negatives, "0 to 1000");
        Require(Epochs is >= 1 and <= 100_000, nameof(Epochs), Epochs, "1 to 100000");
        Require(Rate is > 0 and <= 10, nameof(Rate), Rate, "more than 0, at most 10");
        Require(Subsample is >= 0 and <= 1, nameof(Subsample), Subsample, "0 to 1");
        Require(NegativePower is >= 0 and <= 2, nameof(NegativePower), NegativePower, "0 to 2");
    }

    private static void Require(bool good, string name, object value, string range)
    {
        if (!good)
        {
            throw new ArgumentOutOfRangeException(name, FormattableString.Invariant($"{name} is {value} but must be {range}."));
        }
    }
}
