namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 02.5: the factor β that a cosine score needs. With scores β·cos(q, k) the largest possible weight is
/// e^β / (e^β + (n − 1)·e^−β): the best key at cosine 1, all others at −1.
/// </summary>
public static class SharperCosine
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("02.5", "Make the cosine sharper", Difficulty: 2, Minutes: 10, Hints:
    [
        "In the best case one key has cosine 1 and the n − 1 others have cosine −1. Write down its weight with the scores β and −β. For β = 1 it must be the "
        + "cap of section 2.6.",
        "The weight is `w = 1 / (1 + (n − 1)·e^(−2β))`. Solve for e^(2β), then take the natural logarithm.",
        "e^(2β) = (n − 1)·w / (1 − w). `Math.Log` is the natural logarithm. One step is left.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's formula.</summary>
    /// <param name="beta">(number of keys n ≥ 2, wanted weight w between 0 and 1) → the smallest β with which one key can reach w.</param>
    public static Feedback Check(Func<int, double, double> beta) => About.Check(trial =>
    {
        trial.Call("β = 1 is just enough for the cap itself: n = 10, w = e²/(e² + 9)", () => beta(10, Weight(10, 1)))
            .Finite("Your formula gives NaN or ∞: is the argument of the logarithm above 0?")
            .Refuse(2, "Twice too much. The scores are β and −β (the other keys point away: cosine −1, not 0), so their difference is 2β: divide by 2.")
            .Refuse(Math.Log10(9 * Weight(10, 1) / (1 - Weight(10, 1))) / 2, "This is the logarithm to base 10. Softmax uses e: take `Math.Log`.")
            .Refuse(Math.Log(10 * Weight(10, 1) / (1 - Weight(10, 1))) / 2,
                "You counted n keys against the best one. The best key is one of the n: n − 1 are left.")
            .Refuse(Math.Log2(9 * Weight(10, 1) / (1 - Weight(10, 1))) / 2, "This is the logarithm to base 2. Softmax uses e: take `Math.Log`.")
            .Refuse(Math.Log(9 * (1 - Weight(10, 1)) / Weight(10, 1)) / 2, "The fraction is upside down: w/(1 − w), not (1 − w)/w.")
            .Refuse(-1, "The sign is turned: solve e^(−2β) = … once more, or turn the fraction under the logarithm.")
            .Refuse(Math.Exp(2), "This is e^(2β). Take the logarithm, then divide by 2.")
            .Refuse(Math.Exp(2) / 2, "The logarithm is missing: this is e^(2β)/2.")
            .Refuse(Math.E, "This is e^β, the root of e^(2β). Take the logarithm.")
            .Refuse(Math.Log(9) / 2, "w is missing in your formula: for 10 keys it always gives this.")
            .Refuse(Weight(10, 1), "This is the cap itself, the weight for β = 1. The question goes the other way: from w to β.")
            .Refuse(Math.Log(11 * Weight(10, 1) / (1 - Weight(10, 1))) / 2, "You counted n + 1 keys: the best key is one of the n, so n − 1 are left.")
            .Refuse(Math.Log(1 + 9 * Weight(10, 1) / (1 - Weight(10, 1))) / 2, "One too much under the logarithm: e^(2β) = (n − 1)·w/(1 − w), nothing added.")
            .Refuse(Math.Log(9 * Weight(10, 1)) / (1 - Weight(10, 1)) / 2, "A bracket is missing: the division by 1 − w belongs under the logarithm.")
            .Refuse(Math.Log(10 * Weight(10, 1)) / 2, "This compares w with the equal share 1/n. Compare it with what the n − 1 others get: w/(1 − w).")
            .Refuse(Math.Log(9 * Weight(10, 1)) / 2, "The factor 1/(1 − w) is missing: solve w·(1 + (n − 1)·e^(−2β)) = 1 once more.")
            .Expect(1, "For β = 1 the largest weight is e²/(e² + n − 1), so for this w the answer is 1. A search needs steps of 0.001 or less.", SearchStep);

        trial.Call("two keys, w = 0.9", () => beta(2, 0.9))
            .Refuse(Math.Round(Needed(2, 0.9), 1), "Rounded: give more digits, or search in steps of 0.001.")
            .Refuse(Math.Ceiling(Needed(2, 0.9)), "Rounded up to a whole number: give more digits, or search in steps of 0.001.")
            .Expect(Needed(2, 0.9), "e^(2β) = (n − 1)·w/(1 − w) with n = 2 and w = 0.9.", SearchStep);
        trial.Call("1000 keys, w = 0.9", () => beta(1000, 0.9))
            .Expect(Needed(1000, 0.9), "e^(2β) = (n − 1)·w/(1 − w) with n = 1000 and w = 0.9. A search must go far enough: here β is above 4.", SearchStep);
        trial.Call("4 keys, w = 0.25: equal weights need no sharpness", () => beta(4, 0.25))
            .Expect(0, "With β = 0 all weights are 1/n, so for w = 1/n the answer is 0.", SearchStep);
    });

    /// <summary>A search in steps of 0.001 is a right answer too, so it may be off by one step; the known mistakes are off by a tenth and more.</summary>
    private const double SearchStep = 1.5e-3;

    private static double Weight(int n, double beta) => 1 / (1 + (n - 1) * Math.Exp(-2 * beta));

    private static double Needed(int n, double weight) => Math.Log((n - 1) * weight / (1 - weight)) / 2;
}
