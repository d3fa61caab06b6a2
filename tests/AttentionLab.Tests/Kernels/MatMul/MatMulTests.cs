using AttentionLab.Kernels;
using MathNet.Numerics.LinearAlgebra;

namespace AttentionLab.Tests.Kernels;

public class MatMulTests
{
    public static TheoryData<int, int, int> Sizes
    {
        get
        {
            TheoryData<int, int, int> data = [];
            foreach (int n in Inputs.AwkwardLengths)
            {
                data.Add(n, 7, 33);
                data.Add(9, n, 17);
                data.Add(13, 31, n);
                data.Add(n, n, n);
            }

            data.Add(1, 300, 65);
            data.Add(7, 513, 40);

            // Across the borders of the fast path's ways: 4 rows (5 and 9 of a transposed B), tiles of 6, groups of 96, blocks of 512 inner and 256 columns,
            // 132 rows that meet a packed B together, and 32 columns, up to which tiles are narrower.
            data.Add(133, 520, 257);
            data.Add(140, 300, 32);
            data.Add(9, 70, 33);
            data.Add(6, 513, 385);
            data.Add(3, 67, 130);
            data.Add(5, 128, 21);
            data.Add(8, 131, 70);
            data.Add(13, 1030, 400);
            data.Add(103, 20, 390);
            data.Add(2, 30, 4100);
            data.Add(60, 650, 65);
            data.Add(97, 321, 65);
            data.Add(193, 650, 31);
            data.Add(200, 1300, 34);
            data.Add(13, 9, 2081);

            // Groups of up to 132 rows of A and 384 of B, copied or not: one, two, three; tiles of one row less, last strips that are not full, 8 strips and 9.
            data.Add(132, 384, 128);
            data.Add(133, 385, 129);
            data.Add(271, 770, 145);
            data.Add(19, 390, 131);
            data.Add(140, 3, 2065);

            // Long rows of B: one and two rows of A at once, one tile and two across B, ends that fill no register, inner lengths that are no multiple of four.
            data.Add(4, 15, 2048);
            data.Add(5, 22, 2050);
            data.Add(7, 13, 4133);
            data.Add(8, 130, 2100);
            data.Add(9, 10, 2048);
            data.Add(12, 140, 2100);
            data.Add(3, 260, 2083);

            // Up to 16 rows that meet four long rows of B at once: ends of rows that fill no register, last rows of B with nothing behind them, parts.
            data.Add(4, 5, 129);
            data.Add(16, 67, 145);
            data.Add(10, 34, 1007);
            data.Add(14, 3, 300);
            data.Add(16, 41, 4200);
            data.Add(17, 41, 300);
            data.Add(6, 1, 517);

            // One query: short rows of B, or of a transposed one, in four places at once or two, and what is left over.
            data.Add(1, 1, 64);
            data.Add(1, 3, 128);
            data.Add(1, 37, 64);
            data.Add(1, 203, 128);
            data.Add(1, 205, 96);
            data.Add(1, 18, 33);
            data.Add(1, 64, 1027);
            data.Add(1, 100, 66);
            data.Add(1, 128, 3);

            // A B of more than 8 MB, of which few rows ask for the next rows before they are needed.
            data.Add(1, 1027, 2049);
            data.Add(3, 1103, 1907);
            data.Add(8, 1026, 2053);
            data.Add(5, 1110, 1900);
            data.Add(7, 1100, 1000);

            // Enough work for several threads: parts of rows, parts of columns.
            data.Add(300, 90, 170);
            data.Add(8, 400, 1100);
            return data;
        }
    }

    [Theory, MemberData(nameof(Sizes))]
    public void Forward_AwkwardSizes_AgreesWithReference(int rows, int inner, int columns)
    {
        float[] a = Inputs.Gaussian(1, rows * inner), b = Inputs.Gaussian(2, inner * columns);
        float[] c = Inputs.Gaussian(3, rows * columns), sum = [.. c];
        double[] expected = new double[c.Length];
        double[] da = Inputs.Widen(a), db = Inputs.Widen(b);

        MatMul.Reference<double>(da, db, expected, rows, inner, columns);
        double[] expectedSum = [.. expected.Zip(c, (product, old) => old + product)];
        MatMul.Forward(a, b, c, rows, inner, columns);
        MatMul.Forward(a, b, sum, rows, inner, columns, add: true);

        Compare.Close(c, expected, Tolerances.Kernel, "A·B");
        Compare.Close(sum, expectedSum, Tolerances.Kernel, "C + A·B");

        float[] bt = Transpose(b, inner, columns), at = Transpose(a, rows, inner);
        MatMul.ForwardNT(a, bt, c, rows, inner, columns);
        Compare.Close(c, expected, Tolerances.Kernel, "A·Bᵀ");
        MatMul.ForwardTN(at, b, c, rows, inner, columns);
        Compare.Close(c, expected, Tolerances.Kernel, "Aᵀ·B");

        double[] again = new double[c.Length];
        MatMul.ReferenceNT<double>(da, Inputs.Widen(bt), again, rows, inner, columns);
        Compare.Close(again, expected, 1e-14, "reference A·Bᵀ");
        MatMul.ReferenceTN<double>(Inputs.Widen(at), db, again, rows, inner, columns);
        Compare.Close(again, expected, 1e-14, "reference Aᵀ·B");
    }

