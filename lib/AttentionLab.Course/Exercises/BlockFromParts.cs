using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 10.3: a post-norm block from its parts, h = Norm₁(x + Attention(x)), y = Norm₂(h + FeedForward(h)) (Vaswani et al. 2017, §3.1). The parts are
/// handed over as functions; the check gives simple ones, so that each question isolates one connection.
/// </summary>
public static class BlockFromParts
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("10.3", "A block from parts", Difficulty: 2, Minutes: 10, Hints:
    [
        "Draw it: x goes into the attention *and* past it. Where do both meet, and what comes right after they met? The second half looks the same, but "
        + "what does it start from?",
        "Post-norm: add first, then the norm. First half: the sum of x and `attention(x)` goes through `norm1`; call the result h. Second half: the sum of "
        + "h and `feedForward(h)` goes through `norm2`.",
        "`Tensor h = norm1(x + attention(x));` and `return norm2(h + feedForward(h));`. Tensors of one shape can be added with `+`, which makes a new one.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's block.</summary>
    /// <param name="block">(x (T, C), attention, feedForward, norm1, norm2) → y (T, C).</param>
    public static Feedback Check(Func<Tensor, Func<Tensor, Tensor>, Func<Tensor, Tensor>, Func<Tensor, Tensor>, Func<Tensor, Tensor>,
        Tensor> block) => About.Check(trial =>
    {
        Tensor x = Tensor.FromRows([1, 2], [3, 5], [-4, 7]);
        Answer<Tensor> Ask(string tried, Func<Tensor, Tensor> attention, Func<Tensor, Tensor> feedForward, Func<Tensor, Tensor> norm1, Func<Tensor,
            Tensor> norm2) =>
            trial.Call(tried, () => block(x, attention, feedForward, norm1, norm2), x);

        Ask("all parts off: both branches give 0, both norms change nothing", Zero, Zero, Same, Same)
            .Refuse(new Tensor(3, 2), "Nothing goes past the branches: your output is 0. Add x to what a branch gives.")
            .Refuse(x * 2, "x is counted twice. The second half starts from h, which holds x already: add h, and nothing else.")
            .Refuse(x * 0.25f, "You took the mean of x and the branch. The residual connection adds: the sum.")
            .Refuse(x * 4, "x is added twice in each half. One sum of two: what went in, and what the branch gave.")
            .Expect(x, "If both branches give 0 and the norms do nothing, x must come out.");

        Ask("an attention that doubles, no feed-forward, no norms", t => t * 2, Zero, Same, Same)
            .Refuse(x, "What the attention gives gets lost. The second half starts from h = x + attention(x).")
            .Refuse(x * 2, "x is missing: only what the attention gave came out. Add x to it.")
            .Refuse(x * 4, "x was added twice. Once in the first half; the second half adds h.")
            .Refuse(x * 9, "You called the attention twice, the second time in the place of the feed-forward net.")
            .Expect(x * 3, "x + 2·x is 3·x, and the second half adds 0.");

        Ask("an attention that doubles, a feed-forward net that gives ten times its input, no norms", t => t * 2, t => t * 10, Same, Same)
            .Refuse(x * 13, "The feed-forward net got x. It works on h, the output of the first half.")
            .Refuse(x * 30, "h is missing: only what the feed-forward net gave came out. Add h to it.")
            .Refuse(x * 31, "Past the feed-forward net goes x. It must be h, the output of the first half.")
            .Refuse(x * 23, "The feed-forward net got what the attention gave, without x. It works on h = x + attention(x).")
            .Refuse(x * 21, "The branches stand one behind the other with one residual connection around both. Each branch has its own.")
            .Refuse(x * 3, "What the feed-forward net gives gets lost: return norm2(h + feedForward(h)).")
            .Expect(x * 33, "h = 3·x, then h + 10·h = 33·x.");

        Ask("a first norm that adds 1, no second norm; an attention that triples, no feed-forward", t => t * 3, Zero, PlusOne, Same)
            .Refuse(x * 4 + Ones * 3, "This is pre-norm: x + attention(norm1(x)). Post-norm adds first, and norms the sum.")
            .Refuse(x * 4, "What comes out has not passed `norm1`. h = norm1(x + attention(x)), and it is h that goes past the feed-forward net.")
            .Refuse(PlusOne(PlusOne(x * 4)), "`norm1` works twice. The second half has its own norm, `norm2`.")
            .Refuse(PlusOne(x) * 4, "`norm1` works on x before everything, or attention and feed-forward net are exchanged. First half: norm1(x + "
                + "attention(x)).")
            .Expect(PlusOne(x * 4), "norm1(x + attention(x)): the norm comes after the sum, and once.");

        Ask("a second norm that adds 1, no first norm; a feed-forward net that gives ten times its input, no attention", Zero, t => t * 10, Same, PlusOne)
            .Refuse(x * 11 + Ones * 10, "This is pre-norm in the second half: h + feedForward(norm2(h)). Post-norm adds first, and norms the sum.")
            .Refuse(x * 11 + Ones * 11,
                "`norm2` works on h before the second half. It comes after the sum of h and feedForward(h). Or did you exchange the norms? `norm1` belongs "
                + "to the attention.")
            .Refuse(x * 11, "`norm2` has no effect. It comes right after the second sum.")
            .Refuse(PlusOne(PlusOne(x * 11)), "`norm2` works twice. The first half has its own norm, `norm1`.")
            .Expect(PlusOne(x * 11), "norm2(h + feedForward(h)): the norm comes after the sum, and once.");

        Ask("norms that are not the same: the first adds 1, the second doubles; the branches triple", t => t * 3, t => t * 3, PlusOne, t => t * 2)
            .Refuse(x * 32 + Ones * 2, "The feed-forward net got the sum before norm1. It works on h, *after* norm1.")
            .Refuse((x * 4 + Ones) * 7, "The norms work on the branches alone: x + norm1(attention(x)). Norm the *sum*.")
            .Expect(PlusOne(x * 4) * 8, "h = norm1(x + 3·x), y = norm2(h + 3·h): both take h after norm1.");

        Ask("all parts at once: both norms add 1, the attention doubles, the net gives ten times its input", t => t * 2, t => t * 10, PlusOne, PlusOne)
            .Expect(PlusOne(PlusOne(x * 3) * 11), "norm2(h + feedForward(h)) with h = norm1(x + attention(x)).");

        Tensor Zero(Tensor t) => new(t.Shape);
    });

    private static Tensor Ones { get; } = Tensor.FromRows([1, 1], [1, 1], [1, 1]);

    private static Tensor Same(Tensor t) => t;

    private static Tensor PlusOne(Tensor t) => t + Ones;
}
