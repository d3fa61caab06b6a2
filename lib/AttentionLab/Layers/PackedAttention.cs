using AttentionLab.Kernels;

namespace AttentionLab.Layers;

/// <summary>
/// <see cref="MultiHeadAttention"/> of a sequence to itself, for inference, from a copy of the weights: one product gives Q, K and V of all
/// heads, the fused kernel reads them where they lie, and nothing is allocated.
/// </summary>
/// <remarks>The copy does not follow the parameters: after a change call <see cref="Refresh"/>.</remarks>
public sealed class PackedAttention
{
    private static readonly int ProjectionMemory = Scratch.Reserve(), MixedMemory = Scratch.Reserve();
    private readonly MultiHeadAttention _layer;
    private readonly PackedLinear _projections, _output;

    /// <summary>Copies the weights.</summary>
    /// <param name="layer">Whose weights are copied; its memory must be as wide as its input.</param>
    /// <exception cref="ArgumentException">The layer is made for cross-attention, or a replaced map does not fit.</exception>
    public PackedAttention(MultiHeadAttention layer)
    {
        ArgumentNullException.ThrowIfNull(layer);
        layer.CheckMaps();
        _layer = layer;
        (_projections, _output) = (new(layer.Query, layer.Key, layer.Value), new(layer.Output));
    }

    /// <summary>C, width of x and y.</summary>
    public int Channels => _projections.Inputs;

    /// <summary>H.</summary>
    public int HeadCount => _layer.HeadCount;

    /// <summary>Copies the weights again, after they have changed.</summary>
    public void Refresh()
    {
        _projections.Refresh();
        _output.Refresh();
    }

    /// <summary>y = Attention(x), or y + Attention(x) if <paramref name="add"/>.</summary>
    /// <param name="x">(B,T,C).</param>
    /// <param name="y">(B,T,C); may be the memory of x.</param>
    /// <param name="batch">B.</param>
    /// <param name="mask">Who may look at whom: Keys (T) or (B,T), Pairs (T,T) or (B,T,T).</param>
    /// <param name="bias">Added to the scaled scores: (T,T), (H,T,T) or (B,H,T,T); empty for none.</param>
    /// <param name="add">Add to what y holds: a residual connection.</param>
    /// <exception cref="ArgumentException">The lengths are not B sequences of equal length, or the mask does not fit.</exception>
    public void Infer(ReadOnlySpan<float> x, Span<float> y, int batch, AttendMask mask = default, ReadOnlySpan<float> bias = default, bool add = false)
    {
        int rows = ShapeCheck.PackedRows(x.Length, y.Length, Channels, Channels, nameof(PackedAttention)), tokens = batch < 1 ? 0 : rows / batch;
        if (tokens * batch != rows)
        {
            throw new ArgumentException($"x holds {rows} rows but batch is {batch}: pass as many sequences, all of the same length.", nameof(batch));
        }

        Infer(x, y, [(batch, tokens)], mask, bias, add);
    }

    /// <inheritdoc cref="PackedLinear.TakeOver"/>
    internal void TakeOver()
    {
        _projections.TakeOver();
        _output.TakeOver();
    }

    /// <summary>The same for sequences of several lengths, one behind the other without padding.</summary>
    /// <param name="x">(rows, C).</param>
    /// <param name="y">(rows, C); may be the memory of x.</param>
    /// <param name="runs">How many sequences of how many tokens follow each other; together all rows.</param>
    /// <param name="mask">Who may look at whom; for a single run only.</param>
    /// <param name="bias">Added to the scaled scores; for a single run only.</param>
    /// <param name="add">Add to what y holds.</param>
    internal void Infer(
        ReadOnlySpan<float> x, Span<float> y, ReadOnlySpan<(int Batch, int Tokens)> runs, AttendMask mask, ReadOnlySpan<float> bias, bool add)
    {
        int rows = x.Length / Channels, wide = _projections.Outputs, narrow = _output.Inputs, row = 0;
        Span<float> projections = Scratch.Span(ProjectionMemory, Sizes.Product(nameof(PackedAttention), (nameof(rows), rows), ("width of Q, K and V", wide)));
        Span<float> mixed = Scratch.Span(MixedMemory, Sizes.Product(nameof(PackedAttention), (nameof(rows), rows), ("H·D_v", narrow)));
        _projections.Infer(x, projections);
        foreach ((int batch, int tokens) in runs)
        {
            int count = batch * tokens;
            Attend(projections.Slice(row * wide, count * wide), mixed.Slice(row * narrow, count * narrow), batch, tokens, mask, bias);
            row += count;
        }

        _output.Infer(mixed, y, add: add);
    }

    /// <summary>Q, K and V side by side (B,T,·) → what the heads mix (B,T,H·D_v).</summary>
    private void Attend(Span<float> projections, Span<float> mixed, int batch, int tokens, AttendMask mask, ReadOnlySpan<float> bias)
    {
        int heads = HeadCount, size = _layer.HeadSize, valueSize = _layer.Value.Outputs / heads, wide = _projections.Outputs, rows = batch * tokens;
        _layer.Rotary?.CheckPositions(tokens, 0);
        for (int row = 0; _layer.Rotary is not null && row < rows; row++)
        {
            _layer.Rotary.TurnToken(projections.Slice(row * wide, 2 * heads * size), row % tokens, back: false);
        }

        HeadLayout at = HeadLayout.Merged(tokens, size, wide), valuesAt = HeadLayout.Merged(tokens, valueSize, wide);
        int keys = rows == 0 ? 0 : heads * size, values = 2 * keys;
        AttendInput<float> input = new()
        {
            Q = new(projections, at),
            K = new(projections[keys..], at),
            V = new(projections[values..], valuesAt),
            Sizes = new(batch, heads, tokens, tokens, size, valueSize),
            Scale = _layer.Scale,
            Mask = mask,
            Bias = bias,
        };
        FlashAttend.Forward(input, mixed, HeadLayout.Merged(tokens, valueSize, heads * valueSize), []);
    }
}
