using AttentionLab.Kernels;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 08.3: softmax over the visible scores. Hidden ones get exactly 0, whatever they hold; if nothing is visible, all weights are 0 and not NaN.
/// </summary>
public static class HiddenScores
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("08.3", "A row that may see nothing", Difficulty: 2, Minutes: 10, Hints:
    [
        "Three rules: a hidden score takes part in nothing, not even in the search for the largest score; a visible score may be very small or very large; "
        + "and 0/0 must not happen.",
        "Walk over the visible places only. First their largest score (start with −∞). If there is none, return zeros at once. Then powers e^(s − largest) of "
        + "the visible ones, their sum, and the division. The hidden places keep the 0 that a new array has.",
        "`float top = float.NegativeInfinity;` and a loop `if (visible[j]) top = MathF.Max(top, scores[j]);`. Then `if (!visible.Contains(true)) return w;` "
        + "with `float[] w = new float[scores.Length];`. Then two loops over the visible j: `w[j] = MathF.Exp(scores[j] - top)`, and the division by their "
        + "sum.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's masked softmax.</summary>
    /// <param name="weigh">(scores, visible) → weights, as many.</param>
    public static Feedback Check(Func<float[], bool[], float[]> weigh) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, float[] scores, params bool[] visible) => trial.Call(tried, () => weigh(scores, [.. visible]), scores);

        float[] scores = [1, 3, 2, 0];
        Ask("everything visible: plain softmax", scores, true, true, true, true)
            .Refuse([1f / 6, 0.5f, 2f / 6, 0], "You divided by the sum of the scores. Softmax takes their powers e^s first.")
            .Refuse([MathF.Exp(-2), 1, MathF.Exp(-1), MathF.Exp(-3)], "The division is missing: the weights of a row sum to 1.")
            .Refuse([0, 0, 0, 0], "Everything is visible, and nothing got weight: is your mask the other way round? `true` means visible.")
            .Expect(Right(scores, true, true, true, true),
                "With everything visible it is plain softmax. Do you add a small number to the sum? Ask instead whether anything is visible.");

        float[] half = Right(scores, true, false, true, false);
        Ask("two of four hidden", scores, true, false, true, false)
            .Refuse(Right(scores, true, true, true, true), "The mask has no effect: hidden places have weight.")
            .Refuse(Right([1, 0, 2, 0], true, true, true, true), "You set hidden scores to 0. But e⁰ = 1: a score of 0 has weight. Hidden means −∞.")
            .Refuse(Cleared(scores, true, false, true, false), "You set hidden weights to 0 *after* softmax: the rest does not sum to 1.")
            .Refuse(Right(scores, false, true, false, true), "Your mask is the other way round: `true` means visible.")
            .Refuse([half[0], half[2]], "Hidden places are missing. Return as many weights as there are scores, with 0 where it is hidden.")
            .Expect(half, "Softmax over the visible scores alone, and 0 where it is hidden.");

        Ask("a hidden score of 10 000 beside small visible ones", [1, 10000, 2], true, false, true)
            .Finite("The hidden 10 000 had a say: it was the largest score, all visible powers became 0, and 0/0 is NaN. Look for the largest *visible* score.")
            .Refuse([0, 0, 0], "The hidden 10 000 had a say: it was the largest score, and all visible powers became 0. Look for the largest *visible* score.")
            .Expect(Right([1, 0, 2], true, false, true), "The hidden score of 10 000 must not change anything.");

        Ask("visible scores of ±10 000", [-10000, 10000, 9999], true, true, true)
            .Finite("Large scores: e^10000 is ∞. Subtract the largest visible score first (exercise 03.1).")
            .Expect(Right([-10000, 10000, 9999], true, true, true), "Subtract the largest visible score before the power (exercise 03.1).");

        Ask("NaN under a hidden place", [1, float.NaN, 2], true, false, true)
            .Finite("NaN came through. NaN + (−∞) is NaN, 0·NaN is NaN, and `Max` with NaN is NaN: do not touch hidden scores at all.")
            .Expect(Right([1, 0, 2], true, false, true), "A hidden NaN must not change anything.");

        Ask("visible scores of −3·10⁹, and a hidden 0", [-3e9f, 0, -3e9f], true, false, true)
            .Refuse([0, 1, 0], "A hidden score got all the weight: −10⁹ is not “never”. A visible score may be smaller still. Use −∞, or skip hidden places.")
            .Finite("All powers became 0, and 0/0 is NaN. Does your search for the largest visible score start at 0, or at −10⁹? Start it at −∞.")
            .Refuse([0, 0, 0], "All powers became 0. Does your search for the largest visible score start at 0, or at −10⁹? Start it at −∞.")
            .Expect([0.5f, 0, 0.5f], "Two equal visible scores get ½ each, however small they are.");

        Ask("nothing visible", [1, 2, 3, 4], false, false, false, false)
            .Finite("0/0 is NaN. If nothing is visible, return zeros.")
            .Refuse([0.25f, 0.25f, 0.25f, 0.25f],
                "Each hidden place got the same weight: where everything is equally impossible, −10⁹ hides nothing. The query would look at what it must not "
                + "see. Return zeros.")
            .Refuse(Right([1, 2, 3, 4], true, true, true, true),
                "With nothing visible your mask has no effect: adding the same −10⁹ to all scores changes nothing. Return zeros.")
            .Expect([0, 0, 0, 0], "If nothing is visible, every weight is 0.");

        Ask("one visible score of −∞ beside a finite one", [float.NegativeInfinity, 5, 7], true, true, false)
            .Expect([0, 1, 0], "A visible score of −∞ gets 0, the finite one gets 1.");
    });

    private static float[] Right(float[] scores, params bool[] visible)
    {
        float[] weights = new float[scores.Length];
        float[] hidden = [.. scores.Zip(visible, (score, seen) => seen ? score : float.NegativeInfinity)];
        Softmax.Forward(hidden, weights, 1, scores.Length);
        return weights;
    }

    private static float[] Cleared(float[] scores, params bool[] visible)
    {
        float[] all = new float[scores.Length];
        Softmax.Forward(scores, all, 1, scores.Length);
        return [.. all.Zip(visible, (weight, seen) => seen ? weight : 0)];
    }
}
