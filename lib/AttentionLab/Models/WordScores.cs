using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>
/// logits = h·Eᵀ + c, where E is the table of an embedding: one parameter for reading and for writing words, whose
/// gradient collects both shares (Press and Wolf 2017, "Using the output embedding to improve language models").
/// </summary>
/// <param name="words">The embedding whose table is used.</param>
/// <param name="name">Prefix of the bias's name.</param>
public sealed class WordScores(Embedding words, string name = "scores")
{
    /// <summary>E (V,C).</summary>
    public Embedding Words => words;

    /// <summary>c (V).</summary>
    public Parameter Bias { get; } = new($"{name}.bias", new Tensor(words.Rows));

    /// <summary>The bias; the table is the embedding's.</summary>
    public IReadOnlyList<Parameter> Parameters => [Bias];

    /// <summary>A score for every word.</summary>
    /// <param name="h">(…, C).</param>
    /// <returns>logits (…, V).</returns>
    /// <exception cref="ArgumentException">The width is not C.</exception>
    public (Tensor Logits, Saved Saved) Forward(Tensor h)
    {
        ShapeCheck.Columns(h, words.Channels, nameof(WordScores), "words of channels");
        Tensor logits = ShapeCheck.WithColumns(h, words.Rows);
        Epilogue bias = new() { Bias = Bias.Value.Span };
        MatMul.ForwardNT(h.Span, words.Table.Value.Span, logits.Span, h.Rows, words.Channels, words.Rows, bias);
        return (logits, new Saved(h));
    }

    /// <summary>Adds to the gradients of the bias and of the shared table, and returns dh.</summary>
    /// <param name="dLogits">(…, V).</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dh (…, C).</returns>
    /// <exception cref="ArgumentException">dLogits has not the shape of the scores.</exception>
    public Tensor Backward(Tensor dLogits, Saved saved)
    {
        ShapeCheck.Gradient(dLogits, saved.H, words.Rows, nameof(WordScores));
        int rows = dLogits.Rows;
        Tensor dh = Workspace.Rent(saved.H.Shape);
        Reduce.AddRows(dLogits.Span, Bias.Gradient.Span, rows, words.Rows);
        MatMul.ForwardTN(dLogits.Span, saved.H.Span, words.Table.Gradient.Span, words.Rows, rows, words.Channels, add: true);
        MatMul.Forward(dLogits.Span, words.Table.Value.Span, dh.Span, rows, words.Rows, words.Channels);
        return dh;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="H">(…, C).</param>
    public readonly record struct Saved(Tensor H);
}
