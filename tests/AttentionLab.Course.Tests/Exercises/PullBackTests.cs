using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;
using Pull = System.Func<float[,], float[], float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class PullBackTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Pull>(PullBack.About, PullBack.Check, (w, dy) => Rows(w, (i, j) => w[i, j] * dy[j]),
        new("local derivative only", (w, dy) => w.Length == 1 ? [w[0, 0]] : [0], "This is dy/dx"),
        new("passes dy through", (w, dy) => dy, "This is dL/dy"),
        new(
            "not transposed",
            (w, dy) =>
                w.Length == 1
                    ? [w[0, 0] * dy[0]]
                    : [.. Enumerable.Range(0, w.GetLength(1)).Select(j => Enumerable.Range(0, Math.Min(w.GetLength(0), dy.Length)).Sum(i => w[i, j] * dy[i]))],
            "You computed dy·W"),
        new("without dy", (w, dy) => w.Length == 1 ? [6] : Rows(w, (i, j) => w[i, j]), "left dL/dy out"),
        new("diagonal only", (w, dy) => Rows(w, (i, j) => i == j ? w[i, j] * dy[j] : 0), "Only the diagonal"),
        new("forgets to add", (w, dy) => Rows(w, (i, j) => j == dy.Length - 1 ? w[i, j] * dy[j] : 0), "Only the last output"),
        new("mean instead of sum", (w, dy) => Rows(w, (i, j) => w[i, j] * dy[j] / dy.Length), "mean over the outputs"),
        new("turns the sign", (w, dy) => Rows(w, (i, j) => -w[i, j] * dy[j]), "The sign is turned"),
        new("adds", (w, dy) => Rows(w, (i, j) => w[i, j] + dy[j]), "You added"),
        new("dy[i]", (w, dy) => Rows(w, (i, j) => w[i, j] * dy[i]), "`dy[i]` instead of `dy[j]`"),
        new("first output only", (w, dy) => Rows(w, (i, j) => j == 0 ? w[i, j] * dy[j] : 0), "Only the first output"),
        new("never starts again", Running, "still holds the first one"),
        new("product of sums", (w, dy) => Rows(w, (i, j) => w[i, j] * dy.Sum()), "multiplied two sums"),
        new("as long as dy", (w, dy) => Rows(w, (i, j) => w[i, j] * dy[j])[..dy.Length], "another shape"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Pull>(PullBack.Check,
        (w, dy) => Tensor.FromRows(dy).MatMulTransposed(Tensor.Matrix(w)).Values,
        (w, dy) => Tensor.Matrix(w).MatMul(new Tensor(dy.ToArray(), dy.Length, 1)).Values,
        (w, dy) => [.. w.Cast<float>().Chunk(w.GetLength(1)).Select(row => row.Zip(dy, (a, b) => a * b).Sum())],
        (w, dy) => [.. w.Cast<float>().Chunk(w.GetLength(1)).Select(row => (float)row.Zip(dy, (a, b) => (double)a * b).Reverse().Sum())],
        (w, dy) =>
        {
            float[,] terms = (float[,])w.Clone();
            float[] dx = new float[w.GetLength(0)];
            for (int j = 0; j < dy.Length; j++)
            {
                for (int i = 0; i < dx.Length; i++)
                {
                    dx[i] += terms[i, j] *= dy[j];
                }
            }

            return dx;
        });

    private static float[] Running(float[,] w, float[] dy)
    {
        float sum = 0;
        return [.. Rows(w, (i, j) => w[i, j] * dy[j]).Select(dx => sum += dx)];
    }

    private static float[] Rows(float[,] w, Func<int, int, float> term) =>
        [.. Enumerable.Range(0, w.GetLength(0)).Select(i => Enumerable.Range(0, w.GetLength(1)).Sum(j => term(i, j)))];
}
