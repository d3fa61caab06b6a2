using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 04.3: the lowest loss of a tied head that has to look at its successor on a circle of n tokens. The best scores are s_j = μ·cos(2πj/n) with μ ≥ 0
/// (section 4.2); the reader searches for μ. The right answer is <see cref="PointingBound.TiedCircle"/>.
/// </summary>
public static class SymmetryBound
{
    /// <summary>A coarse search by hand is good enough: steps of 0.1 in μ give an error below 2·10⁻⁴ for up to 24 tokens.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>A search in steps of 0.1 finds a μ that is off by 0.05 of 1.2.</summary>
    private const double StrengthTolerance = 0.05;

    private static readonly int[] Others = [5, 12, 24];

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("04.3", "The price of symmetry", Difficulty: 3, Minutes: 20, Hints:
    [
        "Write a small function first: for one μ, the n scores s_j = μ·cos(2πj/n) and the loss −ln(softmax of s at j = 1). What comes out for n = 6 and μ = "
        + "0? It must be ln 6 = 1.79.",
        "Now search: try μ = 0, 0.01, 0.02, … up to 30 and keep the smallest loss. Start at 0, not below: if W_K = W_Q, the score of a token "
        + "with itself, s_0 = μ, is q·q, the square of a length.",
        "`double Loss(double mu) => Math.Log(Enumerable.Range(0, n).Sum(j => Math.Exp(mu * Math.Cos(2 * Math.PI * j / n)))) - mu * Math.Cos(2 * Math.PI / "
        + "n);` What is left is the minimum over μ: `Enumerable.Range(0, 3001).Min(…)`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's bound.</summary>
    /// <param name="lowest">n → lowest mean loss in nats.</param>
    public static Feedback Check(Func<int, double> lowest) => About.Check(trial =>
    {
        trial.Call("n = 6: what comes back is a loss, the best of many", () => lowest(6))
            .Refuse(At(6, 1), "You took μ = 1. Search for the best μ.", 1e-4)
            .Refuse(PointingBound.BestStrength(6), "This is the best μ, not the loss there. Return the lowest value of the loss.", StrengthTolerance);

        trial.Call("n = 4: the successor stands at a right angle", () => lowest(4))
            .Finite("Your loss is not finite. Is μ so large that e^μ overflows? Up to 30 is enough.")
            .Refuse(0, "0 is the bound of two different matrices. Here W_K = W_Q.", Tolerance)
            .Refuse(1 / Math.Log(2) * Math.Log(4), "This is in bits. The loss uses the natural logarithm: `Math.Log(x)`.", Tolerance)
            .Refuse(Math.Log(2), "You left the token itself out of the sum. Nobody is hidden here: j runs from 0 to n − 1.", Tolerance)
            .Refuse(4 * Math.Log(4), "This is the sum over the tokens. The loss is the mean.", Tolerance)
            .Refuse(0.25, "This is the weight, not its loss: take −ln.", Tolerance)
            .Refuse(-Math.Log(4), "The sign is wrong: the loss is *minus* the logarithm of the weight.", Tolerance)
            .Expect(Math.Log(4), "cos(2π/4) = 0: a larger μ does not help the successor, so the best is μ = 0 and all weights are 1/4: ln 4.", Tolerance);

        trial.Call("n = 3: the successor stands further away than a right angle", () => lowest(3))
            .Refuse(Math.Log(2), "You let μ become negative. But μ = s_0 is the score of the token with itself: q·q if W_K = W_Q, never below 0.", Tolerance)
            .Refuse(Enumerable.Range(0, 3001).Min(i => At(3, 0.01 * i, 360)), "You gave `Math.Cos` degrees: it takes radians, 2π·j/n.", Tolerance)
            .Expect(Math.Log(3), "Every μ above 0 pulls the token to itself and away from its successor: the best is μ = 0, ln 3.", Tolerance);

        trial.Call("n = 6: the circle of this chapter", () => lowest(6))
            .Refuse(Math.Log(6), "This is guessing, μ = 0. With 6 tokens the successor stands at 60°, and some μ above 0 helps: search for it.", Tolerance)
            .Refuse(PointingBound.TiedCircle(6) - Math.Log(2),
                "You count both neighbours as right. Only the successor is; softmax gives the predecessor as much, and that is the price.", Tolerance)
            .Refuse(Math.Log(2), "ln 2 is the bound when nobody may look at itself. Here everybody may.", Tolerance)
            .Expect(PointingBound.TiedCircle(6), "Lowest value over μ ≥ 0 of ln Σ_j exp(μ·cos(2πj/6)) − μ·cos(2π/6).", Tolerance);

        foreach (int n in Others)
        {
            trial.Call($"n = {n}", () => lowest(n))
                .Expect(PointingBound.TiedCircle(n),
                    n > 6 ? $"The formula fits 6 tokens. For {n} the best μ is {PointingBound.BestStrength(n):0.0}: does your search go that far?" : "The "
                        + "formula fits 6 tokens: is there a fixed 6 in it?", Tolerance);
        }
    });

    private static double At(int n, double strength, double turn = 2 * Math.PI) =>
        Math.Log(Enumerable.Range(0, n).Sum(j => Math.Exp(strength * Math.Cos(turn * j / n)))) - strength * Math.Cos(turn / n);
}
