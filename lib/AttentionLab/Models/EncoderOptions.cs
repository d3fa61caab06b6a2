using AttentionLab.Layers;

namespace AttentionLab.Models;

/// <summary>How a model of tokens knows their order.</summary>
public enum PositionKind
{
    /// <summary>It does not: without a causal mask such a model is permutation-equivariant.</summary>
    None,

    /// <summary><see cref="SinusoidalPositions"/>.</summary>
    Sinusoidal,

    /// <summary><see cref="LearnedPositions"/>.</summary>
    Learned,

    /// <summary><see cref="RotaryPositions"/>.</summary>
    Rotary,

    /// <summary><see cref="Layers.Alibi"/>.</summary>
    Alibi,
}

/// <summary>The sizes and choices of an encoder (and of both sides of <see cref="EncoderDecoder"/>).</summary>
public sealed record EncoderOptions
{
    /// <summary>V.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Longest sequence.</summary>
    public int Capacity { get; init; } = 128;

    /// <summary>C.</summary>
    public int Channels { get; init; } = 128;

    /// <summary>H.</summary>
    public int Heads { get; init; } = 4;

    /// <summary>Number of layers.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Width inside the feed-forward nets; 0 for 4·C.</summary>
    public int Hidden { get; init; }

    /// <summary>Norm before each branch instead of after each sum.</summary>
    public bool PreNorm { get; init; }

    /// <summary>Of the feed-forward nets.</summary>
    public Activation Activation { get; init; } = Activation.Relu;

    /// <summary>How order gets in.</summary>
    public PositionKind Positions { get; init; } = PositionKind.Sinusoidal;

    /// <summary>Number of token types ("segments"); 0 for none, 2 in BERT.</summary>
    public int TokenTypes { get; init; }

    /// <summary>Multiply embeddings by √C before positions are added (Vaswani et al. 2017, §3.4).</summary>
    public bool ScaleEmbedding { get; init; }

    /// <summary>A norm after the sum of the embeddings, as in BERT.</summary>
    public bool NormEmbedding { get; init; }

    /// <summary>Share of the numbers dropped in training: after the embeddings and after each branch.</summary>
    public double Dropout { get; init; }

    /// <summary>ε of all norms.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    /// <summary>The layout of BERT (Devlin et al. 2019): post-norm, GELU, learned positions, two token types, a norm after the embeddings, ε = 10⁻¹².</summary>
    /// <param name="vocabulary">V.</param>
    public static EncoderOptions Bert(int vocabulary) => new()
    {
        Vocabulary = vocabulary,
        Capacity = 512,
        Channels = 768,
        Heads = 12,
        Layers = 12,
        Hidden = 3072,
        Activation = Activation.Gelu,
        Positions = PositionKind.Learned,
        TokenTypes = 2,
        NormEmbedding = true,
        Dropout = 0.1,
        Epsilon = 1e-12f,
    };

    /// <summary>What one layer needs to know.</summary>
    internal LayerOptions Layer => new(Channels, Heads)
    {
        Hidden = Hidden,
        PreNorm = PreNorm,
        Activation = Activation,
        Dropout = Dropout,
        Epsilon = Epsilon,
        Rotary = Positions == PositionKind.Rotary ? new(MultiHeadAttention.Size(Channels, Heads), Capacity) : null,
    };

    /// <summary>Throws if the sequences of ids, (B,T), are longer than the capacity.</summary>
    internal void CheckTokens(int[,] ids)
    {
        int tokens = ids.GetLength(1);
        if (tokens > Capacity)
        {
            throw new ArgumentException(
                $"ids is ({ids.GetLength(0)}, {tokens}) but the encoder was built for at most {Capacity} tokens: cut the sequence, or build it with "
                + $"Capacity: {tokens}.",
                nameof(ids));
        }
    }

    /// <summary>The mask joined with ALiBi's bias, if that is how order gets in.</summary>
    internal AttentionMask? Mask(AttentionMask? mask, int queries, int keys)
    {
        if (Positions != PositionKind.Alibi)
        {
            return mask;
        }

        AttentionMask bias = AttentionMask.Bias(Alibi.Bias(Heads, queries, keys));
        return mask is null ? bias : mask & bias;
    }
}
