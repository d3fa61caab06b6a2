using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Without = System.Func<AttentionLab.Layers.MultiHeadAttention, int, System.Func<double>, double>;

namespace AttentionLab.Course.Tests.Exercises;

public class AblateHeadTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Without>(AblateHead.About, AblateHead.Check, Ablate,
        new("never asks", (attention, head, loss) => 0.5, "never called"),
        new("returns the difference", (attention, head, loss) => Ablate(attention, head, loss) - loss(), "*difference*"),
        new("the difference, turned", (attention, head, loss) => loss() - Ablate(attention, head, loss), "sign turned"),
        new("asks too early", (attention, head, loss) => { double early = loss(); Ablate(attention, head, loss); return early; }, "*before* you call"),
        new("clears columns", (attention, head, loss) => On(attention, loss, w => Columns(w, attention, head)), "*columns*"),
        new("takes D for D_v", (attention, head, loss) => On(attention, loss, w => Rows(w, head * attention.HeadSize, attention.HeadSize)), "size of keys"),
        new("takes C/H",
            (attention, head, loss) => On(attention, loss, w => Rows(w, head * (w.Columns / attention.HeadCount), w.Columns / attention.HeadCount)),
            "you took C/H"),
        new("clears one row", (attention, head, loss) => On(attention, loss, w => Rows(w, head, 1)), "cleared one row"),
        new("keeps only this head", (attention, head, loss) => On(attention, loss, w =>
        {
            for (int other = 0; other < attention.HeadCount; other++)
            {
                if (other != head)
                {
                    Rows(w, other * Size(attention), Size(attention));
                }
            }
        }), "all the *others*"),
        new("clears everything", (attention, head, loss) => On(attention, loss, w => w.Span.Clear()), "every head is silent"),
        new("counts from 1", (attention, head, loss) => On(attention, loss, w => Rows(w, Math.Max(0, head - 1) * Size(attention), Size(attention))),
            "silenced head 0 instead of head 1"),
        new("does not put it back", (attention, head, loss) =>
        {
            Rows(attention.Output.Weight.Value, head * Size(attention),
            Size(attention)); return loss();
        }, "head stays silent"),
        new("not after an exception", (attention, head, loss) =>
        {
            float[] kept = [.. attention.Output.Weight.Value.Values];
            Rows(attention.Output.Weight.Value, head * Size(attention), Size(attention));
            double without = loss();
            kept.CopyTo(attention.Output.Weight.Value.Span);
            return without;
        }, "in `finally`"),
        new("clears the values, not their bias", (attention, head, loss) => Kept(attention.Value, loss, map => Entrance(map, attention, head, bias: false)),
            "b_V is still heard"),
        new("clears the queries", (attention, head, loss) => Kept(attention.Query, loss, map => Entrance(map, attention, head, bias: false)),
            "its bias b_Q still asks"),
        new("clears the queries and their bias", (attention, head, loss) => Kept(attention.Query, loss, map => Entrance(map, attention, head, bias: true)),
            "looks everywhere alike"),
        new("clears the bias too", (attention, head, loss) =>
        {
            float[] bias = [.. attention.Output.Bias!.Value.Values];
            attention.Output.Bias.Value.Span.Clear();
            double without = Ablate(attention, head, loss);
            bias.CopyTo(attention.Output.Bias.Value.Span);
            return without;
        }, "You cleared b_O, too"),
        new("clears the bias only", (attention, head, loss) => Kept(attention.Output, loss, map => map.Bias!.Value.Span.Clear()), "belongs to no head. Clear"),
        new("leaves the last row", (attention, head, loss) => On(attention, loss, w => Rows(w, head * Size(attention), Size(attention) - 1)),
            "last row is still heard"),
        new("one row too many", (attention, head, loss) => On(attention, loss, w => Rows(w, head * Size(attention), Size(attention) + 1)), "One row too many"),
        new("every third row", (attention, head, loss) => On(attention, loss, w =>
        {
            for (int row = head; row < w.Rows; row += attention.HeadCount)
            {
                Rows(w, row, 1);
            }
        }), "every third row"),
        new("turns the sign", (attention, head, loss) => On(attention, loss, w =>
        {
            for (int row = head * Size(attention); row < (head + 1) * Size(attention); row++)
            {
                for (int c = 0; c < w.Columns; c++)
                {
                    w[row, c] = -w[row, c];
                }
            }
        }), "changed their sign"),
        new("ratio", (attention, head, loss) => Ablate(attention, head, loss) / loss(), "*ratio*"),
        new("mean of both", (attention, head, loss) => (Ablate(attention, head, loss) + loss()) / 2, "mean of the loss"),
        new("rows of W_V", (attention, head, loss) => Kept(attention.Value, loss, map => Rows(map.Weight.Value, head * Size(attention), Size(attention))),
            "*rows* of W_V"),
        new("hides the exception", (attention, head, loss) =>
        {
            try
            {
                return Ablate(attention, head,
            loss);
            }
            catch (Exception) { return double.NaN; }
        }, "your code hid it"));

    /// <summary>Keys that are all the same and queries that are all 0 give the same weights, so no check can tell them apart.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Check_ClearedKeys_AreRefusedAsClearedQueriesAre(bool bias)
    {
        Feedback feedback = AblateHead.Check((attention, head, loss) => Kept(attention.Key, loss, map => Entrance(map, attention, head, bias)));
        Assert.Equal(FeedbackState.NotYet, feedback.State);
        Assert.Contains("You cleared W_K, or W_Q and its bias", feedback.ToPlainText());
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Without[] all =
        [
            (attention, head, loss) => { using HeadSwitch off = HeadSwitch.Off(attention, head); return loss(); },
            (attention, head, loss) => Kept(attention.Value, loss, map => Entrance(map, attention, head, bias: true)),
            (attention, head, loss) => On(attention, loss, w =>
            {
                for (int i = 0; i < w.Length; i++)
                {
                    w.Values[i] *= i / w.Columns / Size(attention) == head ? 0 : 1;
                }
            }),
            (attention, head, loss) =>
            {
                Tensor w = attention.Output.Weight.Value, kept = w.Copy();
                try
                {
                    w.Span.Slice(head * Size(attention) * w.Columns, Size(attention) * w.Columns).Clear();
                    double without = loss();
                    return without;
                }
                finally
                {
                    kept.Span.CopyTo(w.Span);
                }
            },
            (attention, head, loss) => { loss(); double without = Ablate(attention, head, loss); loss(); return without; },
        ];
        Assert.All(all, without => Assert.Equal(FeedbackState.Passed, AblateHead.Check(without).State));
    }

    private static double Ablate(MultiHeadAttention attention, int head, Func<double> loss) =>
        On(attention, loss, w => Rows(w, head * Size(attention), Size(attention)));

    private static int Size(MultiHeadAttention attention) => attention.Output.Inputs / attention.HeadCount;

    private static double On(MultiHeadAttention attention, Func<double> loss, Action<Tensor> change)
    {
        float[] kept = [.. attention.Output.Weight.Value.Values];
        try
        {
            change(attention.Output.Weight.Value);
            return loss();
        }
        finally
        {
            kept.CopyTo(attention.Output.Weight.Value.Span);
        }
    }

    /// <summary>The columns of one head in W_Q, W_K or W_V. A head whose values are 0 is as silent as one whose rows of W_O are 0.</summary>
    private static void Entrance(Linear map, MultiHeadAttention attention, int head, bool bias)
    {
        int size = map.Outputs / attention.HeadCount;
        for (int row = 0; row < map.Inputs; row++)
        {
            map.Weight.Value.Row(row).Slice(head * size, size).Clear();
        }

        if (bias)
        {
            map.Bias!.Value.Span.Slice(head * size, size).Clear();
        }
    }

    private static double Kept(Linear map, Func<double> loss, Action<Linear> change)
    {
        (float[] weight, float[] bias) = ([.. map.Weight.Value.Values], [.. map.Bias!.Value.Values]);
        try
        {
            change(map);
            return loss();
        }
        finally
        {
            weight.CopyTo(map.Weight.Value.Span);
            bias.CopyTo(map.Bias.Value.Span);
        }
    }

    private static void Rows(Tensor weight, int first, int count)
    {
        for (int row = first; row < Math.Min(first + count, weight.Rows); row++)
        {
            weight.Row(row).Clear();
        }
    }

    private static void Columns(Tensor weight, MultiHeadAttention attention, int head)
    {
        int size = weight.Columns / attention.HeadCount;
        for (int row = 0; row < weight.Rows; row++)
        {
            weight.Row(row).Slice(head * size, size).Clear();
        }
    }
}
