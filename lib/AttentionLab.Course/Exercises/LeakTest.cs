using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 08.1: the reader writes a leak detector. A layer (T, C) → (T, C) is causal if no output depends on a later input. The detector
/// must accept layers that only look back and refuse all that peek, however seldom or little.
/// </summary>
public static class LeakTest
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("08.1", "A leak detector", Difficulty: 2, Minutes: 12, Hints:
    [
        "Call `layer` twice: with x, and with a copy of x in which *one* row j is changed. Which output rows may move, and which may not? Which j must you "
        + "try?",
        "If row j changes, the outputs 0 … j − 1 must stay as they were: they come before it. Try every j, one at a time, and compare every number of these "
        + "rows. Rounding may differ in the last digits, so allow about 1e-4. Take 8 or more tokens, so that there is room for a look five steps ahead, "
        + "and random numbers.",
        "`Tensor x = Tensor.Gaussian(new CounterRandom(1), 1, 8, 4);` and `Tensor before = layer(x);`. For each j: `Tensor changed = x.Copy();`, change "
        + "every number of row j by another amount, `changed[j, c] += c + 1`, `Tensor after = layer(changed);`, "
        + "and if for some i < j and some c `Math.Abs(after[i, c] - before[i, c]) > 1e-4`, "
        + "return true. At the end return false.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's detector by giving it layers of which we know whether they leak.</summary>
    /// <param name="leaks">True if some output of the given layer, (T, C) → (T, C), depends on a later input.</param>
    public static Feedback Check(Func<Func<Tensor, Tensor>, bool> leaks) => About.Check(trial =>
    {
        Ask("causal attention: it does not leak", false, x => Attend(x, (i, j) => j <= i),
            "You said that causal attention leaks. If input j changes, output j and all later ones *may* move: only the rows before j must stay.");
        Ask("causal attention, whose last digits change with the length of the sums: it does not leak", false, x => Rounded(Attend(x, (i, j) => j <= i), x),
            "You said that this layer leaks, but its outputs differ only by rounding. Do not compare floats by `==`: allow about 1e-4.");
        Ask("a layer that hands on the token before: it does not leak", false, x => Moved(x, -1),
            "Here output i is input i − 1. That is allowed: looking back is no leak, and nothing says that output i must depend on input i.");
        Ask("attention without a mask: it leaks", true, x => Attend(x, (_, _) => true),
            "Every output sees every input here, and your detector found nothing. Do you change a row and compare the outputs *before* it?");
        Ask("a mask that is wrong by one: i sees i + 1", true, x => Attend(x, (i, j) => j <= i + 1),
            "Here each word sees the next one, a triangle drawn one cell too far, and your detector let it pass. Compare the row right before the changed one "
            + "too.");
        Ask("a layer that peeks five steps ahead, and only there", true, x => Attend(x, (i, j) => j <= i || j == i + 5),
            "Here word i sees i + 5 but not i + 1. Use more than five tokens, and compare *all* rows before the changed one.");
        Ask("only the first output peeks", true, x => Attend(x, (i, j) => j <= i || i == 0),
            "Only output 0 leaks here. Compare all rows before the changed one, down to row 0.");
        Ask("only the last token is peeked at", true, x => Attend(x, (i, j) => j <= i || j == x.Rows - 1),
            "Here every word sees the *last* token, and nothing else ahead. Change every row in turn, the last one too.");
        Ask("only the second token is peeked at, by the first", true, x => Attend(x, (i, j) => j <= i || (i == 0 && j == 1)),
            "Only word 0 peeks, and only at word 1. Change every row in turn, the early ones too.");
        Ask("only word 2 peeks, and only at word 4", true, x => Attend(x, (i, j) => j <= i || (i == 2 && j == 4)),
            "Only word 2 peeks here, and it looks only at word 4. Compare *all* rows before the changed one, not only row 0 or the row beside it.");
        Ask("a layer that takes away the mean of all tokens", true, x => LessMean(Attend(x, (i, j) => j <= i)),
            "The attention is causal here, but then the mean over *all* tokens is taken away, and with it the future gets in. Your detector must look at "
            + "outputs, whatever is inside.");
        Ask("a leak in the last column only", true, x => Column(Attend(x, (i, j) => j <= i), Attend(x, (_, _) => true)),
            "Only the last number of each output leaks. Compare every number.");
        Ask("a leak that cancels in the sum of a row", true, x => Cancelling(x),
            "One number of the row grows by as much as another falls. Compare the numbers one by one, not their sum.");
        Ask("a leak of the last column of the input only", true, x => Added(x, (_, next) => next[^1]),
            "Only the last number of the next input is heard. Change *every* number of row j.");
        Ask("attention without a mask, behind a layer norm", true, x => Attend(new LayerNorm(x.Columns).Forward(x).Y, (_, _) => true),
            "A layer norm takes away what is the same in every number of a row: add 1 to all of them, and nobody notices. Change each number of row j by "
            + "another amount (and take four or more of them).");
        Ask("the next word comes in as a factor", true, x => Added(x, (own, next) => own[0] * next[0]),
            "Here the next input comes in as a factor: where x is 0, nothing shows. Use random numbers for x, not zeros.");
        Ask("a small leak, of about 0.003", true, x => Attend(x, (i, j) => j <= i) + Attend(x, (_, _) => true) * 0.002f,
            "The leak is small here, but a thousand times larger than rounding: allow about 1e-4, not more.");

        void Ask(string tried, bool leak, Func<Tensor, Tensor> layer, string mistake) => trial.Call(tried, () => leaks(layer)).Expect(leak, mistake);
    });

    private static Tensor Attend(Tensor x, Func<int, int, bool> sees)
    {
        bool[,] visible = new bool[x.Rows, x.Rows];
        for (int i = 0; i < x.Rows; i++)
        {
            for (int j = 0; j < x.Rows; j++)
            {
                visible[i, j] = sees(i, j);
            }
        }

        // Half of the usual scale: a changed token that is seen must show, even a quiet one.
        return ScaledDotProductAttention.Forward(x, x, x, AttentionMask.Pairs(visible), scale: 0.5f / MathF.Sqrt(x.Columns)).Output;
    }

    /// <summary>Adds up to 1e-6, as another order of sums does, by all of x.</summary>
    private static Tensor Rounded(Tensor y, Tensor x)
    {
        float all = x.Span.ToArray().Sum(MathF.Abs);
        for (int i = 0; i < y.Length; i++)
        {
            y.Values[i] += 1e-6f * MathF.Sin(all + i);
        }

        return y;
    }

    private static Tensor Moved(Tensor x, int by)
    {
        Tensor y = new(x.Shape);
        for (int i = 0; i < x.Rows; i++)
        {
            if (i + by >= 0 && i + by < x.Rows)
            {
                x.Row(i + by).CopyTo(y.Row(i));
            }
        }

        return y;
    }

    private static Tensor LessMean(Tensor y)
    {
        Tensor mean = new(1, y.Columns);
        for (int i = 0; i < y.Rows; i++)
        {
            Multiply.AddScaled(y.Row(i), 1f / y.Rows, mean.Row(0));
        }

        for (int i = 0; i < y.Rows; i++)
        {
            Multiply.AddScaled(mean.Row(0), -1, y.Row(i));
        }

        return y;
    }

    private static Tensor Column(Tensor y, Tensor leaking)
    {
        for (int i = 0; i < y.Rows; i++)
        {
            y[i, y.Columns - 1] = leaking[i, y.Columns - 1];
        }

        return y;
    }

    /// <summary>Causal, but 0.3 times something of a token's own numbers and of the next token's is added to its first number.</summary>
    private static Tensor Added(Tensor x, Func<float[], float[], float> ofOwnAndNext)
    {
        Tensor y = Attend(x, (i, j) => j <= i);
        for (int i = 0; i < x.Rows - 1; i++)
        {
            y[i, 0] += 0.3f * ofOwnAndNext(x.Row(i).ToArray(), x.Row(i + 1).ToArray());
        }

        return y;
    }

    /// <summary>Causal, but the first number gets what the last one loses: 0.3 times what the token after has in its first.</summary>
    private static Tensor Cancelling(Tensor x)
    {
        Tensor y = Attend(x, (i, j) => j <= i);
        for (int i = 0; i < x.Rows - 1 && x.Columns > 1; i++)
        {
            y[i, 0] += 0.3f * x[i + 1, 0];
            y[i, x.Columns - 1] -= 0.3f * x[i + 1, 0];
        }

        return y;
    }
}
