using System.Buffers;
using System.Runtime.CompilerServices;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <content>Texts to vectors, by <see cref="PackedEncoder"/>: sorted by length, without padding, in batches of so many pieces.</content>
public sealed partial class Bert
{
    /// <summary>
    /// Pieces that go through the encoder together. Each layer's weights are read once a batch; 2048 rows of 384 numbers are 3 MB, which the last
    /// cache holds beside them.
    /// </summary>
    private const int PiecesAtOnce = 2048;

    /// <summary>Texts that a stream collects before it embeds them: enough to sort by length.</summary>
    private const int TextsInAdvance = 256;

    private static readonly int OutputMemory = Scratch.Reserve();
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
    /// One vector a text into memory of the caller's, in the order of the texts. After the first call nothing is allocated but the pieces' ids.
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
        EncodedText[] encoded = ArrayPool<EncodedText>.Shared.Rent(count);
        int[] lengths = ArrayPool<int>.Shared.Rent(count), order = ArrayPool<int>.Shared.Rent(count);
        try
        {
            for (int i = 0; i < count; i++)
            {
                encoded[i] = Encode(texts, i, prompt, options?.Truncate ?? false);
                (lengths[i], order[i]) = (encoded[i].Length, i);
            }

            Array.Sort(lengths, order, 0, count);
            PackedEncoder encoder = Packed();
            for (int done = 0, next; done < count; done = next)
            {
                cancellation.ThrowIfCancellationRequested();
                int rows = lengths[done];
                for (next = done + 1; next < count && rows + lengths[next] <= PiecesAtOnce; next++)
                {
                    rows += lengths[next];
                }

                Batch(encoder, encoded, order.AsSpan(done, next - done), lengths.AsSpan(done, next - done), rows, vectors);
                options?.Progress?.Report(next);
            }
        }
        finally
        {
            ArrayPool<EncodedText>.Shared.Return(encoded, clearArray: true);
            ArrayPool<int>.Shared.Return(lengths);
            ArrayPool<int>.Shared.Return(order);
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

    private EncodedText Encode(IReadOnlyList<string> texts, int number, string prompt, bool truncate)
    {
        if (texts[number] is not { } text)
        {
            throw new ArgumentException($"text {number} is null: pass \"\" for an empty text, or leave it out.", nameof(texts));
        }

        text = prompt.Length == 0 ? text : prompt + text;
        EncodedText encoded = Tokenizer.Encode(_lowerCaseFirst ? UnicodeText.Lower(text) : text, null, MaximumLength);
        return encoded.Dropped == 0 || truncate
            ? encoded
            : throw new ArgumentException(
                $"text {number} has {encoded.Length + encoded.Dropped} pieces but the model reads {MaximumLength}: shorten it, or pass truncate: true to "
                + "drop its end.",
                nameof(texts));
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

    private void Batch(PackedEncoder encoder, EncodedText[] texts, ReadOnlySpan<int> order, ReadOnlySpan<int> lengths, int rows, Span<float> vectors)
    {
        int channels = Config.Channels, row = 0;
        int[] ids = ArrayPool<int>.Shared.Rent(rows);
        foreach (int text in order)
        {
            texts[text].Ids.CopyTo(ids, row);
            row += texts[text].Length;
        }

        Span<float> y = Scratch.Span(OutputMemory, rows * channels);
        encoder.Infer(ids.AsSpan(0, rows), lengths, y);
        ArrayPool<int>.Shared.Return(ids);
        for (int i = 0; i < order.Length; i++)
        {
            int size = lengths[i] * channels;
            PoolRows(y[..size], vectors.Slice(order[i] * Width, Width));
            y = y[size..];
        }
    }

    /// <summary>Adds the texts of earlier parts of a stream.</summary>
    private sealed class Progress(IProgress<int> told) : IProgress<int>
    {
        public int Before { get; set; }

        public void Report(int value) => told.Report(Before + value);
    }
}
