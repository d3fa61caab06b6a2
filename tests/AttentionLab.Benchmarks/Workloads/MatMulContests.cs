using System.Numerics.Tensors;
using AttentionLab.Benchmarks.Rivals;
using AttentionLab.Kernels;
using MathNet.Numerics.Providers.LinearAlgebra;

namespace AttentionLab.Benchmarks.Workloads;

/// <summary>Matrix products: square, skinny, long and transposed.</summary>
internal static class MatMulContests
{
    private enum Form
    {
        Plain,
        TransposedB,
        TransposedA,
    }

    /// <summary>Every matrix product.</summary>
    public static IEnumerable<Entry> All(RivalSet rivals, int threads)
    {
        foreach (int n in new[] { 512, 1024, 2048 })
        {
            yield return Product(
                Form.Plain, n, n, n, [Bar.AtLeast(1, "oneDNN"), Bar.AtLeast(1, "ORT"), Bar.PercentOfLimit(90), Bar.PercentOfLimit(94).AsMoonshot()],
                n > 512 ? [Bar.AtLeast(1.85, Lineup.OneThread)] : []);
        }

        yield return Product(Form.Plain, 2048, 8192, 128, [Bar.AtLeast(1.05, "oneDNN"), Bar.PercentOfLimit(90)], [Bar.AtLeast(1.85, Lineup.OneThread)]);
        yield return Product(
            Form.Plain, 128, 512, 2048, [Bar.AtLeast(1, "oneDNN"), Bar.AtLeast(1, "ORT"), Bar.PercentOfLimit(88)],
            [Bar.AtLeast(1, "oneDNN"), Bar.AtLeast(1, "ORT")]);
        foreach (int rows in new[] { 1, 4, 8 })
        {
            yield return Product(Form.Plain, rows, 2048, 2048, [Bar.AtLeast(1, "oneDNN")], []);
        }

        yield return Product(Form.TransposedB, 1024, 64, 1024, [], []);
        yield return Product(Form.TransposedA, 512, 2048, 512, [], []);

        Entry Product(Form form, int rows, int inner, int columns, Bar[] alone, Bar[] together)
        {
            string name = $"matmul {form switch { Form.TransposedB => "A·Bᵀ ", Form.TransposedA => "Aᵀ·B ", _ => "" }}{rows}×{inner}×{columns}";
            return new("matmul", name, () => Make(name, form, rivals, threads, rows, inner, columns, threads == 1 ? alone : together));
        }
    }

    /// <summary>Eight rows of C against the plain reference in double precision: all rows of 2048³ would take a minute.</summary>
    /// <param name="workload">For the message.</param>
    /// <param name="a">(rows, inner).</param>
    /// <param name="b">(inner, columns).</param>
    /// <param name="c">(rows, columns).</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="inner">Columns of A.</param>
    /// <param name="columns">Columns of B.</param>
    public static void CheckRows(string workload, float[] a, float[] b, float[] c, int rows, int inner, int columns)
    {
        double[] wideB = Inputs.Widen(b), row = new double[columns];
        for (int k = 0; k < 8; k++)
        {
            int i = k * (rows - 1) / 7;
            MatMul.Reference<double>(Inputs.Widen(a.AsSpan(i * inner, inner)), wideB, row, 1, inner, columns);
            for (int j = 0; j < columns; j++)
            {
                // A sum of N(0, 1) products grows with √inner, its rounding errors with √inner of that: 10⁻⁵·inner is far above both.
                if (!(Math.Abs(row[j] - c[i * columns + j]) <= 1e-5 * inner))
                {
                    throw new WrongResultException(
                        $"{workload}: ours is {c[i * columns + j]} at ({i}, {j}), the reference {row[j]}: no time is shown for a wrong result.");
                }
            }
        }
    }

    private static Contest Make(string workload, Form form, RivalSet rivals, int threads, int rows, int inner, int columns, Bar[] bars)
    {
        float[] a = Inputs.Gaussian(rows * inner, 1), b = Inputs.Gaussian(inner * columns, 2);
        float[] storedA = form == Form.TransposedA ? Transposed(a, rows, inner) : a, storedB = form == Form.TransposedB ? Transposed(b, inner, columns) : b;
        Lineup lineup = new(rivals, threads, rows * columns);
        lineup.Ours(c =>
        {
            switch (form)
            {
                case Form.TransposedA:
                    MatMul.ForwardTN(storedA, b, c, rows, inner, columns);
                    break;
                case Form.TransposedB:
                    MatMul.ForwardNT(a, storedB, c, rows, inner, columns);
                    break;
                default:
                    MatMul.Forward(a, b, c, rows, inner, columns);
                    break;
            }
        });
        foreach ((NativeBlas? blas, string family) in new[] { (rivals.OneDnn, "oneDNN"), (rivals.OpenBlas, "OpenBLAS") })
        {
            if (blas is not null)
            {
                lineup.Add(
                    blas.Name, c => blas.Multiply(storedA, storedB, c, rows, inner, columns, form == Form.TransposedA, form == Form.TransposedB), isRival: true,
                    family: family);
            }
        }

        if (rows <= 8)
        {
            lineup.Reading(b);
        }

        double flops = 2.0 * rows * inner * columns;
        List<string> notes = [];
        if (form == Form.Plain)
        {
            OnnxModel Model() =>
                new OnnxModel().Input("a", rows, inner).Input("b", inner, columns).Output("o", rows, columns).Node("MatMul", ["a", "b"], ["o"]);
            lineup.Ort("", Model, [("a", a, [rows, inner]), ("b", b, [inner, columns])], [rows, columns]);
            if (flops < 3e9)
            {
                lineup.Add("TensorPrimitives.Dot", c => Dots(a, b, c, rows, inner, columns), isRival: true, isSlow: true, isSingle: true);
                lineup.Add(
                    "MathNet managed",
                    c =>
                        ManagedLinearAlgebraProvider.Instance.MatrixMultiplyWithUpdate(
                            Transpose.DontTranspose, Transpose.DontTranspose, 1f, b, columns, inner, a, inner, rows, 0f, c),
                    isRival: true, isSlow: true);
            }
        }

        if (flops < 5e8 && form == Form.Plain)
        {
            lineup.Reference(c => MatMul.Reference<float>(a, b, c, rows, inner, columns));
        }
        else
        {
            notes.Add(flops < 3e9 ? "our reference: not run at this size." : "our reference, TensorPrimitives and MathNet: not run at this size.");
        }

        return lineup.Finish(workload, flops, bars, c => CheckRows(workload, a, b, c, rows, inner, columns), [.. notes]);
    }

    /// <summary>What one writes with TensorPrimitives: B turned over, then a dot product for every element.</summary>
    private static void Dots(float[] a, float[] b, float[] c, int rows, int inner, int columns)
    {
        float[] turned = Transposed(b, inner, columns);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                c[i * columns + j] = TensorPrimitives.Dot<float>(a.AsSpan(i * inner, inner), turned.AsSpan(j * inner, inner));
            }
        }
    }

    private static float[] Transposed(float[] x, int rows, int columns)
    {
        float[] y = Inputs.Zeros(x.Length);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                y[j * rows + i] = x[i * columns + j];
            }
        }

        return y;
    }
}
