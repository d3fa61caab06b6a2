using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 07.2: the reader writes a test that tells a right split into heads, (T, H·D) → (H, T, D), from wrong ones. The famous wrong one
/// is a reshape without a transpose: right shape, right numbers, wrong places.
/// </summary>
public static class SplitTest
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("07.2", "A test that catches the reshape", Difficulty: 2, Minutes: 10, Hints:
    [
        "You may choose the input. Give every number of x its own value, so that each number of the result says where it came from. And how many tokens and "
        + "heads? With one token, or with one head, a reshape alone *is* right.",
        "Where must x[t, c] stand after the split? Column c belongs to head c / size, and is number c % size in it. So the result at (c / size, t, c % size) "
        + "must be x[t, c], for every t and c.",
        "Take `Tensor x = new(5, 12);`, fill it with `x[t, c] = 100 * t + c`, call `Tensor y = split(x, 3);` (size 4), and compare `y[c / 4, t, c % 4]` with "
        + "`x[t, c]` in two loops. Look at the shape first: `y.Shape.SequenceEqual([3, 5, 4])`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's test by giving it splits of which we know whether they are right.</summary>
    /// <param name="isRight">True if the given split, (x (T, C), heads H) → (H, T, C/H), cuts columns.</param>
    public static Feedback Check(Func<Func<Tensor, int, Tensor>, bool> isRight) => About.Check(trial =>
    {
        Ask("a right split", true, Right,
            "You refused a right split. The result at (h, t, c) must be x at (t, h·size + c). Do you look at the place (h, t, c), and not at (t, h, c)?");
        Ask("a reshape without a transpose", false, (x, heads) => x.Copy().Reshape(heads, x.Rows, x.Columns / heads),
            "A reshape alone passed your test. Use several tokens *and* several heads, give every number of x another value, and compare numbers, not only the "
            + "shape or the sum.");
        Ask("a split of every H-th column", false, (x, heads) => Right(SeveralHeads.Interleave(x, heads), heads),
            "Here head h owns the columns h, h + H, h + 2H …, and your test did not notice. The numbers of a row must differ from column to column.");
        Ask("a split in which all heads are head 0", false, (x, heads) => At(x, heads, (t, _, c) => (t, c)),
            "Here every head is a copy of head 0. Look at more than the first head.");
        Ask("a split with the heads in reverse order", false, (x, heads) => At(x, heads, (t, h, c) => (t, (heads - 1 - h) * (x.Columns / heads) + c)),
            "Here the last head comes first: all heads are there, but in another order, and your test did not notice.");
        Ask("a split with the tokens in reverse order", false, (x, heads) => At(x, heads, (t, h, c) => (x.Rows - 1 - t, h * (x.Columns / heads) + c)),
            "Here the last token comes first. Look at every token, give every row other numbers, and compare number with number: a sum "
            + "over tokens does not see their order.");
        Ask("a split that is right but for its last number", false, (x, heads) => Last(Right(x, heads)),
            "Only the very last number is wrong here (last head, last token, last column): compare every number.");
        Ask("a split that gives (T, H, D): a reshape to another shape", false, (x, heads) => x.Copy().Reshape(x.Rows, heads, x.Columns / heads),
            "This one returns (T, H, D) and not (H, T, D). Look at the shape too, and choose another number of tokens than of heads.");

        void Ask(string tried, bool right, Func<Tensor, int, Tensor> split, string mistake) => trial.Call(tried, () => isRight(split)).Expect(right, mistake);
    });

    private static Tensor Right(Tensor x, int heads) => At(x, heads, (t, h, c) => (t, h * (x.Columns / heads) + c));

    /// <summary>(H, T, D) with each number taken from a place (t, c) of x.</summary>
    private static Tensor At(Tensor x, int heads, Func<int, int, int, (int Token, int Column)> from)
    {
        Tensor y = new(heads, x.Rows, x.Columns / heads);
        for (int h = 0; h < heads; h++)
        {
            for (int t = 0; t < x.Rows; t++)
            {
                for (int c = 0; c < y.Columns; c++)
                {
                    (int token, int column) = from(t, h, c);
                    y[h, t, c] = x[token, column];
                }
            }
        }

        return y;
    }

    private static Tensor Last(Tensor y)
    {
        y.Span[^1] += 1;
        return y;
    }
}
