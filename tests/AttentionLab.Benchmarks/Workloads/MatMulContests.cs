using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Matrix products: square, and with a long inner dimension.</summary>
internal static class MatMulContests
{
    public static IEnumerable<Contest> All(RivalSet rivals, int threads)
    {
        foreach (int n in new[] { 512, 1024, 2048 })
        {
            yield return Product(rivals, threads, n, n, n, [new("OpenBLAS", 1), new("oneDNN", 0.95)], percentBar: 85);
        }

        yield return Product(rivals, threads, 2048, 8192, 128, [new("oneDNN", 0.95)], percentBar: 0);
    }

    private static Contest Product(RivalSet rivals, int threads, int rows, int inner, int columns, Bar[] bars, double percentBar)
    {
        float[] a = Inputs.Gaussian(rows * inner, 1), b = Inputs.Gaussian(inner * columns, 2);
        List<Contender> contenders = [];
        void Add(string name, Action<float[]> run, bool isRival)
        {
            float[] result = Inputs.Zeros(rows * columns);
            contenders.Add(new(name, () => run(result), result, isRival));
        }

        Add("ours", c => MatMul.Forward(a, b, c, rows, inner, columns), false);
        if (rivals.OneDnn is { } oneDnn)
        {
            Add(oneDnn.Name, c => oneDnn.Multiply(a, b, c, rows, inner, columns), true);
        }

        if (rivals.OpenBlas is { } openBlas)
        {
            Add(openBlas.Name, c => openBlas.Multiply(a, b, c, rows, inner, columns), true);
        }

        if (rows == inner && rows == columns && rivals.Ort is { } ort)
        {
            float[] result = Inputs.Zeros(rows * columns);
            if (ort.Load($"matmul_{rows}", threads, [("A", a, [rows, inner]), ("B", b, [inner, columns])], ("C", result, [rows, columns])) is { } run)
            {
                contenders.Add(new(ort.Name, run, result, true));
            }
        }

        if (rows <= 512)
        {
            Add("MathNet managed", c => RivalSet.MathNet(a, b, c, rows, inner, columns), false);
            Add("our reference", c => MatMul.Reference<float>(a, b, c, rows, inner, columns), false);
        }

        return new($"matmul {rows}×{inner}×{columns}", "matmul", 2.0 * rows * inner * columns, bars, percentBar, contenders, c => CheckRows(a, b, c, rows, inner, columns));
    }

    /// <summary>Eight rows against the plain reference in double precision: all rows of 2048³ would take a minute.</summary>
    private static void CheckRows(float[] a, float[] b, float[] c, int rows, int inner, int columns)
    {
        double[] wideB = Array.ConvertAll(b, value => (double)value), row = new double[columns];
        for (int k = 0; k < 8; k++)
        {
            int i = k * (rows - 1) / 7;
            double[] wideA = Array.ConvertAll(a[(i * inner)..((i + 1) * inner)], value => (double)value);
            MatMul.Reference<double>(wideA, wideB, row, 1, inner, columns);
            for (int j = 0; j < columns; j++)
            {
                if (!(Math.Abs(row[j] - c[i * columns + j]) <= 1e-5 * inner))
                {
                    throw new InvalidOperationException($"matmul {rows}×{inner}×{columns}: ours is {c[i * columns + j]} at ({i}, {j}), the reference {row[j]}.");
                }
            }
        }
    }
}
