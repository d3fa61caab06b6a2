using System.Globalization;
using System.Text;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>A piece that may fill a gap.</summary>
/// <param name="Piece">The piece.</param>
/// <param name="Probability">Of the softmax over all pieces.</param>
public readonly record struct Guess(string Piece, double Probability)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Piece = {Piece}, Probability = {Probability}");
        return true;
    }
}

/// <summary>
/// A BERT with the head that it was trained with: texts with [MASK] in, words out. The folder is the one that <see cref="Models.Bert.Load"/> reads,
/// with the head under Hugging Face's names (BertForMaskedLM): cls.predictions.transform.dense, cls.predictions.transform.LayerNorm, cls.predictions.bias.
/// <code>
/// MaskedWordModel model = MaskedWordModel.Load("data/encoder");
/// model.Guess("the apple is a round [MASK].", 5)   // piece, probability
/// </code>
/// </summary>
public sealed partial class MaskedWordModel
{
    private const string Transform = "cls.predictions.transform.dense", Norm = "cls.predictions.transform.LayerNorm", Bias = "cls.predictions.bias",
        Decoder = "cls.predictions.decoder.weight";

    private MaskedWordModel(Bert bert, MaskedWordHead head) => (Bert, Head) = (bert, head);

    /// <summary>Tokenizer and encoder.</summary>
    public Bert Bert { get; }

    /// <summary>The head.</summary>
    public MaskedWordHead Head { get; }

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">Holds what <see cref="Models.Bert.Load"/> reads, with the head in its weights.</param>
    /// <param name="lowerCase">As in <see cref="Models.Bert.Load"/>.</param>
    /// <param name="rules">As in <see cref="Models.Bert.Load"/>.</param>
    /// <exception cref="InvalidDataException">
    /// The encoder or the head do not fit, or the words are scored by a matrix that is not the embedding's table; the message names both sides and the fix.
    /// </exception>
    public static MaskedWordModel Load(string folder, bool? lowerCase = null, TokenizerRules rules = TokenizerRules.Fast)
    {
        Bert bert = Bert.Load(folder, lowerCase, rules);
        MaskedWordHead head = new(bert.Encoder, new CounterRandom(0) { Blank = true });
        string model = SentenceSettings.Read(folder).ModelFolder;
        using ModelWeights file = ModelWeights.Open(model);
        string prefix = BertWeights.Prefix(
            file, $"{Transform}.weight", "it holds an encoder without its masked-word head; use Bert.Load, or take a BertForMaskedLM");
        RequireTable(file, prefix + Decoder, bert.Encoder, JsonFile.ReadIfThere(Path.Combine(model, "config.json"))?.Truth("tie_word_embeddings") ?? true);
        file.ReadInto($"{prefix}{Transform}.weight", head.Transform.Weight.Value, transposed: true);
        file.ReadInto($"{prefix}{Transform}.bias", head.Transform.Bias!.Value);
        file.ReadInto($"{prefix}{Norm}.weight", head.Norm.Gain.Value);
        file.ReadInto($"{prefix}{Norm}.bias", head.Norm.Shift.Value);
        file.ReadInto(prefix + Bias, head.Scores.Bias.Value);
        return new(bert, head);
    }

    /// <summary>What fills the first [MASK] of a text.</summary>
    /// <param name="text">Holds [MASK].</param>
    /// <param name="count">How many guesses, the best first.</param>
    /// <exception cref="ArgumentException">There is no [MASK], or the text is too long.</exception>
    public IReadOnlyList<Guess> Guess(string text, int count = 5)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        EncodedBatch batch = Bert.Tokenizer.Encode([text]);
        int mask = Bert.Tokenizer.Pieces["[MASK]"];
        int at = Enumerable.Range(0, batch.Ids.GetLength(1)).FirstOrDefault(t => batch.Ids[0, t] == mask, -1);
        if (at < 0)
        {
            throw new ArgumentException($"\"{text}\" has no [MASK]: write [MASK] where a word is to be found.", nameof(text));
        }

        Tensor h = Bert.Encoder.Infer(batch.Ids, batch.Visible, batch.Types);
        Tensor probabilities = Head.Forward(Pooling.Rows(h, [at])).Logits.Softmax();
        return [.. Enumerable.Range(0, Bert.Tokenizer.Pieces.Count).OrderByDescending(id => probabilities[0, id]).ThenBy(id => id).Take(count)
            .Select(id => new Guess(Bert.Tokenizer.Pieces[id], probabilities[0, id]))];
    }

    /// <summary>Sizes on one line.</summary>
    public override string ToString() => $"{Bert} with its masked-word head";

    /// <summary>The head scores words by the embedding's table: a file may repeat it, but not have another.</summary>
    private static void RequireTable(ModelWeights file, string name, Encoder encoder, bool tied)
    {
        bool there = file.Contains(name);
        if (there ? !file.Read(name).Span.SequenceEqual(encoder.Embedding.Words.Table.Value.Span) : !tied)
        {
            throw new InvalidDataException(
                $"{file.Path}: tensor \"{name}\" {(there ? "is another than" : "is missing, and config.json says that it is not")} the table "
                + $"\"{BertNames.Words}\" but words are scored by that table alone: take a model whose tie_word_embeddings is true.");
        }
    }
}
