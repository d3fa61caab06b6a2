using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Tensors;

public class TensorOperationsTests
{
    private static readonly Tensor A = Tensor.Matrix(new float[,] { { 1, 2, 3 }, { 4, 5, 6 } });
    private static readonly Tensor B = Tensor.Matrix(new float[,] { { 1, 0 }, { 0, 1 }, { 2, -1 } });

    [Fact]
    public void MatMul_SmallMatrices_AllThreeFormsAgree()
    {
        float[] expected = [7, -1, 16, -1];
        Assert.Equal(expected, A.MatMul(B).Values);
        Assert.Equal(expected, A.MatMulTransposed(B.Transpose()).Values);
        Assert.Equal(expected, A.Transpose().TransposedMatMul(B).Values);
        Assert.Equal([2, 2], A.MatMul(B).Shape.ToArray());
    }

    [Fact]
    public void MatMul_Batch_MultipliesEachPair()
    {
        CounterRandom random = new(1);
        Tensor a = Tensor.Gaussian(random, 1, 2, 3, 4, 5), b = Tensor.Gaussian(random, 1, 2, 3, 5, 7);
        Tensor c = a.MatMul(b), d = a.MatMulTransposed(b.Transpose()), e = a.Transpose().TransposedMatMul(b);
        Assert.Equal([2, 3, 4, 7], c.Shape.ToArray());
        Compare.Close(d, c, Tolerances.Kernel, "A·Bᵀ");
        Compare.Close(e, c, Tolerances.Kernel, "Aᵀ·B");
        Compare.Close(c.At(1, 2), a.At(1, 2).MatMul(b.At(1, 2)), 0, "one of the batch");
    }

    [Fact]
    public void MatMul_WrongSizes_NamesBothAndTheFormThatFits()
    {
        Assert.Contains("(2, 3) and (2, 3) do not fit A·B: 3 is not 2. MatMulTransposed (A·Bᵀ) would fit.", Error(() => A.MatMul(A)));
        Assert.Contains("TransposedMatMul (Aᵀ·B) would fit", Error(() => A.MatMul(new Tensor(2, 4))));
        Assert.Contains("MatMul (A·B) would fit", Error(() => A.MatMulTransposed(B)));
        Assert.Contains("No transpose fits", Error(() => A.MatMul(new Tensor(7, 8))));
        Assert.Contains("Reshape(1, 3) for a row", Error(() => A.MatMul(Tensor.Vector(1, 2, 3))));
        Assert.Contains("differ before the last two", Error(() => new Tensor(2, 3, 4).MatMul(new Tensor(3, 4, 5))));
        Assert.Contains("differ before the last two", Error(() => new Tensor(2, 3, 4).MatMul(new Tensor(4, 5))));
    }

    [Fact]
    public void Operators_SameShape_WorkElementByElementAndChangeNothing()
    {
        Tensor x = Tensor.Vector(1, 2, 3), y = Tensor.Vector(10, 20, 30);
        Assert.Equal([11, 22, 33], (x + y).Values);
        Assert.Equal([-9, -18, -27], (x - y).Values);
        Assert.Equal([10, 40, 90], (x * y).Values);
        Assert.Equal([2, 4, 6], (2 * x).Values);
        Assert.Equal([2, 4, 6], (x * 2).Values);
        Assert.Equal([1, 2, 3], x.Values);
        Assert.Contains("(3) + (2): the shapes differ", Error(() => x + Tensor.Vector(1, 2)));
        Assert.Contains("(3) * (1, 3)", Error(() => x * x.Reshape(1, 3)));
    }

    [Fact]
    public void ToMatrix_RankTwo_CopiesAndOthersAreRefused()
    {
        float[,] m = A.ToMatrix();
        m[0, 0] = 99;
        Assert.Equal(6, m[1, 2]);
        Assert.Equal(1, A[0, 0]);
        Assert.Contains("(2, 1, 3) but ToMatrix expects (rows, columns)", Error(() => A.Reshape(2, 1, 3).ToMatrix()));
    }

    [Fact]
    public void At_LeadingIndices_CopiesThatPart()
    {
        Tensor x = new([.. Enumerable.Range(0, 24).Select(i => (float)i)], 2, 3, 4);
        Assert.Equal([12f, 13, 14, 15], x.At(1, 0).Values);
        Assert.Equal([3, 4], x.At(1).Shape.ToArray());
        x.At(0)[0, 0] = 5;
        Assert.Equal(0, x[0, 0, 0]);
        Assert.Contains("At keeps at least one dimension", Error(() => x.At(0, 0, 0)));
        Assert.Contains("index 1 runs from 0 to 2", Error(() => x.At(0, 3)));
    }

    [Fact]
    public void Softmax_Rows_SumToOne()
    {
        Tensor y = Tensor.Gaussian(new CounterRandom(2), 5, 2, 3, 9).Softmax();
        for (int i = 0; i < y.Rows; i++)
        {
            Assert.Equal(1, y.Row(i).ToArray().Sum(), 1e-5);
        }
    }

    [Theory, InlineData(0, 3), InlineData(3, 0), InlineData(0, 0)]
    public void Operations_EmptyTensors_StayEmpty(int rows, int columns)
    {
        Tensor x = new(rows, columns);
        Assert.Equal([columns, rows], x.Transpose().Shape.ToArray());
        Assert.Equal([rows, rows], x.MatMulTransposed(x).Shape.ToArray());
        Assert.All(x.MatMulTransposed(x).Values, v => Assert.Equal(0, v));
        Assert.Empty((x + x).Softmax().Values);
        Assert.Empty(x.ToMatrix());
    }

    [Fact]
    public void Parameter_New_HasAZeroGradientOfItsShape()
    {
        Parameter p = new("w", A.Copy());
        p.Gradient[1, 1] = 3;
        Assert.Equal([2, 3], p.Gradient.Shape.ToArray());
        p.ClearGradient();
        Assert.All(p.Gradient.Values, v => Assert.Equal(0, v));
        Assert.Equal("w (2, 3)", p.ToString());
        Assert.Throws<ArgumentException>(() => new Parameter(" ", A));
    }

    private static string Error(Func<object> action) => Assert.Throws<ArgumentException>(action).Message;
}
