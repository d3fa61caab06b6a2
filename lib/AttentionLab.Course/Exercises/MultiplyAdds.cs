namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 05.4: multiply-adds of one attention layer with n tokens of width d (all heads together d wide): the four projections 4·n·d²,
/// token attention 2·n²·d, channel attention 2·n·d².
/// </summary>
public static class MultiplyAdds
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("05.4", "Count multiply-adds", Difficulty: 1, Minutes: 12, Hints:
    [
        "A product of an (a, b) matrix with a (b, c) matrix fills a·c cells, each by a sum of b products. So how many multiply-adds does it take? Then list "
            + "the products of each part, with their shapes.",
        "Projections: *four* products (n, d)·(d, d). Token attention: *two* products, (n, d)·(d, n) for the scores and (n, n)·(n, d) for the weighted mean. "
            + "Channel attention: again two.",
        "Channel attention: (d, n)·(n, d) for the map of channels and (n, d)·(d, d) to mix them. Compute with `double`: for n = 100 000 an `int` overflows.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's three counts.</summary>
    /// <param name="count">(n, d) → (four projections, token attention, channel attention).</param>
    public static Feedback Check(Func<int, int, double[]> count) => About.Check(trial =>
    {
        trial.Call("one token, one channel", () => count(1, 1))
            .Refuse([3, 2, 2], "You counted three projections. W_O, which joins the heads, is the fourth.")
            .Refuse([8, 4, 4], "You counted multiplications and additions apart. A multiply-add is one.")
            .Refuse([1, 2, 2], "You counted one projection. There are four: W_Q, W_K, W_V and W_O.")
            .Refuse([4, 1, 1], "You counted the scores, but not what the weights are for: the weighted mean is a product of its own.")
            .Refuse([4, 2, 1], "Channel attention has two products as well: the map of channels, and the mixing.")
            .Refuse([4, 1, 2], "Token attention has two products: the scores, and the weighted mean.")
            .Refuse([4, 6, 6], "You counted the projections again in the other two numbers. Give each part by itself.")
            .Refuse([2, 2, 4], "The order is another: first the projections, then token attention, then channel attention.")
            .Expect([4, 2, 2], "With n = d = 1 each product is one multiply-add: four projections, two and two.");

        trial.Call("n = 10 tokens, d = 3 channels", () => count(10, 3))
            .Refuse([360, 180, 600], "Token and channel attention are exchanged. Between tokens there are n·n scores.")
            .Refuse([360, 180, 180], "You counted token attention as channel attention. Between tokens there are n·n scores, each a sum of d products.")
            .Refuse([360, 600, 600], "You counted channel attention as token attention. Its map is d × d, each entry a sum over n tokens.")
            .Refuse([120, 600, 180], "A projection (n, d)·(d, d) fills n·d cells, each a sum of d products: n·d², not n·d.")
            .Refuse([1200, 600, 180], "n and d are exchanged in the projections: each of n tokens meets a d × d matrix.")
            .Refuse([360, 200, 18], "You counted the entries of the maps. Each entry is a sum of products: multiply by its length.")
            .Refuse([36, 600, 180], "The projections are done for each of the n tokens: multiply by n.")
            .Refuse([360, 600, 54], "You counted each entry of the map of channels as a sum over channels. It is a sum over the n tokens.")
            .Refuse([360, 2000, 180], "You counted each score as a sum over tokens. It is a sum over the d channels.")
            .Refuse([360, 600, 1800],
                "You mixed the channels anew for each *pair* of tokens. The map is made once, and it mixes each of the n tokens once.")
            .Expect([360, 600, 180], "4·n·d², 2·n²·d and 2·n·d².");

        trial.Call("a long text: n = 100 000, d = 512", () => count(100_000, 512))
            .Expect([4e5 * 512 * 512, 2e10 * 512, 2e5 * 512 * 512],
                "These numbers do not fit into an `int`, which ends at 2 147 483 647: begin with a `double`, as in `2.0 * n * n * d`.");
    });
}
