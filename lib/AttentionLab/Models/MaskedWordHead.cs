using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// From a token's vector to a score for every word: logits = Norm(f(h·W + b))·Eᵀ + c (Devlin et al. 2019; f is GELU
/// there), with E the table of the embedding itself.
/// </summary>
/// <param name="encoder">Whose table is used.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="activation">f; null takes the encoder's, as BERT does.</param>
/// <param name="epsilon">ε of the norm; null takes the encoder's, as BERT does.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class MaskedWordHead(
    Encoder encoder, CounterRandom random, Activation? activation = null, float? epsilon = null, string name = "head")
{
    /// <summary>f.</summary>
    public Activation Activation { get; } = activation ?? encoder.Options.Activation;

    /// <summary>W, b: C → C.</summary>
    public Linear Transform { get; } = new(encoder.Options.Channels, encoder.Options.Channels, random, name: $"{name}.transform");

    /// <summary>The norm before the scores.</summary>
    public LayerNorm Norm { get; } = new(encoder.Options.Channels, epsilon ?? encoder.Options.Epsilon, $"{name}.norm");

    /// <summary>E, shared with the embedding, and c.</summary>
    public WordScores Scores { get; } = new(encoder.Embedding.Words, name);

    /// <summary>Of the head, without the shared table, which is the encoder's.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Transform.Parameters, .. Norm.Parameters, .. Scores.Parameters];

    /// <summary>Scores of every word; give only the rows that are asked for, see <see cref="Pooling.Rows"/>.</summary>
    /// <param name="h">(…, C).</param>
    /// <returns>logits (…, V).</returns>
    /// <exception cref="ArgumentException">The width is not C.</exception>
    public (Tensor Logits, Saved Saved) Forward(Tensor h)
    {
        (Tensor before, Linear.Saved transform) = Transform.Forward(h);
        Tensor after = Workspace.Rent(before.Shape);
        Activation.Forward(before.Span, after.Span);
        (Tensor normed, LayerNorm.Saved norm) = Norm.Forward(after);
        (Tensor logits, WordScores.Saved scores) = Scores.Forward(normed);
        return (logits, new Saved(transform, before, norm, scores));
    }

    /// <summary>Adds to the gradients of the head and of the shared table, and returns dh.</summary>
    /// <param name="dLogits">(…, V).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dh (…, C).</returns>
    /// <exception cref="ArgumentException">dLogits has not the shape of the scores.</exception>
    public Tensor Backward(Tensor dLogits, Saved saved)
    {
        Tensor dAfter = Norm.Backward(Scores.Backward(dLogits, saved.Scores), saved.Norm);
        Activation.Backward(saved.Hidden.Span, dAfter.Span, dAfter.Span);
        return Transform.Backward(dAfter, saved.Transform);
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="Transform">Of the first map.</param>
    /// <param name="Hidden">Before f.</param>
    /// <param name="Norm">Of the norm.</param>
    /// <param name="Scores">Of the scores.</param>
    public readonly record struct Saved(Linear.Saved Transform, Tensor Hidden, LayerNorm.Saved Norm, WordScores.Saved Scores);
}
