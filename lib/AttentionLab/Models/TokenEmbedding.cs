using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// From numbers of tokens to the encoder's input: Drop(Norm(scale·Words[id] + Positions[t] + Types[type])), each part
/// only if the options ask for it.
/// </summary>
/// <param name="options">Sizes and choices.</param>
/// <param name="random">Source of the initial tables; it moves on.</param>
/// <param name="words">A table shared with another part; null for one of its own.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class TokenEmbedding(EncoderOptions options, CounterRandom random, Embedding? words = null, string name = "embedding")
{
    /// <summary>Factor of the words.</summary>
    internal float Scale { get; } = options.ScaleEmbedding ? MathF.Sqrt(options.Channels) : 1;

    /// <summary>(V,C).</summary>
    public Embedding Words { get; } = words ?? new(options.Vocabulary, options.Channels, random, Deviation(options), $"{name}.words");

    /// <summary>Learned positions, or null.</summary>
    public LearnedPositions? Positions { get; } = options.Positions == PositionKind.Learned
        ? new(options.Capacity, options.Channels, random, name: $"{name}.positions")
        : null;

    /// <summary>Sinusoidal positions, or null.</summary>
    public SinusoidalPositions? Waves { get; } = options.Positions == PositionKind.Sinusoidal ? new(options.Channels, options.Capacity) : null;

    /// <summary>Token types, or null.</summary>
    public Embedding? Types { get; } = options.TokenTypes > 0 ? new(options.TokenTypes, options.Channels, random, 0.02, $"{name}.types") : null;

    /// <summary>The norm, or null.</summary>
    public LayerNorm? Norm { get; } = options.NormEmbedding ? new(options.Channels, options.Epsilon, $"{name}.norm") : null;

    /// <summary>The dropout.</summary>
    public Dropout Dropout { get; } = new(options.Dropout);

    /// <summary>Of the parts that are there.</summary>
    public IReadOnlyList<Parameter> Parameters =>
        [.. Words.Parameters, .. Positions?.Parameters ?? [], .. Types?.Parameters ?? [], .. Norm?.Parameters ?? []];

    /// <summary>Embeds a batch.</summary>
    /// <param name="ids">(B,T) numbers from 0 to V−1.</param>
    /// <param name="types">(B,T) token types; null for all 0.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <param name="start">Position of the first token.</param>
    /// <returns>(B,T,C).</returns>
    /// <exception cref="ArgumentException">A number names no row, the sequence is too long, or types do not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(int[,] ids, int[,]? types = null, CounterRandom? random = null, int start = 0)
    {
        ArgumentNullException.ThrowIfNull(ids);
        (Tensor y, Embedding.Saved savedWords) = Words.Forward(ids);
        if (Scale != 1)
        {
            Multiply.Scale(y.Span, Scale, y.Span);
        }

        LearnedPositions.Saved positions = default;
        if (Positions is not null)
        {
            (y, positions) = Positions.Forward(y, start);
        }
        else if (Waves is not null)
        {
            y = Waves.Forward(y, start);
        }

        Embedding.Saved savedTypes = default;
        if (Types is not null)
        {
            types ??= new int[ids.GetLength(0), ids.GetLength(1)];
            if (types.GetLength(0) != ids.GetLength(0) || types.GetLength(1) != ids.GetLength(1))
            {
                throw new ArgumentException(
                    $"types is ({types.GetLength(0)}, {types.GetLength(1)}) but ids ({ids.GetLength(0)}, {ids.GetLength(1)}): give every token one type.",
                    nameof(types));
            }

            (Tensor typed, savedTypes) = Types.Forward(types);
            Multiply.AddScaled(typed.Span, 1, y.Span);
        }
        else if (types is not null)
        {
            throw new ArgumentException("types were given but the model has none: build it with TokenTypes: 2.", nameof(types));
        }

        (y, LayerNorm.Saved norm) = Norm?.Forward(y) ?? (y, default);
        (y, Dropout.Saved dropped) = Dropout.Forward(y, random);
        return (y, new Saved(savedWords, positions, savedTypes, norm, dropped));
    }

    /// <summary>Adds to the gradients of the tables and the norm.</summary>
    /// <param name="dy">(B,T,C).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public void Backward(Tensor dy, Saved saved)
    {
        Tensor dx = Dropout.Backward(dy, saved.Dropout);
        dx = Norm?.Backward(dx, saved.Norm) ?? dx;
        Types?.Backward(dx, saved.Types);
        Positions?.Backward(dx, saved.Positions);
        if (Scale != 1)
        {
            Tensor scaled = Workspace.Rent(dx.Shape);
            Multiply.Scale(dx.Span, Scale, scaled.Span);
            dx = scaled;
        }

        Words.Backward(dx, saved.Words);
    }

    /// <summary>Small beside a norm, so that it starts near BERT's 0.02; else 1/√C, which √C makes 1.</summary>
    private static double? Deviation(EncoderOptions options) => options.NormEmbedding ? 0.02 : null;

    /// <summary>What the backward needs.</summary>
    /// <param name="Words">Of the word table.</param>
    /// <param name="Positions">Of learned positions.</param>
    /// <param name="Types">Of the token types.</param>
    /// <param name="Norm">Of the norm.</param>
    /// <param name="Dropout">Of the dropout.</param>
    public readonly record struct Saved(
        Embedding.Saved Words, LearnedPositions.Saved Positions, Embedding.Saved Types, LayerNorm.Saved Norm, Dropout.Saved Dropout);
}
