namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 03.1: softmax of one row, w_j = exp(s_j) / Σ_m exp(s_m), that survives scores of ±10 000.
/// Each question isolates one mechanism: the formula, overflow, underflow, far-apart scores.
/// </summary>
public static class StableSoftmax
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("03.1", "A softmax that survives ±10 000", Difficulty: 1, Minutes: 10, Hints:
    [
        "`MathF.Exp(89)` is already ∞, and ∞/∞ is NaN. What may you add to *all* scores without changing the weights?",
        "exp(s − c) = exp(s)·exp(−c). The factor exp(−c) stands above and below the fraction, so it cancels: every c is allowed. Choose c so that the largest "
        + "exponent is exactly 0.",
        "`float top = scores.Max();` then `exps[j] = MathF.Exp(scores[j] - top);`. The largest of these is 1, so their sum is never 0 and never ∞. Dividing by "
        + "the sum is left for you.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's softmax.</summary>
    /// <param name="softmax">Scores (n ≥ 1) → weights (n).</param>
    public static Feedback Check(Func<float[], float[]> softmax) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, params float[] scores) => trial.Call(tried, () => softmax(scores), scores);

        Ask("one score: it gets all the weight", 3)
            .Refuse([MathF.Exp(3)], "Your weights do not sum to 1. Divide each exponential by the sum of all of them.")
            .Refuse([0], "You subtracted, but the exponential is missing: exp(0) is 1, not 0.")
            .Expect([1], "With a single score the weight is 1, whatever the score. Do you add a small number to the sum? It is never 0: leave it out.");

        Ask("the scores 1, 2, 3", 1, 2, 3)
            .Refuse([1f / 6, 2f / 6, 3f / 6], "You divided the scores by their sum. The exponential is missing.")
            .Refuse([0.66524f, 0.24473f, 0.09003f], "The smallest score got the largest weight: is there a minus too much in the exponential?", tolerance: 1e-3)
            .Refuse(Weights(2, 1, 2, 3), "You used powers of 2. Softmax takes powers of e: `MathF.Exp`.")
            .Refuse([MathF.Exp(-2), MathF.Exp(-1), 1], "Your weights do not sum to 1. Divide each exponential by the sum of all of them.")
            .Refuse(Weights(Math.E, 1 / 3.0, 2 / 3.0, 1),
                "You divided the scores by the largest. That changes their differences. *Subtract* the largest.")
            .Refuse(Weights(Math.E, 1 / Math.Sqrt(3), 2 / Math.Sqrt(3), Math.Sqrt(3)), "You divided the scores by √n. Softmax takes them as they are.")
            .Expect(Weights(Math.E, 1, 2, 3), "w_j = exp(s_j) / Σ exp(s_m).");

        Ask("large scores, 10 000 and 10 001", 10_000, 10_001)
            .Finite("exp(10 000) is too large for a float: it becomes ∞, and ∞/∞ is NaN. Subtract the largest score first.")
            .Refuse([0.5f, 0.5f],
                "Both scores got the same weight, but they differ by 1. Do you cut large scores off? Cutting changes the differences; subtracting does not.")
            .Expect(Weights(Math.E, 0, 1), "Only the difference 1 matters: the weights are those of the scores 0 and 1.");

        Ask("very negative scores, −10 000 and −9 999", -10_000, -9_999)
            .Finite("All exponentials became 0, and 0/0 is NaN. Does your search for the largest score start at 0, or do you take absolute values? Start it at "
                + "the first score.")
            .Refuse([0, 0],
                "All exponentials became 0. You avoided 0/0, but the weights must still sum to 1: subtract the largest score, also if it is negative.")
            .Refuse([0.5f, 0.5f], "Both scores got the same weight, but they differ by 1. Do you cut small scores off? Subtract instead.")
            .Expect(Weights(Math.E, 0, 1), "Only the difference 1 matters, also far below 0. Subtract the largest score.");

        Ask("far apart: −10 000, 0 and 10 000", -10_000, 0, 10_000)
            .Finite("You subtracted a number, but not the largest: one exponential is still ∞. Subtract the *largest* score.")
            .Expect([0, 0, 1], "The others are smaller by a factor e^−10000: as floats, exactly 0.");

        Ask("the largest score comes first: 500, 0, 300", 500, 0, 300)
            .Finite("You subtracted a number, but not the largest: one exponential is still ∞.")
            .Expect([1, 0, 0], "The largest score may stand anywhere, and the weights keep the order of the scores: do not sort them.");
    });

    /// <summary>Softmax to any base, in double, for scores that need no care.</summary>
    private static float[] Weights(double powersOf, params double[] scores)
    {
        double[] powers = Array.ConvertAll(scores, score => Math.Pow(powersOf, score));
        return Array.ConvertAll(powers, power => (float)(power / powers.Sum()));
    }
}
