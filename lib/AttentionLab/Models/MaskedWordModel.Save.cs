using System.Globalization;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

public sealed partial class MaskedWordModel
{
    /// <summary>What <see cref="Load"/> would read instead of, or beside, what is written.</summary>
    private static readonly string[] Foreign = ["tokenizer.json", "added_tokens.json", "modules.json"];

    /// <summary>
    /// Writes config.json, vocab.txt, tokenizer_config.json and model.safetensors, as <see cref="Load"/> and Hugging Face's transformers read them.
    /// Either all four are replaced, or none: where anything fails, the model that was there stays.
    /// </summary>
    /// <param name="folder">Made if it is not there.</param>
    /// <param name="encoder">Built with <see cref="EncoderOptions.Bert"/>.</param>
    /// <param name="head">Its head.</param>
    /// <param name="tokenizer">Its tokenizer; its <see cref="BasicTokenizer.Rules"/> are not written: they are an argument of <see cref="Load"/>.</param>
    /// <param name="type">"F32" or "F16".</param>
    /// <exception cref="ArgumentException">
    /// The encoder is not of BERT's kind, the head is another encoder's, the tokenizer does something that these files cannot say, sizes differ,
    /// or a number is too large for the type.
    /// </exception>
    /// <exception cref="InvalidOperationException">The folder holds a file that would be read instead of these.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static void Save(string folder, Encoder encoder, MaskedWordHead head, WordPieceTokenizer tokenizer, string type = "F32")
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(encoder);
        ArgumentNullException.ThrowIfNull(head);
        ArgumentNullException.ThrowIfNull(tokenizer);
        BertConfig config = BertConfig.Of(encoder.Options);
        if (!ReferenceEquals(head.Scores.Words, encoder.Embedding.Words))
        {
            throw new ArgumentException(
                $"the head scores {head.Scores.Words} but the encoder embeds by {encoder.Embedding.Words}: pass the head that was made for this encoder.",
                nameof(head));
        }

        if (head.Activation != config.Activation || head.Norm.Epsilon != config.Epsilon)
        {
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the head has {head.Activation} and ε {head.Norm.Epsilon} but the encoder {config.Activation} and {config.Epsilon}, and config.json holds "
                    + $"one hidden_act and one layer_norm_eps: build the head with those of its encoder."),
                nameof(head));
        }

        BertTokenizer.RequireWritable(tokenizer, config.Vocabulary);
        if (Array.Find(Foreign, name => File.Exists(Path.Combine(folder, name))) is { } foreign)
        {
            throw new InvalidOperationException(
                $"{folder} holds {foreign}, which is read instead of vocab.txt or beside it: save into a folder of its own, or remove {foreign}.");
        }

        AtomicFile.WriteFolder(folder, temporary =>
        {
            config.Write(Path.Combine(temporary, "config.json"));
            BertTokenizer.Write(temporary, tokenizer);
            SafeTensorsFile.Write(
                Path.Combine(temporary, "model.safetensors"),
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
        });
    }
}
