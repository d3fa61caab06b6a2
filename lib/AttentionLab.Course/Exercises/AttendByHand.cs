namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 02.1: one row of attention, output = Σ_j w_j·v_j with w = softmax(q·k_j / √D).
/// Each question isolates one mechanism: values, softmax, scores, scale, widths, overflow.
/// </summary>
public static class AttendByHand
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("02.1", "Write attention for one query", Difficulty: 1, Minutes: 15, Hints:
    [
        "Three steps, three loops: a score for each key, softmax over the scores, then the weighted sum of the values. Start with one key: what must come out?",
        "Score of key j: `q·k_j / √(length of q)`. Weight of key j: `exp(score_j − largest score)` divided by the sum of these numbers. Output: start with "
        + "zeros as long as a *value*, then add `weight_j · value_j` for each j.",
        "`var scores = keys.Select(key => query.Zip(key, (q, k) => q * k).Sum() / MathF.Sqrt(query.Length)).ToArray();` Then `float top = scores.Max();` and "
        + "`var weights = scores.Select(s => MathF.Exp(s - top)).ToArray();`. Divide each weight by `weights.Sum()`. The weighted sum of the values is left "
        + "for you.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's attention.</summary>
    /// <param name="attend">(query (D), keys (T, D), values (T, D_v)) → output (D_v).</param>
    public static Feedback Check(Func<float[], float[][], float[][], float[]> attend) => About.Check(trial =>
    {
        Answer<float[]> Ask(string tried, float[] query, float[][] keys, float[][] values) =>
            trial.Call(tried, () => attend(query, keys, values), query, keys, values);

        float[] apple = [2, 2];
        Ask("one key: it gets all the weight, so its value comes out", apple, [[0, 3]], [[5, -1]])
            .Refuse([0, 3], "You returned the key. Keys only decide the weights; the output is made of the values.")
            .Refuse(Attention(apple, [[0, 3]], [[5, -1]], Norm.None),
                "Your weights do not sum to 1: with a single key its weight must be 1. Divide by the sum of the exponentials.")
            .Refuse([1], "These are the weights. They are only the way: return the values, averaged with them.")
            .Expect([5, -1], "With a single key the weight is 1, whatever the score: return the value of that key.");

        float[] nothing = [0, 0];
        float[][] three = [[0, 3], [2, 2], [4, 0]];
        Ask("the query (0, 0): all scores are equal, so the mean of the values comes out", nothing, three, [[3, 0], [0, 6], [9, 0]])
            .Finite("A query of length 0 gave NaN or ∞. Do you divide by the length ‖q‖ of the query, or by the sum of the scores instead of the sum of "
                + "their exponentials? The score is `q·k / √D`, where D is how many numbers q has.")
            .Refuse([12, 6], "You added the values without weights that sum to 1.")
            .Refuse([3, 0], "Only one value came out. The key with the largest score does not get everything: softmax gives every key a share.")
            .Refuse([4.5f, 3], "The first key is missing: start the loop over the keys at 0.")
            .Refuse([1.5f, 3], "The last key is missing: does the loop over the keys end one step early?")
            .Refuse([4f / 3, 2f / 3], "Divided by the number of keys once too often: the weights already sum to 1.")
            .Expect([4, 2], "Equal scores give equal weights: the mean of the values.");

        float[][] fruit = [[0, 3], [2, 2]];
        Ask("apple (2, 2) looks at orange (0, 3) and at itself", apple, fruit, fruit)
            .Refuse([1, 2.5f], "Every value got the same weight: the scores do not reach your output.")
            .Refuse(Attention(apple, fruit, fruit, scale: 1),
                "These are the weights of the plain dot product: the scores 6 and 8 must be divided by √D, here √2.")
            .Refuse(Attention(apple, fruit, fruit, scale: 0.5), "You divided by D = 2. The scale is √D.")
            .Refuse(Attention(apple, fruit, fruit, scale: Math.Sqrt(2)),
                "The scores are twice too far apart: you *multiplied* them by √D instead of dividing, or only the first number of the query met the keys.")
            .Refuse(Attention(apple, fruit, fruit, scale: Math.Log(2) / Math.Sqrt(2)), "You took powers of 2. Softmax takes powers of e: `Math.Exp`.")
            .Refuse(Cosine(apple, fruit, fruit), "This is attention with the cosine as score. Here the score is the dot product divided by √D.")
            .Refuse(Attention(apple, fruit, fruit, scale: -1 / Math.Sqrt(2)),
                "The smaller score got the larger weight: is there a minus too much in the exponential?")
            .Refuse(Attention(apple, fruit, fruit, Norm.Linear), "You divided the scores by their sum, without the exponential: that is not softmax.")
            .Expect(Attention(apple, fruit, fruit), "The scores are 6/√2 and 8/√2; softmax of them gives the weights 0.196 and 0.804.");

        float[] wide = [1, 0, -1, 2];
        float[][] wideKeys = [[1, 2, 0, 1], [0, 1, 1, 0], [-1, 0, 2, 1]], narrow = [[1], [10], [100]];
        Ask("keys of 4 numbers, values of 1 number", wide, wideKeys, narrow)
            .Refuse(Attention(wide, wideKeys, narrow, scale: 1),
                "You divided by the square root of the *value's* length (1). The scale is √D with D = length of the query (4).")
            .Refuse(Attention(wide, wideKeys, narrow, scale: 1 / Math.Sqrt(2)),
                "You divided by √2, the number that fitted the example before. D is the length of the query: here √4.")
            .Refuse(Attention(wide, wideKeys, narrow, scale: 1 / Math.Sqrt(3)),
                "You divided by the square root of the number of keys (3). D is the length of the query: here √4.")
            .Expect(Attention(wide, wideKeys, narrow), "The output is as long as a value; the scores use every number of the query.");

        float[][] loud = [[0, 3000], [1, 3000]], labels = [[0], [1]];
        Ask("very large scores", [1, 1], loud, labels)
            .Finite("exp of a large score overflows to ∞, and ∞/∞ is NaN. Subtract the largest score from all scores first: softmax does not change.")
            .Expect(Attention([1, 1], loud, labels), "Subtract the largest score before the exponential; softmax does not change.", tolerance: 1e-3);

        float[][] apart = [[0, 0], [0, 3000]];
        Ask("scores far apart, 0 and 3000/√2", [1, 1], apart, labels)
            .Finite("One exponential is still ∞: you subtracted a number from all scores, but not the *largest*.")
            .Expect(Attention([1, 1], apart, labels), "The key with the larger score gets all the weight.", tolerance: 1e-3);

        Ask("very negative scores", [-1, -1], loud, labels)
            .Finite("All exponentials became 0, and 0/0 is NaN. Does your search for the largest score start at 0? Start it at the first score.")
            .Expect(Attention([-1, -1], loud, labels), "Subtract the largest score, also when all scores are negative.", tolerance: 1e-3);
    });

    private enum Norm
    {
        Softmax,
        None,
        Linear,
    }

    /// <summary>Right by default; each parameter makes one known mistake. In double, by plain loops.</summary>
    private static float[] Attention(float[] query, float[][] keys, float[][] values, Norm norm = Norm.Softmax, double? scale = null) =>
        Average(Array.ConvertAll(keys, key => Dot(query, key) * (scale ?? 1 / Math.Sqrt(query.Length))), values, norm);

    private static float[] Attention(float[] query, float[][] keys, float[][] values, double scale) => Attention(query, keys, values, Norm.Softmax, scale);

    private static float[] Cosine(float[] query, float[][] keys, float[][] values) =>
        Average(Array.ConvertAll(keys, key => Dot(query, key) / Math.Sqrt(Dot(query, query) * Dot(key, key))), values, Norm.Softmax);

    private static float[] Average(double[] scores, float[][] values, Norm norm)
    {
        double top = norm == Norm.Softmax ? scores.Max() : 0;
        double[] weights = norm == Norm.Linear ? scores : Array.ConvertAll(scores, score => Math.Exp(score - top));
        double total = norm == Norm.None ? 1 : weights.Sum();
        float[] output = new float[values[0].Length];
        for (int d = 0; d < output.Length; d++)
        {
            output[d] = (float)(weights.Zip(values, (weight, value) => weight * value[d]).Sum() / total);
        }

        return output;
    }

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();
}
