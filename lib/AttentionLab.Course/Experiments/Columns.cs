using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>Features one by one: what is done to a column of a table, over all its rows.</summary>
public static class Columns
{
    /// <summary>z = (x − mean)/deviation for each column over all rows (divided by n); a column without spread becomes 0.</summary>
    /// <param name="x">(n, C), at least one row.</param>
    /// <exception cref="ArgumentException">x is not a matrix, or has no row.</exception>
    public static Tensor Standardise(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.Rank != 2 || x.Rows == 0)
        {
            throw new ArgumentException(
                $"x is {Tensor.Describe(x.Shape)} but columns are standardised over the rows of a matrix: pass (n, C) with n of 1 or more.",
                nameof(x));
        }

        Tensor z = new(x.Shape);
        for (int c = 0; c < x.Columns; c++)
        {
            double sum = 0, squares = 0;
            for (int i = 0; i < x.Rows; i++)
            {
                sum += x[i, c];
            }

            double mean = sum / x.Rows;
            for (int i = 0; i < x.Rows; i++)
            {
                squares += (x[i, c] - mean) * (x[i, c] - mean);
            }

            double deviation = Math.Sqrt(squares / x.Rows);
            for (int i = 0; i < x.Rows && deviation > 0; i++)
            {
                z[i, c] = (float)((x[i, c] - mean) / deviation);
            }
        }

        return z;
    }

    /// <summary>Correlation of every column with every column, r_ab = Σ_i z_ia·z_ib / n.</summary>
    /// <param name="x">(n, C).</param>
    /// <returns>(C, C), between −1 and 1.</returns>
    public static Tensor Correlation(Tensor x)
    {
        Tensor z = Standardise(x);
        return z.TransposedMatMul(z) * (1f / x.Rows);
    }
}
