using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Experiments;

/// <summary>A piece of a text with a gap: how much the gap looks at it, and what is lost when nobody can see it.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="Attention">Mean weight that the gap gives to it, over all heads of all layers.</param>
/// <param name="Lost">By how much the loss of the right word grows, in nats, when this piece is hidden from every query of every layer.</param>
public sealed record WordEffect(string Piece, double Attention, double Lost);

/// <summary>
/// Where a gap looks, beside what it needs: two answers to "which word was important?". The first is read from a map, the second is measured by taking the word
/// away (Jain and Wallace 2019, "Attention is not explanation"; Serrano and Smith 2019, "Is attention interpretable?"). The experiment of section 11.7.
/// </summary>
public static class WordEffects
{
    /// <summary>Asks for one hidden word.</summary>
    /// <param name="model">The encoder and its head.</param>
    /// <param name="text">A text without gaps.</param>
    /// <param name="word">A piece of it: at its first place it is hidden behind [MASK].</param>
    /// <returns>One for each piece but the gap itself, [CLS] and [SEP] included.</returns>
    /// <exception cref="ArgumentException">The text does not have the word.</exception>
    public static IReadOnlyList<WordEffect> Of(MaskedWordModel model, string text, string word)
    {
        ArgumentNullException.ThrowIfNull(model);
        EncoderReading whole = EncoderReading.Of(model.Bert, text);
        int gap = whole.Place(word), tokens = whole.Pieces.Count;
        Vocabulary pieces = model.Bert.Tokenizer.Pieces;
        int[,] ids = new int[tokens + 1, tokens];
        bool[,] visible = new bool[tokens + 1, tokens];
        for (int i = 0; i < ids.Length; i++)
        {
            (int hidden, int t) = (i / tokens, i % tokens);
            (ids[hidden, t], visible[hidden, t]) = (t == gap ? pieces["[MASK]"] : pieces[whole.Pieces[t]], t != hidden);   // the last hides nothing
        }

        (Tensor y, Encoder.Saved saved) = model.Bert.Encoder.Forward(ids, visible, new int[tokens + 1, tokens]);
        Tensor logits = model.Head.Forward(Pooling.Rows(y, [.. Enumerable.Range(0, tokens + 1).Select(row => row * tokens + gap)])).Logits;
        float[] total = new float[tokens + 1];
        LogSumExp.Forward(logits.Span, total, logits.Rows, logits.Columns);
        double Loss(int row) => total[row] - logits[row, pieces[word]];
        IReadOnlyList<Tensor> weights = saved.Layers.Weights();
        return [.. Enumerable.Range(0, tokens).Where(t => t != gap).Select(t => new WordEffect(whole.Pieces[t], Attention(t), Loss(t) - Loss(tokens)))];

        double Attention(int t) => weights.Average(layer => Enumerable.Range(0, layer.Shape[1]).Average(head => (double)layer[tokens, head, gap, t]));
    }

    /// <summary>The longest word of a text that is one piece: in a definition it is seldom "of" or "the".</summary>
    /// <param name="model">The encoder, which knows the pieces.</param>
    /// <param name="text">Words between spaces.</param>
    public static string LongestWord(MaskedWordModel model, string text)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Trim('.', ',')).Where(model.Bert.Tokenizer.Pieces.Contains)
            .MaxBy(word => word.Length)
            ?? throw new ArgumentException($"no word of “{text}” is one piece of the encoder: use commoner words.", nameof(text));
    }
}
