using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 07.3: what each head gives to the output. Heads (H, T, D_v) side by side, times W_O (H·D_v, C), is a sum over heads:
/// head h times its own D_v rows of W_O. D_v need not be D_k, and H·D_v need not be C.
/// </summary>
public static class HeadShares
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("07.3", "What each head adds to the output", Difficulty: 2, Minutes: 12, Hints:
    [
        "Write out one number of the output: a row of H·D_v numbers times a column of W_O. Which of these products belong to head h?",
        "Side by side, head h stands in the columns h·D_v … h·D_v + D_v − 1. They meet exactly the *rows* of W_O with the same numbers. So head h adds head_h "
        + "(T, D_v) times these D_v rows (D_v, C). The size of a block is D_v, `heads.Columns`: not C/H, and not D_k.",
        "Four loops: over h, t, the output's column o, and c < D_v: `y[h, t, o] += heads[h, t, c] * wO[h * size + c, o];` with `int size = heads.Columns;` and "
        + "`Tensor y = new(heads.Shape[0], heads.Shape[1], wO.Columns);`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's shares.</summary>
    /// <param name="shares">(heads (H, T, D_v), W_O (H·D_v, C)) → (H, T, C): what each head adds to the output.</param>
    public static Feedback Check(Func<Tensor, Tensor, Tensor> shares) => About.Check(trial =>
    {
        Answer<Tensor> Ask(string tried, Tensor heads, Tensor wO) => trial.Call(tried, () => shares(heads, wO), heads, wO);
        CounterRandom random = new(73);

        (Tensor heads, Tensor wO) = (Tensor.Gaussian(random, 1, 1, 3, 4), Tensor.Gaussian(random, 1, 4, 4));
        Ask("one head: its share is the whole output, head·W_O", heads, wO)
            .Refuse(Of(heads, wO.Transpose()), "You used W_O the other way round. Rows are tokens: a head of (T, D_v) stands *left* of its D_v rows of W_O.")
            .Refuse(heads, "Your heads come back as they were: multiply them by W_O.")
            .Refuse(new Tensor(1, 3, 4), "Your answer is 0 everywhere. Fill y[h, t, o].")
            .Refuse(OnlyLast(heads, wO), "Only the last number of the head counts: add over c with `+=`.")
            .Expect(Of(heads, wO), "With one head the share is head·W_O.");

        (heads, wO) = (Tensor.Gaussian(random, 1, 2, 3, 2), Tensor.Gaussian(random, 1, 4, 4));
        Ask("two heads with D_v = 2 and C = 4: here D_v = C/H", heads, wO)
            .Refuse(SameBlock(heads, wO), "Both heads use the rows 0 and 1 of W_O. Head 1 owns the rows 2 and 3.")
            .Refuse(Of(heads, wO.Transpose()), "You used W_O the other way round: head h owns *rows* of W_O, not columns.")
            .Refuse(Of(heads, SeveralHeads.Interleave(wO.Transpose(), 2).Transpose()),
                "Head h used every second row of W_O. Side by side, the heads fill *neighbouring* columns, so they meet neighbouring rows.")
            .Refuse(Repeated(heads, wO), "You returned the whole output for each head. A share is what *one* head adds; the output is their sum.")
            .Refuse(Of(heads, wO, 0.5f), "You divided by the number of heads. Heads are added, not averaged.")
            .Refuse(Summed(heads, wO), "Your shares grow: head 1 holds head 0 as well. A share is what *one* head adds.")
            .Refuse(Of(heads, Exchanged(wO)), "The heads meet the blocks of W_O in the reverse order. Head 0 owns the first rows.")
            .Expect(Of(heads, wO), "Head h times the rows 2h and 2h + 1 of W_O.");

        (heads, wO) = (Tensor.Gaussian(random, 1, 3, 5, 4), Tensor.Gaussian(random, 1, 12, 6));
        Answer<Tensor> wide = Ask("three heads with D_v = 4 and C = 6: C/H is 2, D_v is not", heads, wO);
        wide.Refuse(Of(heads, wO, block: 2),
            "Head h begins at row h·2: you took C/H for the size of a head's block. A block of W_O has D_v = 4 rows, whatever C is.")
            .Expect(Of(heads, wO), "With D_v = C/H the answer was right. Here a block has D_v = 4 rows and C = 6 columns: take both sizes from the tensors.");
    });

    /// <summary>factor·head_h·(rows h·block … of W_O).</summary>
    private static Tensor Of(Tensor heads, Tensor wO, float factor = 1, int? block = null)
    {
        (int count, int tokens, int size) = (heads.Shape[0], heads.Shape[1], heads.Columns);
        Tensor shares = new(count, tokens, wO.Columns);
        for (int h = 0; h < count; h++)
        {
            Tensor rows = new(wO.Span.Slice(h * (block ?? size) * wO.Columns, size * wO.Columns).ToArray(), size, wO.Columns);
            (heads.At(h).MatMul(rows) * factor).Span.CopyTo(shares.Span[(h * tokens * wO.Columns)..]);
        }

        return shares;
    }

    /// <summary>The mistake of = for +=: only the last number of each head meets its row of W_O.</summary>
    private static Tensor OnlyLast(Tensor heads, Tensor wO)
    {
        Tensor last = new(heads.Shape);
        for (int i = heads.Columns - 1; i < heads.Length; i += heads.Columns)
        {
            last.Values[i] = heads.Values[i];
        }

        return Of(last, wO);
    }

    /// <summary>The two blocks of W_O in the reverse order.</summary>
    private static Tensor Exchanged(Tensor wO)
    {
        int half = wO.Length / 2;
        return new([.. wO.Values.Skip(half), .. wO.Values.Take(half)], wO.Shape);
    }

    /// <summary>The mistake of sums that go on from head to head.</summary>
    private static Tensor Summed(Tensor heads, Tensor wO)
    {
        Tensor shares = Of(heads, wO);
        int one = shares.Length / heads.Shape[0];
        for (int i = one; i < shares.Length; i++)
        {
            shares.Values[i] += shares.Values[i - one];
        }

        return shares;
    }

    private static Tensor SameBlock(Tensor heads, Tensor wO) => Of(heads, wO, block: 0);

    /// <summary>The sum of the shares, once for each head.</summary>
    private static Tensor Repeated(Tensor heads, Tensor wO)
    {
        Tensor shares = Of(heads, wO), whole = Enumerable.Range(0, heads.Shape[0]).Select(h => shares.At(h)).Aggregate((a, b) => a + b);
        return new([.. Enumerable.Range(0, heads.Shape[0]).SelectMany(_ => whole.Values)], shares.Shape);
    }
}
