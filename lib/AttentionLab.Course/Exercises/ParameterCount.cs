namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 10.2: the parameters of an encoder of N layers: attention 4·(d² + d), feed-forward 2·d·d_ff + d_ff + d, norms 2·2·d, each times N. The number
/// of heads and the number of tokens do not matter.
/// </summary>
public static class ParameterCount
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("10.2", "Count the parameters", Difficulty: 1, Minutes: 10, Hints:
    [
        "A linear map from a to b numbers has a·b weights and b biases. How many maps has an attention, how many a feed-forward net? And what does a norm own?",
        "Attention: *four* maps d → d, with all heads side by side: the heads share the width d, so their number does not matter. Feed-forward: d → d_ff "
        + "and d_ff → d. A norm: γ and β, d numbers each; a layer has *two* norms.",
        "For one layer: `4 * (d * d + d)`, `d * hidden + hidden + hidden * d + d` and `2 * 2 * d`. All three times `layers`. Begin each with a `long`, as "
        + "in `4L * …`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's three counts.</summary>
    /// <param name="count">(layers, d, heads, d_ff) → (all attentions, all feed-forward nets, all norms), biases included.</param>
    public static Feedback Check(Func<int, int, int, int, long[]> count) => About.Check(trial =>
    {
        Answer<double[]> Ask(string tried, int layers, int d, int heads, int hidden) =>
            trial.Call(tried, () => count(layers, d, heads, hidden)).Part(counts => Array.ConvertAll(counts, c => (double)c));

        // One layer, d = 2, d_ff = 5: 4·(4 + 2), 10 + 5 + 10 + 2, 8.
        Ask("one layer, one head, d = 2, d_ff = 5", 1, 2, 1, 5)
            .Refuse([16, 20, 8], "The biases are missing. A map from a to b numbers has b of them.")
            .Refuse([16, 20, 0], "The biases and the norms are missing: a map to b numbers has b biases, a norm has γ and β.")
            .Refuse([18, 27, 8], "You counted three maps of the attention. W_O, which joins the heads, is the fourth.")
            .Refuse([6, 27, 8], "You counted one map of the attention. There are four: W_Q, W_K, W_V and W_O.")
            .Refuse([24, 15, 8], "You counted the first map of the feed-forward net only. A second one leads back to d.")
            .Refuse([24, 12, 8], "You counted the second map of the feed-forward net only. The first one leads from d to d_ff.")
            .Refuse([24, 24, 8], "Both biases of your feed-forward net have d numbers. The first map ends in d_ff numbers.")
            .Refuse([24, 30, 8], "Both biases of your feed-forward net have d_ff numbers. The second map ends in d numbers.")
            .Refuse([24, 22, 8], "The bias of the first map of the feed-forward net is missing: d_ff numbers.")
            .Refuse([24, 25, 8], "The bias of the second map of the feed-forward net is missing: d numbers.")
            .Refuse([27, 24, 8], "The order is attention, feed-forward net, norms.")
            .Refuse([22, 27, 8], "One map of the attention has no bias in your count. W_O has one, too.")
            .Refuse([8, 27, 8], "`^` is no power in C#: it compares bits. Write `d * d`.")
            .Refuse([48, 27, 8], "You counted eight maps of the attention. An *encoder* layer has one attention with four maps.")
            .Refuse([24, 42, 8], "A d_ff of 4·d is fixed in your code. Here it is 5: take the argument.")
            .Refuse([24, 27, 12], "You counted a third norm. A post-norm layer has two, and there is none at the end.")
            .Refuse([24, 27, 59], "Your third number is the sum of all. It is the norms alone.")
            .Refuse([24, 27, 4], "You counted one norm, or γ without β, or one γ and one β for all columns. A layer has *two* norms, and each has γ and β.")
            .Refuse([24, 27, 2], "You counted γ of one norm. A layer has two norms, and each has γ and β.")
            .Refuse([24, 27, 0], "The norms have parameters too: γ and β, d numbers each.")
            .Refuse([24, 31, 4], "The norm after the feed-forward net belongs to the third number.")
            .Refuse([28, 31, 0], "Count the norms by themselves, as the third number.")
            .Expect([24, 27, 8], "Attention 4·(2·2 + 2), feed-forward 2·5 + 5 + 5·2 + 2, two norms 2·(2 + 2).");

        Ask("one layer, four heads, d = 8, d_ff = 16", 1, 8, 4, 16)
            .Refuse([1152, 280, 32],
                "You multiplied by the number of heads. The heads share the width: together they are d columns of W_Q, not d columns each.")
            .Refuse([384, 280, 32], "You counted d biases for each *head*. A map has d biases, whatever the number of heads.")
            .Refuse([72, 280, 32], "You divided by the number of heads. The heads lie side by side in W_Q: together they are d columns.")
            .Refuse([78, 280, 32], "Your maps belong to one head. There are four of them side by side: d columns of W_Q, W_K and W_V in all, d rows of W_O.")
            .Expect([288, 280, 32], "The number of heads does not matter: d → d, four times. And d_ff = 16 this time: is a 4·d fixed in your code?");

        Ask("the base model: six layers, d = 512, eight heads, d_ff = 2048", 6, 512, 8, 2048)
            .Refuse([1050624, 2099712, 2048], "This is one layer. The base model has six, and each has weights of its own.")
            .Refuse([6303744, 12598272, 2048], "The norms of all six layers are different: multiply them too.")
            .Expect([6303744, 12598272, 12288], "Six times 4·(512² + 512), 2·512·2048 + 2048 + 512 and 2·2·512.");

        Ask("very wide: two layers, d = 16 384, d_ff = 65 536", 2, 16384, 128, 65536)
            .Expect([8.0 * 16384 * 16385, 4.0 * 16384 * 65536 + 2 * (65536 + 16384), 8.0 * 16384],
                "These numbers do not fit into an `int`, which ends at 2 147 483 647: begin with a `long`, as in `4L * d * d`.");
    });
}