    [Fact]
    public void References_Adding_GiveTheOldNumbersAndTheProduct()
    {
        // (1 2; 3 4) · (5 6; 7 8) = (19 22; 43 50), to numbers that were there.
        double[] c = [100, 200, 300, 400], a = [1, 2, 3, 4], at = [1, 3, 2, 4], b = [5, 6, 7, 8], bt = [5, 7, 6, 8];
        MatMul.Reference<double>(a, b, c, 2, 2, 2, add: true);
        Assert.Equal([119, 222, 343, 450], c);
        MatMul.ReferenceNT<double>(a, bt, c, 2, 2, 2, add: true);
        Assert.Equal([138, 244, 386, 500], c);
        MatMul.ReferenceTN<double>(at, b, c, 2, 2, 2, add: true);
        Assert.Equal([157, 266, 429, 550], c);
    }

    [Theory, InlineData(1, 600, 4100), InlineData(8, 130, 2100), InlineData(16, 70, 5003)]
    public void Forward_LongRowsOnMoreThreads_GivesTheSameBits(int rows, int inner, int columns)
    {
        float[] a = Inputs.Gaussian(1, rows * inner), b = Inputs.Gaussian(2, inner * columns), one = new float[rows * columns], more = new float[one.Length];
        int before = Workers.Count;
        try
        {
            Workers.Count = 1;
            MatMul.Forward(a, b, one, rows, inner, columns);
            Workers.Count = 3;
            MatMul.Forward(a, b, more, rows, inner, columns);
        }
        finally
        {
            Workers.Count = before;
        }

        Assert.Equal(one, more);
    }

    [Fact]
    public void Forward_MoreThanOneBlockOfB_AgreesWithReference()
    {
        // More than 2 M numbers in B: its strips are walked in two parts. Three rows of C are enough to tell.
        const int rows = 200, inner = 2100, columns = 1050;
        float[] a = Inputs.Gaussian(15, rows * inner), b = Inputs.Gaussian(16, inner * columns);
        float[][] results = [.. Enumerable.Range(0, 4).Select(_ => new float[rows * columns])];
        MatMul.Forward(a, b, results[0], rows, inner, columns);
        MatMul.ForwardNT(a, Transpose(b, inner, columns), results[1], rows, inner, columns);
        MatMul.ForwardTN(Transpose(a, rows, inner), b, results[2], rows, inner, columns);
        MatMul.Forward(a, new PackedMatrix(b, inner, columns), results[3], rows);

        double[] wide = Inputs.Widen(b), expected = new double[columns];
        foreach (int row in (int[])[0, 101, 199])
        {
            MatMul.Reference<double>(Inputs.Widen(a.AsSpan(row * inner, inner)), wide, expected, 1, inner, columns);
            foreach (float[] result in results)
            {
                Compare.Close(result.AsSpan(row * columns, columns), expected, Tolerances.Kernel, $"row {row}");
            }
        }
    }

    [Theory, InlineData(19, 23, 29), InlineData(97, 321, 65)]
    public void ReferenceAndForward_AgainstMathNet_Agree(int rows, int inner, int columns)
    {
        double[] a = Inputs.GaussianDouble(4, rows * inner), b = Inputs.GaussianDouble(5, inner * columns), c = new double[rows * columns];
        MatMul.Reference<double>(a, b, c, rows, inner, columns);

        Matrix<double> product = Matrix<double>.Build.DenseOfRowMajor(rows, inner, a) * Matrix<double>.Build.DenseOfRowMajor(inner, columns, b);

        Compare.Close(c, product.ToRowMajorArray(), 1e-14, "reference");
        float[] fa = [.. a.Select(v => (float)v)], fb = [.. b.Select(v => (float)v)], fc = new float[c.Length];
        Matrix<double> left = Matrix<double>.Build.DenseOfRowMajor(rows, inner, Inputs.Widen(fa));
        Matrix<double> right = Matrix<double>.Build.DenseOfRowMajor(inner, columns, Inputs.Widen(fb));
        double[] expected = (left * right).ToRowMajorArray();
        MatMul.Forward(fa, fb, fc, rows, inner, columns);
        Compare.Close(fc, expected, Tolerances.Kernel, "A·B");
        MatMul.ForwardNT(fa, Transpose(fb, inner, columns), fc, rows, inner, columns);
        Compare.Close(fc, expected, Tolerances.Kernel, "A·Bᵀ");
        MatMul.ForwardTN(Transpose(fa, rows, inner), fb, fc, rows, inner, columns);
        Compare.Close(fc, expected, Tolerances.Kernel, "Aᵀ·B");
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        const int rows = 3, inner = 4, columns = 5;
        double[] a = Inputs.GaussianDouble(6, rows * inner), b = Inputs.GaussianDouble(7, inner * columns), dc = Inputs.GaussianDouble(8, rows * columns);
        double[] c = new double[rows * columns], da = new double[a.Length], db = new double[b.Length];
        double Loss()
        {
            MatMul.Reference<double>(a, b, c, rows, inner, columns);
            return Numerical.Weighted(c, dc);
        }

        MatMul.BackwardReference<double>(a, b, dc, da, db, rows, inner, columns);

        Compare.Close(da, Numerical.Gradient(a, Loss), Tolerances.Numerical, "∂L/∂A");
        Compare.Close(db, Numerical.Gradient(b, Loss), Tolerances.Numerical, "∂L/∂B");
    }

