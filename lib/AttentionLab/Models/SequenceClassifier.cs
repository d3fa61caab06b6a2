using System.Buffers;
using System.Globalization;
using System.Text;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using AttentionLab.Weights;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>A document and how well it answers.</summary>
/// <param name="Index">Its place in the list that was given.</param>
/// <param name="Score">The model's number: higher is better; only differences have a meaning.</param>
public readonly record struct Ranked(int Index, float Score)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"Index = {Index}, Score = {Score}");
        return true;
    }
}

/// <summary>
/// A BERT or DistilBERT that sorts texts, or pairs of texts, into classes (BertForSequenceClassification, DistilBertForSequenceClassification); with one
/// class it is a reranker, also called cross-encoder, which reads question and answer together: logits = W·f([CLS]) + b, with
/// f(h) = tanh(pooler·h + b) in a BERT, ReLU(pre_classifier·h + b) in a DistilBERT.
/// <code>
/// SequenceClassifier reranker = SequenceClassifier.Load("models/ms-marco-MiniLM-L6-v2");
/// foreach (Ranked found in reranker.Rerank("who found the law of gravity?", documents)) …   // the best first
/// </code>
/// </summary>
/// <remarks>Any number of threads may use one at the same time.</remarks>
public sealed class SequenceClassifier
{
    private const int PiecesAtOnce = 2048;
    private readonly Linear _hidden, _classes;

    private SequenceClassifier(Bert bert, Linear hidden, Linear classes, IReadOnlyList<string> labels) =>
        (Bert, _hidden, _classes, Labels) = (bert, hidden, classes, labels);

    /// <summary>Tokenizer and encoder.</summary>
    public Bert Bert { get; }

    /// <summary>What each class is called: "id2label" of config.json.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Reads a model's folder, as <see cref="Bert.Load"/> does, with the classifier.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="lowerCase">As in <see cref="Bert.Load"/>.</param>
    /// <param name="rules">As in <see cref="Bert.Load"/>.</param>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">The files do not fit each other, or there is no classifier; the message names both sides and the fix.</exception>
    public static SequenceClassifier Load(string folder, bool? lowerCase = null, TokenizerRules rules = TokenizerRules.Fast)
    {
        Bert bert = Bert.Load(folder, lowerCase, rules);
        using ModelWeights file = ModelWeights.Open(folder);
        BertFamily family = bert.Config.Family;
        const string Fix = "it holds an encoder without a classifier; use Bert.Load, or take a BertForSequenceClassification";
        string prefix = BertWeights.Prefix(file, "classifier.weight", Fix, family);
        string[] labels = ReadLabels(Path.Combine(folder, "config.json"), file.Describe($"{prefix}classifier.weight"));
        CounterRandom blank = new(0) { Blank = true };
        int channels = bert.Config.Channels;
        Linear classes = Read(file, $"{prefix}classifier", new(channels, labels.Length, blank, name: "classifier"));
        Linear hidden = family == BertFamily.Distil ? Read(file, $"{prefix}pre_classifier", new(channels, channels, blank, name: "pre_classifier"))
            : bert.Pooler ?? throw new InvalidDataException(
                $"{file.Path} has no tensor \"{BertNames.Pooler}.weight\", which a classifier needs: take the file that belongs to the model.");
        return new(bert, hidden, classes, labels);
    }

    /// <summary>The model's numbers for one text or pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">What belongs to it; null for none.</param>
    /// <returns>(labels).</returns>
    public Tensor Logits(string text, string? pair = null) => new(Logits([(text, pair)]).Span.ToArray(), Labels.Count);

    /// <summary>The model's numbers for each text or pair.</summary>
    /// <param name="texts">Texts and what belongs to each; null for none.</param>
    /// <param name="truncate">Drop what is beyond <see cref="Bert.MaximumLength"/> pieces instead of refusing.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <returns>(B, labels); a softmax over a row gives probabilities.</returns>
    /// <exception cref="ArgumentException">A text has too many pieces and may not be truncated, or is null.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Logits(IReadOnlyList<(string Text, string? Pair)> texts, bool truncate = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        EncodedText[] encoded = [.. texts.Select((text, i) => Encode(text.Text, text.Pair, i, truncate))];
        int[] order = [.. Enumerable.Range(0, encoded.Length).OrderBy(i => encoded[i].Length)];
        Tensor logits = new(encoded.Length, Labels.Count);
        for (int done = 0, next; done < order.Length; done = next)
        {
            cancellation.ThrowIfCancellationRequested();
            int rows = encoded[order[done]].Length;
            for (next = done + 1; next < order.Length && rows + encoded[order[next]].Length <= PiecesAtOnce; next++)
            {
                rows += encoded[order[next]].Length;
            }

            Batch([.. order[done..next].Select(i => encoded[i])], rows, order.AsSpan(done), logits);
        }

