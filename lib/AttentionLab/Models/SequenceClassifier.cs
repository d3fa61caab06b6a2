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
    private static readonly int FirstMemory = Scratch.Reserve(), HiddenMemory = Scratch.Reserve(), LogitMemory = Scratch.Reserve();
    private readonly PackedLinear _hidden, _classes;

    private SequenceClassifier(Bert bert, Linear hidden, Linear classes, IReadOnlyList<string> labels) =>
        (Bert, _hidden, _classes, Labels) = (bert, new(hidden), new(classes), labels);

    /// <summary>Tokenizer and encoder.</summary>
    public Bert Bert { get; }

    /// <summary>What each class is called: "id2label" of config.json.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>Reads a model's folder, as <see cref="Bert.Load"/> does, with the classifier.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="lowerCase">As in <see cref="Bert.Load"/>.</param>
    /// <param name="rules">As in <see cref="Bert.Load"/>.</param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">A file is missing.</exception>
    /// <exception cref="InvalidDataException">The files do not fit each other, or there is no classifier; the message names both sides and the fix.</exception>
    public static SequenceClassifier Load(string folder, bool? lowerCase = null, TokenizerRules rules = TokenizerRules.Fast)
    {
        Bert bert = Bert.Load(folder, lowerCase, rules);
        string model = SentenceSettings.Read(folder).ModelFolder;
        using ModelWeights file = ModelWeights.Open(model);
        BertFamily family = bert.Config.Family;
        const string Fix = "it holds an encoder without a classifier; use Bert.Load, or take a BertForSequenceClassification";
        string prefix = BertWeights.Prefix(file, "classifier.weight", Fix, family);
        string[] labels = ReadLabels(Path.Combine(model, "config.json"), file.Describe($"{prefix}classifier.weight"));
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
    /// <exception cref="ArgumentException">It has too many pieces, or is null.</exception>
    public Tensor Logits(string text, string? pair = null)
    {
        Tensor logits = new(Labels.Count);
        Infer([(text, pair)], logits.Span, null, nameof(text), default);
        return logits;
    }

    /// <summary>The model's numbers for each text or pair.</summary>
    /// <param name="texts">Texts and what belongs to each; null for none.</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="cancellationToken">Asked after each 256 texts that are cut, and before each batch that goes through the encoder.</param>
    /// <returns>(B, labels); a softmax over a row gives probabilities.</returns>
    /// <exception cref="ArgumentException">A text has too many pieces and may not be truncated, or is null; or a prompt is asked for.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Logits(IReadOnlyList<(string Text, string? Pair)> texts, TextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Tensor logits = new(texts.Count, Labels.Count);
        Infer(texts, logits.Span, options, nameof(texts), cancellationToken);
        return logits;
    }

    /// <summary>The same into memory of the caller's: after the first call of a size nothing is allocated.</summary>
    /// <param name="texts">Texts and what belongs to each; null for none.</param>
    /// <param name="logits">(B, labels), overwritten. If the call is cancelled, each row is either finished or as it was.</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="cancellationToken">Asked after each 256 texts that are cut, and before each batch that goes through the encoder.</param>
    /// <exception cref="ArgumentException">A text has too many pieces and may not be truncated, or is null; a prompt is asked for; or the length of
    /// <paramref name="logits"/> does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Logits(
        IReadOnlyList<(string Text, string? Pair)> texts, Span<float> logits, TextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (logits.Length != (long)texts.Count * Labels.Count)
        {
            throw new ArgumentException(
                $"logits has {logits.Length} numbers but {texts.Count} texts give {texts.Count} × {Labels.Count}: pass a span of "
                + $"{(long)texts.Count * Labels.Count}.",
                nameof(logits));
        }

        Infer(texts, logits, options, nameof(texts), cancellationToken);
    }

    /// <summary>Documents by how well they answer a question, the best first; equals in their order.</summary>
    /// <param name="query">The question.</param>
    /// <param name="documents">The documents.</param>
    /// <param name="options">null for the usual; lengths are those of question and document together.</param>
    /// <param name="cancellationToken">Asked after each 256 documents that are cut, and before each batch that goes through the encoder.</param>
    /// <exception cref="InvalidOperationException">The model has several classes.</exception>
    /// <exception cref="ArgumentException">A pair has too many pieces and may not be truncated, or a text is null; or a prompt is asked for.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public IReadOnlyList<Ranked> Rerank(
        string query, IReadOnlyList<string> documents, TextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(documents);
        if (Labels.Count != 1)
        {
            throw new InvalidOperationException(
                $"the model has {Labels.Count} classes ({string.Join(", ", Labels.Take(5))}) but a reranker has 1: use Logits, or take a cross-encoder.");
        }

        (string, string?)[] pairs = [.. documents.Select((document, i) => (query, (string?)document ?? throw new ArgumentException(
            $"document {i} is null: pass \"\" for an empty text, or leave it out.", nameof(documents))))];
        float[] scores = new float[pairs.Length];
        Infer(pairs, scores, options, nameof(documents), cancellationToken);
        return [.. scores.Select((score, i) => new Ranked(i, score)).OrderByDescending(found => found.Score)];
    }

    private void Infer(
        IReadOnlyList<(string Text, string? Pair)> texts, Span<float> logits, TextOptions? options, string parameter, CancellationToken cancellationToken)
    {
        if (options?.Prompt is { Length: > 0 } prompt)
        {
            throw new ArgumentException(
                $"Prompt is \"{prompt}\" but a classifier puts none before texts: leave it out, or write it into the texts.", nameof(options));
        }

        int count = texts.Count;
        PieceBatches batches = new(Bert.Tokenizer, Bert.MaximumLength, parameter, 0, cancellationToken);
        try
        {
            for (int i = 0; i < count; i++)
            {
                batches.Add(texts[i].Text, texts[i].Pair, options?.Truncate ?? false);
            }

            batches.Infer(Bert.Encoder.Packed(), Bert.Config.TokenTypes > 0, new Classes(this, logits), options?.Progress);
        }
        finally
        {
            batches.Dispose();
        }
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

    /// <summary>Maps the vectors of [CLS], those of a batch together.</summary>
    private readonly ref struct Classes(SequenceClassifier of, Span<float> logits) : IPieceReader
    {
        private readonly Span<float> _logits = logits;

        public void Read(ReadOnlySpan<int> texts, ReadOnlySpan<int> lengths, ReadOnlySpan<float> rows)
        {
            int channels = of.Bert.Config.Channels, labels = of.Labels.Count;
            Span<float> first = Scratch.Span(FirstMemory, texts.Length * channels), hidden = Scratch.Span(HiddenMemory, first.Length);
            Span<float> result = Scratch.Span(LogitMemory, texts.Length * labels);
            for (int i = 0, row = 0; i < texts.Length; row += lengths[i++])
            {
                rows.Slice(row * channels, channels).CopyTo(first[(i * channels)..]);
            }

            bool distil = of.Bert.Config.Family == BertFamily.Distil;
            of._hidden.Infer(first, hidden, distil ? Nonlinearity.Relu : Nonlinearity.None);
            for (int i = 0; i < hidden.Length && !distil; i++)
            {
                hidden[i] = MathF.Tanh(hidden[i]);
            }

            of._classes.Infer(hidden, result);
            for (int i = 0; i < texts.Length; i++)
            {
                result.Slice(i * labels, labels).CopyTo(_logits[(texts[i] * labels)..]);
            }
        }
    }
}
