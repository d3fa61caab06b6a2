using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Models;

/// <summary>From one vector a token to one a sequence, or to the vectors of some tokens only.</summary>
public static class Pooling
{
    /// <summary>y_b = mean of x_bt over the visible tokens t; a sequence without any gives zeros.</summary>
    /// <param name="x">(B,T,C).</param>
    /// <param name="visible">(B,T): true where there is a token; null for everywhere.</param>
    /// <returns>(B,C).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor Mean(Tensor x, bool[,]? visible = null)
    {
        Check(x, visible);
        Tensor y = new(x.Shape[0], x.Shape[2]);
        Spread(x.Shape, visible, (sequence, row, share) => Multiply.AddScaled(x.Row(row), share, y.Row(sequence)));
        return y;
    }

    /// <summary>dx_bt = dy_b / (number of visible tokens), 0 where hidden.</summary>
    /// <param name="dy">(B,C).</param>
    /// <param name="tokens">T of the forward.</param>
    /// <param name="visible">Of the forward.</param>
    /// <returns>(B,T,C).</returns>
    /// <exception cref="ArgumentException">The shapes do not fit.</exception>
    public static Tensor MeanBackward(Tensor dy, int tokens, bool[,]? visible = null)
    {
        ShapeCheck.Rank(dy, 2, 2, nameof(Pooling), "(B,C)", nameof(dy));
        Tensor dx = new(dy.Shape[0], tokens, dy.Columns);
        Check(dx, visible);
        Spread(dx.Shape, visible, (sequence, row, share) => Multiply.AddScaled(dy.Row(sequence), share, dx.Row(row)));
        return dx;
    }

    /// <summary>The first token of each sequence ("CLS").</summary>
    /// <param name="x">(B,T,C), T at least 1.</param>
    /// <returns>(B,C).</returns>
    /// <exception cref="ArgumentException">The rank is not 3.</exception>
    public static Tensor First(Tensor x)
    {
        Check(x, null);
        return Rows(x, [.. Enumerable.Range(0, x.Shape[0]).Select(b => b * x.Shape[1])]);
    }

    /// <summary>The gradient of the first tokens, zeros elsewhere.</summary>
    /// <param name="dy">(B,C).</param>
    /// <param name="tokens">T of the forward.</param>
    /// <returns>(B,T,C).</returns>
    /// <exception cref="ArgumentException">The rank is not 2.</exception>
    public static Tensor FirstBackward(Tensor dy, int tokens)
    {
        ShapeCheck.Rank(dy, 2, 2, nameof(Pooling), "(B,C)", nameof(dy));
        Tensor dx = new(dy.Shape[0], tokens, dy.Columns);
        return RowsBackward(dy, [.. Enumerable.Range(0, dy.Shape[0]).Select(b => b * tokens)], dx);
    }

    /// <summary>Some rows only, for example those of masked words: the head's V scores are then computed for these alone.</summary>
    /// <param name="x">(…, C).</param>
    /// <param name="rows">Numbers of rows: b·T + t.</param>
    /// <returns>(n, C).</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public static Tensor Rows(Tensor x, ReadOnlySpan<int> rows)
    {
        ArgumentNullException.ThrowIfNull(x);
        Tensor y = Workspace.Rent(rows.Length, x.Columns);
        Gather.Forward(x.Span, rows, y.Span, x.Columns);
        return y;
    }

    /// <summary>Adds each gradient to the row it came from.</summary>
    /// <param name="dy">(n, C).</param>
    /// <param name="rows">Of the forward.</param>
    /// <param name="dx">(…, C), added to.</param>
    /// <returns>dx.</returns>
    /// <exception cref="ArgumentException">dy has not as many rows as there are numbers, or not C columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public static Tensor RowsBackward(Tensor dy, ReadOnlySpan<int> rows, Tensor dx)
    {
        ArgumentNullException.ThrowIfNull(dy);
        ArgumentNullException.ThrowIfNull(dx);
        if (dy.Rows != rows.Length || dy.Columns != dx.Columns)
        {
            throw new ArgumentException(
                $"dy is {Tensor.Describe(dy.Shape)} but {rows.Length} rows of dx, {Tensor.Describe(dx.Shape)}, take ({rows.Length}, {dx.Columns}): pass the "
                + "gradient of what Rows gave.",
                nameof(dy));
        }

        Gather.Backward(dy.Span, rows, dx.Span, dx.Columns);
        return dx;
    }

    private static void Spread(ReadOnlySpan<int> shape, bool[,]? visible, Action<int, int, float> add)
    {
        for (int b = 0; b < shape[0]; b++)
        {
            int count = 0;
            for (int t = 0; t < shape[1]; t++)
            {
                count += visible is null || visible[b, t] ? 1 : 0;
            }

            for (int t = 0; t < shape[1]; t++)
            {
                if (visible is null || visible[b, t])
                {
                    add(b, b * shape[1] + t, 1f / count);
                }
            }
        }
    }

    private static void Check(Tensor x, bool[,]? visible)
    {
        ShapeCheck.Rank(x, 3, 3, nameof(Pooling), "(B,T,C)");
        if (visible is not null && (visible.GetLength(0) != x.Shape[0] || visible.GetLength(1) != x.Shape[1]))
        {
            throw new ArgumentException(
                $"x is {Tensor.Describe(x.Shape)} but visible ({visible.GetLength(0)}, {visible.GetLength(1)}): give one truth for each token.",
                nameof(visible));
        }
    }
}
