namespace AttentionLab.Trainer;

/// <summary>
/// Everything that the training of the encoder depends on, beside the text and the
/// vocabulary; part of the recipe. <see cref="SettingOption"/> lists them as options.
/// </summary>
internal sealed record EncoderSettings
{
    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 4;

    /// <summary>C.</summary>
    public int Channels { get; init; } = 160;

    /// <summary>H.</summary>
    public int Heads { get; init; } = 5;

    /// <summary>Width inside the feed-forward nets.</summary>
    public int Hidden { get; init; } = 640;

    /// <summary>T, tokens of a packed sequence.</summary>
    public int Length { get; init; } = 64;

    /// <summary>B, sequences of a step.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>
    /// Standard deviation of the embeddings at the start; BERT's 0.02 is small beside
    /// Adam's steps of this learning rate, which then move all words the same way.
    /// </summary>
    public double Deviation { get; init; } = 0.08;

    /// <summary>
    /// Start the table of positions as sines and cosines of their number instead of at random: "the token to the left" is then one map for all positions.
    /// </summary>
    public bool Waves { get; init; } = true;

    /// <summary>Share of the tokens that are to be found.</summary>
    public double Share { get; init; } = 0.4;

    /// <summary>
    /// While the rate falls, the share falls with it to this one, which the report asks
    /// for (Ankner et al. 2023, "Dynamic masking rate schedules for MLM pretraining").
    /// </summary>
    public double FinalShare { get; init; } = 0.15;

    /// <summary>
    /// Share of these that becomes [MASK]; half of the others become a random token, half stay.
    /// BERT has 0.8; all of them works as well (Wettig et al. 2023, "Should you mask 15 %?", §5).
    /// </summary>
    public double Masked { get; init; } = 1;

    /// <summary>Passes of skip-gram over the pieces of the text that make the first table of words; 0 for a random table.</summary>
    public int WordPasses { get; init; } = 3;

    /// <summary>Matrices between the layers are moved by Muon instead of AdamW.</summary>
    public bool Muon { get; init; } = true;

    /// <summary>Largest learning rate.</summary>
    public double Rate { get; init; } = 3e-3;

    /// <summary>Steps of linear growth to the largest rate.</summary>
    public long Warmup { get; init; } = 200;

    /// <summary>Share of the steps, at the end, in which the rate falls to zero along a line; before, it stays.</summary>
    public double DecayShare { get; init; } = 0.4;

    /// <summary>λ of both optimisers, on matrices only.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>AdamW's β₂.</summary>
    public double Beta2 { get; init; } = 0.98;

    /// <summary>Largest norm of the whole gradient.</summary>
    public double Clip { get; init; } = 1;

    /// <summary>Share of the numbers dropped.</summary>
    public double Dropout { get; init; }

    /// <summary>Seed of weights, order, masks and dropout.</summary>
    public ulong Seed { get; init; } = 1;
}
