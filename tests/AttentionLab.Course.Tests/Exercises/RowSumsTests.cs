using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Exercises;

public class RowSumsTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<float[,], float[]>>(RowSums.About, RowSums.Check, m => Sums(m),
        new("sums the columns", m => Columns(m), "sums of the *columns*"),
        new("sums the columns of several rows", m => m.GetLength(0) == 1 ? Sums(m) : Columns(m), "sums of the columns. Row 0"),
        new("takes the mean", m => [.. Sums(m).Select(sum => sum / m.GetLength(1))], "mean of the row"),
        new("stops one early", m => Sums(m, end: 1), "end one step early"),
        new("counts the columns by the rows", m => Sums(m, end: Math.Max(0, m.GetLength(1) - m.GetLength(0))), "by `GetLength(1)`"),
        new("casts to int", m => [.. Rows(m).Select(row => (float)row.Sum(x => (int)x))], "a cast to `int`"),
        new("rounds", m => [.. Sums(m).Select(x => MathF.Round(x))], "rounded to a whole number"),
        new("starts at 1", m => Sums(m, start: 1), "indices start at 0"),
        new("everything in each row", m => [.. Sums(m).Select(_ => m.Cast<float>().Sum())], "sum of everything"),
        new("never starts again", Running, "still holds the first one"),
        new("assigns", m => [.. Rows(m).Select(row => row[^1])], "Add with `+=`"),
        new("ends one row early", m => [.. Sums(m)[..^1], 0], "end one row early"),
        new("a place for each column", m => [.. Sums(m), .. new float[Math.Max(0, m.GetLength(1) - m.GetLength(0))]], "a place for each *column*"),
        new("absolute values", m => [.. Rows(m).Select(row => row.Sum(Math.Abs))], "took absolute values"),
        new("absolute value of the sum", m => [.. Sums(m).Select(Math.Abs)], "absolute value of the sum"),
        new("leaves out negatives", m => [.. Rows(m).Select(row => row.Sum(x => Math.Max(0, x)))], "left out what is below 0"),
        new("takes the matrix for square", m => m.GetLength(0) > m.GetLength(1) ? Sums(m)[..2] : Sums(m), "need not be square"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Func<float[,], float[]>>(RowSums.Check,
        m => [.. m.Cast<float>().Chunk(m.GetLength(1)).Select(row => row.Sum())],
        m => [.. Rows(m).Select(row => (float)row.Sum(x => (double)x))],
        m => [.. Rows(m).Select(row => row.Reverse().Aggregate((sum, x) => sum + x))],
        m =>
        {
            float[] sums = new float[m.GetLength(0)];
            for (int j = m.GetLength(1) - 1; j >= 0; j--)
            {
                for (int i = 0; i < sums.Length; i++)
                {
                    sums[i] += m[i, j];
                }
            }

            return sums;
        },
        m => Tensor.Matrix(m).MatMul(new Tensor([.. Enumerable.Repeat(1f, m.GetLength(1))], m.GetLength(1), 1)).Values);

    private static float[] Sums(float[,] m, int start = 0, int end = 0) =>
        [.. Enumerable.Range(0, m.GetLength(0)).Select(i => Enumerable.Range(start, m.GetLength(1) - end - start).Sum(j => m[i, j]))];

    private static IEnumerable<float[]> Rows(float[,] m) => m.Cast<float>().Chunk(m.GetLength(1));

    private static float[] Columns(float[,] m) => [.. Enumerable.Range(0, m.GetLength(1)).Select(j => Enumerable.Range(0, m.GetLength(0)).Sum(i => m[i, j]))];

    private static float[] Running(float[,] m)
    {
        float sum = 0;
        return [.. Sums(m).Select(row => sum += row)];
    }
}
