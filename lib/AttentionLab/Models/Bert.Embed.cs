using System.Runtime.CompilerServices;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <content>Texts to vectors, by <see cref="PackedEncoder"/> and <see cref="PieceBatches"/>.</content>
public sealed partial class Bert
{
    /// <summary>Texts that a stream collects before it embeds them: enough to sort by length.</summary>
    private const int TextsInAdvance = 256;

    private readonly Lock _packing = new();
    private PackedEncoder? _packed;

    /// <summary>One vector a text, pooled and normalised as the folder says.</summary>
    /// <param name="texts">The texts; of a text that is too long the end is not dropped but refused.</param>
    /// <returns>(B,C).</returns>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces, or is null.</exception>
    public Tensor Embed(params string[] texts) => Embed(texts, truncate: false);

    /// <summary>One vector a text, pooled and normalised as the folder says.</summary>
    /// <param name="texts">The texts.</param>
    /// <param name="truncate">Drop what is beyond <see cref="MaximumLength"/> pieces, as sentence-transformers does, instead of refusing.</param>
    /// <returns>(B,C).</returns>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces and may not be truncated, or is null.</exception>
    public Tensor Embed(IReadOnlyList<string> texts, bool truncate)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Tensor vectors = new(texts.Count, Width);
        Embed(texts, vectors.Span, new() { Truncate = truncate });
        return vectors;
    }

    /// <summary>
    /// One vector a text into memory of the caller's, in the order of the texts. After the first call of a size nothing is allocated,
    /// a prompt put before the texts apart.
    /// </summary>
    /// <param name="texts">The texts. All of them are cut into pieces and checked first.</param>
    /// <param name="vectors">(B,C), overwritten. If the call is cancelled, each row is either finished or as it was.</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="cancellation">Asked before each batch, that is after some hundred texts at most.</param>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces and may not be truncated, or is null; or the length of
    /// <paramref name="vectors"/> does not fit.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Embed(IReadOnlyList<string> texts, Span<float> vectors, EmbedOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int count = texts.Count, channels = Width;
        if (vectors.Length != (long)count * channels)
        {
            throw new ArgumentException(
                $"vectors has {vectors.Length} numbers but {count} texts give {count} × {channels}: pass a span of {(long)count * channels}.", nameof(vectors));
        }

        RequirePooler();
        string prompt = Prompt(options?.Prompt);
        bool truncate = options?.Truncate ?? false;
        PieceBatches batches = new(Tokenizer, MaximumLength);
        try
        {
            for (int i = 0; i < count; i++)
            {
                batches.Add(Prepared(texts[i], prompt), null, truncate);
            }

            batches.Infer(Packed(), types: false, new Vectors(this, vectors), options?.Progress, cancellation);
        }
        finally
        {
            batches.Dispose();
        }
    }

    /// <summary>One vector a text of a stream, in its order; works on a thread of the pool while the caller takes what is there.</summary>
    /// <param name="texts">The texts; some hundred are read in advance.</param>
    /// <param name="options">null for the usual.</param>
    /// <param name="cancellation">Ends it before the next batch.</param>
    /// <exception cref="ArgumentException">A text has more than <see cref="MaximumLength"/> pieces and may not be truncated, or is null. It is thrown
    /// before any vector of the texts that were read with it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<float>> EmbedAsync(
        IAsyncEnumerable<string> texts, EmbedOptions? options = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        int before = 0;
        Progress? progress = options?.Progress is { } told ? new(told) : null;
        options = options is null ? null : options with { Progress = progress };
        await foreach (string[] some in texts.Chunk(TextsInAdvance).WithCancellation(cancellation))
        {
            progress?.Before = before;
            float[] vectors = new float[some.Length * Width];
            await Task.Run(() => Embed(some, vectors, options, cancellation), cancellation);
            for (int i = 0; i < some.Length; i++)
            {
                yield return vectors.AsMemory(i * Width, Width);
            }

            before += some.Length;
        }
    }

    private string Prompt(string? name) => (name ?? DefaultPrompt) is not { } wanted ? ""
        : Prompts.TryGetValue(wanted, out string? prompt) ? prompt
        : throw new ArgumentException(
            $"Prompt is \"{wanted}\" but the model has {(Prompts.Count == 0 ? "none" : string.Join(", ", Prompts.Keys))}: name one of these, or leave it out.");

    private string? Prepared(string? text, string prompt)
    {
        text = text is null || prompt.Length == 0 ? text : prompt + text;
        return text is not null && _lowerCaseFirst ? UnicodeText.Lower(text) : text;
    }

    /// <summary>
    /// The packed weights, made by the first call. They take the place of the encoder's own; a matrix that somebody asked the encoder for since may
    /// have been changed, and is packed again.
    /// </summary>
    internal PackedEncoder Packed()
    {
        lock (_packing)
        {
            _packed?.Refresh();
            return _packed ??= new(Encoder, takesOver: true);
        }
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

    /// <summary>Adds the texts of earlier parts of a stream.</summary>
    private sealed class Progress(IProgress<int> told) : IProgress<int>
    {
        public int Before { get; set; }

        public void Report(int value) => told.Report(Before + value);
    }
}
