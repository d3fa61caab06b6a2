namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 00.1: the sum of each row, s_i = Σ_j m_ij. Small on purpose: it shows how a check answers.</summary>
public static class RowSums
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("00.1", "Add up each row", Difficulty: 1, Minutes: 3, Hints:
    [
        "One number comes out for each row. In `matrix[i, j]`, which of the two indices counts the rows?",
        "`matrix.GetLength(0)` is the number of rows, `matrix.GetLength(1)` the number of columns. Make an array with one place for each row, then two loops.",
        "`float[] sums = new float[matrix.GetLength(0)];` and inside both loops `sums[i] += matrix[i, j];`, where i counts the rows.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's sums.</summary>
    /// <param name="rowSums">(T, C) → (T).</param>
    public static Feedback Check(Func<float[,], float[]> rowSums) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, float[,] matrix) => trial.Call(tried, () => rowSums(matrix), matrix);

        Ask("one row, (1, 2, 4)", new float[,] { { 1, 2, 4 } })
            .Refuse([1, 2, 4], "These are the sums of the *columns*. A row runs from left to right: `matrix[i, 0]`, `matrix[i, 1]`, …")
            .Refuse([7f / 3], "This is the mean of the row. The sum is asked for.")
            .Refuse([3], "The last number of the row is missing: does your loop end one step early?")
            .Refuse([1], "Only the first number of the row came: do you count the columns by `GetLength(0)`? Columns are counted by `GetLength(1)`.")
            .Refuse([6], "The first number of the row is missing: indices start at 0.")
            .Refuse([4], "Only the last number of the row came: each one replaced the one before. Add with `+=`.")
            .Refuse([0], "The sum stayed 0: does your loop over the rows end one row early? It must run while `i < matrix.GetLength(0)`.")
            .Refuse([7, 0, 0], "Your array has a place for each *column*. Make it with `matrix.GetLength(0)` places, one for each row.")
            .Expect([7], "1 + 2 + 4 = 7.");
        Ask("two rows, (1, 2) and (10, 20)", new float[,] { { 1, 2 }, { 10, 20 } })
            .Refuse([11, 22], "These are the sums of the columns. Row 0 is (1, 2): its sum is 3.")
            .Refuse([33, 33], "Both rows got the sum of everything: start again from 0 in each row.")
            .Refuse([3, 33], "The second sum still holds the first one: start again from 0 in each row.")
            .Expect([3, 30], "Row 0 is (1, 2), row 1 is (10, 20).");
        Ask("numbers that are not whole, (0.5, 0.25)", new float[,] { { 0.5f, 0.25f } })
            .Refuse([0], "The parts after the point are lost: is there a cast to `int`, or an `int` variable for the sum?")
            .Refuse([1], "The sum was rounded to a whole number: keep it as a `float`.")
            .Expect([0.75f], "0.5 + 0.25 = 0.75.");
        Ask("a number below 0, (5, −7)", new float[,] { { 5, -7 } })
            .Refuse([12], "You took absolute values. A sum keeps the signs: 5 − 7.")
            .Refuse([2], "You took the absolute value of the sum. It is below 0.")
            .Refuse([5], "You left out what is below 0.")
            .Expect([-2], "5 − 7 = −2.");
        Ask("three rows of two numbers: more rows than columns", new float[,] { { 1, 0 }, { 0, 2 }, { 3, 3 } })
            .Expect([1, 2, 6], "A matrix need not be square: rows are counted by `GetLength(0)`, columns by `GetLength(1)`.");
    });
}
