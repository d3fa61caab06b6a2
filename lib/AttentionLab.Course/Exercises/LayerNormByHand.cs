using AttentionLab.Kernels;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 10.1: y = γ ⊙ (x − μ)/√(σ² + ε) + β of one row, σ² divided by C and ε inside the root (Ba et al. 2016, eq. 4). The first questions take
/// ε = 0.1, so that its place shows.
/// </summary>
public static class LayerNormByHand
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("10.1", "LayerNorm of one row", Difficulty: 1, Minutes: 12, Hints:
    [
        "Three loops over the row: one for the mean μ, one for the variance σ² = mean of (x − μ)², one for the result. Where does ε stand, and what does it "
        + "keep from being 0?",
        "μ is the sum divided by C = `x.Length`. σ² is the mean of `(x[c] - mean) * (x[c] - mean)`: divide by C, not by C − 1. Then `y[c] = gamma[c] * "
        + "(x[c] - mean) / sqrt(σ² + ε) + beta[c]`, with ε *inside* the root.",
        "`double mean = x.Average(v => (double)v);` and `double variance = x.Average(v => (v - mean) * (v - mean));` and `double r = 1 / Math.Sqrt(variance "
        + "+ epsilon);`. Then one loop fills a new array: `y[c] = (float)(gamma[c] * (x[c] - mean) * r + beta[c]);`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's norm.</summary>
    /// <param name="norm">(x (C), γ (C), β (C), ε) → y (C).</param>
    public static Feedback Check(Func<float[], float[], float[], float, float[]> norm) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, float[] x, float[] gamma, float[] beta, float epsilon) =>
            trial.Call(tried, () => norm(x, gamma, beta, epsilon), x, gamma, beta);

        float[] one = [1, 1, 1, 1], zero = [0, 0, 0, 0], row = [1, 2, 3, 6];
        float[] centred = [-2, -1, 0, 3];                                          // mean 3, Σ (x − μ)² = 14
        Ask("x = 1, 2, 3, 6 with γ = 1, β = 0, ε = 0: mean 0, mean square 1", row, one, zero, 0)
            .Refuse(Times(row, 1 / Math.Sqrt(12.5)), "This is x / √mean(x²), RmsNorm. LayerNorm takes the mean μ away first.")
            .Refuse(centred, "You took the mean away and did not divide. Divide by the root of the variance.")
            .Refuse(Times(centred, 1 / 3.5), "You divided by the variance. Divide by its root.")
            .Refuse(Times(centred, 1 / Math.Sqrt(14)), "You divided by the root of Σ (x − μ)². The variance is its *mean*: divide the sum by C.")
            .Refuse(Times(centred, Math.Sqrt(3 / 14.0)), "You divided Σ (x − μ)² by C − 1. LayerNorm divides by C: the row is all there is, it is no sample.")
            .Refuse(Times(centred, 1 / Math.Sqrt(12.5)),
                "You took the mean away, but then divided by the root of mean(x²). The variance is the mean of (x − μ)².")
            .Refuse(Times(centred, 1 / 1.5), "You divided by the mean of |x − μ|. The variance is the mean of the *squares*, then comes the root.")
            .Refuse(Times(centred, 1 / 5.0), "You divided by largest minus smallest. Divide by the root of the variance.")
            .Refuse(Times(row, 1 / Math.Sqrt(3.5)), "You divided x itself. Take the mean away first: (x − μ) / √σ².")
            .Refuse(one, "All 1: γ and β are exchanged. γ multiplies, β is added.")
            .Refuse(Times(row, 1 / Math.Sqrt(50)), "You divided x by its length. Take the mean away, and divide by the root of the *mean* square that is left.")
            .Refuse([.. row.Select(v => (v - 1) / 5)], "You brought the row to 0 … 1 by its smallest and largest number. Take mean and variance.")
            .Refuse([.. row.Select(v => (float)(Math.Exp(v) / row.Sum(u => Math.Exp(u))))],
                "This is softmax. The norm needs no exponential: mean away, divided by the root of the variance.")
            .Refuse([.. Times(centred, 1 / Math.Sqrt(3.5)).Select(v => v + 1)], "γ was added. γ multiplies, β is added.")
            .Refuse(Times(centred, 2 / Math.Sqrt(3.5)), "Everything is twice too large: multiply by γ itself, not by 1 + γ.")
            .Refuse(Running(row), "The variance was summed in the same loop as the mean, with an unfinished mean. Finish the mean first, then start a second "
                + "loop.")
            .Refuse(row, "x comes back unchanged. Take the mean away, divide by the root of the variance.")
            .Expect(Times(centred, 1 / Math.Sqrt(3.5)), "μ = 3 and σ² = (4 + 1 + 0 + 9) / 4 = 3.5, so y = (−2, −1, 0, 3) / √3.5.");

        Ask("the same with ε = 0.1", row, one, zero, 0.1f)
            .Refuse(Times(centred, 1 / (Math.Sqrt(3.5) + 0.1)), "You added ε to the root. It stands *inside*: √(σ² + ε).")
            .Refuse(Times(centred, 1 / Math.Sqrt(3.51)), "You added ε² to the variance. Add ε itself.")
            .Refuse(Times(centred, 1 / Math.Sqrt(3.5)),
                "Your ε has no effect here: it is 0, a fixed small number, or only a lower limit (`Max`). Add the `epsilon` that is handed over to the "
                    + "variance, inside the root.")
            .Refuse(Times(centred, 1 / Math.Sqrt(3.4)), "You took ε away. Add it: it keeps the root from being 0.")
            .Refuse([.. centred.Select(v => (float)(v / Math.Sqrt(3.5) + 0.1))], "You added ε to the result. It belongs to the variance, inside the root.")
            .Expect(Times(centred, 1 / Math.Sqrt(3.6)), "With ε = 0.1: y = (−2, −1, 0, 3) / √(3.5 + 0.1).");

        float[] gamma = [2, 1, -1, 0.5f], beta = [10, 0, 1, -1];
        Ask("γ = (2, 1, −1, ½), β = (10, 0, 1, −1), ε = 0.1", row, gamma, beta, 0.1f)
            .Refuse(Times(centred, 1 / Math.Sqrt(3.6)), "γ and β have no effect. At the end: `gamma[c] * … + beta[c]`.")
            .Refuse(After(gamma, zero), "β has no effect. Add `beta[c]` at the end.")
            .Refuse(After(one, beta), "γ has no effect. Multiply by `gamma[c]` before β is added.")
            .Refuse([.. After(one, beta).Zip(gamma, (y, g) => y * g)], "γ multiplies β too. First γ times the normalised number, then plus β.")
            .Refuse(After(gamma, [.. beta.Select(v => -v)]), "You took β away. It is added.")
            .Refuse(After([.. gamma.Select(v => 1 / v)], beta), "You divided by γ. It multiplies.")
            .Refuse(After(beta, gamma), "γ and β are exchanged: γ multiplies, β is added.")
            .Refuse([.. After(gamma, beta).Select((_, c) => After([2, 2, 2, 2], [10, 10, 10, 10])[c])],
                "Every column gets γ and β of column 0. Each column has its own.")
            .Expect(After(gamma, beta), "y = γ ⊙ (x − μ)/√(σ² + ε) + β, each column with its own γ and β.");

        Ask("a row without spread, ε = 0.1: y must be β", [5, 5, 5, 5], gamma, beta, 0.1f)
            .Finite("0/0: here σ² is 0, and only ε keeps the root from being 0.")
            .Expect(beta, "Every number is the mean, so x − μ = 0 and β is left.");

        float[] far = [.. row.Select(v => v + 100_000)];
        Ask("x = 100 001, 100 002, 100 003, 100 006", far, one, zero, 0.1f)
            .Finite("Your variance came out negative. E[x²] − μ² loses all its digits when x is far from 0: take the mean of (x − μ)².")
            .Expect(Times(centred, 1 / Math.Sqrt(3.6)),
                "A constant added to the row must not change y. E[x²] − μ² loses its digits in float: take the mean first, then the mean of (x − μ)².", 1e-4);

        float[] longer = [.. Enumerable.Range(0, 7).Select(i => MathF.Sin(3 * i + 1))], ones = [.. longer.Select(_ => 1f)], none = new float[7];
        float[] expected = new float[7];
        Normalize.Forward(longer, ones, none, expected, [], [], 7, 0.1f);
        Ask("seven numbers", longer, ones, none, 0.1f)
            .Refuse(Around(longer, longer.Order().ElementAt(3)), "You took the number in the middle, the median. μ is the mean.")
            .Refuse(Around(longer, (int)longer.Average()), "Your mean is cut to a whole number: no `(int)`, and no division of whole numbers.")
            .Expect(expected, "With 4 numbers the answer was right, with 7 it is not. Is a size fixed in your code?");

        float[] After(float[] g, float[] b) => [.. centred.Select((v, c) => (float)(g[c] * v / Math.Sqrt(3.6) + b[c]))];
    });

    /// <summary>The norm with ε = 0.1 around another middle than the mean.</summary>
    private static float[] Around(float[] row, double middle) =>
        Times([.. row.Select(v => (float)(v - middle))], 1 / Math.Sqrt(row.Average(v => (v - middle) * (v - middle)) + 0.1));

    /// <summary>The mistake of summing (x − μ)² while μ is still being summed.</summary>
    private static float[] Running(float[] row)
    {
        double mean = 0, variance = 0;
        foreach (float v in row)
        {
            mean += v / row.Length;
            variance += (v - mean) * (v - mean) / row.Length;
        }

        return Times([.. row.Select(v => (float)(v - mean))], 1 / Math.Sqrt(variance));
    }

    private static float[] Times(float[] row, double factor) => [.. row.Select(v => (float)(v * factor))];
}
