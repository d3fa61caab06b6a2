using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;
using Product = System.Func<float[,], float[,], float[,]>;

namespace AttentionLab.Course.Tests.Exercises;

public class MatrixProductTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Product>(MatrixProduct.About, MatrixProduct.Check, Multiply,
        new("adds", (a, b) => Each(a.GetLength(0), b.GetLength(1), (i, j) => a[i, 0] + b[0, j]), "You added"),
        new("number by number", (a, b) => Each(a.GetLength(0), a.GetLength(1), (i, j) => a[i, j] * b[i, j]), "number by number"),
        new("B·A", (a, b) => Multiply(b, a), "This is B·A"),
        new("A·Bᵀ", (a, b) => Multiply(a, Transposed(b)), "A·Bᵀ"),
        new("Aᵀ·B", (a, b) => Multiply(Transposed(a), b), "Aᵀ·B"),
        new("stores transposed", (a, b) => Transposed(Multiply(a, b)), "changed places"),
        new("forgets to add", (a, b) => Each(a.GetLength(0), b.GetLength(1), (i, j) => a[i, a.GetLength(1) - 1] * b[a.GetLength(1) - 1, j]), "last term"),
        new(
            "ends one term early",
            (a, b) => Each(a.GetLength(0), b.GetLength(1), (i, j) => Enumerable.Range(0, a.GetLength(1) - 1).Sum(k => a[i, k] * b[k, j])), "a term is missing"),
        new(
            "sums over A's rows", (a, b) => Each(a.GetLength(0), b.GetLength(1), (i, j) => Enumerable.Range(0, a.GetLength(0)).Sum(k => a[i, k] * b[k, j])),
            "the *columns* of A"),
        new("never starts again", Running, "still holds the sums before it"),
        new("int", (a, b) => Each(a.GetLength(0), b.GetLength(1), (i, j) => (int)Multiply(a, b)[i, j]), "a cast to `int`"),
        new("without signs", (a, b) => Each(a.GetLength(0), b.GetLength(1), (i, j) => Enumerable.Range(0, a.GetLength(1)).Sum(
            k => Math.Abs(a[i, k] * b[k, j]))), "a sign was lost"),
        new(
            "takes all sizes from A's rows",
            (a, b) => Each(a.GetLength(0), a.GetLength(0), (i, j) => Enumerable.Range(0, a.GetLength(0)).Sum(k => a[i, k] * b[k, j])), "another shape"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Product>(MatrixProduct.Check,
        (a, b) => Tensor.Matrix(a).MatMul(Tensor.Matrix(b)).ToMatrix(),
        (a, b) => Transposed(Multiply(Transposed(b), Transposed(a))),
        (a, b) => Each(a.GetLength(0), b.GetLength(1), (i, j) => (float)Enumerable.Range(0, a.GetLength(1)).Sum(k => (double)a[i, k] * b[k, j])),
        (a, b) => Each(a.GetLength(0), b.GetLength(1),
            (i, j) => Enumerable.Range(0, b.GetLength(0)).Reverse().Aggregate(0f, (sum, k) => sum + a[i, k] * b[k, j])),
        (a, b) =>
        {
            float[,] result = new float[a.GetLength(0), b.GetLength(1)];
            for (int k = 0; k < a.GetLength(1); k++)
            {
                result = Each(a.GetLength(0), b.GetLength(1), (i, j) => result[i, j] + a[i, k] * b[k, j]);
            }

            return result;
        });

    private static float[,] Multiply(float[,] a, float[,] b) =>
        Each(a.GetLength(0), b.GetLength(1), (i, j) => Enumerable.Range(0, a.GetLength(1)).Sum(k => a[i, k] * b[k, j]));

    private static float[,] Running(float[,] a, float[,] b)
    {
        float sum = 0;
        return Each(a.GetLength(0), b.GetLength(1), (i, j) => sum += Multiply(a, b)[i, j]);
    }

    private static float[,] Transposed(float[,] a) => Each(a.GetLength(1), a.GetLength(0), (i, j) => a[j, i]);

    private static float[,] Each(int rows, int columns, Func<int, int, float> value)
    {
        float[,] result = new float[rows, columns];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                result[i, j] = value(i, j);
            }
        }

        return result;
    }
}
