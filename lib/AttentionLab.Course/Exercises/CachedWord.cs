using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 13.3: the next word with a cache. The reader's code gets one word and the keys and values of those before; the result must be the
/// last row of what causal attention over all words gives.
/// </summary>
public static class CachedWord
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("13.3", "The next word with a cache", Difficulty: 2, Minutes: 12, Hints:
    [
        "Of the new word three rows are needed: q, k and v. Which of them will later words ask for? Only these go into the lists.",
        "Order: make k and v and append them (the word sees itself), then score q against *every* key in the list, divide by the root of the length of a key, "
            + "softmax, and mix the values in the list.",
        "`float[] Times(Tensor w) => Tensor.FromRows(x).MatMul(w).Row(0).ToArray();` makes q, k and v. After `keys.Add(Times(wK)); values.Add(Times(wV));` "
            + "the library does the rest: `FusedAttention.Infer(Tensor.FromRows(Times(wQ)), Tensor.FromRows(keys.ToArray()), …)`, whose result has one row.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's step.</summary>
    /// <param name="next">(x (C), W_Q (C, D), W_K (C, D), W_V (C, D_v), keys and values so far, each (D) and (D_v)) → output (D_v);
    /// the lists grow by one.</param>
    public static Feedback Check(Func<float[], Tensor, Tensor, Tensor, List<float[]>, List<float[]>, float[]> next) => About.Check(trial =>
    {
        CounterRandom random = new(133);
        Maps maps = new(Tensor.Gaussian(random, 0.8, 6, 4), Tensor.Gaussian(random, 0.8, 6, 4), Tensor.Gaussian(random, 0.8, 6, 3));
        Tensor one = Tensor.Gaussian(random, 1, 1, 6), text = Tensor.Gaussian(random, 1, 5, 6), other = Tensor.Gaussian(random, 1, 5, 6);

        Ask("the first word: it sees itself alone", one)
            .Finite("The result is not finite: you attended to an empty list. A word sees itself, so append its key and value first.")
            .Refuse(new Tensor(1, 3), "The result is 0: you attended to an empty list. A word sees itself, so append its key and value first.")
            .Refuse(Weighted(one, maps, s => s), "The value is multiplied by its score. The weights are softmax of the scores: with one word, 1.")
            .Expect(one.MatMul(maps.V), "With one word the weight is 1, so the result is its value, x·W_V.");

        Kept("one word, and the lists after it", one);

        Tensor right = Right(text, maps, 0.5f);
        Ask("five words, one after the other", text)
            .Refuse(text.MatMul(maps.V), "Each word got its own value: the words before had no effect. Keep them in the lists, and score against *all* keys.")
            .Refuse(Right(text, maps, 1), "The scale is missing: divide the scores by √4, the root of the length of a key.")
            .Refuse(Right(text, maps, 0.25f), "You divided by the length of a key. Divide by its root.")
            .Refuse(Right(text, maps, 1 / MathF.Sqrt(6)), "You divided by √6, the root of the length of x. It is the length of a *key* that counts, 4.")
            .Refuse(Right(text, maps, 1 / MathF.Sqrt(3)), "You divided by √3, the root of the length of a value. It is the length of a *key* that counts, 4.")
            .Refuse(Right(text, maps with { Q = maps.K }, 0.5f), "The query was made with W_K.")
            .Refuse(Right(text, maps with { K = maps.Q }, 0.5f), "The keys were made with W_Q.")
            .Refuse(Weighted(text, maps, s => Share(s, _ => 0)), "This is the plain mean of the values so far: the scores had no effect.")
            .Refuse(Weighted(text, maps, s => s.Length == 1 ? [1] : [.. Softmax(s[..^1]), 0]),
                "From the second word on, a word sees those before, but not itself. Append its key and value before you score.")
            .Refuse(Weighted(text, maps, s => [.. s.Select(Math.Exp)]), "The weights do not sum to 1: divide by the sum of the powers.")
            .Refuse(Weighted(text, maps, s => s.Length == 1 ? [1] : [0, .. Softmax(s[1..])]),
                "The first word is never looked at again. Score against *all* keys in the list, from index 0.")
            .Refuse(Weighted(text, maps, s => [.. new double[Math.Max(0, s.Length - 2)], .. Softmax(s[^Math.Min(2, s.Length)..])]),
                "Only the two newest words are looked at. Score against *all* keys in the list.")
            .Refuse(Weighted(text, maps, s => [.. Softmax(s).Reverse()]),
                "The weight of the newest key falls on the oldest value: the two lists stand in different orders. Append to both at the end.")
            .Refuse(Weighted(text, maps, s => [.. s.Select(x => x == s.Max() ? 1.0 : 0)]),
                "Only the value of the best key came. Mix *all* values, weighted by softmax.")
            .Refuse(Weighted(text, maps, s => Share(s, x => 2 * x / Math.Sqrt(s.Length))),
                "You divided by the root of the *number* of keys. It is the root of the length of a key that counts, √4.")
            .Refuse(Right(Cosine(text.MatMul(maps.Q)), Cosine(text.MatMul(maps.K)), text.MatMul(maps.V), 1),
                "You scored by the cosine. A score is the dot product, divided by the root of the length of a key.")
            .Expect(right, "Row t must be row t of causal attention over all words: softmax(q_t·k_j/√4) over j ≤ t, times the values.");

        Kept("five words, and the lists after them", text);

        Maps loud = maps with { Q = maps.Q * 200 };
        Ask("the same with scores of several hundred", text, loud)
            .Finite("A power became ∞, and ∞/∞ is NaN. Subtract the largest score before the exponential (chapter 03).")
            .Expect(Right(text, loud, 0.5f), "With large scores the weights are wrong: subtract the largest score before the exponential.");

        Maps wide = new(Tensor.Gaussian(random, 0.5, 5, 9), Tensor.Gaussian(random, 0.5, 5, 9), Tensor.Gaussian(random, 0.5, 5, 2));
        Tensor narrow = Tensor.Gaussian(random, 1, 4, 5);
        Ask("words of 5 numbers, keys of 9, values of 2", narrow, wide)
            .Refuse(Right(narrow, wide, 0.5f), "You divided by √4 again, but these keys have 9 numbers: take the length from the key, or from W_K.")
            .Expect(Right(narrow, wide, 1 / 3f), "Words of 6 numbers with keys of 4 were right, other sizes are not: take them from x and the maps.");

        trial.Call("two texts by turns, each with its own lists", () => ByTurns(text, other)!, text, other)
            .Expect(Stacked(right, Right(other, maps, 0.5f)),
                "Two texts disturb each other. Keep everything in the lists that are handed over, nothing in variables outside.");

        Answer<Tensor> Ask(string tried, Tensor x, Maps? with = null)
        {
            Maps used = with ?? maps;
            return trial.Call(tried, () => Walk(x, used, new([], []))!, x, used.Q, used.K, used.V);
        }

        void Kept(string tried, Tensor x)
        {
            Lists lists = new([], []);
            int words = x.Rows;
            Answer<Tensor> answer = trial.Call(tried, () => Walk(x, maps, lists)!, x, maps.Q, maps.K, maps.V);
            string counts = $"{lists.Keys.Count} keys and {lists.Values.Count} values";
            answer.Require(lists.Keys.Count > 0 || lists.Values.Count > 0, $"{words} keys and {words} values",
                "The lists are still empty: append the key and the value of the word, later words need them.", counts)
                .Require(lists.Keys.Count == words && lists.Values.Count == words, $"{words} keys and {words} values",
                    "Each word appends exactly one key and one value.", counts)
                .Require(lists.Keys.All(row => row?.Length == 4) && lists.Values.All(row => row?.Length == 3), "keys of 4 numbers, values of 3",
                    "A list holds rows of another length. `keys` gets x·W_K, `values` gets x·W_V.", "other lengths");
            answer.Part(_ => Tensor.FromRows([.. lists.Keys]))
                .Refuse(x.MatMul(maps.Q), "The list `keys` holds queries. Later words ask for *keys*.")
                .Refuse(x.MatMul(maps.K) * 0.5f, "The kept keys are already divided by √4. Keep x·W_K itself, and scale the scores.")
                .Expect(x.MatMul(maps.K), "`keys` must hold x·W_K of each word, in order: append at the end.");
            answer.Part(_ => Tensor.FromRows([.. lists.Values])).Expect(x.MatMul(maps.V),
                "`values` must hold x·W_V of each word, in order: append at the end.");
        }

        Tensor? Walk(Tensor x, Maps with, Lists lists) => Rows([.. Enumerable.Range(0, x.Rows).Select(t => Next(x, t, with, lists))]);

        float[] Next(Tensor x, int t, Maps with, Lists lists) => next(x.Row(t).ToArray(), with.Q, with.K, with.V, lists.Keys, lists.Values);

        Tensor? ByTurns(Tensor first, Tensor second)
        {
            Lists a = new([], []), b = new([], []);
            (float[] First, float[] Second)[] outputs = [.. Enumerable.Range(0, first.Rows).Select(t => (Next(first, t, maps, a), Next(second, t, maps, b)))];
            return Rows([.. outputs.Select(pair => pair.First), .. outputs.Select(pair => pair.Second)]);
        }
    });

    private sealed record Maps(Tensor Q, Tensor K, Tensor V);

    private sealed record Lists(List<float[]> Keys, List<float[]> Values);

    /// <summary>Null if the reader returned null for a word.</summary>
    private static Tensor? Rows(float[][] rows) => rows.Any(row => row is null) ? null : Tensor.FromRows(rows);

    private static Tensor Right(Tensor x, Maps maps, float scale) => Right(x.MatMul(maps.Q), x.MatMul(maps.K), x.MatMul(maps.V), scale);

    private static Tensor Right(Tensor q, Tensor k, Tensor v, float scale) => ScaledDotProductAttention.Forward(q, k, v, AttentionMask.Causal, scale).Output;

    /// <summary>Causal attention with other weights than softmax's, made from a word's scores q·k/√4 against those before and itself.</summary>
    private static Tensor Weighted(Tensor x, Maps maps, Func<double[], double[]> weights)
    {
        Tensor scores = x.MatMul(maps.Q).MatMulTransposed(x.MatMul(maps.K)) * 0.5f, given = new(x.Rows, x.Rows);
        for (int t = 0; t < x.Rows; t++)
        {
            double[] row = weights(Array.ConvertAll(scores.Row(t)[..(t + 1)].ToArray(), s => (double)s));
            for (int j = 0; j <= t; j++)
            {
                given[t, j] = (float)row[j];
            }
        }

        return given.MatMul(x.MatMul(maps.V));
    }

    private static double[] Softmax(double[] scores) => Share(scores, score => score);

    private static double[] Share(double[] scores, Func<double, double> of)
    {
        double[] powers = Array.ConvertAll(scores, score => Math.Exp(of(score)));
        return Array.ConvertAll(powers, power => power / powers.Sum());
    }

    /// <summary>Each row divided by its length.</summary>
    private static Tensor Cosine(Tensor x) => Tensor.FromRows([.. Enumerable.Range(0, x.Rows).Select(i =>
    {
        float[] row = x.Row(i).ToArray();
        double length = Math.Sqrt(row.Sum(n => (double)n * n));
        return Array.ConvertAll(row, n => (float)(n / length));
    })]);

    private static Tensor Stacked(Tensor a, Tensor b) => new([.. a.Values, .. b.Values], a.Rows + b.Rows, a.Columns);
}
