using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// <see cref="EncoderLayer"/> for inference, from a copy of the weights: what <see cref="EncoderLayer.Forward"/> without dropout gives up to
/// rounding, without an allocation. Residuals are added inside the products, norms work in place.
/// </summary>
/// <remarks>The copy does not follow the parameters: after a change call <see cref="Refresh"/>.</remarks>
/// <param name="layer">Whose weights are copied.</param>
public sealed class PackedEncoderLayer(EncoderLayer layer)
{
    private static readonly int NormedMemory = Scratch.Reserve();

    /// <summary>Rows that go through the layer together, in whole sequences: their projections stay in the last cache, and products are large enough.</summary>
    private const int Block = 512;

    /// <summary>Different lengths that go through the layer together at most; more only with sequences of a few tokens each.</summary>
    private const int Runs = 64;

    private readonly PackedAttention _attention = new(layer.Attention);
    private readonly PackedFeedForward _feedForward = new(layer.FeedForward);
    private readonly PackedNorm _attentionNorm = new(layer.AttentionNorm.Norm), _feedForwardNorm = new(layer.FeedForwardNorm.Norm);
    private readonly bool _preNorm = layer.AttentionNorm.PreNorm;

    /// <summary>C.</summary>
    public int Channels => _attention.Channels;

    /// <summary>Copies the weights again, after they have changed.</summary>
    public void Refresh()
    {
        _attention.Refresh();
        _feedForward.Refresh();
        _attentionNorm.Refresh();
        _feedForwardNorm.Refresh();
    }

    /// <summary>One layer.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="y">Shaped like x, overwritten; may be x.</param>
    /// <param name="mask">Who may look at whom; null for everybody.</param>
    /// <exception cref="ArgumentException">A shape or the mask does not fit.</exception>
    public void Infer(Tensor x, Tensor y, AttentionMask? mask = null)
    {
        ShapeCheck.Rank(x, 2, 3, nameof(PackedEncoderLayer), "(T,C) or (B,T,C)");
        ShapeCheck.Columns(x, Channels, nameof(PackedEncoderLayer), "channels");
        ShapeCheck.Same(y, x, nameof(y), nameof(x));
        int batch = x.Rank == 3 ? x.Shape[0] : 1, tokens = x.Shape[^2];
        mask?.Check(batch, _attention.HeadCount, tokens, tokens);
        Infer(x.Span, y.Span, batch, AttentionMask.Kernel(mask), AttentionMask.KernelBias(mask));
    }

    /// <summary>One layer over spans.</summary>
    /// <param name="x">(B,T,C).</param>
    /// <param name="y">(B,T,C), overwritten; may be the memory of x.</param>
    /// <param name="batch">B.</param>
    /// <param name="mask">Who may look at whom: Keys (T) or (B,T), Pairs (T,T) or (B,T,T).</param>
    /// <param name="bias">Added to the scaled scores: (T,T), (H,T,T) or (B,H,T,T); empty for none.</param>
    /// <exception cref="ArgumentException">The lengths are not B sequences of equal length, or the mask does not fit.</exception>
    public void Infer(ReadOnlySpan<float> x, Span<float> y, int batch, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        int rows = ShapeCheck.PackedRows(x.Length, y.Length, Channels, Channels, nameof(PackedEncoderLayer)), tokens = batch < 1 ? 0 : rows / batch;
        if (tokens * batch != rows)
        {
            throw new ArgumentException($"x holds {rows} rows but batch is {batch}: pass as many sequences, all of the same length.", nameof(batch));
        }

        x.CopyTo(y);
        int together = Math.Max(1, Block / Math.Max(1, tokens));
        for (int b = 0; b < batch; b += together)
        {
            int count = Math.Min(together, batch - b);
            AttendMask part = new()
            {
                Causal = mask.Causal,
                Keys = Part(mask.Keys, tokens, b, count),
                Pairs = Part(mask.Pairs, (long)tokens * tokens, b, count),
            };
            Sequences(
                y.Slice(b * tokens * Channels, count * tokens * Channels), [(count, tokens)], part,
                Part(bias, (long)_attention.HeadCount * tokens * tokens, b, count));
        }
    }

    /// <inheritdoc cref="PackedLinear.TakeOver"/>
    internal void TakeOver()
    {
        _attention.TakeOver();
        _feedForward.TakeOver();
    }

    /// <summary>One layer, in place, over sequences of several lengths that follow each other without padding.</summary>
    /// <param name="x">(rows, C), overwritten.</param>
    /// <param name="lengths">Tokens of each sequence, together as many as rows. Neighbours of one length go through attention together.</param>
    internal void Infer(Span<float> x, ReadOnlySpan<int> lengths)
    {
        Span<(int Batch, int Tokens)> runs = stackalloc (int, int)[Runs];
        while (!lengths.IsEmpty)
        {
            int rows = 0, used = 0, count = 0;
            for (; used < lengths.Length && (used == 0 || rows + lengths[used] <= Block); used++)
            {
                bool goesOn = count > 0 && runs[count - 1].Tokens == lengths[used];
                if (!goesOn && count == Runs)
                {
                    break;
                }

                count += goesOn ? 0 : 1;
                runs[count - 1] = (goesOn ? runs[count - 1].Batch + 1 : 1, lengths[used]);
                rows += lengths[used];
            }

            Sequences(x[..(rows * Channels)], runs[..count], default, []);
            x = x[(rows * Channels)..];
            lengths = lengths[used..];
        }
    }

    /// <summary>Some sequences, in place.</summary>
    private void Sequences(Span<float> x, ReadOnlySpan<(int Batch, int Tokens)> runs, AttendMask mask, ReadOnlySpan<float> bias)
    {
        if (_preNorm)
        {
            Span<float> normed = Scratch.Span(NormedMemory, x.Length);
            _attentionNorm.Infer(x, normed);
            _attention.Infer(normed, x, runs, mask, bias, add: true);
            _feedForwardNorm.Infer(x, normed);
            _feedForward.Infer(normed, x, add: true);
            return;
        }

        _attention.Infer(x, x, runs, mask, bias, add: true);
        _attentionNorm.Infer(x, x);
        _feedForward.Infer(x, x, add: true);
        _feedForwardNorm.Infer(x, x);
    }

    /// <summary>The part of a mask or bias that belongs to some sequences; one of a single sequence, or of none, belongs to all.</summary>
    /// <param name="all">Of the whole batch.</param>
    /// <param name="size">Numbers of one sequence; of a long one more than an int holds.</param>
    /// <param name="first">First sequence of the part.</param>
    /// <param name="count">Sequences of the part.</param>
    private static ReadOnlySpan<T> Part<T>(ReadOnlySpan<T> all, long size, int first, int count) =>
        all.Length <= size ? all : all.Slice(first * (int)size, count * (int)size);
}
