using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// The Transformer's encoder: embeddings, then N layers, (B,T) → (B,T,C) (Vaswani et al. 2017; with
/// <see cref="EncoderOptions.Bert"/> the one of Devlin et al. 2019). Heads and <see cref="Pooling"/> go on from there.
/// </summary>
/// <param name="options">Sizes and choices.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="name">Prefix of the parameters' names: of several encoders in one run each has its own. Null for none.</param>
public sealed class Encoder(EncoderOptions options, CounterRandom random, string? name = null)
{
    private readonly Lock _packing = new();
    private PackedEncoder? _packed;

    /// <summary>Sizes and choices.</summary>
    public EncoderOptions Options => options;

    /// <summary>Words, positions, types.</summary>
    public TokenEmbedding Embedding { get; } = new(options, random, name: Prefixed(name, "embedding"));

    /// <summary>The layers.</summary>
    public EncoderLayers Layers { get; } = new(options.Layers, options.Layer, random, Prefixed(name, "layers"));

    /// <summary>Of the embeddings and all layers.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Embedding.Parameters, .. Layers.Parameters];

    /// <summary>A vector for each token, from all the others.</summary>
    /// <param name="ids">(B,T) numbers from 0 to V−1; pad short sequences with any number and hide it.</param>
    /// <param name="visible">(B,T): true where there is a token, false where padding; null for tokens everywhere.</param>
    /// <param name="types">(B,T) token types; null for all 0.</param>
    /// <param name="mask">A further condition, for example <see cref="AttentionMask.Causal"/>; null for none.</param>
    /// <param name="random">Source of dropout; null for none (inference).</param>
    /// <returns>(B,T,C); <c>Saved.Layers.Weights()</c> and <c>Saved.Layers.Outputs</c> show what happens inside.</returns>
    /// <exception cref="ArgumentException">A number names no word, the sequence is too long, or a mask does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(int[,] ids, bool[,]? visible = null, int[,]? types = null, AttentionMask? mask = null, CounterRandom? random = null)
    {
        AttentionMask? whole = Mask(ids, visible, mask);
        (Tensor x, TokenEmbedding.Saved embedding) = Embedding.Forward(ids, types, random);
        (Tensor y, EncoderLayers.Saved layers) = Layers.Forward(x, whole, random);
        return (y, new Saved(embedding, layers));
    }

    /// <summary>
    /// What <see cref="Forward"/> without dropout gives, by fused kernels and keeping nothing, from the packed weights of the other overload: after the first
    /// call of a size nothing is allocated but the result, and what joins <paramref name="mask"/> to <paramref name="visible"/>.
    /// </summary>
    /// <param name="ids">(B,T) numbers from 0 to V−1.</param>
    /// <param name="visible">(B,T): true where there is a token, false where padding; null for tokens everywhere.</param>
    /// <param name="types">(B,T) token types; null for all 0.</param>
    /// <param name="mask">A further condition; null for none.</param>
    /// <returns>(B,T,C).</returns>
    /// <exception cref="ArgumentException">A number names no word, the sequence is too long, or a mask does not fit.</exception>
    public Tensor Infer(int[,] ids, bool[,]? visible = null, int[,]? types = null, AttentionMask? mask = null)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Tensor y = new(ids.GetLength(0), ids.GetLength(1), options.Channels);
        if (mask is null || ReferenceEquals(mask, AttentionMask.Causal))
        {
            Packed().Infer(ids, y, visible, types, causal: mask is not null);
        }
        else
        {
            Packed().Infer(ids, y, types, Mask(ids, visible, mask));
        }

        return y;
    }

    /// <summary>
    /// The same into a tensor of the caller's, from a copy of the weights in the order that products read (<see cref="PackedEncoder"/>): after the first call
    /// of a size nothing is allocated. The first call packs the weights and lets go of the unpacked ones, which are made again when somebody asks for them;
    /// a matrix that somebody holds is packed again at each call. An optimiser's step asks for all of them: the calls after it pack again until the garbage
    /// collector has taken what nobody holds any more.
    /// </summary>
    /// <param name="ids">(B,T) numbers from 0 to V−1.</param>
    /// <param name="y">(B,T,C), overwritten.</param>
    /// <param name="visible">(B,T): true where there is a token, false where padding; null for tokens everywhere.</param>
    /// <param name="types">(B,T) token types; null for all 0.</param>
    /// <param name="causal">Whether a token sees only itself and those before it.</param>
    /// <exception cref="ArgumentException">A number names no word, the sequence is too long, or a shape does not fit.</exception>
    public void Infer(int[,] ids, Tensor y, bool[,]? visible = null, int[,]? types = null, bool causal = false) =>
        Packed().Infer(ids, y, visible, types, causal);

    /// <summary>
    /// The packed weights, made by the first call. They take the place of the encoder's own; a matrix that somebody asked for may be changed by whoever
    /// holds it, and is packed again as long as somebody does.
    /// </summary>
    internal PackedEncoder Packed()
    {
        lock (_packing)
        {
            _packed?.Refresh();
            return _packed ??= new(this, takesOver: true);
        }
    }

    /// <summary>Adds to the gradients of all parameters.</summary>
    /// <param name="dy">(B,T,C).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public void Backward(Tensor dy, Saved saved) => Embedding.Backward(Layers.Backward(dy, saved.Layers), saved.Embedding);

    /// <summary>Checks sizes, and joins padding, the caller's mask and ALiBi.</summary>
    private AttentionMask? Mask(int[,] ids, bool[,]? visible, AttentionMask? mask)
    {
        ShapeCheck.Visible(visible, ids, nameof(ids));
        if (visible is not null)
        {
            mask = mask is null ? AttentionMask.Keys(visible) : mask & AttentionMask.Keys(visible);
        }

        options.CheckTokens(ids);
        int tokens = ids.GetLength(1);
        return options.Mask(mask, tokens, tokens);
    }

    private static string Prefixed(string? name, string part) => name is null ? part : $"{name}.{part}";

    /// <summary>What the backward needs, and what a chart shows.</summary>
    /// <param name="Embedding">Of the embeddings.</param>
    /// <param name="Layers">Of the layers.</param>
    public readonly record struct Saved(TokenEmbedding.Saved Embedding, EncoderLayers.Saved Layers);
}
