using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Batch normalisation (Ioffe and Szegedy 2015), training mode, by loops only: it is here for contrast with <see cref="Normalize"/>.
/// The mean and variance of each <em>column</em> over all rows: y = γ ⊙ (x − μ)·r + β with r = 1/√(variance + ε). A row's result
/// depends on the rows it comes with.
/// </summary>
public static class BatchNormalize
{
    /// <summary>y by loops.</summary>
    /// <param name="x">(rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="beta">β (columns).</param>
    /// <param name="y">(rows, columns), overwritten; may be the memory of <paramref name="x"/> if no backward follows.</param>
    /// <param name="mean">μ (columns), overwritten.</param>
    /// <param name="inverse">r (columns), overwritten.</param>
    /// <param name="columns">Number of features.</param>
    /// <param name="epsilon">ε, 0 or above.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    /// <exception cref="ArgumentOutOfRangeException">ε is negative or not finite.</exception>
    public static void Reference<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> beta, Span<T> y, Span<T> mean, Span<T> inverse, int columns, T epsilon)
        where T : IFloatingPointIeee754<T>
    {
        int rows = columns > 0 ? x.Length / columns : 0;
        Check(x.Length, gamma.Length, beta.Length, y.Length, mean.Length, inverse.Length, rows, columns);
        Moments.RequireEpsilon(epsilon);
        for (int j = 0; j < columns; j++)
        {
            Moments moments = Moments.Of(x, j, columns, rows);
            double r = moments.Inverse(double.CreateChecked(epsilon));
            (mean[j], inverse[j]) = (T.CreateChecked(moments.Mean), T.CreateChecked(r));
            for (int i = 0; i < rows; i++)
            {
                y[i * columns + j] = T.CreateChecked(moments.Deviation(double.CreateChecked(x[i * columns + j])) * r) * gamma[j] + beta[j];
            }
        }
    }

    /// <summary>
    /// Backward by loops: as for <see cref="Normalize"/>, with means over the rows of a column. With x̂ = (x − μ)·r and g = ∂L/∂y ⊙ γ:
    /// ∂L/∂x = r·(g − mean(g) − x̂·mean(g ⊙ x̂)).
    /// </summary>
    /// <param name="x">Input of the forward (rows, columns).</param>
    /// <param name="gamma">γ (columns).</param>
    /// <param name="mean">μ of the forward (columns).</param>
    /// <param name="inverse">r of the forward (columns).</param>
    /// <param name="dy">∂L/∂y (rows, columns).</param>
    /// <param name="dx">∂L/∂x (rows, columns), overwritten; may be the memory of <paramref name="dy"/>.</param>
    /// <param name="dGamma">∂L/∂γ (columns), added to.</param>
    /// <param name="dBeta">∂L/∂β (columns), added to.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void BackwardReference<T>(
        ReadOnlySpan<T> x, ReadOnlySpan<T> gamma, ReadOnlySpan<T> mean, ReadOnlySpan<T> inverse, ReadOnlySpan<T> dy, Span<T> dx, Span<T> dGamma, Span<T> dBeta)
        where T : IFloatingPointIeee754<T>
    {
        int columns = gamma.Length, rows = columns > 0 ? x.Length / columns : 0;
        Sizes.Require(x.Length, rows, columns, "x");
        CheckColumns(mean.Length, inverse.Length, columns);
        Sizes.Require(dy.Length, rows, columns, "dy");
        Sizes.Require(dx.Length, rows, columns, "dx");
        Sizes.Require(dGamma.Length, 1, columns, "dGamma", "one row");
        Sizes.Require(dBeta.Length, 1, columns, "dBeta", "one row");
        T n = T.CreateChecked(rows);
        for (int j = 0; j < columns; j++)
        {
            T meanG = T.Zero, meanGx = T.Zero;
            for (int i = 0; i < rows; i++)
            {
                T upstream = dy[i * columns + j], xHat = (x[i * columns + j] - mean[j]) * inverse[j];
                meanG += upstream * gamma[j] / n;
                meanGx += upstream * gamma[j] * xHat / n;
                dGamma[j] += upstream * xHat;
                dBeta[j] += upstream;
            }

            for (int i = 0; i < rows; i++)
            {
                T xHat = (x[i * columns + j] - mean[j]) * inverse[j];
                dx[i * columns + j] = inverse[j] * (dy[i * columns + j] * gamma[j] - meanG - xHat * meanGx);
            }
        }
    }

    private static void Check(int x, int gamma, int beta, int y, int mean, int inverse, int rows, int columns)
    {
        Sizes.Require(x, rows, columns, "x");
        Sizes.Require(y, rows, columns, "y");
        Sizes.Require(gamma, 1, columns, "gamma", "one row");
        Sizes.Require(beta, 1, columns, "beta", "one row");
        CheckColumns(mean, inverse, columns);
    }

    private static void CheckColumns(int mean, int inverse, int columns)
    {
        Sizes.Require(mean, 1, columns, "mean", "one row");
        Sizes.Require(inverse, 1, columns, "inverse", "one row");
    }
}
