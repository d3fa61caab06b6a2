namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 05.2: set W_Q and W_K by hand so that the score of tokens with 4 features is 2·x_0·x′_1 − x_2·x′_3.
/// The check measures the score of unit vectors, so every factorisation W_Q·W_Kᵀ = M passes, of any width.
/// </summary>
public static class BuildScore
{
    private const int Features = 4;

    // Weights found by training or by a decomposition are right too: they carry rounding errors far below the smallest wanted factor, 1.
    private const double Tolerance = 1e-3;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("05.2", "Build the score 2·x_0·x′_1 − x_2·x′_3", Difficulty: 1, Minutes: 10, Hints:
    [
        "Each product needs one column: the column c of W_Q picks one feature of x into q_c, the same column of W_K picks one feature of x′ into k_c. How "
            + "many columns do you need?",
        "Two products, two columns. Column 0 of W_Q has a number in row 0, column 0 of W_K in row 1. The factor 2 may stand in either of them, but not in "
            + "both.",
        "`wQ[0, 0] = 2; wK[1, 0] = 1;` makes the first product. The second one is left for you: column 1, rows 2 and 3, and the minus sign once.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's two matrices.</summary>
    /// <param name="build">() → (W_Q (4, d_k), W_K (4, d_k)) for any d_k ≥ 1.</param>
    public static Feedback Check(Func<(double[,] WQ, double[,] WK)> build) => About.Check(trial =>
    {
        Answer<(double[,] WQ, double[,] WK)> answer = trial.Call("two matrices with one row for each feature", build);
        Answer<double[,]> wQ = answer.Part(pair => pair.WQ), wK = answer.Part(pair => pair.WK);
        wQ.Require(wQ.Value.GetLength(0) == Features, "4 rows", "W_Q has one row for each of the 4 features: x·W_Q.", $"{wQ.Value.GetLength(0)} rows");
        wK.Require(wK.Value.GetLength(0) == Features, "4 rows", "W_K has one row for each of the 4 features: x′·W_K.", $"{wK.Value.GetLength(0)} rows");
        wK.Require(wK.Value.GetLength(1) == wQ.Value.GetLength(1), "as many columns in both",
            "q and k must have the same length, or there is no dot product.", $"{wQ.Value.GetLength(1)} and {wK.Value.GetLength(1)} columns");
        wQ.Finite("W_Q holds NaN or ∞.");
        wK.Finite("W_K holds NaN or ∞.");

        double[,] m = Product(wQ.Value, wK.Value);
        Answer<double[,]> score = trial.Call("the score of every feature of x with every feature of x′ (16 unit vectors)", () => m);
        score
            .Refuse(M((0, 1, -2), (2, 3, 1)), "Both signs are wrong.", Tolerance)
            .Refuse(M((1, 0, 2), (3, 2, -1)), "The two tokens are exchanged: your score is 2·x_1·x′_0 − x_3·x′_2. W_Q belongs to x, W_K to x′.", Tolerance)
            .Refuse(M((0, 1, 4), (2, 3, -1)), "The factor 2 stands in both matrices, so the product counts 4 times. Put it into one of them.", Tolerance)
            .Refuse(M((0, 1, 2), (2, 3, 1)), "The minus sign is missing, or it stands in both matrices and cancels.", Tolerance)
            .Refuse(M((0, 1, 1), (2, 3, -1)), "The factor 2 of the first product is missing.", Tolerance)
            .Refuse(M((0, 1, 2)), "Only the first product is there. The second needs a column of its own.", Tolerance)
            .Refuse(M((2, 3, -1)), "Only the second product is there. The first needs a column of its own.", Tolerance)
            .Refuse(M((0, 1, 2), (0, 3, 2), (2, 1, -1), (2, 3, -1)),
                "Both products share one column, so every picked feature of x meets every picked feature of x′. Give each product its own column.", Tolerance)
            .Refuse(M((0, 1, 2), (0, 3, -2), (2, 1, 1), (2, 3, -1)),
                "Both products share one column, so mixed products appear. Give each product its own column.", Tolerance);
        score.Require(m[0, 0] == 0 || Math.Abs(m[0, 1]) > Tolerance || Math.Abs(m[1, 1]) < Tolerance, "x_0·x′_1 in the score",
            "Your score joins equal features, as the identity does. x_0 must meet x′_1: pick *different* rows in W_Q and W_K.", "x_0·x′_0 and x_1·x′_1");
        score.Expect(M((0, 1, 2), (2, 3, -1)), "Row a, column b is the factor of x_a·x′_b: only (0, 1) and (2, 3) may differ from 0.", Tolerance);
    });

    private static double[,] M(params (int A, int B, double Factor)[] products)
    {
        double[,] m = new double[Features, Features];
        foreach ((int a, int b, double factor) in products)
        {
            m[a, b] = factor;
        }

        return m;
    }

    /// <summary>W_Q·W_Kᵀ: the score of unit vector a with unit vector b.</summary>
    private static double[,] Product(double[,] wQ, double[,] wK)
    {
        double[,] m = new double[Features, Features];
        for (int a = 0; a < Features; a++)
        {
            for (int b = 0; b < Features; b++)
            {
                for (int c = 0; c < wQ.GetLength(1); c++)
                {
                    m[a, b] += wQ[a, c] * wK[b, c];
                }
            }
        }

        return m;
    }
}
