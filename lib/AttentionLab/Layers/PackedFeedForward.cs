using AttentionLab.Kernels;

namespace AttentionLab.Layers;

/// <summary>
/// <see cref="FeedForward"/> for inference: y = f(x·W₁ + b₁)·W₂ + b₂ from a copy of the weights, with biases and f inside the products.
/// The wide middle exists only for a block of rows at a time, and nothing is allocated.
/// </summary>
/// <remarks>The copy does not follow the parameters: after a change call <see cref="Refresh"/>.</remarks>
/// <param name="layer">Whose weights are copied.</param>
public sealed class PackedFeedForward(FeedForward layer)
{
    private static readonly int HiddenMemory = Scratch.Reserve();

    /// <summary>
    /// Rows at a time. The weights are read once a block: 512 rows × 2048 hidden numbers are 4 MB, and share the last cache with 8 MB of weights.
    /// </summary>
    private const int Block = 512;

    private readonly PackedLinear _expand = new(layer.Expand), _contract = new(layer.Contract);
    private readonly Nonlinearity _activation = layer.Activation.Kernel();

    /// <summary>C, width of x and y.</summary>
    public int Channels => _expand.Inputs;

    /// <summary>Copies the weights again, after they have changed.</summary>
    public void Refresh()
    {
        _expand.Refresh();
        _contract.Refresh();
    }

    /// <inheritdoc cref="PackedLinear.TakeOver"/>
    internal void TakeOver()
    {
        _expand.TakeOver();
        _contract.TakeOver();
    }

    /// <summary>y = f(x·W₁ + b₁)·W₂ + b₂, or y + that if <paramref name="add"/>.</summary>
    /// <param name="x">(rows, C).</param>
    /// <param name="y">(rows, C); may be the memory of x.</param>
    /// <param name="add">Add to what y holds: a residual connection.</param>
    /// <exception cref="ArgumentException">The lengths differ or are not whole rows.</exception>
    public void Infer(ReadOnlySpan<float> x, Span<float> y, bool add = false)
    {
        ShapeCheck.PackedRows(x.Length, y.Length, Channels, Channels, nameof(PackedFeedForward));
        int rows = x.Length / Channels, block = Math.Min(Block, rows);
        Span<float> hidden = Scratch.Span(HiddenMemory, block * _expand.Outputs);
        for (int row = 0; row < rows; row += block)
        {
            int count = Math.Min(block, rows - row);
            Span<float> middle = hidden[..(count * _expand.Outputs)];
            _expand.Infer(x.Slice(row * Channels, count * Channels), middle, _activation);
            _contract.Infer(middle, y.Slice(row * Channels, count * Channels), add: add);
        }
    }
}
