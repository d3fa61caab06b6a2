using AttentionLab.Course.Experiments;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 06.4: backward of softmax(Q·Kᵀ/√d)·V. dV = Wᵀ·dO, dW = dO·Vᵀ, dS by softmax, dQ = dS·K/√d, dK = dSᵀ·Q/√d. Each question
/// isolates one mechanism; the right answers of the last ones are finite differences of the double-precision reference.
/// </summary>
public static class AttentionBackward
{
    private const double Step = 1e-5, Tolerance = 1e-6, Known = 1e-5;     // known mistakes may come from float32

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("06.4", "Backward of attention", Difficulty: 3, Minutes: 25, Hints:
    [
        "Go back in the order O ← W, V ← S ← Q, K. First compute the weights W once more. Then O = W·V is a product like y = x·W in 06.2: what are dV and dW?",
        "dV = Wᵀ·dO. dw_ij = dO_i·V_j. Row by row ds_ij = w_ij·(dw_ij − Σ_m w_im·dw_im). Then S = Q·Kᵀ/√d, again a product: dQ = dS·K/√d, dK = dSᵀ·Q/√d.",
        "For each query i: the row w, then `dw[j] = Σ_c dO[i, c] * v[j, c]`, then ds. Inside the loop over j: `dV[j, c] += w[j] * dO[i, c]; dQ[i, c] += ds "
            + "* k[j, c] / root; dK[j, c] += …`. The last one is left for you.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's backward.</summary>
    /// <param name="backward">(Q (n, d), K (m, d), V (m, d_v), dO (n, d_v)) → (dQ, dK, dV), shaped like Q, K and V.</param>
    public static Feedback Check(Func<double[,], double[,], double[,], double[,], (double[,] DQ, double[,] DK, double[,] DV)> backward) => About.Check(trial =>
    {
        Answer<(double[,] DQ, double[,] DK, double[,] DV)> Ask(string tried, double[,] q, double[,] k, double[,] v, double[,] dO) =>
            trial.Call(tried, () => backward(q, k, v, dO), q, k, v, dO);

        Answer<(double[,] DQ, double[,] DK, double[,] DV)> single = Ask(
            "one key: only its value can matter", Rows([2, 1]), Rows([1, 3]), Rows([5, -1]), Rows([10, 20]));
        single.Part(d => d.DV)
            .Refuse(Rows([0, 0]), "Nothing came. dV is made of the *weights*, not of dS. And do your loops reach the last query?", Tolerance)
            .Expect(Rows([10, 20]), "With one key the output is its value: dV = dO.", Tolerance);
        single.Part(d => d.DQ).Expect(Rows([0, 0]), "With one key the weight is 1 whatever the query: dQ = 0. Is the mean Σ w·dw taken away?", Tolerance);
        single.Part(d => d.DK).Expect(Rows([0, 0]), "With one key the weight is 1 whatever the key: dK = 0.", Tolerance);

        double[,] apart = Rows([1, 0], [0, 1], [2, 2]);
        Answer<(double[,] DQ, double[,] DK, double[,] DV)> blind = Ask(
            "the query (0, 0): all weights are ⅓", Rows([0, 0]), apart, Rows([1, 0], [0, 1], [-1, 1]), Rows([3, 6]));
        blind.Part(d => d.DV)
            .Refuse(Rows([3, 6], [3, 6], [3, 6]),
                "Every value got the whole dO. Its share is its weight; and softmax runs over the keys, along a row.", Tolerance)
            .Refuse(
                Rows([3, 6], [0, 0], [0, 0]), "Only the first value got something: the loop over the keys is as long as K, and there is no mask.", Tolerance)
            .Expect(Rows([1, 2], [1, 2], [1, 2]), "Equal weights: each value gets a third of dO.", Tolerance);
        double root = Math.Sqrt(2);
        blind.Part(d => d.DQ)
            // Weights ⅓; dw = (3, 6, 3), mean 4; ds = (−⅓, ⅔, −⅓); Σ ds·k = (−1, 0).
            .Refuse(Rows([-1, 0]), "The scale is missing: S = Q·Kᵀ/√d, so dQ = dS·K/√d.", Tolerance)
            .Refuse(Rows([-0.5, 0]), "The scale stands there twice: once 1/√d is enough.", Tolerance)
            .Refuse(Rows([-1 / Math.Sqrt(3), 0]), "You divided by √3, from the number of keys. d is the length of a query: √2.", Tolerance)
            .Refuse(Rows([-3 / root, 0]), "The factor w_j in front of ds_j is missing.", Tolerance)
            .Expect(Rows([-1 / root, 0]), "dQ = Σ_j ds_j·k_j/√d, with ds_j = w_j·(dw_j − mean).", Tolerance);
        blind.Part(d => d.DK).Expect(Rows([0, 0], [0, 0], [0, 0]), "dK_j = ds_j·q/√d, and q is 0. Did you use the keys in place of the queries?", Tolerance);

        AttentionPoint at = AttentionPoint.Draw(seed: 64, tokens: 3, width: 2);
        double[] right = GradientCheck.Numerical(at.Inputs, at.Loss, Step);
        Answer<(double[,] DQ, double[,] DK, double[,] DV)> full = Ask(
            "three queries and three keys, against small steps", Of(at.Inputs, 0), Of(at.Inputs, 1), Of(at.Inputs, 2), Of(at.Upstream, 0));
        full.Part(d => d.DV)
            .Refuse(Of(Bug(PlantedBugs.Bug.NotTransposed), 2),
                "You took W·dO. Value j collects from all queries that looked at it: Wᵀ·dO, down the *columns* of W.", Tolerance)
            .Refuse(Unscaled(), "Your weights are not those of the forward: scores are divided by √d *before* the softmax.", Known)
            .Refuse(Of([.. right.Select(r => r / 3)], 2), "You took the mean over the queries. The chain rule adds.", Tolerance)
            .Refuse(LastQuery(2), "Only the last query counts in dV: add with `+=`.", Tolerance)
            .Refuse(Of(Bug(PlantedBugs.Bug.OneQueryMissing), 2), "One query is missing: loop over all rows of Q.", Tolerance)
            .Expect(Of(right, 2), "dV_j = Σ_i w_ij·dO_i.", Tolerance);
        full.Part(d => d.DQ)
            .Refuse(Of(Bug(PlantedBugs.Bug.MeanForgotten), 0), "The mean Σ_m w_m·dw_m is missing in the softmax.", Tolerance)
            .Refuse(Of(Bug(PlantedBugs.Bug.ScaleForgotten), 0), "The scale 1/√d is missing in dQ.", Tolerance)
            .Refuse(PlainMean(), "You took the plain mean of dw. In the softmax the mean is weighted: Σ_m w_m·dw_m.", Known)
            .Expect(Of(right, 0), "dQ_i = Σ_j ds_ij·k_j/√d.", Tolerance);
        full.Part(d => d.DK)
            .Refuse(Of(Bug(PlantedBugs.Bug.ScaleForgotten), 1), "The scale 1/√d is missing in dK.", Tolerance)
            .Refuse(Of(Bug(PlantedBugs.Bug.KeyForQuery), 1), "You made dK from the keys. It is made from the *queries*: dSᵀ·Q.", Tolerance)
            .Refuse(LastQuery(1), "Only the last query counts in dK: add with `+=`.", Tolerance)
            .Expect(Of(right, 1), "dK_j = Σ_i ds_ij·q_i/√d: the sum over all queries that looked at key j.", Tolerance);

        Answer<(double[,] DQ, double[,] DK, double[,] DV)> wide = Ask(
            "two queries, three keys, values of one number", Rows([1, 0], [0, 0]), apart, Rows([1], [2], [4]), Rows([0], [3]));
        wide.Part(d => d.DQ).Expect(Wide(),
            "Queries may be fewer than keys, and values narrower: take each length from its own matrix, and √d from Q.", Tolerance);
        wide.Part(d => d.DV).Expect(Rows([1], [1], [1]), "dV is shaped like V. Only the second query has a gradient; its weights are ⅓.", Tolerance);

        Answer<(double[,] DQ, double[,] DK, double[,] DV)> large = Ask(
            "scores of 1414 and 0", Rows([2000, 0]), Rows([1, 0], [0, 1]), Rows([1], [2]), Rows([3]));
        large.Part(d => d.DV)
            .Finite("e^1414 is ∞, also in double. Subtract the largest score of the row before the exponential (exercise 03.1).")
            .Expect(Rows([3], [0]), "The first key has all the weight.", Tolerance);
        large.Part(d => d.DQ).Expect(Rows([0, 0]), "One key has all the weight: dQ = 0.", Tolerance);

        // What the last query alone gives: all queries, less all but the last.
        double[,] LastQuery(int part) => Of([.. right.Zip(Bug(PlantedBugs.Bug.OneQueryMissing), (all, others) => all - others)], part);

        double[,] Unscaled()
        {
            var (q, k, v, up) = (Part(0), Part(1), Part(2), Matrix(at.Upstream));
            return Doubles(ScaledDotProductAttention.Backward(up, ScaledDotProductAttention.Forward(q, k, v, scale: 1).Saved).DValue);
        }

        double[,] PlainMean()
        {
            Tensor w = ScaledDotProductAttention.Forward(Part(0), Part(1), Part(2)).Saved.Weights;
            Tensor dw = Matrix(at.Upstream).MatMulTransposed(Part(2)), ds = new(3, 3);
            for (int i = 0; i < 9; i++)
            {
                ds.Values[i] = w.Values[i] * (dw.Values[i] - dw.Row(i / 3).ToArray().Average());
            }

            return Doubles(ds.MatMul(Part(1)) * (float)(1 / root));
        }

        Tensor Part(int part) => Matrix(at.Inputs[(6 * part)..(6 * part + 6)]);

        double[] Bug(PlantedBugs.Bug bug) => PlantedBugs.Gradient(at, bug);

        // The second query is blind: weights ⅓; dw = (3, 6, 12), mean 7; ds = (−4/3, −1/3, 5/3); Σ ds·k = (2, 3).
        double[,] Wide() => Rows([0, 0], [2 / root, 3 / root]);
    });

    private static double[,] Rows(params double[][] rows)
    {
        double[,] matrix = new double[rows.Length, rows[0].Length];
        for (int i = 0; i < matrix.Length; i++)
        {
            matrix[i / rows[0].Length, i % rows[0].Length] = rows[i / rows[0].Length][i % rows[0].Length];
        }

        return matrix;
    }

    private static Tensor Matrix(double[] numbers) => new([.. numbers.Select(x => (float)x)], numbers.Length / 2, 2);

    private static double[,] Doubles(Tensor x) => Rows([.. Enumerable.Range(0, x.Rows).Select(i => x.Row(i).ToArray().Select(v => (double)v).ToArray())]);

    /// <summary>Part 0, 1 or 2 (Q, K or V) of three (3, 2) matrices that stand one after the other.</summary>
    private static double[,] Of(double[] all, int part) =>
        Rows(all[(6 * part)..(6 * part + 2)], all[(6 * part + 2)..(6 * part + 4)], all[(6 * part + 4)..(6 * part + 6)]);
}
