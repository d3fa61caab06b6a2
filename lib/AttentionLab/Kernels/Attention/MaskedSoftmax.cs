using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// From scores to attention weights: w_ij = softmax over the visible j of (scale·x_ij + bias_ij); hidden positions get exactly 0,
/// whatever their score holds, and a row that sees nothing is zeros, never NaN. Only the mask and a bias of −∞ hide: a finite bias, be it
/// <see cref="float.MinValue"/>, is a number like others.
/// </summary>
public static class MaskedSoftmax
{
    /// <summary>The weights by loops.</summary>
    /// <param name="x">Scores (rows, columns).</param>
    /// <param name="y">Weights (rows, columns), may be the memory of <paramref name="x"/>.</param>
    /// <param name="rows">Queries.</param>
    /// <param name="columns">Keys.</param>
    /// <param name="scale">Factor of the scores, 1/√D in the paper.</param>
    /// <param name="mask">Who may look at whom.</param>
    /// <param name="bias">(rows, columns), added after the scale; empty for none.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void Reference<T>(ReadOnlySpan<T> x, Span<T> y, int rows, int columns, T scale, AttendMask mask = default, ReadOnlySpan<T> bias = default)
        where T : IFloatingPointIeee754<T>
    {
        Check(x.Length, y.Length, bias.Length, rows, columns, mask);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                y[at] = mask.Sees(i, j, rows, columns, bias)
                    ? scale * x[at] + (bias.IsEmpty ? T.Zero : bias[at])
                    : T.NegativeInfinity;
            }
        }

        Softmax.Reference<T>(y, y, rows, columns);
    }

    /// <summary>The weights, fast; a causal row is only computed as far as it sees.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(
        ReadOnlySpan<float> x, Span<float> y, int rows, int columns, float scale, AttendMask mask = default, ReadOnlySpan<float> bias = default)
    {
        Check(x.Length, y.Length, bias.Length, rows, columns, mask);
        ScoreUnits units = new(scale);
        Multiply.Scale(x, units.Query, y);
        Weigh(y, rows, columns, units, mask, bias);
    }

    /// <summary>In place: products in the kernels' units become weights.</summary>
    internal static void Weigh(Span<float> x, int rows, int columns, ScoreUnits units, AttendMask mask, ReadOnlySpan<float> bias)
    {
        for (int i = 0; i < rows; i++)
        {
            int start = i * columns, limit = mask.Limit(i, rows, columns);
            Span<float> row = x.Slice(start, limit);
            if (!bias.IsEmpty)
            {
                Multiply.AddScaled(bias.Slice(start, limit), units.Bias, row);
                Hide(row, bias.Slice(start, limit));
            }

            Hide(row, mask.Keys);
            Hide(row, mask.Pairs.IsEmpty ? default : mask.Pairs[start..]);
            Softmax.Row(row, row, units.Base2);
            x[(start + limit)..(start + columns)].Clear();
        }
    }

    /// <summary>
    /// Backward by loops: ∂L/∂x = scale·∂L/∂s and ∂L/∂bias = ∂L/∂s, with s the softmax's input; hidden positions have weight 0 and so gradient 0.
    /// </summary>
    /// <param name="y">Weights of the forward (rows, columns).</param>
    /// <param name="dy">∂L/∂y (rows, columns).</param>
    /// <param name="dx">∂L/∂x (rows, columns), overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="rows">Queries.</param>
    /// <param name="columns">Keys.</param>
    /// <param name="scale">Factor of the forward.</param>
    /// <param name="dBias">∂L/∂bias (rows, columns), added to; empty if not wanted.</param>
    /// <exception cref="ArgumentException">A span's length does not fit the sizes.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> y, ReadOnlySpan<T> dy, Span<T> dx, int rows, int columns, T scale, Span<T> dBias = default)
        where T : IFloatingPointIeee754<T>
    {
        CheckBias(dBias.Length, rows, columns, "dBias");
        Softmax.BackwardReference(y, dy, dx, rows, columns);
        for (int at = 0; at < dx.Length; at++)
        {
            if (!dBias.IsEmpty)
            {
                dBias[at] += dx[at];
            }

            dx[at] *= scale;
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> y, ReadOnlySpan<float> dy, Span<float> dx, int rows, int columns, float scale, Span<float> dBias = default)
    {
        CheckBias(dBias.Length, rows, columns, "dBias");
        Softmax.Backward(y, dy, dx, rows, columns);
        if (!dBias.IsEmpty)
        {
            Multiply.AddScaled(dx, 1, dBias);
        }

        Multiply.Scale(dx, scale, dx);
    }

    private static void Check(int x, int y, int bias, int rows, int columns, AttendMask mask)
    {
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(y, rows, columns, "y");
        CheckBias(bias, rows, columns, "bias");
        mask.Check(rows, columns);
    }

    private static void CheckBias(int length, int rows, int columns, string name)
    {
        if (length != 0)
        {
            Sizes.Require(length, rows, columns, name);
        }
    }

    /// <summary>Puts −∞ where <paramref name="visible"/> is false; empty hides nothing.</summary>
    internal static void Hide(Span<float> row, ReadOnlySpan<bool> visible)
    {
        if (visible.IsEmpty)
        {
            return;
        }

        for (int j = 0; j < row.Length; j++)
        {
            row[j] = visible[j] ? row[j] : float.NegativeInfinity;
        }
    }

    /// <summary>Puts −∞ where the bias is −∞: added to a NaN it would be lost.</summary>
    private static void Hide(Span<float> row, ReadOnlySpan<float> bias)
    {
        for (int j = 0; j < row.Length; j++)
        {
            row[j] = float.IsNegativeInfinity(bias[j]) ? float.NegativeInfinity : row[j];
        }
    }
}
