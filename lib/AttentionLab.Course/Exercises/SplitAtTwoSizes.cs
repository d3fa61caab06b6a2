using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 12.2: the weights of split attention, softmax over the branches of GELU(a·W₁)·W₂, with a the sum over branches of the *mean* over
/// places. An image that is only enlarged must get the same weights; the formula of Yu et al. 2021, and code after it, sums over places instead.
/// </summary>
public static class SplitAtTwoSizes
{
    /// <summary>Between the two usual forms of GELU, and between float and double, lies less.</summary>
    private const double Tolerance = 2e-3;

    /// <summary>The rough form of GELU is as near as this to the right weights: only what is equal up to rounding is told that it is the rough one.</summary>
    private const double Close = 2e-5;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("12.2", "Split attention at two sizes", Difficulty: 2, Minutes: 10, Hints:
    [
        "Four steps: one row of C numbers for the whole image; two matrices with a GELU between them; softmax. Over which numbers does softmax run: over "
            + "channels, over places, or over branches?",
        "a[c] is the sum over branches, and over places the *mean*, of branch[place, c]. Put it into a tensor (1, C). `a.MatMul(w1)`, GELU, `MatMul(w2)` "
            + "gives K·C logits: branch k owns the columns k·C to k·C + C − 1. For each channel c: softmax over its K logits.",
        "`Tensor a = new(1, branches[0].Columns);` and in two loops `a[0, c] += branch[place, c] / branch.Rows;`. `Tensor h = a.MatMul(w1); "
            + "Gelu.Forward(h.Span, h.Span); Tensor logits = h.MatMul(w2);`. For each c: `float[] column` of the `logits[0, k * C + c]`, then "
            + "`Softmax.Forward(column, column, 1, K)`, then `w[k, c] = column[k]`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's weights.</summary>
    /// <param name="weights">(K branches (places, C), W₁ (C, C), W₂ (C, K·C)) → (K, C).</param>
    public static Feedback Check(Func<Tensor[], Tensor, Tensor, float[,]> weights) => About.Check(trial =>
    {
        Answer<float[,]> Ask(string tried, Tensor[] branches, Tensor w1, Tensor w2) =>
            trial.Call(tried, () => weights(branches, w1, w2), [.. branches, w1, w2]);

        CounterRandom random = new(122);
        Tensor one = Tensor.Gaussian(random, 0.5, 4, 4), two = Tensor.Gaussian(random, 1, 4, 12);
        Tensor[] blank = Branches(_ => new Tensor(1, 4)), single = Branches(_ => Tensor.Gaussian(random, 1, 1, 4));
        Ask("an image without ink: all logits are 0", blank, one, two)
            .Finite("0/0 or a logarithm of 0? Softmax of three zeros is three thirds.")
            .Refuse(Filled(0), "All 0: the softmax is missing, the logits themselves came back.")
            .Refuse(Filled(0.25f), "A quarter each: your softmax runs over the 4 channels. It must run over the 3 branches, for each channel.")
            .Refuse(Filled(0.5f), "A half each: that is a sigmoid of each logit. Softmax over the 3 branches makes weights that sum to 1.")
            .Refuse(Filled(1), "All 1: the largest logit wins, and here all are largest. Take softmax over the 3 branches.")
            .Refuse(Of(blank, one, two, gate: x => 1 / (1 + Math.Exp(-x))),
                "You used a sigmoid between the two matrices. Here it is GELU: `Gelu.Forward(h.Span, h.Span)`.")
            .Refuse(Filled(1f / 12), "A twelfth each: your softmax runs over all 12 logits at once. It must run over the 3 branches, for each channel.")
            .Expect(Filled(1f / 3), "Softmax over the 3 branches: each gets a third.", Tolerance);

        Ask("one place", single, one, two)
            .Refuse(Of(single, one, two, gate: x => x), "The GELU between the two matrices is missing.", Tolerance)
            .Refuse(Of(single, one, two, gate: x => Math.Max(0, x)), "You used ReLU. Here it is GELU: `Gelu.Forward(h.Span, h.Span)`.", Tolerance)
            .Refuse(Of(single, one, two, gate: x => x / (1 + Math.Exp(-x))),
                "You used SiLU, x·σ(x). Here it is GELU, x·Φ(x): `Gelu.Forward(h.Span, h.Span)`.", Tolerance)
            .Refuse(Of(single, one, two, gate: Math.Tanh), "You used tanh. Here it is GELU: `Gelu.Forward(h.Span, h.Span)`.", Tolerance)
            .Refuse(Of(single, one, two, after: Gated), "The GELU runs again behind the second matrix. It stands between the two only.", Tolerance)
            .Refuse(Of(single, one, two, gate: x => x, after: Gated), "The GELU stands behind the second matrix. It belongs between the two.", Tolerance)
            .Refuse(Of(single, one, two, after: x => x / 2), "You divided the logits by √C. Split attention has no such scale.", Tolerance)
            .Refuse(Of(single, Unit(4), two), "W₁ is missing: a·W₁ comes first, then the GELU, then W₂.", Tolerance)
            .Refuse(Of([single[^1]], one, two), "You pooled the last branch only, perhaps by `=` in place of `+=`: a is the sum over all branches.", Tolerance)
            .Refuse(Of(single, one, two, column: (k, c) => 3 * c + k),
                "You read the logits as (C, K). Branch k owns the columns k·C to k·C + C − 1.", Tolerance)
            .Refuse(Of(single, one, two, branchShare: 1f / 3),
                "You took the mean over the branches. It is their sum, as in the library (the mean is over places only).", Tolerance)
            .Refuse(Of([single[0]], one, two), "You pooled the first branch only: a is the sum over all branches.", Tolerance)
            .Refuse(Of(single, one.Transpose(), two), "W₁ is transposed: rows are tokens, so it is a·W₁.", Tolerance)
            .Expect(Of(single, one, two), "softmax over k of (GELU(a·W₁)·W₂) at column k·C + c, a = sum over branches of the mean over places.", Tolerance);

        Tensor[] few = Branches(_ => Tensor.Gaussian(random, 1, 6, 4));
        Ask("six places", few, one, two)
            .Refuse(Of(few, one, two, placeShare: 1),
                "You *summed* over the places, as the formula of the paper does: the logits grow with the image. Take the mean.", Tolerance)
            .Refuse(Of(few, one, two, gate: x => x / (1 + Math.Exp(-1.702 * x))),
                "You used x·σ(1.702·x), a rough form of GELU that is off by up to 0.02. Take x·Φ(x) itself: `Gelu.Forward(h.Span, h.Span)`.", Close)
            .Refuse(Of([.. few.Select(branch => new Tensor(branch.Values[..4], 1, 4))], one, two), "Only the first place was pooled.", Tolerance)
            .Refuse(Of(few, one, two, placeShare: 1 / MathF.Sqrt(6)),
                "You divided by the root of the number of places. √ is right for a sum of *independent* numbers (chapter 03); an enlarged image has equal "
                    + "ones.", Tolerance)
            .Refuse(Of([.. few.Select(Largest)], one, two), "You took the largest number of each channel. Take the mean over places.", Tolerance)
            .Expect(Of(few, one, two), "a is the mean over places (`/ branch.Rows`) and the sum over branches.", Tolerance);

        Tensor[] large = [.. few.Select(branch => EnlargedImage.Of(branch.Reshape(1, 2, 3, 4), 7).Reshape(6 * 49, 4))];
        Ask("the same image, enlarged 7×: 294 places, and the same weights", large, one, two)
            .Refuse(Of(few, one, two, placeShare: 49f / 6),
                "With 49 times the places your row a is 49 times as large, and the logits grow: divide by the number of places that there are, "
                + "not by a fixed 6.", Tolerance)
            .Expect(Of(few, one, two), "Enlarging changes no mean, so it must change no weight.", Tolerance);

        Tensor[] loud = Branches(_ => Tensor.Gaussian(random, 3000, 2, 4));
        Ask("very large numbers", loud, one, two)
            .Finite("e to a large logit is ∞; and where the largest of *all* logits was subtracted, the powers of a channel may all be 0, and 0/0 is NaN. "
                + "Subtract the largest of the K logits of the *same channel* first (exercise 03.1), or use `Softmax.Forward`.")
            .Expect(Of(loud, one, two), "Subtract the largest logit of the *same channel* before the power.", Tolerance);

        Tensor narrow = Tensor.Gaussian(random, 1, 5, 5), other = Tensor.Gaussian(random, 1, 5, 10);
        Tensor[] pair = [Tensor.Gaussian(random, 1, 3, 5), Tensor.Gaussian(random, 1, 3, 5)];
        Ask("two branches, five channels", pair, narrow, other)
            .Expect(Of(pair, narrow, other), "K is `branches.Length` and C is `branches[0].Columns`: nothing says 3 or 4.", Tolerance);

        static Tensor[] Branches(Func<int, Tensor> make) => [make(0), make(1), make(2)];
    });

    private static double Gated(double x)
    {
        double[] one = [x];
        Gelu.Reference<double>(one, one);
        return one[0];
    }

    private static Tensor Unit(int size)
    {
        Tensor unit = new(size, size);
        for (int i = 0; i < size; i++)
        {
            unit[i, i] = 1;
        }

        return unit;
    }

    private static float[,] Filled(float value)
    {
        float[,] weights = new float[3, 4];
        for (int i = 0; i < weights.Length; i++)
        {
            weights[i / 4, i % 4] = value;
        }

        return weights;
    }

    private static Tensor Largest(Tensor branch)
    {
        Tensor largest = new(1, branch.Columns);
        for (int c = 0; c < branch.Columns; c++)
        {
            largest[0, c] = Enumerable.Range(0, branch.Rows).Max(place => branch[place, c]);
        }

        return largest;
    }

    /// <summary>The right weights, or those of a known mistake; computed in double, so that no rule of the library hides a mistake of this check.</summary>
    private static float[,] Of(
        Tensor[] branches, Tensor w1, Tensor w2, Func<double, double>? gate = null, Func<int, int, int>? column = null, float branchShare = 1,
        float? placeShare = null, Func<double, double>? after = null)
    {
        int channels = w1.Shape[0], count = w2.Columns / channels;
        double[] pooled = [.. Enumerable.Range(0, channels).Select(c => branches.Sum(
            branch => branchShare * (placeShare ?? 1f / branch.Rows) * Enumerable.Range(0, branch.Rows).Sum(place => (double)branch[place, c])))];
        double[] hidden = Times(pooled, w1);
        for (int c = 0; gate is not null && c < channels; c++)
        {
            hidden[c] = gate(hidden[c]);
        }

        if (gate is null)
        {
            Gelu.Reference<double>(hidden, hidden);
        }

        double[] logits = Array.ConvertAll(Times(hidden, w2), logit => after?.Invoke(logit) ?? logit);
        float[,] weights = new float[count, channels];
        for (int c = 0; c < channels; c++)
        {
            double[] row = [.. Enumerable.Range(0, count).Select(k => logits[column?.Invoke(k, c) ?? k * channels + c])];
            double[] powers = [.. row.Select(logit => Math.Exp(logit - row.Max()))];
            for (int k = 0; k < count; k++)
            {
                weights[k, c] = (float)(powers[k] / powers.Sum());
            }
        }

        return weights;
    }

    private static double[] Times(double[] row, Tensor matrix) =>
        [.. Enumerable.Range(0, matrix.Columns).Select(j => Enumerable.Range(0, row.Length).Sum(i => row[i] * matrix[i, j]))];
}
