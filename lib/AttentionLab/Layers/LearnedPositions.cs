using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>y_t = x_t + Table[t]: one learned row a position, the same in every sequence of the batch (as in BERT).</summary>
/// <param name="capacity">Number of positions.</param>
/// <param name="channels">C.</param>
/// <param name="random">Source of the initial table; it moves on.</param>
/// <param name="deviation">Standard deviation of the initial table.</param>
/// <param name="name">Prefix of the parameter's name.</param>
public sealed class LearnedPositions(int capacity, int channels, CounterRandom random, double deviation = 0.02, string name = "positions")
{
    /// <summary>(capacity, C).</summary>
    public Parameter Table { get; } = new($"{name}.weight", Tensor.Gaussian(
        random, deviation, ShapeCheck.Positive(capacity, nameof(LearnedPositions), nameof(capacity)),
        ShapeCheck.Positive(channels, nameof(LearnedPositions), nameof(channels))));

    /// <summary>The table.</summary>
    public IReadOnlyList<Parameter> Parameters => [Table];

    /// <summary>y = x + rows start … start+T−1 of the table.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="start">Position of the first token.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The width is not C, or a position lies beyond the capacity.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x, int start = 0)
    {
        PositionRows.Check(x, Table.Value, start, nameof(LearnedPositions));
        return (PositionRows.Add(x, Table.Value, start), new Saved(start));
    }

    /// <summary>Adds dy, summed over the batch, to the rows of the table's gradient; dx = dy.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <exception cref="ArgumentException">dy is not (T,C) or (B,T,C), or does not fit the table.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        PositionRows.Check(dy, Table.Value, saved.Start, nameof(LearnedPositions));
        Span<float> rows = Table.Gradient.Span.Slice(saved.Start * dy.Columns, dy.Shape[^2] * dy.Columns);
        for (int at = 0; at < dy.Length; at += rows.Length)
        {
            Multiply.AddScaled(dy.Span.Slice(at, rows.Length), 1, rows);
        }

        return dy;
    }

    /// <summary>Where the sequence began.</summary>
    /// <param name="Start">Position of its first token.</param>
    public readonly record struct Saved(int Start);
}
