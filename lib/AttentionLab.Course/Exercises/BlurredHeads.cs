using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 03.3: find the bug in the weights of multi-head attention. The starter divides the scores by √d_model although each
/// head sums only d_head products. With one head the two are the same: the first question passes with the bug in place.
/// </summary>
public static class BlurredHeads
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("03.3", "Find the bug: blurred heads", Difficulty: 2, Minutes: 10, Hints:
    [
        "With one head all is right, with eight heads it is not. Which number in the code should change with the number of heads, and does not?",
        "A score of one head is a sum of products. How many products? Its variance is that number. By what do you divide?",
        "`queries.Columns` is d_model = heads · size. One head sums `size` products, so its scores have the variance `size`. Mend the line of `scale`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's weights.</summary>
    /// <param name="weights">(queries (T, C), keys (T, C), heads H) → attention weights (H, T, T).</param>
    public static Feedback Check(Func<Tensor, Tensor, int, Tensor> weights) => About.Check(trial =>
    {
        Answer<Tensor> Ask(string tried, Tensor queries, Tensor keys, int heads) =>
            trial.Call(tried, () => weights(queries, keys, heads), queries, keys);

        CounterRandom random = new(33);
        Tensor queries = Tensor.Gaussian(random, 1.5, 5, 24), keys = Tensor.Gaussian(random, 1.5, 5, 24);
        Ask("one head of 24 numbers", queries, keys, 1)
            .Refuse(Right(queries, keys, 1, scale: 1),
                "The scale is gone: with one head you divide by 1, the *number* of heads, or by nothing. "
                + "The scores of one head of 24 numbers must be divided by √24.")
            .Refuse(Scores(queries, keys), "These are the scores. The softmax over the keys is gone.")
            .Refuse(Right(queries, keys, 1, scale: MathF.Sqrt(24)), "You multiplied by √24 instead of dividing.")
            .Refuse(Right(queries, keys, 1, scale: 1 / MathF.Sqrt(5)),
                "You divided by the root of the number of *tokens*, √5. A score sums over the numbers of a query, here 24, not over the tokens.")
            .Refuse(Right(queries, keys, 1, scale: 1f / 24), "You divided by d. The standard deviation of a sum of d products is √d.")
            .Expect(Right(queries, keys, 1), "With one head the code was right: scores divided by √24. Change only what depends on the number of heads.");

        const int heads = 6, size = 4;
        Ask("six heads of 4 numbers", queries, keys, heads)
            .Refuse(Right(queries, keys, heads, scale: 1 / MathF.Sqrt(heads * size)),
                "The heads are still too blurred: their scores are divided by √24, the root of d_model. Each head sums only 4 products.")
            .Refuse(Right(queries, keys, heads, scale: 1 / MathF.Sqrt(heads)),
                "You divided by the root of the *number* of heads (√6). What counts is the *size* of one head.")
            .Refuse(Right(queries, keys, heads, scale: 1f / size), "You divided by the size of a head, 4. The standard deviation of a sum of 4 products is √4.")
            .Refuse(Right(queries, keys, heads, scale: MathF.Sqrt(heads) / size),
                "You corrected in the wrong direction: dividing by √24 was too much by √6 only. Write the scale from `size` directly.")
            .Refuse(Right(queries, keys, heads, scale: MathF.Sqrt(size)), "You multiplied by √4 instead of dividing.")
            .Refuse(Right(queries, keys, heads, scale: heads / MathF.Sqrt(heads * size)),
                "You corrected by the number of heads, 6. It is √6 that was too much: write the scale from `size` directly.")
            .Refuse(Right(queries, keys, heads, scale: 1 / MathF.Sqrt(heads * heads * size)),
                "You corrected in the wrong direction: the number of heads stands below the fraction once more. Write the scale from `size` directly.")
            .Refuse(Whole(queries, keys, heads, columns: heads * size),
                "Every head sums all 24 columns: all heads are the same. Head h owns the columns h·size … h·size + size − 1.")
            .Refuse(Whole(queries, keys, heads, columns: size),
                "Every head sums all 24 columns: all heads are the same. Head h owns the columns h·size … h·size + size − 1.")
            .Refuse(Cut(queries, keys, heads),
                "The scale is right now, but your head takes the wrong columns: head h owns the columns h·size … h·size + size − 1.")
            .Expect(Right(queries, keys, heads), "Each head divides its scores by the root of its own size, √4.");
    });

    /// <summary>softmax(scale·Q_h·K_hᵀ) for each head, by the library's attention; scale null = 1/√size.</summary>
    private static Tensor Right(Tensor queries, Tensor keys, int heads, float? scale = null)
    {
        Tensor q = Layers.Heads.Split(queries, heads), k = Layers.Heads.Split(keys, heads);
        return Layers.ScaledDotProductAttention.Forward(q, k, k, scale: scale).Saved.Weights.Reshape(heads, queries.Rows, keys.Rows);
    }

    /// <summary>The mistake of forgetting the softmax, with one head.</summary>
    private static Tensor Scores(Tensor queries, Tensor keys) =>
        (queries.MatMulTransposed(keys) * (1 / MathF.Sqrt(queries.Columns))).Reshape(1, queries.Rows, keys.Rows);

    /// <summary>The mistake of letting each head sum all columns, with the scale 1/√columns.</summary>
    private static Tensor Whole(Tensor queries, Tensor keys, int heads, int columns)
    {
        float[] one = Right(queries, keys, 1, scale: 1 / MathF.Sqrt(columns)).Values;
        return new Tensor([.. Enumerable.Repeat(one, heads).SelectMany(w => w)], heads, queries.Rows, keys.Rows);
    }

    /// <summary>The mistake of taking every H-th column.</summary>
    private static Tensor Cut(Tensor queries, Tensor keys, int heads)
    {
        return Right(Interleave(queries), Interleave(keys), heads);

        Tensor Interleave(Tensor x)
        {
            Tensor y = new(x.Shape);
            for (int row = 0; row < x.Rows; row++)
            {
                for (int c = 0; c < x.Columns; c++)
                {
                    int size = x.Columns / heads;
                    y[row, c] = x[row, c % size * heads + c / size];
                }
            }

            return y;
        }
    }
}
