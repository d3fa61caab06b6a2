using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class PackedMatrixTests
{
    [Theory, MemberData(nameof(MatMulTests.Sizes), MemberType = typeof(MatMulTests))]
    [InlineData(600, 500, 330)]
    [InlineData(140, 1100, 1950)]
    public void Forward_AwkwardSizes_AgreesWithReference(int rows, int inner, int columns)
    {
        float[] a = Inputs.Gaussian(1, rows * inner), b = Inputs.Gaussian(2, inner * columns), c = Inputs.Gaussian(3, rows * columns), sum = [.. c];
        float[] transposed = MatMulTests.Transpose(b, inner, columns);

        // The same sums in the same order as of A·B, but read along the rows of Bᵀ: several times as fast.
        double[] expected = new double[c.Length];
        MatMul.ReferenceNT<double>(Inputs.Widen(a), Inputs.Widen(transposed), expected, rows, inner, columns);
        double[] expectedSum = [.. expected.Zip(c, (product, old) => old + product)];

        PackedMatrix packed = new(b, inner, columns);
        MatMul.Forward(a, packed, c, rows);
        MatMul.Forward(a, packed, sum, rows, add: true);

        Assert.Equal((inner, columns), (packed.Inner, packed.Columns));
        Compare.Close(c, expected, Tolerances.Kernel, "A·B");
        Compare.Close(sum, expectedSum, Tolerances.Kernel, "C + A·B");
        MatMul.Forward(a, new PackedMatrix(transposed, inner, columns, transposed: true), sum, rows);
        Compare.Same(sum, c, "from the transposed weight");
    }

    [Theory]
    [InlineData(1, 40, 50)]
    [InlineData(7, 3, 33)]
    [InlineData(30, 64, 64)]
    [InlineData(100, 2000, 70)]
    [InlineData(290, 600, 70)]
    [InlineData(540, 130, 70)]
    [InlineData(5, 0, 40)]
    public void Forward_Epilogue_IsBiasThenActivationThenResidual(int rows, int inner, int columns)
    {
        float[] a = Inputs.Gaussian(4, rows * inner), b = Inputs.Gaussian(5, inner * columns, 1 / Math.Sqrt(Math.Max(1, inner)));
        float[] bias = Inputs.Gaussian(6, columns), residual = Inputs.Gaussian(7, rows * columns), old = Inputs.Gaussian(8, rows * columns);
        float[] turned = [.. Enumerable.Range(0, b.Length).Select(i => b[i % Math.Max(1, inner) * columns + i / Math.Max(1, inner)])];
        PackedMatrix packed = new(b, inner, columns);
        double[] product = new double[old.Length];
        MatMul.Reference<double>(Inputs.Widen(a), Inputs.Widen(b), product, rows, inner, columns);
        foreach (Nonlinearity f in Enum.GetValues<Nonlinearity>())
        {
            for (int choice = 0; choice < 8; choice++)
            {
                bool withBias = (choice & 1) != 0, withResidual = (choice & 2) != 0, add = (choice & 4) != 0;
                double[] expected = [.. product];
                for (int i = 0; i < expected.Length; i++)
                {
                    expected[i] += (add ? old[i] : 0) + (withBias ? bias[i % columns] : 0);
                }

                switch (f)
                {
                    case Nonlinearity.Relu: Relu.Reference<double>(expected, expected); break;
                    case Nonlinearity.Gelu: Gelu.Reference<double>(expected, expected); break;
                    case Nonlinearity.GeluTanh: Gelu.Reference<double>(expected, expected, tanh: true); break;
                }

                for (int i = 0; i < expected.Length; i++)
                {
                    expected[i] += withResidual ? residual[i] : 0;
                }

                Epilogue epilogue = new() { Bias = withBias ? bias : [], Activation = f, Residual = withResidual ? residual : [] };
                float[] c = [.. old];
                MatMul.Forward(a, packed, c, rows, epilogue, add);
                Compare.Close(c, expected, Tolerances.Kernel, $"packed, {f}, choice {choice}");
                old.CopyTo(c, 0);
                MatMul.Forward(a, b, c, rows, inner, columns, epilogue, add);
                Compare.Close(c, expected, Tolerances.Kernel, $"plain, {f}, choice {choice}");
                old.CopyTo(c, 0);
                MatMul.ForwardNT(a, turned, c, rows, inner, columns, epilogue, add);
                Compare.Close(c, expected, Tolerances.Kernel, $"transposed, {f}, choice {choice}");
            }
        }
    }

    [Fact]
    public void Forward_EpilogueOfSeparateSteps_SameBits()
    {
        // What a layer did before in separate steps, it may do in one without a change of its results.
        const int rows = 50, inner = 70, columns = 96;
        float[] a = Inputs.Gaussian(9, rows * inner), b = Inputs.Gaussian(10, inner * columns), fused = new float[rows * columns];
        float[] steps = new float[rows * columns];
        PackedMatrix packed = new(b, inner, columns);
        MatMul.Forward(a, packed, fused, rows, new Epilogue { Activation = Nonlinearity.Gelu });
        MatMul.Forward(a, b, steps, rows, inner, columns);
        Gelu.Forward(steps, steps);
        Compare.Same(fused, steps, "GELU");
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 16)]
    [InlineData(5, 31)]
    [InlineData(7, 32)]
    [InlineData(40, 130)]
    public void CopyTo_AllAndSomeColumns_AreWhatWasPacked(int inner, int columns)
    {
        float[] b = [.. Enumerable.Range(0, inner * columns).Select(i => (float)i)];
        foreach (PackedMatrix packed in new[]
        {
            new PackedMatrix(b, inner, columns), new PackedMatrix(MatMulTests.Transpose(b, inner, columns), inner, columns, transposed: true),
        })
        {
            float[] all = new float[b.Length];
            packed.CopyTo(all);
            Assert.Equal(b, all);
            for (int first = 0; first < columns; first += 7)
            {
                int count = Math.Min(19, columns - first);
                float[] some = new float[inner * count];
                packed.CopyTo(some, first);
                Assert.Equal([.. Enumerable.Range(0, some.Length).Select(i => b[i / count * columns + first + i % count])], some);
            }

            Assert.Contains($"but there are {columns}", Assert.Throws<ArgumentException>(() => packed.CopyTo(new float[inner], columns)).Message);
        }
    }

    [Fact]
    public void Refill_OtherWeights_AreUsed()
    {
        float[] a = [1, 2, 3], b = [1, 2, 3, 4, 5, 6], c = new float[2];
        PackedMatrix packed = new(b, 3, 2);
        packed.Refill([6, 5, 4, 3, 2, 1]);
        MatMul.Forward(a, packed, c, 1);
        Assert.Equal([20f, 14f], c);
    }

    [Fact]
    public void WrongLengths_NameBothSidesAndTheFix()
    {
        PackedMatrix packed = new(new float[12], 3, 4);
        Assert.Contains("b holds 12 numbers but (inner, columns) = (4, 4) needs 16", Message(() => _ = new PackedMatrix(new float[12], 4, 4)));
        Assert.Contains(
            "b holds 12 numbers but (columns, inner) = (4, 4) needs 16", Message(() => _ = new PackedMatrix(new float[12], 4, 4, transposed: true)));
        Assert.Contains("b holds 11 numbers but (inner, columns) = (3, 4) needs 12", Message(() => packed.Refill(new float[11])));
        Assert.Contains("a holds 8 numbers but (rows, b.Inner) = (2, 3) needs 6", Message(() => MatMul.Forward(new float[8], packed, new float[8], 2)));
        Assert.Contains("c holds 6 numbers but (rows, b.Columns) = (2, 4) needs 8", Message(() => MatMul.Forward(new float[6], packed, new float[6], 2)));
        Assert.Contains(
            "Bias holds 3 numbers but C has 4 columns: pass",
            Message(() => MatMul.Forward(new float[6], packed, new float[8], 2, new Epilogue { Bias = new float[3] })));
        Assert.Contains(
            "Residual holds 4 numbers but C holds 8: pass",
            Message(() => MatMul.Forward(new float[6], packed, new float[8], 2, new Epilogue { Residual = new float[4] })));
        float[] shared = new float[8];
        Assert.Contains("Residual and C share memory", Message(() => MatMul.Forward(new float[6], packed, shared, 2, new Epilogue { Residual = shared })));
        Assert.Contains(
            "Activation is 9 but", Message(() => MatMul.Forward(new float[6], packed, new float[8], 2, new Epilogue { Activation = (Nonlinearity)9 })));

        static string Message(Action action) => Assert.Throws<ArgumentException>(action).Message;
    }

    [Theory, InlineData(1, 40, 50), InlineData(8, 512, 512), InlineData(300, 300, 300)]
    public void Forward_AfterWarmUp_AllocatesNothing(int rows, int inner, int columns)
    {
        float[] a = new float[rows * inner], c = new float[rows * columns], bias = new float[columns];
        PackedMatrix packed = new(new float[inner * columns], inner, columns);
        MatMulTests.AllocatesNothing(() => MatMul.Forward(a, packed, c, rows, new Epilogue { Bias = bias }));
    }

    [Theory]
    [InlineData(300, 90, 170)]
    [InlineData(1, 3000, 1000)]
    [InlineData(8, 400, 1100)]
    [InlineData(200, 1500, 300)]
    [InlineData(1000, 70, 65)]
    [InlineData(2, 1000, 5000)]
    [InlineData(64, 300, 640)]
    [InlineData(3, 130, 2100)]
    [InlineData(5, 3000, 720)]
    [InlineData(12, 140, 2100)]
    [InlineData(13, 600, 2100)]
    [InlineData(12, 9000, 100)]
    [InlineData(1, 1100, 1390)]
    [InlineData(271, 770, 145)]
    [InlineData(140, 400, 2100)]
    [InlineData(600, 500, 330)]
    [InlineData(140, 1100, 1950)]
    public void Forward_OneTwoOrThreeThreads_SameBits(int rows, int inner, int columns)
    {
        float[] a = Inputs.Gaussian(11, rows * inner), b = Inputs.Gaussian(12, inner * columns), bias = Inputs.Gaussian(13, columns);
        PackedMatrix packed = new(b, inner, columns);
        float[][]? expected = null;
        int count = Workers.Count;
        try
        {
            foreach (int threads in (int[])[1, 2, 3])
            {
                Workers.Count = threads;
                float[][] results = [.. Enumerable.Range(0, 4).Select(_ => new float[rows * columns])];
                MatMul.Forward(a, b, results[0], rows, inner, columns);
                MatMul.ForwardNT(a, b, results[1], rows, inner, columns);
                MatMul.ForwardTN(a, b, results[2], rows, inner, columns);
                MatMul.Forward(a, packed, results[3], rows, new Epilogue { Bias = bias, Activation = Nonlinearity.Gelu });
                expected ??= results;
                for (int i = 0; i < results.Length; i++)
                {
                    Compare.Same(results[i], expected[i], $"result {i} of {threads} threads");
                }
            }
        }
        finally
        {
            Workers.Count = count;
        }
    }
}
