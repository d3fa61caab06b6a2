namespace AttentionLab.Layers;

/// <summary>What <see cref="MultiHeadAttention"/> can be told beyond its width and its heads.</summary>
public sealed record AttentionOptions
{
    /// <summary>Width of the memory; null for C.</summary>
    public int? MemoryChannels { get; init; }

    /// <summary>D, size of a query and of a key; null for C/H.</summary>
    public int? HeadSize { get; init; }

    /// <summary>D_v, size of a value; null for D.</summary>
    public int? ValueSize { get; init; }

    /// <summary>Whether the four maps have biases.</summary>
    public bool Bias { get; init; } = true;

    /// <summary>Factor of the scores, finite; null for 1/√D.</summary>
    public float? Scale { get; init; }

    /// <summary>Turns queries and keys by their positions; null for none.</summary>
    public RotaryPositions? Rotary { get; init; }
}
