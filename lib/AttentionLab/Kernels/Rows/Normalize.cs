using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Layer normalisation of each row (Ba et al. 2016): y = γ ⊙ (x − μ)·r + β with μ = mean(x) and r = 1/√(mean((x − μ)²) + ε):
/// the biased variance, ε inside the root.
/// </summary>
/// <remarks>
/// A row of equal numbers is exactly β, with ε = 0 too (r is 0 there). The mean is summed in double, where it is right to the last place of a float, and what
/// a float loses of it is taken off as well: else a row whose numbers differ in the last places only would be moved by as much as they differ.
/// </remarks>
public static partial class Normalize
{
    /// <summary>ε when none is given, as PyTorch.</summary>
    public const float Epsilon = 1e-5f;

    /// <summary>Below, or at ∞, a float's square has lost digits or left its range.</summary>
    private const float LeastSquare = 1e-25f;

    /// <summary>y by loops; the statistics of a row are double for every T.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="beta">β (columns).</param>
    /// <param name="y">(rows, columns), overwritten; may be the memory of <paramref name="x"/> if no backward follows.</param>
    /// <param name="mean">μ (rows), for the backward; empty if not wanted.</param>
    /// <param name="inverse">r (rows), for the backward; empty if not wanted.</param>
    /// <param name="columns">Length of a row.</param>
    /// <param name="epsilon">ε, 0 or above.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ε is negative or not finite.</exception>
    public static void Reference<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, Span<T> mean, Span<T> inverse, int columns, T epsilon)
        where T : IFloatingPointIeee754<T>
    {
        int rows = Rows(x.Length, mean.Length, columns);
        Check(x.Length, gamma.Length, beta.Length, y.Length, mean.Length, inverse.Length, rows, columns);
        Moments.RequireEpsilon(epsilon);
        for (int i = 0; i < rows; i++)
        {
            Moments moments = Moments.Of(x, i * columns, 1, columns);
            double r = moments.Inverse(double.CreateChecked(epsilon));
            for (int j = 0; j < columns; j++)
            {
                y[i * columns + j] = T.CreateChecked(moments.Deviation(double.CreateChecked(x[i * columns + j])) * r) * gamma[j] + beta[j];
            }

            Keep(mean, i, T.CreateChecked(moments.Mean));
            Keep(inverse, i, T.CreateChecked(r));
        }
    }

    /// <summary>y, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static unsafe void Forward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> beta, Span<float> y, Span<float> mean, Span<float> inverse, int columns,
        float epsilon = Epsilon)
    {
        int rows = Rows(x.Length, mean.Length, columns);
        Check(x.Length, gamma.Length, beta.Length, y.Length, mean.Length, inverse.Length, rows, columns);
        Moments.RequireEpsilon(epsilon);
        fixed (float* from = x, gain = gamma, shift = beta, to = y, means = mean, inverses = inverse)
        {
            ForwardRows work = new(from, gain, shift, to, means, inverses, columns, epsilon, Prefetch.Ahead(rows, columns));
            RowParts.Run(work, rows, RowParts.Count(rows, columns, effort: 2));
        }
    }

    /// <summary>
    /// Backward by loops. With x̂ = (x − μ)·r and g = ∂L/∂y ⊙ γ: ∂L/∂x = r·(g − mean(g) − x̂·mean(g ⊙ x̂)), because μ and r depend on every x;
    /// ∂L/∂γ = Σ_rows ∂L/∂y ⊙ x̂ and ∂L/∂β = Σ_rows ∂L/∂y.
    /// </summary>
    /// <param name="x">Input of the forward (rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="mean">μ of the forward (rows).</param>
    /// <param name="inverse">r of the forward (rows).</param>
    /// <param name="dy">∂L/∂y (rows, columns).</param>
    /// <param name="dx">∂L/∂x (rows, columns), overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="dGamma">∂L/∂γ (columns), added to.</param>
    /// <param name="dBeta">∂L/∂β (columns), added to.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void BackwardReference<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> mean, ReadOnlySpan<T> inverse, ReadOnlySpan<T> dy, Span<T> dx, Span<T> dGamma, Span<T> dBeta)
        where T : IFloatingPointIeee754<T>
    {
        (int rows, int columns) = (mean.Length, gamma.Length);
        CheckBackward(x.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, dBeta.Length, rows, columns);
        T n = T.CreateChecked(columns);
        for (int i = 0; i < rows; i++)
        {
            T meanG = T.Zero, meanGx = T.Zero;
            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                T xHat = (x[at] - mean[i]) * inverse[i];
                meanG += dy[at] * gamma[j] / n;
                meanGx += dy[at] * gamma[j] * xHat / n;
                dGamma[j] += dy[at] * xHat;
                dBeta[j] += dy[at];
            }

            for (int j = 0; j < columns; j++)
            {
                int at = i * columns + j;
                dx[at] = inverse[i] * (dy[at] * gamma[j] - meanG - (x[at] - mean[i]) * inverse[i] * meanGx);
            }
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static unsafe void Backward(
        ReadOnlySpan<float> x, ReadOnlySpan<float> gamma, ReadOnlySpan<float> mean, ReadOnlySpan<float> inverse,
        ReadOnlySpan<float> dy, Span<float> dx, Span<float> dGamma, Span<float> dBeta)
    {
        (int rows, int columns) = (mean.Length, gamma.Length);
        CheckBackward(x.Length, inverse.Length, dy.Length, dx.Length, dGamma.Length, dBeta.Length, rows, columns);
        fixed (float* from = x, gain = gamma, means = mean, inverses = inverse, upstream = dy, to = dx, gains = dGamma, shifts = dBeta)
        {
            int parts = RowParts.Count(rows, columns, effort: 2);
            float* sums = parts == 1 ? null : Scratch.Of(Scratch.Columns, checked(parts * 2 * columns));
            RowParts.Run(new BackwardRows(from, gain, means, inverses, upstream, to, gains, shifts, sums, columns), rows, parts);
            Reduce.AddParts(sums, parts, 2 * columns, columns, dGamma);
            Reduce.AddParts(sums + columns, parts, 2 * columns, columns, dBeta);
        }
    }

    /// <summary>Whether the mean of a row's squares, ε added, can be had from floats; if not, the row is the reference's.</summary>
    internal static bool IsSafe(float square) => square is > LeastSquare and < float.PositiveInfinity;

    private static void Keep<T>(Span<T> values, int i, T value)
    {
        if (!values.IsEmpty)
        {
            values[i] = value;
        }
    }

    /// <summary>As many as x has; where they are empty, as many as their means.</summary>
    private static int Rows(int x, int mean, int columns) => columns > 0 ? x / columns : mean;

    private static void Check(int x, int gamma, int beta, int y, int mean, int inverse, int rows, int columns)
    {
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(y, rows, columns, "y");
        Sizes.Require(gamma, 1, columns, "gamma", "one row");
        Sizes.Require(beta, 1, columns, "beta", "one row");
        Sizes.Require(mean, mean == 0 ? 0 : rows, 1, "mean", "rows", "one column");
        Sizes.Require(inverse, inverse == 0 ? 0 : rows, 1, "inverse", "rows", "one column");
    }

    /// <summary>The backward takes its rows from the means and its columns from γ.</summary>
    private static void CheckBackward(int x, int inverse, int dy, int dx, int dGamma, int dBeta, int rows, int columns)
    {
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(inverse, rows, 1, "inverse", "rows", "one column");
        Sizes.Require(dy, rows, columns, "dy");
        Sizes.Require(dx, rows, columns, "dx");
        Sizes.Require(dGamma, 1, columns, "dGamma", "one row");
        Sizes.Require(dBeta, 1, columns, "dBeta", "one row");
    }
}
