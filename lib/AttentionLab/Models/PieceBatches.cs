using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Models;

/// <summary>
/// Texts cut into pieces, one behind the other, and their way through an encoder: sorted by length, without padding, in batches of so many pieces.
/// </summary>
/// <param name="tokenizer">Cuts them.</param>
/// <param name="longest">Pieces of a text at most.</param>
/// <param name="parameter">What the caller's caller calls the texts, for messages.</param>
/// <param name="before">How many texts stand before these, for messages.</param>
/// <param name="cancellationToken">Asked at every so many texts, and before each batch.</param>
internal ref struct PieceBatches(WordPieceTokenizer tokenizer, int longest, string parameter, int before, CancellationToken cancellationToken)
{
    /// <summary>Texts that are cut between two looks at the cancellation: a millisecond's work or two.</summary>
    private const int TextsBetweenLooks = 256;

    /// <summary>
    /// Pieces that go through the encoder together. Each layer's weights are read once a batch, while products are made; what lies between the products is 3 MB
    /// at most for a MiniLM. With 2048 pieces 200 short texts took 1.05 times as long on one thread, and as long on two.
    /// </summary>
    internal const int PiecesAtOnce = 512;

    private static readonly int OutputMemory = Scratch.Reserve();
    private PooledBuffer<int> _ids = new(0), _types = new(0), _starts = new(0), _lengths = new(0);

    /// <summary>Adds a text, or a pair.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">What belongs to it; null for none.</param>
    /// <param name="truncate">Drop what is beyond the longest instead of refusing.</param>
    /// <exception cref="ArgumentException">It has too many pieces and may not be truncated, or is null.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Add(string? text, string? pair, bool truncate)
    {
        int number = before + _starts.Count, start = _ids.Count;
        if (_starts.Count % TextsBetweenLooks == 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (text is null)
        {
            throw new ArgumentException($"text {number} is null: pass \"\" for an empty text, or leave it out.", parameter);
        }

        int dropped = tokenizer.Append(text, pair, longest, ref _ids, ref _types), length = _ids.Count - start;
        if (dropped > 0 && !truncate)
        {
            throw new ArgumentException(
                $"text {number} has {length + dropped} pieces but the model reads {longest}: shorten it, or pass new {nameof(TextOptions)} "
                + $"{{ {nameof(TextOptions.Truncate)} = true }} to drop what is too much.",
                parameter);
        }

        _starts.Add(start);
        _lengths.Add(length);
    }

    /// <summary>All of them through the encoder.</summary>
    /// <param name="encoder">The encoder.</param>
    /// <param name="types">Whether it has token types that count.</param>
    /// <param name="reader">Gets each batch.</param>
    /// <param name="progress">Told how many texts are done, after each batch.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public readonly void Infer<T>(PackedEncoder encoder, bool types, T reader, IProgress<int>? progress)
        where T : IPieceReader, allows ref struct
    {
        PooledBuffer<int> order = new(_starts.Count), ids = new(0), kinds = new(0);
        Span<int> texts = order.Extend(_starts.Count), lengths = _lengths.Items;
        for (int i = 0; i < texts.Length; i++)
        {
            texts[i] = i;
        }

        lengths.Sort(texts);
        for (int done = 0, next; done < texts.Length; done = next)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (ids.Count, kinds.Count) = (0, 0);
            for (next = done; next < texts.Length && (next == done || ids.Count + lengths[next] <= PiecesAtOnce); next++)
            {
                ids.Add(_ids.Items.Slice(_starts.Items[texts[next]], lengths[next]));
                if (types)
                {
                    kinds.Add(_types.Items.Slice(_starts.Items[texts[next]], lengths[next]));
                }
            }

            Span<float> y = Scratch.Span(OutputMemory, ids.Count * encoder.Options.Channels);
            encoder.Infer(ids.Items, lengths[done..next], y, kinds.Items);
            reader.Read(texts[done..next], lengths[done..next], y);
            progress?.Report(next);
        }

        kinds.Dispose();
        ids.Dispose();
        order.Dispose();
    }

    /// <summary>Gives the memory back.</summary>
    public readonly void Dispose()
    {
        _lengths.Dispose();
        _starts.Dispose();
        _types.Dispose();
        _ids.Dispose();
    }
}

/// <summary>Takes what the encoder made of some texts.</summary>
internal interface IPieceReader
{
    /// <summary>One batch.</summary>
    /// <param name="texts">Which texts.</param>
    /// <param name="lengths">Pieces of each.</param>
    /// <param name="rows">(pieces of all, C): one text behind the other.</param>
    void Read(ReadOnlySpan<int> texts, ReadOnlySpan<int> lengths, ReadOnlySpan<float> rows);
}
