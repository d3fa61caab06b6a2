using AttentionLab.Kernels;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 03.2: the Jacobian of softmax, ∂w_i/∂s_j = w_i·(δ_ij − w_j), from the scores. The right answer of the check is a
/// finite difference of the double-precision reference, so that the formula stands nowhere but in the reader's code.
/// </summary>
public static class SoftmaxJacobian
{
    // Central differences of a function computed in double: truncation h²·|w‴|/6 and rounding ε/h are both below 1e-9.
    private const double Step = 1e-5;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("03.2", "The Jacobian of softmax", Difficulty: 2, Minutes: 15, Hints:
    [
        "Write w_i = e^(s_i) / Z with Z = Σ_m e^(s_m). Two cases: what happens to w_i if s_i grows? And what if another score s_j grows, which stands only in "
        + "Z?",
        "Quotient rule. For i = j: ∂w_i/∂s_i = w_i − w_i². For i ≠ j: only Z moves, ∂Z/∂s_j = e^(s_j), so ∂w_i/∂s_j = −w_i·w_j.",
        "Both cases in one formula: `w[i] * ((i == j ? 1 : 0) - w[j])`. First compute w from the scores (`Softmax.Forward(scores, w, 1, n)`), then fill the "
        + "matrix by two loops.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's Jacobian.</summary>
    /// <param name="jacobian">Scores s (n) → J (n, n) with J[i, j] = ∂w_i/∂s_j.</param>
    public static Feedback Check(Func<float[], float[,]> jacobian) => About.Check(trial =>
    {
        Answer<float[,]> Ask(string tried, params float[] scores) => trial.Call(tried, () => jacobian(scores), scores);

        Ask("one score: its weight is always 1", 7)
            .Refuse(new float[,] { { 7 * (1 - 7) } }, "You used the scores as if they were weights. First softmax, then the formula.")
            .Refuse(new float[,] { { 1 } },
                "The weight of a single key is 1 whatever its score, so its derivative is 0. Did you forget that the score also stands in the sum below the "
                + "fraction?")
            .Expect(new float[,] { { 0 } }, "The weight of a single key is 1 whatever its score: the derivative is 0.");

        float[] two = [0, 0];
        Ask("two equal scores: both weights are 1/2", two)
            .Refuse(new float[,] { { 0.25f, 0 }, { 0, 0.25f } }, "Only the diagonal is there. If s_1 grows, w_0 must shrink: the weights sum to 1.")
            .Refuse(new float[,] { { -0.25f, 0.25f }, { 0.25f, -0.25f } }, "All signs are wrong: if s_0 grows, w_0 grows.")
            .Refuse(new float[,] { { 0.25f, 0.25f }, { 0.25f, 0.25f } }, "The sign off the diagonal is wrong: if s_1 grows, w_0 shrinks.")
            .Refuse(new float[,] { { 0.5f, -0.25f }, { -0.25f, 0.5f } }, "On the diagonal w_i² is missing: s_i stands in the sum below the fraction too.")
            .Refuse(new float[,] { { 0.5f, -0.5f }, { -0.5f, 0.5f } }, "The factor w_i in front is missing: w_i·(δ_ij − w_j).")
            .Expect(new float[,] { { 0.25f, -0.25f }, { -0.25f, 0.25f } },
                "With w = (1/2, 1/2): 1/4 on the diagonal, −1/4 beside it. If yours are nearly right, you took small steps: take them in `double`, to both "
                + "sides, near 0.00001.");

        float[] three = [1, 2, -0.5f];
        Ask("the scores 1, 2 and −0.5", three)
            .Refuse(Map(three, (w, i, j) => w[j] * ((i == j ? 1 : 0) - w[j])), "Off the diagonal you used w_j². It is −w_i·w_j: two different weights.")
            .Refuse(Map(three, (w, i, j) => w[i] * ((i == j ? 1 : 0) - w[i])), "Off the diagonal you used w_i². It is −w_i·w_j: two different weights.")
            .Refuse(Matrix(Weights([.. Weights(three).Select(w => (float)w)]), (w, i, j) => w[i] * ((i == j ? 1 : 0) - w[j])),
                "You took softmax twice: the scores go through it once.")
            .Expect(Difference(three), "Compare with small steps: raise one score by 0.00001 and see how the weights move. That is what this check does.",
                tolerance: 1e-4);

        float[] sharp = [30, 0, -5, 10];
        Answer<float[,]> saturated = Ask("saturated: one score leads by 20", 30, 0, -5, 10).Finite("NaN or ∞ for a score of 30: is your softmax stable?");
        saturated.Require(saturated.Value.Length == 16, "4 rows of 4 numbers", "Four scores need a row and a column each: take the size from `scores.Length`.");
        saturated.Require(saturated.Value.Cast<float>().All(x => MathF.Abs(x) < 1e-6f), "16 numbers below 0.000001",
            "All weight lies on one key, w ≈ (1, 0, 0, 0). Then every w_i·(δ_ij − w_j) is almost 0: no score can move any weight. This is the gradient that "
            + "starves.");

        float[] large = [1000, 999];
        Ask("large scores: 1000 and 999", large)
            .Finite("e^1000 is ∞, and ∞/∞ is NaN. Use a softmax that survives large scores (exercise 03.1, or `Softmax.Forward`).")
            .Expect(Difference(large), "Only the difference 1 counts: the same as for the scores 1 and 0.", tolerance: 1e-4);
    });

    private static float[,] Map(float[] scores, Func<double[], int, int, double> entry) => Matrix(Weights(scores), entry);

    private static float[,] Matrix(double[] w, Func<double[], int, int, double> entry)
    {
        float[,] matrix = new float[w.Length, w.Length];
        for (int i = 0; i < w.Length; i++)
        {
            for (int j = 0; j < w.Length; j++)
            {
                matrix[i, j] = (float)entry(w, i, j);
            }
        }

        return matrix;
    }

    private static float[,] Difference(float[] scores) =>
        Matrix(Weights(scores), (_, i, j) => (Weights(scores, j, Step)[i] - Weights(scores, j, -Step)[i]) / (2 * Step));

    private static double[] Weights(float[] scores, int raised = 0, double by = 0)
    {
        double[] s = Array.ConvertAll(scores, x => (double)x), w = new double[s.Length];
        s[raised] += by;
        Softmax.Reference<double>(s, w, 1, w.Length);
        return w;
    }
}
