using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Attention = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, int, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class SeveralHeadsTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Attention>(SeveralHeads.About, SeveralHeads.Check, (q, k, v, h) => Loop(q, k, v, h),
        new("writes nothing", (q, k, v, h) => new Tensor(v.Shape), "0 everywhere"),
        new("writes head 0 only", (q, k, v, h) => Loop(q, k, v, h, last: 1), "Only head 0 has written"),
        new("reads every third column", (q, k, v, h) => Loop(q, k, v, h, from: (c, head, size) => c * h + head), "read every third column"),
        new("writes every third column", (q, k, v, h) => Loop(q, k, v, h, to: (c, head, size) => c * h + head), "write every third column"),
        new("reads and writes every H-th column", (q, k, v, h) => Loop(q, k, v, h, (c, head, size) => c * h + head, (c, head, size) => c * h + head),
            "every fourth column"),
        new("no scale at all", (q, k, v, h) => Loop(q, k, v, h, scale: 1), "with one head of 8 numbers the scores"),
        new("divides by the size", (q, k, v, h) => Loop(q, k, v, h, scale: (float)h / q.Columns), "Divide by its root"),
        new("root of the whole width", (q, k, v, h) => Loop(q, k, v, h, scale: 1 / MathF.Sqrt(q.Columns)), "root of the whole width"),
        new("no scale with several heads", (q, k, v, h) => Loop(q, k, v, h, scale: h == 1 ? null : 1), "each head divides its scores by √2"),
        new("ignores heads", (q, k, v, h) => Loop(q, k, v, 1), "had no effect"),
        new("returns the values", (q, k, v, h) => v.Copy(), "nothing was attended to"),
        new("reshape without transpose", (q, k, v, h) => Reshaped(q, k, v, h), "reshape alone"),
        new("cuts V only", (q, k, v, h) => SameWeights(q, k, v, h), "weights of head 0"),
        new("size fixed to 2", (q, k, v, h) => Loop(q, k, v, v.Rows == 7 ? 6 : h), "Is a size fixed"),
        new("softmax over the queries", (q, k, v, h) => Loop(k, q, v, h), "Queries and keys are exchanged"),
        new("mixes the keys", (q, k, v, h) => Loop(q, k, k, h), "You mixed the keys"),
        new("mixes the queries", (q, k, v, h) => Loop(q, k, q, h), "You mixed the queries"),
        new("plain mean", (q, k, v, h) => Loop(new(q.Shape), k, v, h), "plain mean of the values"),
        new("writes into V", (q, k, v, h) => { Loop(q, k, v, h).Span.CopyTo(v.Span); v.Span[0] += 1; return v; }, "changed one of its inputs"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Attention[] all =
        [
            (q, k, v, h) => Heads.Merge(ScaledDotProductAttention.Forward(Heads.Split(q, h), Heads.Split(k, h), Heads.Split(v, h)).Output).Reshape(v.Shape),
            (q, k, v, h) => Heads.Merge(ScaledDotProductAttention.Forward(Heads.Split(q, h), Heads.Split(k, h), Heads.Split(v, h)).Output),
            InDouble,
            ByRows,
            Masked,
            (q, k, v, h) => { Tensor y = v.Copy(); Loop(q, k, y, h).Span.CopyTo(y.Span); return y; },
        ];
        Assert.All(all, attend => Assert.Equal(FeedbackState.Passed, SeveralHeads.Check(attend).State));
    }

    private static Tensor Loop(
        Tensor q, Tensor k, Tensor v, int heads, Func<int, int, int, int>? from = null, Func<int, int, int, int>? to = null, float? scale = null,
        int? last = null)
    {
        int size = v.Columns / heads;
        Func<int, int, int, int> column = (c, head, size) => head * size + c;
        Tensor y = new(v.Shape);
        for (int h = 0; h < (last ?? heads); h++)
        {
            Tensor one = ScaledDotProductAttention.Forward(Cut(q, h), Cut(k, h), Cut(v, h), scale: scale).Output;
            for (int t = 0; t < y.Rows; t++)
            {
                for (int c = 0; c < size; c++)
                {
                    y[t, (to ?? column)(c, h, size)] = one[t, c];
                }
            }
        }

        return y;

        Tensor Cut(Tensor x, int h)
        {
            Tensor cut = new(x.Rows, size);
            for (int t = 0; t < x.Rows; t++)
            {
                for (int c = 0; c < size; c++)
                {
                    cut[t, c] = x[t, (from ?? column)(c, h, size)];
                }
            }

            return cut;
        }
    }

    private static Tensor Reshaped(Tensor q, Tensor k, Tensor v, int h)
    {
        int[] shape = [1, h, v.Rows, v.Columns / h];
        return ScaledDotProductAttention.Forward(q.Reshape(shape), k.Reshape(shape), v.Reshape(shape)).Output.Reshape(v.Shape);
    }

    private static Tensor SameWeights(Tensor q, Tensor k, Tensor v, int heads)
    {
        Tensor weights = ScaledDotProductAttention.Forward(Heads.Split(q, heads), Heads.Split(k, heads), Heads.Split(v, heads)).Saved.Weights;
        return weights.At(0, 0).MatMul(v);
    }

    /// <summary>Everything in double, heads innermost.</summary>
    private static Tensor InDouble(Tensor q, Tensor k, Tensor v, int heads)
    {
        int n = v.Rows, size = v.Columns / heads;
        Tensor y = new(n, v.Columns);
        for (int i = 0; i < n; i++)
        {
            for (int h = heads - 1; h >= 0; h--)
            {
                double[] powers =
                    [.. Enumerable.Range(0, n).Select(j => Math.Exp(Enumerable.Range(h * size, size).Sum(c => (double)q[i, c] * k[j, c]) / Math.Sqrt(size)))];
                for (int c = h * size; c < (h + 1) * size; c++)
                {
                    y[i, c] = (float)(Enumerable.Range(0, n).Sum(j => powers[j] * v[j, c]) / powers.Sum());
                }
            }
        }

        return y;
    }

    /// <summary>One query at a time.</summary>
    private static Tensor ByRows(Tensor q, Tensor k, Tensor v, int heads) => Tensor.FromRows(
        [.. Enumerable.Range(0, q.Rows).Select(i => Loop(Tensor.FromRows([.. Enumerable.Repeat(q.Row(i).ToArray(), k.Rows)]), k, v, heads).Row(0).ToArray())]);

    /// <summary>Whole width, with the columns of the other heads set to 0 in Q.</summary>
    private static Tensor Masked(Tensor q, Tensor k, Tensor v, int heads)
    {
        int size = v.Columns / heads;
        Tensor y = new(v.Shape);
        for (int h = 0; h < heads; h++)
        {
            Tensor only = new(q.Shape);
            for (int t = 0; t < q.Rows; t++)
            {
                q.Row(t).Slice(h * size, size).CopyTo(only.Row(t)[(h * size)..]);
            }

            Tensor mixed = (only.MatMulTransposed(k) * (1 / MathF.Sqrt(size))).Softmax().MatMul(v);
            for (int t = 0; t < y.Rows; t++)
            {
                mixed.Row(t).Slice(h * size, size).CopyTo(y.Row(t)[(h * size)..]);
            }
        }

        return y;
    }
}