        return logits;
    }

    /// <summary>Documents by how well they answer a question, the best first; equals in their order.</summary>
    /// <param name="query">The question.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="truncate">Drop what is beyond <see cref="Bert.MaximumLength"/> pieces of a pair instead of refusing.</param>
    /// <param name="cancellation">Asked before each batch.</param>
    /// <exception cref="InvalidOperationException">The model has several classes.</exception>
    /// <exception cref="ArgumentException">A pair has too many pieces and may not be truncated, or a text is null.</exception>
    public IReadOnlyList<Ranked> Rerank(string query, IReadOnlyList<string> documents, bool truncate = false, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        if (Labels.Count != 1)
        {
            throw new InvalidOperationException(
                $"the model has {Labels.Count} classes ({string.Join(", ", Labels.Take(5))}) but a reranker has 1: use Logits, or take a cross-encoder.");
        }

        Tensor scores = Logits([.. documents.Select(document => (query, (string?)document ?? throw new ArgumentException(
            "a document is null: pass \"\" for an empty text, or leave it out.", nameof(documents))))], truncate, cancellation);
        return [.. Enumerable.Range(0, documents.Count).Select(i => new Ranked(i, scores[i, 0])).OrderByDescending(found => found.Score)];
    }

    /// <summary>Sizes on one line.</summary>
    public override string ToString() => $"{Bert} with {Labels.Count} classes: {string.Join(", ", Labels.Take(5))}{(Labels.Count > 5 ? ", …" : "")}";

    private static Linear Read(ModelWeights file, string name, Linear target)
    {
        file.ReadInto($"{name}.weight", target.Weight.Value, transposed: true);
        file.ReadInto($"{name}.bias", target.Bias!.Value);
        return target;
    }

    /// <summary>Names of the classes; as many as the classifier has rows.</summary>
    private static string[] ReadLabels(string path, StoredTensor weight)
    {
        JsonFile file = JsonFile.ReadIfThere(path)!;
        long classes = weight.Shape.Count == 2 ? weight.Shape[0] : 0;
        string[] names = file.Part("id2label") is not { } labels ? [.. Enumerable.Range(0, (int)Math.Min(classes, 10_000)).Select(i => $"LABEL_{i}")]
            : [.. labels.Root.EnumerateObject().Select((_, i) => labels.Text(i.ToString(CultureInfo.InvariantCulture))
                ?? throw labels.Fault(i.ToString(CultureInfo.InvariantCulture), "is missing", "the name of a class"))];
        return names.Length == classes && classes > 0 ? names
            : throw file.Fault("id2label", $"has {names.Length} names", $"{classes}, the rows of classifier.weight {StoredTensor.Describe(weight.Shape)}");
    }

    private EncodedText Encode(string text, string? pair, int number, bool truncate)
    {
        if (text is null)
        {
            throw new ArgumentException($"text {number} is null: pass \"\" for an empty text, or leave it out.", nameof(text));
        }

        EncodedText encoded = Bert.Tokenizer.Encode(text, pair, Bert.MaximumLength);
        return encoded.Dropped == 0 || truncate ? encoded
            : throw new ArgumentException(
                $"text {number} has {encoded.Length + encoded.Dropped} pieces but the model reads {Bert.MaximumLength}: shorten it, or pass truncate: true to "
                + "drop what is too much.",
                nameof(text));
    }

    private void Batch(EncodedText[] texts, int rows, ReadOnlySpan<int> order, Tensor logits)
    {
        int channels = Bert.Config.Channels;
        int[] ids = [.. texts.SelectMany(text => text.Ids)], types = Bert.Config.TokenTypes == 0 ? [] : [.. texts.SelectMany(text => text.Types)];
        float[] y = ArrayPool<float>.Shared.Rent(rows * channels);
        Span<float> hidden = new float[channels];
        Bert.Packed().Infer(ids, [.. texts.Select(text => text.Length)], y.AsSpan(0, rows * channels), types);
        for (int i = 0, row = 0; i < texts.Length; row += texts[i++].Length)
        {
            _hidden.Infer(y.AsSpan(row * channels, channels), hidden);
            for (int c = 0; c < channels; c++)
            {
                hidden[c] = Bert.Config.Family == BertFamily.Distil ? MathF.Max(hidden[c], 0) : MathF.Tanh(hidden[c]);
            }

            _classes.Infer(hidden, logits.Row(order[i]));
        }

        ArrayPool<float>.Shared.Return(y);
    }
}
