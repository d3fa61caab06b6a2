using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;
using Shares = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class HeadSharesTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Shares>(HeadShares.About, HeadShares.Check, (heads, wO) => Loop(heads, wO),
        new("leaves W_O out", (heads, wO) => heads.Copy(), "multiply them by W_O"),
        new("transposed", (heads, wO) => Loop(heads, wO.Rows == wO.Columns ? wO.Transpose() : wO), "other way round. Rows are tokens"),
        new("transposed for several heads", (heads, wO) => Loop(heads, heads.Shape[0] == 2 ? wO.Transpose() : wO), "owns *rows* of W_O, not columns"),
        new("the same rows for all heads", (heads, wO) => Loop(heads, wO, (h, c) => c), "Both heads use the rows 0 and 1"),
        new("every H-th row", (heads, wO) => Loop(heads, wO, (h, c) => c * heads.Shape[0] + h), "every second row"),
        new("the sum for each head", Whole, "what *one* head adds"),
        new("the mean", (heads, wO) => Loop(heads, wO, factor: 1f / heads.Shape[0]), "Heads are added, not averaged"),
        new("block of C/H", (heads, wO) => Loop(heads, wO, (h, c) => h * (wO.Columns / heads.Shape[0]) + c), "you took C/H"),
        new("heads in reverse", (heads, wO) => Loop(heads, wO, (h, c) => (heads.Shape[0] - 1 - h) * heads.Columns + c), "in the reverse order"),
        new("cuts the output to D_v", (heads, wO) =>
        {
            Tensor y =
            Loop(heads, wO); return wO.Columns > heads.Columns && heads.Shape[0] == 3
                ? new(y.Values[..60], 3, 5, 4)
                : y;
        }, "take both sizes from the tensors"),
        new("zeros", (heads, wO) => new Tensor(heads.Shape[0], heads.Shape[1], wO.Columns), "0 everywhere"),
        new("assigns instead of adding", Assigned, "with `+=`"),
        new("running sums", RunningSums, "Your shares grow"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Shares[] all =
        [
            ByMatMul,
            (heads, wO) => Loop(heads, wO, inDouble: true),
            Zeroed,
            (heads, wO) => new([.. from h in Enumerable.Range(0, heads.Shape[0])
                                   from t in Enumerable.Range(0, heads.Shape[1])
                                   from o in Enumerable.Range(0, wO.Columns)
                                   select Enumerable.Range(0, heads.Columns).Sum(c => heads[h, t, c] * wO[h * heads.Columns + c, o])], heads.Shape[0],
                                       heads.Shape[1], wO.Columns),
            Less,
        ];
        Assert.All(all, shares => Assert.Equal(FeedbackState.Passed, HeadShares.Check(shares).State));
    }

    private static Tensor Loop(Tensor heads, Tensor wO, Func<int, int, int>? row = null, float factor = 1, bool inDouble = false)
    {
        Tensor y = new(heads.Shape[0], heads.Shape[1], wO.Columns);
        for (int h = 0; h < heads.Shape[0]; h++)
        {
            for (int t = 0; t < heads.Shape[1]; t++)
            {
                for (int o = 0; o < wO.Columns; o++)
                {
                    double sum = 0;
                    for (int c = 0; c < heads.Columns; c++)
                    {
                        sum += (double)heads[h, t, c] * wO[row?.Invoke(h, c) ?? h * heads.Columns + c, o];
                        sum = inDouble ? sum : (float)sum;
                    }

                    y[h, t, o] = factor * (float)sum;
                }
            }
        }

        return y;
    }

    private static Tensor Assigned(Tensor heads, Tensor wO)
    {
        Tensor last = new(heads.Shape);
        for (int i = 0; i < heads.Length; i++)
        {
            last.Values[i] = i % heads.Columns == heads.Columns - 1 ? heads.Values[i] : 0;
        }

        return Loop(last, wO);
    }

    private static Tensor RunningSums(Tensor heads, Tensor wO)
    {
        Tensor y = Loop(heads, wO);
        int one = y.Length / heads.Shape[0];
        for (int i = one; i < y.Length; i++)
        {
            y.Values[i] += y.Values[i - one];
        }

        return y;
    }

    private static Tensor Whole(Tensor heads, Tensor wO)
    {
        Tensor y = Loop(heads, wO), whole = Enumerable.Range(0, heads.Shape[0]).Select(h => y.At(h)).Aggregate((a, b) => a + b);
        return new([.. Enumerable.Range(0, heads.Shape[0]).SelectMany(_ => whole.Values)], y.Shape);
    }

    private static Tensor ByMatMul(Tensor heads, Tensor wO) => new(
        [.. Enumerable.Range(0, heads.Shape[0]).SelectMany(h =>
            heads.At(h).MatMul(
                new Tensor(wO.Values[(h * heads.Columns * wO.Columns)..((h + 1) * heads.Columns * wO.Columns)], heads.Columns, wO.Columns)).Values)],
        heads.Shape[0], heads.Shape[1], wO.Columns);

    /// <summary>Side by side with all other heads set to 0, times the whole W_O.</summary>
    private static Tensor Zeroed(Tensor heads, Tensor wO)
    {
        Tensor y = new(heads.Shape[0], heads.Shape[1], wO.Columns);
        for (int h = 0; h < heads.Shape[0]; h++)
        {
            Only(heads, h).MatMul(wO).Span.CopyTo(y.Span[(h * heads.Shape[1] * wO.Columns)..]);
        }

        return y;
    }

    /// <summary>The whole output less what comes without the head.</summary>
    private static Tensor Less(Tensor heads, Tensor wO)
    {
        Tensor y = new(heads.Shape[0], heads.Shape[1], wO.Columns);
        Tensor all = Enumerable.Range(0, heads.Shape[0]).Select(h => Only(heads, h)).Aggregate((a, b) => a + b);
        for (int h = 0; h < heads.Shape[0]; h++)
        {
            (all.MatMul(wO) - (all - Only(heads, h)).MatMul(wO)).Span.CopyTo(y.Span[(h * heads.Shape[1] * wO.Columns)..]);
        }

        return y;
    }

    private static Tensor Only(Tensor heads, int h)
    {
        Tensor wide = new(heads.Shape[1], heads.Shape[0] * heads.Columns);
        for (int t = 0; t < wide.Rows; t++)
        {
            heads.Row(h * heads.Shape[1] + t).CopyTo(wide.Row(t)[(h * heads.Columns)..]);
        }

        return wide;
    }
}
