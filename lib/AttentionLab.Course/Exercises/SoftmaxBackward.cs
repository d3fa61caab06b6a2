using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 06.3: backward of softmax for one row, ds_j = w_j·(dw_j − Σ_m w_m·dw_m), from the weights. The right answer of the check is a
/// finite difference of the double-precision reference.
/// </summary>
public static class SoftmaxBackward
{
    private const double Step = 1e-5, Tolerance = 1e-6;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("06.3", "Backward of softmax", Difficulty: 2, Minutes: 12, Hints:
    [
        "If s_j grows, w_j grows and all other weights shrink. So every dw_m has a part in ds_j: ds_j = Σ_m dw_m·∂w_m/∂s_j. Chapter 03 has ∂w_m/∂s_j.",
        "∂w_m/∂s_j = w_m·(δ_mj − w_j). The δ picks one term, the rest is a sum that is the same for all j: ds_j = w_j·dw_j − w_j·Σ_m w_m·dw_m.",
        "First `double mean = w.Zip(dw, (a, b) => a * b).Sum();`, once for the row. Then each `ds[j]` is `w[j]` times a difference, which is left for you.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's backward.</summary>
    /// <param name="backward">(w (n), the weights; dw (n)) → ds (n).</param>
    public static Feedback Check(Func<double[], double[], double[]> backward) => About.Check(trial =>
    {
        Answer<double[]> Ask(string tried, double[] w, params double[] dw) => trial.Call(tried, () => backward(w, dw), w, dw);

        Ask("one key: its weight is always 1", [1], 5)
            .Refuse([5], "The weight of a single key cannot move, so its score gets no gradient. The mean Σ w_m·dw_m is missing, or it leaves "
                + "out the key itself.", Tolerance)
            .Refuse([10], "Plus where minus belongs: dw_j minus the mean.", Tolerance)
            .Refuse([-5], "The first part is missing: w_j·dw_j, before the mean is taken away.", Tolerance)
            .Refuse([-4], "w minus something is the gradient of cross-entropy behind softmax. Here dw comes from any loss: use the Jacobian.", Tolerance)
            .Refuse([-20], "You used dw where w belongs: the factor in front is w_j.", Tolerance)
            .Expect([0], "With one key: w·(dw − w·dw) = 1·(5 − 5) = 0.");

        double[] two = [0.75, 0.25];
        Ask("w = (¾, ¼), dw = (1, 0)", two, 1, 0)
            .Refuse([0.75, 0], "The mean Σ w_m·dw_m is missing. If s_1 grows, w_0 shrinks: ds_1 is not 0.", Tolerance)
            .Refuse([0.25, -0.75], "The factor w_j in front is missing: a key without weight cannot win any by a small step.", Tolerance)
            .Refuse([0.1875, 0], "Only the diagonal w_j·(1 − w_j) is used. Each score moves *all* weights.", Tolerance)
            .Refuse([-0.1875, 0.1875], "The sign is wrong: dw_j minus the mean.", Tolerance)
            .Refuse([0.375, -0.125], "You took the plain mean of dw. The mean is weighted by w: Σ w_m·dw_m.", Tolerance)
            .Refuse([0, -0.25], "You took the sum of dw without weights. It is Σ w_m·dw_m.", Tolerance)
            .Refuse([0, -0.75], "A bracket is missing: w_j·(dw_j − mean), not w_j·dw_j − mean.", Tolerance)
            .Refuse([0.75 * 0.4375, -0.25 * 0.5625], "In your mean the weights stand twice: it is Σ w_m·dw_m.", Tolerance)
            .Refuse([0.09375, -0.09375], "Each number is divided by the number of keys. The weighted mean is no division by n.", Tolerance)
            .Refuse([0.1875, -0.25 * 0.140625], "Your mean changes while you write: compute it once, before the loop, and write into a new array.", Tolerance)
            .Refuse(Twice(two), "You took softmax of the weights. They are weights already.", Tolerance)
            .Expect([0.1875, -0.1875], "mean = ¾, so ds = (¾·(1 − ¾), ¼·(0 − ¾)).", Tolerance);

        Ask("all dw equal: no change of weights can help", [0.2, 0.3, 0.5], 4, 4, 4)
            .Expect([0, 0, 0], "The weights always sum to 1. If every key is worth the same, it does not matter who has the weight: 0.", Tolerance);

        double[] scores = [1, 2, -0.5, 0.3], w = new double[4], dw = [0.5, -1, 2, 1];
        Softmax.Reference<double>(scores, w, 1, 4);
        Ask("four keys, against small steps of the scores", w, dw)
            .Expect(GradientCheck.Numerical(scores, Loss, Step), "This check moves each score by 0.00001 and looks what Σ dw·w does.", Tolerance);

        Ask("a saturated row: w = (1, 0, 0)", [1, 0, 0], 3, -5, 7)
            .Expect([0, 0, 0], "All weight on one key: every ds is 0, whatever the others are worth. This is the starving of section 6.3.", Tolerance);

        // ds for dw = (1, 0) if softmax is taken once more.
        static double[] Twice(double[] once)
        {
            double[] twice = new double[2];
            Softmax.Reference<double>(once, twice, 1, 2);
            return [twice[0] * (1 - twice[0]), -twice[1] * twice[0]];
        }

        double Loss(double[] s)
        {
            double[] weights = new double[4];
            Softmax.Reference<double>(s, weights, 1, 4);
            return weights.Zip(dw, (a, b) => a * b).Sum();
        }
    });
}
