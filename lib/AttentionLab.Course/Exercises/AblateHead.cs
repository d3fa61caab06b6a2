using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 11.3: what does a layer lose without one head? The reader silences the head, asks for the loss, and puts back what was there. Judged by
/// what the loss saw, and by the parameters afterwards.
/// </summary>
public static partial class AblateHead
{
    /// <summary>The middle head first: there a head too early, a head too late and all the others are three different mistakes.</summary>
    private static readonly int[] Order = [1, 0, 2];

    private const int Heads = 3;

    /// <summary>Says that no exception arrived although the loss threw one.</summary>
    private const double Swallowed = -1;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("11.3", "Ablate a head, and put it back", Difficulty: 2, Minutes: 12, Hints:
    [
        "Side by side, the heads stand in front of W_O. Head h is heard only through its own *rows* of W_O (exercise 07.3). What must they be, so that nobody "
            + "hears it?",
        "`attention.Output.Weight.Value` is W_O, (H·D_v, C). Head h owns the rows h·D_v … h·D_v + D_v − 1, with D_v = `attention.Output.Inputs / "
        + "attention.HeadCount`. Keep a *copy* of W_O, set these rows to 0, call `loss()`, copy W_O back. If `loss()` throws, the weights must come back too: "
        + "`try … finally`.",
        "`Tensor wO = attention.Output.Weight.Value; float[] kept = wO.Values.ToArray(); int size = attention.Output.Inputs / attention.HeadCount; try { for "
            + "(int r "
        + "= head * size; r < (head + 1) * size; r++) { wO.Row(r).Clear(); } return loss(); } finally { kept.CopyTo(wO.Span); }`.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's ablation.</summary>
    /// <param name="without">(layer, head from 0, loss) → what the loss says while this head is silent.</param>
    public static Feedback Check(Func<MultiHeadAttention, int, Func<double>, double> without) => About.Check(trial =>
    {
        Probe three = new(new(12, Heads, new CounterRandom(1)));
        foreach (int head in Order)
        {
            Ask($"three heads of 4 numbers, without head {head}", three, head);
        }

        Probe wide = new(new(12, Heads, new CounterRandom(3), new() { HeadSize = 2, ValueSize = 5 }));
        Ask("three heads with D = 2 and D_v = 5, without head 1", wide, 1);

        Probe failing = new(new(8, 2, new CounterRandom(4))) { Throws = true };
        trial.Call("a loss that throws an exception: the weights must be back all the same", () => failing.Try(without))
            .Refuse(Swallowed, "The loss threw an exception, and your code hid it and returned a number. Use `try … finally` without `catch`: the caller must "
                + "hear of it.")
            .Require(failing.IsWhole, "weights as before",
                "The loss threw an exception, and the head stayed silent for ever. Put the weights back in `finally`.", "weights still changed");

        void Ask(string tried, Probe probe, int head)
        {
            (double right, double whole) = (probe.Without(head), probe.Loss());
            probe.Calls = 0;
            Answer<double> answer = trial.Call(tried, () => without(probe.Layer, head, probe.Loss));
            bool restored = probe.IsWhole;
            probe.Mend();
            answer.Require(probe.Calls > 0, "the loss without the head", "You never called `loss()`: it must be asked while the head is silent.");
            Refuse(right - whole, "This is the *difference* to the whole layer. Return the loss without the head.");
            Refuse(whole - right, "This is the difference to the whole layer, with its sign turned. Return the loss without the head.");
            Refuse(whole, "The loss saw the whole layer. Silence the head *before* you call `loss()`, and change the layer's own W_O, not a copy of it.");
            for (int other = 0; other < probe.Layer.HeadCount; other++)
            {
                Refuse(probe.Without(other), $"You silenced head {other} instead of head {head}. Heads count from 0.");
            }

            (int keySize, int share) = (probe.Layer.HeadSize, probe.Layer.Output.Outputs / probe.Layer.HeadCount);
            Refuse(probe.After(weight => Columns(weight, probe.Layer, head)), "You cleared *columns* of W_O. Rows are inputs: head h owns rows.");
            Refuse(probe.After(weight => Rows(weight, head * share, share)),
                "The block has the wrong size: you took C/H. A block of W_O has D_v rows: `Output.Inputs / HeadCount`.");
            Refuse(probe.After(weight => Rows(weight, head * keySize, keySize)),
                "The block has the wrong size: you took D, the size of keys. A block of W_O has D_v rows: `Output.Inputs / HeadCount`.");
            Refuse(probe.Changed(layer => Part(layer.Value, head, bias: false)),
                "You cleared the head's columns of W_V, but its bias b_V is still heard. Clear W_O's rows instead.");
            const string Looks = "the head is not silent: it looks everywhere alike, and its values are still heard. Clear its rows of W_O.";
            Refuse(probe.Changed(layer => Part(layer.Query, head, bias: false)),
                "You cleared W_Q: the head is not silent, its bias b_Q still asks. Clear its rows of W_O.");

            // Without keys, or without any query, all scores of a row are equal: one loss, up to rounding.
            Refuse(probe.Changed(layer => Part(layer.Key, head, bias: false)), $"You cleared W_K, or W_Q and its bias: {Looks}");
            Refuse(probe.After(weight => Rows(weight, head, 1)), "You cleared one row. A head has D_v rows.");
            int size = probe.Layer.Output.Inputs / probe.Layer.HeadCount;
            Refuse(probe.After(weight => Rows(weight, head * size, size - 1)),
                "The head's last row is still heard: it owns D_v rows, h·D_v to h·D_v + D_v − 1.");
            Refuse(probe.After(weight => Rows(weight, head * size, size + 1)), "One row too many: the head's rows end before (h + 1)·D_v.");
            Refuse(probe.After(weight => Every(weight, head, probe.Layer.HeadCount)),
                "You cleared every third row. A head owns a block of rows that stand together.");
            Refuse(probe.After(weight => Turned(weight, head * size, size)), "The head's rows changed their sign: it is heard all the same. Set them to 0.");
            Refuse(probe.Changed(layer => layer.Output.Bias!.Value.Span.Clear()), "You cleared b_O, which belongs to no head. Clear the head's rows of W_O.");
            Refuse(probe.Changed(layer => { layer.Output.Bias!.Value.Span.Clear(); Rows(layer.Output.Weight.Value, head * size, size); }),
                "You cleared b_O, too: the bias belongs to no head. Only the head's own rows of W_O may be 0. The bias and all else stay.");
            Refuse(right / whole, "This is the *ratio* to the whole layer. Return the loss without the head.");
            Refuse((right + whole) / 2, "This is the mean of the loss with and without the head. Return the loss without it.");
            Refuse(probe.Changed(layer => Rows(layer.Value.Weight.Value, head * size, size)),
                "You cleared *rows* of W_V: these are input channels of all heads. Clear the head's rows of W_O.");
            Refuse(probe.After(weight => Others(weight, probe.Layer, head)), "You kept this head and silenced all the *others*.");
            Refuse(probe.After(weight => weight.Span.Clear()), "You cleared all of W_O, so every head is silent.");
            answer.Expect(right, "Only the head's own rows of W_O may be 0. The bias and all else stay.")
                .Require(restored, "weights as before",
                    "The answer is right, but the layer is not as it was: the head stays silent. Keep a *copy* of the numbers (`ToArray()`) and write it "
                    + "back.", "weights still changed");

            // With sizes that happen to be equal, a mistake may give the right loss.
            void Refuse(double wrong, string mistake)
            {
                if (Math.Abs(wrong - right) > 1e-4 * Math.Abs(right))
                {
                    answer.Refuse(wrong, mistake);
                }
            }
        }
    });

    private static void Rows(Tensor weight, int first, int count)
    {
        for (int row = first; row < Math.Min(first + count, weight.Rows); row++)
        {
            weight.Row(row).Clear();
        }
    }

    private static void Every(Tensor weight, int first, int step)
    {
        for (int row = first; row < weight.Rows; row += step)
        {
            weight.Row(row).Clear();
        }
    }

    private static void Turned(Tensor weight, int first, int count)
    {
        foreach (ref float number in weight.Span.Slice(first * weight.Columns, count * weight.Columns))
        {
            number = -number;
        }
    }

    private static void Others(Tensor weight, MultiHeadAttention layer, int head)
    {
        int size = weight.Rows / layer.HeadCount;
        Rows(weight, 0, head * size);
        Rows(weight, (head + 1) * size, weight.Rows);
    }

    private static void Columns(Tensor weight, MultiHeadAttention layer, int head)
    {
        int size = weight.Columns / layer.HeadCount;
        for (int row = 0; row < weight.Rows; row++)
        {
            weight.Row(row).Slice(head * size, size).Clear();
        }
    }

    /// <summary>The mistake of silencing a head at its entrance: its columns of W_Q, W_K or W_V are 0.</summary>
    private static void Part(Linear map, int head, bool bias)
    {
        int size = map.Outputs / Heads;
        for (int row = 0; row < map.Inputs; row++)
        {
            map.Weight.Value.Row(row).Slice(head * size, size).Clear();
        }

        if (bias)
        {
            map.Bias!.Value.Span.Slice(head * size, size).Clear();
        }
    }
}
