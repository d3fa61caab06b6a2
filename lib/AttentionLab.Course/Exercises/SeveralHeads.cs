using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 07.1: several heads by hand. Q, K and V are given; cut their columns into heads, attend in each head, put the results side by side.
/// One token asks for the cut of V alone (its weight is 1 whatever the scores); equal values ask for nothing but rows that sum to 1.
/// </summary>
public static class SeveralHeads
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("07.1", "Split, attend, merge", Difficulty: 2, Minutes: 12, Hints:
    [
        "Head h never sees the whole width. It owns `size` columns of Q, of K and of V, and writes its result into the same columns of the output. How large "
        + "is `size`, and where does head h begin?",
        "One loop over the heads. In it: copy columns h·size … h·size + size − 1 of Q, K and V into three small tensors (T, size), call "
        + "`ScaledDotProductAttention.Forward(q, k, v).Output` (it divides by √size by itself), and copy the result back into the same columns.",
        "A local function helps: `Tensor Cut(Tensor x, int h)` with `cut[t, c] = x[t, h * size + c]`. After the call: `y[t, h * size + c] = output[t, c]`. "
        + "Start with `int size = queries.Columns / heads;` and `Tensor y = new(values.Shape);`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's heads.</summary>
    /// <param name="attend">(queries (T, C), keys (T, C), values (T, C), heads H) → merged outputs (T, C).</param>
    public static Feedback Check(Func<Tensor, Tensor, Tensor, int, Tensor> attend) => About.Check(trial =>
    {
        Answer<Tensor> Ask(string tried, Tensor q, Tensor k, Tensor v, int heads) =>
            trial.Call(tried, () => OfOneText(attend(q, k, v, heads)), q, k, v);
        CounterRandom random = new(71);

        Tensor one = Tensor.Gaussian(random, 1, 1, 6);
        Ask("one token, three heads: nothing to mix, so its value comes back", one, one, one, 3)
            .Refuse(new Tensor(1, 6), "Your output is 0 everywhere. Write each head's result into the columns h·size … of the output.")
            .Refuse(OnlyFirst(one, 3), "Only head 0 has written its columns; the others are 0. Loop over all heads.")
            .Refuse(Interleave(one, 2),
                "Your heads write every third column of the output. Head h owns *neighbouring* columns, h·size … h·size + size − 1, in the output as in the "
                + "input.")
            .Refuse(Interleave(one, 3),
                "The columns come back in another order: your heads read every third column, but write neighbouring ones. Head h owns *neighbouring* columns "
                + "in both.")
            .Expect(one, "With one token every weight is 1, so the output is its value row, column by column. Do all heads read *and* write their own columns "
                + "of V?");

        (Tensor q, Tensor k, Tensor v) = (Tensor.Gaussian(random, 1.5, 5, 8), Tensor.Gaussian(random, 1.5, 5, 8), Tensor.Gaussian(random, 1, 5, 8));
        Ask("five tokens, one head of 8 numbers: plain attention", q, k, v, 1)
            .Refuse(Right(q, k, v, 1, scale: 1), "The scale is missing: with one head of 8 numbers the scores are divided by √8.")
            .Refuse(Right(q, k, v, 1, scale: 1f / 8), "You divided by the size of the head. Divide by its root, √8.")
            .Refuse(v, "The values come back unchanged: nothing was attended to. Call the attention for each head.")
            .Refuse(Right(k, q, v, 1), "Queries and keys are exchanged: row i of the result belongs to *query* i, and softmax runs over the keys.")
            .Refuse(Right(q, k, k, 1), "You mixed the keys. The weights come from Q and K, what they mix is V.")
            .Refuse(Right(q, k, q, 1), "You mixed the queries. The weights come from Q and K, what they mix is V.")
            .Refuse(Right(new(q.Shape), k, v, 1), "Every token got the plain mean of the values: the scores had no effect.")
            .Expect(Right(q, k, v, 1), "One head is plain attention: softmax(Q·Kᵀ/√8)·V.");

        const int heads = 4;
        Ask("five tokens, four heads of 2 numbers", q, k, v, heads)
            .Refuse(Right(q, k, v, 1),
                "This is one head of 8 numbers: `heads` had no effect. Each of the 4 heads makes its own weights from its own 2 columns.")
            .Refuse(Right(q, k, v, heads, scale: 1 / MathF.Sqrt(8)),
                "The scores are divided by √8, the root of the whole width. A head sums 2 products: divide by √2.")
            .Refuse(Right(q, k, v, heads, scale: 1), "The scale is missing: each head divides its scores by √2.")
            .Refuse(Reshaped(q, k, v, heads),
                "You cut by reshape alone: head h got a run of *tokens* instead of a run of *columns*. Cut every row into heads: that is a reshape and a "
                + "transpose.")
            .Refuse(FirstWeights(q, k, v, heads), "All heads use the weights of head 0. Cut the columns of Q and K for each head too, not only those of V.")
            .Refuse(Interleave(Right(Interleave(q, heads), Interleave(k, heads), Interleave(v, heads), heads), 2),
                "Head h took every fourth column. It owns *neighbouring* columns: 2h and 2h + 1.")
            .Refuse(MeanWeights(q, k, v, heads),
                "You averaged the weights of the heads before using them. Each head mixes *its* values with *its* weights; only W_O, later, mixes heads.")
            .Expect(Right(q, k, v, heads), "Head h: softmax(Q_h·K_hᵀ/√2)·V_h with the columns 2h and 2h + 1, written to the same columns.");

        (Tensor longer, Tensor more) = (Tensor.Gaussian(random, 1, 7, 12), Tensor.Gaussian(random, 1, 7, 12));
        Ask("seven tokens, two heads of 6 numbers", longer, more, longer, 2)
            .Expect(Right(longer, more, longer, 2),
                "With 5 tokens and 4 heads the answer was right, with 7 tokens and 2 heads it is not. Is a size fixed in your code?");
    });

    /// <summary>The library merges heads to (B, T, C): with one text it is as good as (T, C).</summary>
    private static Tensor OfOneText(Tensor merged) => merged is { Rank: 3 } && merged.Shape[0] == 1 ? merged.Reshape(merged.Rows, merged.Columns) : merged;

    private static Tensor Right(Tensor q, Tensor k, Tensor v, int heads, float? scale = null) =>
        Heads.Merge(ScaledDotProductAttention.Forward(Heads.Split(q, heads), Heads.Split(k, heads), Heads.Split(v, heads), scale: scale).Output)
            .Reshape(v.Shape);

    /// <summary>The mistake of giving a head a run of tokens.</summary>
    private static Tensor Reshaped(Tensor q, Tensor k, Tensor v, int heads)
    {
        int[] shape = [1, heads, v.Rows, v.Columns / heads];
        return ScaledDotProductAttention.Forward(q.Reshape(shape), k.Reshape(shape), v.Reshape(shape)).Output.Reshape(v.Shape);
    }

    private static Tensor OnlyFirst(Tensor x, int heads)
    {
        Tensor y = new(x.Shape);
        for (int t = 0; t < x.Rows; t++)
        {
            x.Row(t)[..(x.Columns / heads)].CopyTo(y.Row(t));
        }

        return y;
    }

    private static Tensor FirstWeights(Tensor q, Tensor k, Tensor v, int heads) => WithWeights(q, k, v, heads, weights => weights.At(0, 0));

    private static Tensor MeanWeights(Tensor q, Tensor k, Tensor v, int heads) => WithWeights(q, k, v, heads, weights =>
        Enumerable.Range(0, heads).Select(h => weights.At(0, h)).Aggregate((a, b) => a + b) * (1f / heads));

    private static Tensor WithWeights(Tensor q, Tensor k, Tensor v, int heads, Func<Tensor, Tensor> choose)
    {
        Tensor split = Heads.Split(v, heads), weights = ScaledDotProductAttention.Forward(Heads.Split(q, heads), Heads.Split(k, heads), split).Saved.Weights;
        Tensor mixed = new(split.Shape), chosen = choose(weights);
        for (int h = 0; h < heads; h++)
        {
            Tensor one = chosen.MatMul(split.At(0, h));
            one.Span.CopyTo(mixed.Span[(h * one.Length)..]);
        }

        return Heads.Merge(mixed).Reshape(v.Shape);
    }

    /// <summary>Part p of the result holds the columns p, p + parts, p + 2·parts … of x; with parts and C/parts exchanged it is its own inverse.</summary>
    internal static Tensor Interleave(Tensor x, int parts)
    {
        Tensor y = new(x.Shape);
        int size = x.Columns / parts;
        for (int t = 0; t < x.Rows; t++)
        {
            for (int c = 0; c < x.Columns; c++)
            {
                y[t, c] = x[t, c % size * parts + c / size];
            }
        }

        return y;
    }
}
