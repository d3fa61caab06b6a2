namespace AttentionLab.Course.Exercises;

/// <summary>One query, keys (T, D) and values (T, D_v) → output (D_v).</summary>
/// <param name="query">(D).</param>
/// <param name="keys">(T, D).</param>
/// <param name="values">(T, D_v).</param>
public delegate float[] AttendFunction(float[] query, float[][] keys, float[][] values);

/// <summary>
/// Exercise 02.4: the reader writes a test. Attention knows no order: if keys and values are shuffled *together*, the output stays.
/// The reader's test must accept every attention that has this property and refuse those that secretly use the position.
/// </summary>
public static class PermutationProperty
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("02.4", "A test that finds out whether attention sees order", Difficulty: 2, Minutes: 15, Hints:
    [
        "Call `attend` twice: once as given, once with keys and values in another order. Which order must the keys have, and which the values? And may two "
        + "float results be compared by `==`?",
        "Shuffle keys and values by the *same* permutation, in new arrays. Sums in another order differ in the last digits: allow a difference of about 1e-4. "
        + "One permutation can miss a bug: reversing does not notice a weight that is the same on both sides of the middle, rotating does not notice a "
        + "look at the neighbour.",
        "`int[] order = [.. Enumerable.Range(0, keys.Length)];` then 20 times `random.Shuffle(order)` (with `var random = new Random(1);`), `order.Select(j => "
        + "keys[j]).ToArray()`, the same for the values, and compare every number of both outputs. If one differs by more than 1e-4, return false. At the end "
        + "return true.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's test by giving it attentions of which we know the truth.</summary>
    /// <param name="isBlindToOrder">True if the given attention gives the same output in every order of (key, value) pairs.</param>
    public static Feedback Check(Func<AttendFunction, float[], float[][], float[][], bool> isBlindToOrder) => About.Check(trial =>
    {
        Kernels.CounterRandom random = new(24);
        float[] query = Row(8);
        float[][] keys = [.. Enumerable.Range(0, 9).Select(_ => Row(8))], values = [.. Enumerable.Range(0, 9).Select(_ => Row(3))];

        Ask("attention as in this chapter: it is blind to order", blind: true, (_, _, _) => 0,
            "You said that plain attention sees order. Do you shuffle keys *and* values, both in the same way? A key must keep its value.");
        Ask("the same, added up in float32: still blind, up to rounding", blind: true, (_, _, _) => 0,
            "You said that this attention sees order, but its outputs differ only by rounding. Do not compare floats by `==`: allow a small difference, about "
            + "1e-4.", rounds: true);
        Ask("an attention that prefers early keys: it sees order", blind: false, (key, _, _) => -0.5 * key,
            "This attention gives early keys more weight, and your test did not notice. Do you really call it with another order, and compare the two "
            + "outputs?");
        Ask("an attention that prefers the middle: it sees order, but reversing does not show it", blind: false,
            (key, keyCount, _) => -0.5 * Math.Abs(key - (keyCount - 1) / 2.0),
            "This attention prefers the keys in the middle. If you only reverse the order, the middle stays the middle: try more than one permutation, for "
            + "example all rotations.");
        Ask("an attention that looks at late keys only: it sees order, but the first keys do not show it", blind: false,
            (key, keyCount, _) => key >= keyCount - 3 ? 0 : -1e9,
            "This attention sees the last three keys only. If your test moves the first keys alone, nothing changes: move every key.");
        Ask("an attention that looks at each key's neighbour in a circle: it sees order, but rotating does not show it", blind: false, (_, _, _) => 0,
            "This attention mixes each key's score with the score of the key after it, in a circle. Rotations keep the neighbours together: try other orders, "
            + "for example exchange two keys, or shuffle.", neighbours: true);
        Ask("an attention whose effect on the first two output numbers cancels in their sum", blind: false, (_, _, _) => 0,
            "Here the first number of the output grows by as much as the second falls. Compare the numbers one by one, not their sum.",
            effect: (output, k) => Exchange(output, k, 0.5));
        Ask("an attention that sees order only a little", blind: false, (_, _, _) => 0,
            "This attention changes by a few thousandths with the order, and your test let it pass. Rounding is a thousand times smaller: allow about 1e-4.",
            effect: (output, k) => Exchange(output, k, 0.003));
        Ask("an attention that only ever grows when the order changes", blind: false, (_, _, _) => 0,
            "Here every number of the output grows when the order changes. A difference below 0 is a difference too: compare `Math.Abs(a - b)`.",
            effect: (output, k) => Add(output, 0.5 * k.Where((key, j) => key[0] != keys[j][0]).Count() / k.Length));
        Ask("an attention in which only the last output number sees order", blind: false, (key, _, dimension) => dimension == 2 ? -0.5 * key : 0,
            "Here only the last number of the output depends on the order. Compare every number of the output.");

        // Whatever one order a test tries, it leaves the order of some neighbours as it was, unless it reverses them all.
        int pairs = keys.Length - 1;
        Answer<int[]> missed = trial.Call($"{pairs} attentions that see only which of two neighbours comes first", () => Enumerable.Range(0, pairs)
            .Where(i => isBlindToOrder(Attention((_, _, _) => 0, effect: (output, k) => Add(output, Place(k, i) < Place(k, i + 1) ? 0 : 0.5)), query, keys,
                values)).ToArray(), query, keys, values);
        int one = missed.Value.FirstOrDefault();
        missed.Require(missed.Value.Length != 1, "each of them is noticed",
            $"All are noticed but one: it sees which of the keys {one} and {one + 1} comes first, and your test never turns these two round. Does a loop end "
            + "too early, or begin too late? Exchange every pair of neighbours, or shuffle many times.", $"1 of {pairs} was not noticed")
            .Require(missed.Value.Length == 0, "each of them is noticed",
            "To each of these attentions half of all orders look alike. Trying one order is not enough, and one order that agrees proves nothing: try many, "
            + "and return true only if *all* agree.", $"{missed.Value.Length} of {pairs} were not noticed");

        void Ask(string tried, bool blind, Func<int, int, int, double> bias, string mistake, bool rounds = false, bool neighbours = false,
            Action<float[], float[][]>? effect = null) =>
            trial.Call(tried, () => isBlindToOrder(Attention(bias, rounds, neighbours, effect), query, keys, values), query, keys, values)
                .Expect(blind, mistake);

        int Place(float[][] shuffled, int key) => Array.FindIndex(shuffled, row => row[0] == keys[key][0]);

        float[] Row(int length)
        {
            float[] row = new float[length];
            random.FillGaussian(row);
            return row;
        }
    });

    private static AttendFunction Attention(Func<int, int, int, double> bias, bool rounds = false, bool neighbours = false,
        Action<float[], float[][]>? effect = null) => (query, keys, values) =>
        {
            float[] output = Attend(query, keys, values, bias, rounds, neighbours);
            effect?.Invoke(output, keys);
            return output;
        };

    /// <summary>
    /// Softmax of q·k_j + bias(j, T, output dimension). Without rounding the terms are sorted before they are summed in double,
    /// so that the same pairs in any order give the same bits; with rounding they are summed in float32 in the order given.
    /// </summary>
    private static float[] Attend(float[] query, float[][] keys, float[][] values, Func<int, int, int, double> bias, bool rounds, bool neighbours)
    {
        float[] output = new float[values[0].Length];
        for (int d = 0; d < output.Length; d++)
        {
            double[] scores = [.. keys.Select((key, j) => Score(key) + (neighbours ? Score(keys[(j + 1) % keys.Length]) : 0) + bias(j, keys.Length, d))];
            double top = scores.Max();
            double[] weights = Array.ConvertAll(scores, score => Math.Exp(score - top));
            double[] terms = [.. weights.Zip(values, (weight, value) => weight * value[d])];
            output[d] = (float)(Sum(terms) / Sum(weights));
        }

        return output;

        double Score(float[] key) => query.Zip(key, (a, b) => (double)a * b).Sum();

        double Sum(double[] terms) => rounds ? terms.Aggregate(0f, (sum, term) => sum + (float)term) : terms.Order().Sum();
    }

    /// <summary>
    /// Adds size·r to the first output number and takes it from the second, where r = Σ_j (j + 1)·tanh(k_j0) / T depends on the place of every key.
    /// </summary>
    private static void Exchange(float[] output, float[][] keys, double size)
    {
        double order = keys.Select((key, j) => (j + 1) * Math.Tanh(key[0])).Sum() / keys.Length;
        output[0] += (float)(size * order);
        output[1] -= (float)(size * order);
    }

    private static void Add(float[] output, double amount)
    {
        for (int d = 0; d < output.Length; d++)
        {
            output[d] += (float)amount;
        }
    }
}
