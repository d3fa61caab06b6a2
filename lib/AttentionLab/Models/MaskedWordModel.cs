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
public sealed class MaskedWordModel
{
    private const string Transform = "cls.predictions.transform.dense", Norm = "cls.predictions.transform.LayerNorm", Bias = "cls.predictions.bias";

    private MaskedWordModel(Bert bert, MaskedWordHead head) => (Bert, Head) = (bert, head);

    /// <summary>Tokenizer and encoder.</summary>
    public Bert Bert { get; }

    /// <summary>The head.</summary>
    public MaskedWordHead Head { get; }

    /// <summary>Reads a folder.</summary>
    /// <param name="folder">Holds config.json, vocab.txt, model.safetensors.</param>
    /// <param name="lowerCase">As in <see cref="Models.Bert.Load"/>.</param>
    /// <exception cref="InvalidDataException">The encoder or the head do not fit; the message names both sides and the fix.</exception>
    public static MaskedWordModel Load(string folder, bool? lowerCase = null)
    {
        Bert bert = Bert.Load(folder, lowerCase);
        MaskedWordHead head = new(bert.Encoder.Embedding.Words, new CounterRandom(0) { Blank = true }, bert.Config.Activation, bert.Config.Epsilon);
        using ModelWeights file = ModelWeights.Open(folder);
        string prefix = BertWeights.Prefix(
            file, $"{Transform}.weight", "it holds an encoder without its masked-word head; use Bert.Load, or take a BertForMaskedLM");
        file.ReadInto($"{prefix}{Transform}.weight", head.Transform.Weight.Value, transposed: true);
        file.ReadInto($"{prefix}{Transform}.bias", head.Transform.Bias!.Value);
        file.ReadInto($"{prefix}{Norm}.weight", head.Norm.Gain.Value);
        file.ReadInto($"{prefix}{Norm}.bias", head.Norm.Shift.Value);
        file.ReadInto(prefix + Bias, head.Scores.Bias.Value);
        return new(bert, head);
    }

    /// <summary>
    /// Writes config.json, vocab.txt, tokenizer_config.json and model.safetensors, as <see cref="Load"/> and Hugging Face's transformers read them.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="encoder">Built with <see cref="EncoderOptions.Bert"/>.</param>
    /// <param name="head">Its head.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="type">"F32" or "F16".</param>
    /// <exception cref="ArgumentException">The encoder is not of BERT's kind, or sizes differ.</exception>
    public static void Save(string folder, Encoder encoder, MaskedWordHead head, WordPieceTokenizer tokenizer, string type = "F32")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(tokenizer);
        BertConfig config = BertConfig.Of(encoder.Options);
        if (tokenizer.Pieces.Count > config.Vocabulary)
        {
            throw new ArgumentException(
                $"the tokenizer has {tokenizer.Pieces.Count} pieces but the encoder {config.Vocabulary}: build the encoder with Vocabulary: "
                + $"{tokenizer.Pieces.Count}.",
                nameof(tokenizer));
        }

        Directory.CreateDirectory(folder);
        config.Write(Path.Combine(folder, "config.json"));
        tokenizer.Pieces.Write(Path.Combine(folder, "vocab.txt"));
        string lowerCase = tokenizer.Splitter.LowerCase ? "true" : "false";
        File.WriteAllText(
            Path.Combine(folder, "tokenizer_config.json"), $$"""{"tokenizer_class": "BertTokenizer", "do_lower_case": {{lowerCase}}}""" + "\n");
        SafeTensorsFile.Write(
            Path.Combine(folder, "model.safetensors"),
            [
                .. BertWeights.Named(encoder, config).Select(t => ($"bert.{t.Name}", t.Value)),
                ($"{Transform}.weight", head.Transform.Weight.Value.Transpose()),
                ($"{Transform}.bias", head.Transform.Bias!.Value),
                ($"{Norm}.weight", head.Norm.Gain.Value),
                ($"{Norm}.bias", head.Norm.Shift.Value),
                (Bias, head.Scores.Bias.Value),
            ],
            type,
            new Dictionary<string, string> { ["format"] = "pt" });
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
}
