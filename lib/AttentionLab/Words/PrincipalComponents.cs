using AttentionLab.Tensors;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace AttentionLab.Words;

/// <summary>
/// The flat picture of many vectors that keeps most of their spread (principal component analysis, Pearson 1901):
/// X − mean = U·S·Vᵀ; the axes are the first rows of Vᵀ, the points (X − mean)·V, and S² gives each axis its share of the variance.
/// </summary>
/// <param name="Points">(n, k): the vectors on the new axes.</param>
/// <param name="Axes">(k, d): unit vectors; the largest entry of each is positive, so that the picture does not flip.</param>
/// <param name="Mean">(d): what was subtracted.</param>
/// <param name="Shares">(k): the share of the whole variance along each axis.</param>
public sealed record PrincipalComponents(Tensor Points, Tensor Axes, Tensor Mean, double[] Shares)
{
    /// <summary>The first axes of a set of vectors, by the singular value decomposition of MathNet.Numerics in double.</summary>
    /// <param name="vectors">(n, d): one vector a row, n ≥ 2.</param>
    /// <param name="axes">k, from 1 to min(n, d).</param>
    /// <exception cref="ArgumentException">The shape does not allow so many axes, a value is not finite, or a point would not be.</exception>
    public static PrincipalComponents Of(Tensor vectors, int axes = 2)
    {
        ArgumentNullException.ThrowIfNull(vectors);
        if (vectors.Rank != 2 || vectors.Rows < 2 || axes < 1 || axes > Math.Min(vectors.Rows, vectors.Columns))
        {
            throw new ArgumentException(
                $"vectors is {Tensor.Describe(vectors.Shape)} and axes is {axes} but (n, d) with n ≥ 2 and 1 ≤ axes ≤ min(n, d) is needed: pass one vector a "
                + "row and fewer axes.",
                nameof(vectors));
        }

        if (vectors.Values.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new ArgumentException(
                "vectors holds NaN or an infinity but a mean needs finite numbers: look for the row that does and leave it out.", nameof(vectors));
        }

        (int n, int d) = (vectors.Rows, vectors.Columns);
        Matrix<double> x = Matrix<double>.Build.Dense(n, d, (i, j) => vectors.Row(i)[j]);
        Vector<double> mean = x.ColumnSums() / n;
        x = Matrix<double>.Build.Dense(n, d, (i, j) => x[i, j] - mean[j]);

        // S and V of X are those of the (d, d) triangle of its QR form: no (n, n) matrix for many vectors.
        Svd<double> svd = (n > d ? x.QR(QRMethod.Thin).R : x).Svd();
        double whole = svd.S.Sum(s => s * s);
        Tensor directions = new(axes, d);
        for (int a = 0; a < axes; a++)
        {
            Vector<double> direction = svd.VT.Row(a);
            double sign = direction[direction.AbsoluteMaximumIndex()] < 0 ? -1 : 1;
            for (int j = 0; j < d; j++)
            {
                directions[a, j] = (float)(sign * direction[j]);
            }
        }

        Tensor points = new(n, axes);
        for (int i = 0; i < n; i++)
        {
            for (int a = 0; a < axes; a++)
            {
                double sum = 0;
                for (int j = 0; j < d; j++)
                {
                    sum += x[i, j] * directions[a, j];
                }

                points[i, a] = float.IsFinite((float)sum) ? (float)sum
                    : throw new ArgumentException(
                        FormattableString.Invariant($"a point would lie {Math.Abs(sum):G3} from the mean, which no float holds: divide the vectors by 10."),
                        nameof(vectors));
            }
        }

        return new(points, directions, new Tensor([.. mean.Select(m => (float)m)], d), [.. svd.S.Take(axes).Select(s => whole == 0 ? 0 : s * s / whole)]);
    }
}
