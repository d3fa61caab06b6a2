using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// PE(p, 2i) = sin(p/base^(2i/C)), PE(p, 2i+1) = cos(p/base^(2i/C)), added to x (Vaswani et al. 2017, §3.5).
/// No parameters; ‖PE(p)‖² = C/2 and PE(p)·PE(p+k) depends on k only, and not on its sign.
/// </summary>
/// <param name="channels">C; an odd C ends with a sine.</param>
/// <param name="capacity">Number of positions in the table.</param>
/// <param name="angleBase">Base of the wavelengths, positive and finite; 10000 in the paper.</param>
public sealed class SinusoidalPositions(int channels, int capacity = 512, double angleBase = 10000)
{
    /// <summary>PE (capacity, C), computed in double; row p belongs to position p.</summary>
    public Tensor Table { get; } = Compute(
        ShapeCheck.Positive(channels, nameof(SinusoidalPositions), nameof(channels)),
        ShapeCheck.Positive(capacity, nameof(SinusoidalPositions), nameof(capacity)), angleBase);

    /// <summary>y = x + PE, the same rows in every sequence of the batch. A constant is added: dx = dy, there is no backward to call.</summary>
    /// <param name="x">(T,C) or (B,T,C).</param>
    /// <param name="start">Position of the first token: how many tokens a cache already holds.</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The width is not C, or a position lies beyond the capacity.</exception>
    public Tensor Forward(Tensor x, int start = 0)
    {
        PositionRows.Check(x, Table, start, nameof(SinusoidalPositions));
        return PositionRows.Add(x, Table, start);
    }

    private static Tensor Compute(int channels, int capacity, double angleBase)
    {
        Rotate.RequireBase(angleBase);
        Tensor table = new(capacity, channels);
        for (int p = 0; p < capacity; p++)
        {
            for (int c = 0; c < channels; c++)
            {
                double angle = p * Math.Pow(angleBase, -2.0 * (c / 2) / channels);
                table[p, c] = (float)(c % 2 == 0 ? Math.Sin(angle) : Math.Cos(angle));
            }
        }

        return table;
    }
}

/// <summary>Adding a table of positions to sequences, the part that fixed and learned positions share.</summary>
internal static class PositionRows
{
    internal static void Check(Tensor x, Tensor table, int start, string layer)
    {
        ShapeCheck.Rank(x, 2, 3, layer, "(T,C) or (B,T,C)");
        ShapeCheck.Columns(x, table.Columns, layer, "channels");
        int tokens = x.Shape[^2], capacity = table.Shape[0];
        long end = (long)start + tokens;
        if (start < 0 || end > capacity)
        {
            throw new ArgumentException(
                $"positions {start} to {end - 1} are asked for but {layer} holds 0 to {capacity - 1}: build it with capacity: {end}, or cut the sequence.",
                nameof(start));
        }
    }

    internal static Tensor Add(Tensor x, Tensor table, int start)
    {
        Tensor y = Workspace.Rent(x.Shape);
        x.Span.CopyTo(y.Span);
        int tokens = x.Shape[^2];
        ReadOnlySpan<float> rows = table.Span.Slice(start * table.Columns, tokens * table.Columns);
        for (int at = 0; at < y.Length; at += rows.Length)
        {
            Multiply.AddScaled(rows, 1, y.Span.Slice(at, rows.Length));
        }

        return y;
    }
}
