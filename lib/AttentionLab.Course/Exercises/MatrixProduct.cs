namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 00.2: the matrix product c_ij = Σ_k a_ik · b_kj by loops.</summary>
public static class MatrixProduct
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("00.2", "Multiply two matrices", Difficulty: 1, Minutes: 8, Hints:
    [
        "Compute one number of the result first: row 0 of A with column 0 of B. Then ask: how many rows and columns does the result have?",
        "A is (n, m) and B is (m, p), so the result is (n, p). Three loops: i over rows of A, j over columns of B, k over what both share.",
        "`c[i, j] += a[i, k] * b[k, j];` inside the three loops. The sizes are `a.GetLength(0)`, `b.GetLength(1)` and `a.GetLength(1)`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's product.</summary>
    /// <param name="multiply">(n, m), (m, p) → (n, p).</param>
    public static Feedback Check(Func<float[,], float[,], float[,]> multiply) => About.Check(trial =>
    {
        Answer<float[,]> Ask(string tried, float[,] a, float[,] b) => trial.Call(tried, () => multiply(a, b), a, b);

        Ask("1×1: 3 times 5", new float[,] { { 3 } }, new float[,] { { 5 } })
            .Refuse(new float[,] { { 8 } }, "You added. A matrix product multiplies first, then sums.")
            .Refuse(new float[,] { { 0 } }, "The sum stayed 0: a term is missing. k must begin at 0 and run while `k < a.GetLength(1)`.")
            .Expect(new float[,] { { 15 } }, "With one number on each side it is ordinary multiplication.");

        float[,] a = { { 1, 2 }, { 3, 4 } }, b = { { 5, 6 }, { 7, 8 } };
        Ask("2×2: ((1, 2), (3, 4)) times ((5, 6), (7, 8))", a, b)
            .Refuse(new float[,] { { 5, 12 }, { 21, 32 } },
                "You multiplied number by number. The product takes a whole *row* of A with a whole *column* of B: 1·5 + 2·7 = 19.")
            .Refuse(Product(b, a), "This is B·A. The order matters: rows come from A, columns from B.")
            .Refuse(Product(a, Transposed(b)),
                "You took rows of A with *rows* of B: that is A·Bᵀ. The second index of A meets the first of B: `a[i, k] * b[k, j]`.")
            .Refuse(Product(Transposed(a), b), "You took *columns* of A with columns of B: that is Aᵀ·B. Write `a[i, k] * b[k, j]`.")
            .Refuse(Transposed(Product(a, b)), "Rows and columns of your result have changed places: store at `[i, j]`, i from A, j from B.")
            .Refuse(new float[,] { { 14, 16 }, { 28, 32 } }, "Only the last term of each sum is there: add with `+=`.")
            .Refuse(new float[,] { { 19, 41 }, { 84, 134 } }, "Each number still holds the sums before it: start again from 0 for each place of the result.")
            .Expect(Product(a, b), "The first number is 1·5 + 2·7 = 19.");

        float[,] wide = { { 1, 0, 2 } }, tall = { { 1, 2 }, { 3, 4 }, { 5, 6 } };
        Ask("not square: (1, 3) times (3, 2)", wide, tall)
            .Refuse(new float[,] { { 1, 2 } }, "Only the first of three products is there: the sum runs over the *columns* of A, `k < a.GetLength(1)`.")
            .Expect(Product(wide, tall), "The result has the rows of A and the columns of B, here (1, 2); the sum runs over what both share, here 3.");

        Ask("numbers that are not whole: ((0.5, 1)) times ((1.5), (−0.25))", new float[,] { { 0.5f, 1 } }, new float[,] { { 1.5f }, { -0.25f } })
            .Refuse(new float[,] { { 0 } }, "The parts after the point are lost: is there a cast to `int`, or an `int` variable for the sum?")
            .Refuse(new float[,] { { 1 } }, "The result was rounded to a whole number, or a sign was lost.")
            .Expect(new float[,] { { 0.5f } }, "0.5·1.5 − 1·0.25 = 0.5.");
    });

    private static float[,] Product(float[,] a, float[,] b)
    {
        float[,] c = new float[a.GetLength(0), b.GetLength(1)];
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < b.GetLength(1); j++)
            {
                for (int k = 0; k < a.GetLength(1); k++)
                {
                    c[i, j] += a[i, k] * b[k, j];
                }
            }
        }

        return c;
    }

    private static float[,] Transposed(float[,] a)
    {
        float[,] result = new float[a.GetLength(1), a.GetLength(0)];
        for (int i = 0; i < a.GetLength(0); i++)
        {
            for (int j = 0; j < a.GetLength(1); j++)
            {
                result[j, i] = a[i, j];
            }
        }

        return result;
    }
}