    [Theory, InlineData(5, 7, 33), InlineData(17, 64, 31), InlineData(1, 1, 1)]
    public void Backward_AgainstReference_Agrees(int rows, int inner, int columns)
    {
        float[] a = Inputs.Gaussian(9, rows * inner), b = Inputs.Gaussian(10, inner * columns), dc = Inputs.Gaussian(11, rows * columns);
        float[] da = new float[a.Length], db = Inputs.Gaussian(12, b.Length);
        double[] ea = new double[a.Length], eb = Inputs.Widen(db);

        MatMul.BackwardReference<double>(Inputs.Widen(a), Inputs.Widen(b), Inputs.Widen(dc), ea, eb, rows, inner, columns);
        MatMul.Backward(a, b, dc, da, db, rows, inner, columns);

        Compare.Close(da, ea, Tolerances.Kernel, "∂L/∂A");
        Compare.Close(db, eb, Tolerances.Kernel, "∂L/∂B");
    }

    [Fact]
    public void Forward_NaNInOneRow_StaysInThatRow()
    {
        float[] a = Inputs.Gaussian(13, 8 * 9), b = Inputs.Gaussian(14, 9 * 10), c = new float[80];
        a[3 * 9 + 4] = float.NaN;
        MatMul.Forward(a, b, c, 8, 9, 10);
        for (int i = 0; i < 80; i++)
        {
            Assert.Equal(i / 10 == 3, float.IsNaN(c[i]));
        }
    }

    [Theory, InlineData(1), InlineData(3), InlineData(8), InlineData(16), InlineData(40)]
    public void Forward_NaNAtTheBeginningOfRowsOfB_StaysInTheirColumns(int rows)
    {
        // Where whole registers are read, what lies behind the end of a row is the beginning of the next.
        const int inner = 9, columns = 137;
        float[] a = Inputs.Gaussian(17, rows * inner), b = Inputs.Gaussian(18, inner * columns), c = new float[rows * columns];
        for (int p = 0; p < inner; p++)
        {
            b.AsSpan(p * columns, 5).Fill(float.NaN);
        }

        MatMul.Forward(a, b, c, rows, inner, columns);
        for (int i = 0; i < c.Length; i++)
        {
            Assert.Equal(i % columns < 5, float.IsNaN(c[i]));
        }
    }

    [Fact]
    public void Forward_Infinity_GivesInfinityNotNaN()
    {
        float[] a = [float.PositiveInfinity, 1], b = [1, 2, 3, 4], c = new float[2];
        MatMul.Forward(a, b, c, 1, 2, 2);
        Assert.All(c, x => Assert.Equal(float.PositiveInfinity, x));
    }

    [Fact]
    public void Forward_WrongLength_NamesBothSides()
    {
        var error = Assert.Throws<ArgumentException>(() => MatMul.Forward(new float[6], new float[6], new float[4], 2, 3, 3));
        Assert.Contains("b holds 6 numbers but (inner, columns) = (3, 3) needs 9", error.Message);
        Assert.Throws<ArgumentException>(() => MatMul.ForwardNT(new float[6], new float[6], new float[5], 2, 3, 2));
        Assert.Throws<ArgumentException>(() => MatMul.ForwardTN(new float[6], new float[6], new float[4], 2, -3, 2));
    }

    [Theory, InlineData(1, 40, 50), InlineData(8, 512, 600), InlineData(64, 64, 64), InlineData(300, 200, 300)]
    public void Forward_AfterWarmUp_AllocatesNothing(int rows, int inner, int columns)
    {
        float[] a = new float[rows * inner], b = new float[inner * columns], c = new float[rows * columns];
        AllocatesNothing(() =>
        {
            MatMul.Forward(a, b, c, rows, inner, columns);
            MatMul.ForwardNT(a, b, c, rows, inner, columns);
            MatMul.ForwardTN(a, b, c, rows, inner, columns);
        });
    }

    /// <summary>
    /// Runs it until five times in a row allocate nothing here. A few more tries: threads
    /// start, and thread-local memory grows, when another test happens to use the workers.
    /// </summary>
    internal static void AllocatesNothing(Action action)
    {
        for (int attempt = 0; attempt < 20; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 5; i++)
            {
                action();
            }

            if (GC.GetAllocatedBytesForCurrentThread() == before)
            {
                return;
            }
        }

        Assert.Fail("memory is allocated again and again");
    }

    internal static float[] Transpose(float[] x, int rows, int columns)
    {
        float[] y = new float[x.Length];
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
