using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <content>Texts to vectors, by <see cref="PackedEncoder"/> and <see cref="PieceBatches"/>.</content>
public sealed partial class Bert
{
    /// <summary>One vector a text, pooled and normalised as the folder says.</summary>
    /// <param name="texts">The texts; of a text that is too long the end is not dropped but refused.</param>
    /// <returns>(B, <see cref="Width"/>).</returns>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces, or is null.</exception>
    /// <exception cref="InvalidOperationException">The pooler is asked for but the file has none.</exception>
    public Tensor Embed(params string[] texts) => Embed(texts, options: null);

    /// <summary>One vector a text, pooled and normalised as the folder says.</summary>
    /// <param name="texts">The texts. All of them are cut into pieces and checked first.</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="cancellationToken">Asked after each 256 texts that are cut, and before each batch that goes through the encoder.</param>
    /// <returns>(B, <see cref="Width"/>).</returns>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces and may not be truncated, or is null; or the prompt has an
    /// unknown name.</exception>
    /// <exception cref="InvalidOperationException">The pooler is asked for but the file has none.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Tensor Embed(IReadOnlyList<string> texts, TextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Tensor vectors = new(texts.Count, Width);
        Embed(texts, vectors.Span, options, 0, cancellationToken);
        return vectors;
    }

    /// <summary>
    /// One vector a text into memory of the caller's, in the order of the texts. After the first call of a size nothing is allocated, but for a prompt or
    /// a lower-casing that the folder puts before the tokenizer (a string for each text), more than 2²⁰ pieces in all, or as many characters in one text.
    /// The working memory stays with the calling thread: for MiniLM up to 10 MB.
    /// </summary>
    /// <param name="texts">The texts. All of them are cut into pieces and checked first.</param>
    /// <param name="vectors">(B, <see cref="Width"/>), overwritten. If the call is cancelled, each row is either finished or as it was.</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="cancellationToken">Asked after each 256 texts that are cut, and before each batch that goes through the encoder.</param>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces and may not be truncated, or is null; the prompt has an
    /// unknown name; or the length of <paramref name="vectors"/> does not fit.</exception>
    /// <exception cref="InvalidOperationException">The pooler is asked for but the file has none.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Embed(IReadOnlyList<string> texts, Span<float> vectors, TextOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Embed(texts, vectors, options, 0, cancellationToken);
    }

    /// <summary>The same for texts of a longer list.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="vectors">(B, <see cref="Width"/>).</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="before">How many stand before them: messages count on.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private void Embed(IReadOnlyList<string> texts, Span<float> vectors, TextOptions? options, int before, CancellationToken cancellationToken)
    {
        int count = texts.Count;
        if (vectors.Length != (long)count * Width)
        {
            throw new ArgumentException(
                $"vectors has {vectors.Length} numbers but {count} texts give {count} × {Width}: pass a span of {(long)count * Width}.", nameof(vectors));
        }

        RequirePooler();
        string prompt = Prompt(options);
        bool truncate = options?.Truncate ?? false;
        PieceBatches batches = new(Tokenizer, MaximumLength, nameof(texts), before, cancellationToken);
        try
        {
            for (int i = 0; i < count; i++)
            {
                batches.Add(Prepared(texts[i], prompt), null, truncate);
            }

            // Almost no tokenizer.json gives a single text other types than 0, which the encoder takes without being told.
            bool types = Config.TokenTypes > 0 && Tokenizer.LargestTypeOfOneText > 0;
            batches.Infer(Encoder.Packed(), types, new Vectors(this, vectors), options?.Progress);
        }
        finally
        {
            batches.Dispose();
        }
    }

    private string Prompt(TextOptions? options) => (options?.Prompt ?? DefaultPrompt) is not { Length: > 0 } wanted ? ""
        : Prompts.TryGetValue(wanted, out string? prompt) ? prompt
        : throw new ArgumentException(
            $"Prompt is \"{wanted}\" but the model has {(Prompts.Count == 0 ? "none" : string.Join(", ", Prompts.Keys))}: name one of these, or leave it out.",
            nameof(options));

    private string? Prepared(string? text, string prompt)
    {
        text = text is null || prompt.Length == 0 ? text : prompt + text;
        return text is not null && _lowerCaseFirst ? UnicodeText.Lower(text) : text;
    }

    private readonly ref struct Vectors(Bert bert, Span<float> vectors) : IPieceReader
    {
        private readonly Span<float> _vectors = vectors;

        public void Read(ReadOnlySpan<int> texts, ReadOnlySpan<int> lengths, ReadOnlySpan<float> rows)
        {
            for (int i = 0; i < texts.Length; i++)
            {
                int size = lengths[i] * bert.Config.Channels;
                bert.PoolRows(rows[..size], _vectors.Slice(texts[i] * bert.Width, bert.Width));
                rows = rows[size..];
            }
        }
    }
}
