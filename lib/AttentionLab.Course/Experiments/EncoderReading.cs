using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>One text as a trained encoder reads it: its pieces, where each head looks, and the vector of each piece after each layer.</summary>
public sealed class EncoderReading
{
    private EncoderReading(IReadOnlyList<string> pieces, IReadOnlyList<Tensor> weights, IReadOnlyList<Tensor> levels) =>
        (Pieces, Weights, Levels) = (pieces, weights, levels);

    /// <summary>[CLS], the pieces of the text, [SEP].</summary>
    public IReadOnlyList<string> Pieces { get; }

    /// <summary>Of each layer (H,T,T): row i of a head is where piece i looks.</summary>
    public IReadOnlyList<Tensor> Weights { get; }

    /// <summary>(T,C) each: the input of the first layer (word and position), then what each layer gives.</summary>
    public IReadOnlyList<Tensor> Levels { get; }

    /// <summary>Reads a text.</summary>
    /// <param name="bert">The encoder.</param>
    /// <param name="text">Any text, not empty.</param>
    /// <exception cref="ArgumentException">The text is empty, or has more pieces than the encoder reads.</exception>
    public static EncoderReading Of(Bert bert, string text)
    {
        ArgumentNullException.ThrowIfNull(bert);
        if (string.IsNullOrWhiteSpace(text))
        {
            throw new ArgumentException("the text is empty but an encoder reads words: write at least one.", nameof(text));
        }

        EncodedBatch batch = bert.Tokenizer.Encode([text]);
        int tokens = batch.Ids.GetLength(1);
        if (tokens > bert.MaximumLength)
        {
            throw new ArgumentException($"the text has {tokens} pieces with [CLS] and [SEP] but the encoder reads {bert.MaximumLength}: shorten it.",
                nameof(text));
        }

        EncoderLayers.Saved saved = bert.Forward(batch).Saved.Layers;
        return new(
            [.. batch.Ids.Cast<int>().Select(id => bert.Tokenizer.Pieces[id])],
            [.. saved.Weights().Select(layer => layer.At(0))],
            [.. saved.Outputs.Prepend(bert.Encoder.Embedding.Forward(batch.Ids, batch.Types).Y).Select(level => level.At(0))]);
    }

    /// <summary>Where one head looks, (T,T).</summary>
    /// <param name="layer">From 0.</param>
    /// <param name="head">From 0.</param>
    public float[,] Head(int layer, int head) => Weights[layer].At(head).ToMatrix();

    /// <summary>The vector of a word after a number of layers: of its first piece, at its first place.</summary>
    /// <param name="word">A piece of the text, in small letters.</param>
    /// <param name="level">0 for the input, then the layer.</param>
    /// <exception cref="ArgumentException">The text does not have it.</exception>
    public ReadOnlySpan<float> Vector(string word, int level) => Levels[level].Row(Place(word));

    /// <summary>At which place a piece stands first.</summary>
    /// <param name="word">A piece of the text, in small letters.</param>
    /// <exception cref="ArgumentException">The text does not have it.</exception>
    public int Place(string word) => Pieces.ToList().IndexOf(word) is >= 0 and int place
        ? place
        : throw new ArgumentException($"“{word}” is no piece of “{string.Join(' ', Pieces)}”: write it as the text has it, in small letters.", nameof(word));
}
