using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Weigh = System.Func<AttentionLab.Tensors.Tensor[], AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, float[,]>;

namespace AttentionLab.Course.Tests.Exercises;

public class SplitAtTwoSizesTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Weigh>(SplitAtTwoSizes.About, SplitAtTwoSizes.Check, Right,
        new("no softmax", (x, w1, w2) => Table(Logits(x, w1, w2), w1.Columns, column => column), "the softmax is missing"),
        new("softmax over channels", (x, w1, w2) => Flat(Logits(x, w1, w2).Reshape(x.Length, w1.Columns).Softmax()), "over the 4 channels"),
        new("softmax over everything", (x, w1, w2) => Flat(Logits(x, w1, w2).Softmax().Reshape(x.Length, w1.Columns)), "all 12 logits"),
        new("no GELU", (x, w1, w2) => Soft(Pool(x).MatMul(w1).MatMul(w2), w1.Columns), "The GELU between"),
        new("ReLU", (x, w1, w2) => Soft(Logits(x, w1, w2, h => MathF.Max(h, 0)), w1.Columns), "You used ReLU"),
        new("logits as (C, K)", (x, w1, w2) =>
        {
            Tensor t =
            Logits(x, w1, w2).Reshape(w1.Columns, x.Length).Transpose(); return Soft(t.Reshape(1, t.Length), w1.Columns);
        }, "as (C, K)"),
        new("mean over branches", (x, w1, w2) => Soft(Logits([.. x.Select(b => b * (1f / x.Length))], w1, w2), w1.Columns), "mean over the branches"),
        new("first branch only", (x, w1, w2) => Soft(Logits([x[0]], w1, w2), w1.Columns), "first branch only"),
        new("W1 transposed", (x, w1, w2) => Right(x, w1.Transpose(), w2), "W₁ is transposed"),
        new("sum over places", (x, w1, w2) => Soft(Logits([.. x.Select(b => b * b.Rows)], w1, w2), w1.Columns), "You *summed* over the places"),
        new("first place only", (x, w1, w2) => Right([.. x.Select(b => new Tensor(b.Row(0).ToArray(), 1, b.Columns))], w1, w2), "Only the first place"),
        new("root of the places", (x, w1, w2) => Soft(Logits([.. x.Select(b => b * MathF.Sqrt(b.Rows))], w1, w2), w1.Columns),
            "the root of the number of places"),
        new("largest place", (x, w1, w2) => Right([.. x.Select(Largest)], w1, w2), "largest number of each channel"),
        new("always divides by 6", (x, w1, w2) => x[0].Rows < 100 ? Right(x, w1, w2) : Soft(Logits([.. x.Select(b => b * (b.Rows / 6f))], w1, w2), w1.Columns),
            "not by a fixed 6"),
        new("no largest logit", (x, w1, w2) => Table(Logits(x, w1, w2), w1.Columns, column =>
        {
            float[] p =
            [.. column.Select(MathF.Exp)]; return [.. p.Select(v => v / p.Sum())];
        }), "e to a large logit"),
        new("always three branches", (x, w1, w2) => x.Length == 3 ? Right(x, w1, w2) : new float[3, w1.Columns], "nothing says 3 or 4"),
        new("writes into W1", (x, w1, w2) => { float[,] w = Right(x, w1, w2); w1.Span.Clear(); return w; }, "changed one of its inputs"));

    /// <summary>More that people write; each is told of the first question that betrays it.</summary>
    [Fact]
    public void Check_MoreMistakes_AreRefused()
    {
        Mutant<Weigh>[] wrong =
        [
            new("(C, K)", (x, w1, w2) => Transposed(Right(x, w1, w2)), "another shape"),
            new("an array of a row", (x, w1, w2) => new float[1, x.Length * w1.Columns], "another shape"),
            new("tanh", (x, w1, w2) => Soft(Logits(x, w1, w2, MathF.Tanh), w1.Columns), "You used tanh"),
            new("SiLU", (x, w1, w2) => Soft(Logits(x, w1, w2, h => h / (1 + MathF.Exp(-h))), w1.Columns), "You used SiLU"),
            new("the rough GELU", (x, w1, w2) => Soft(Logits(x, w1, w2, h => h / (1 + MathF.Exp(-1.702f * h))), w1.Columns), "a rough form of GELU"),
            new("one largest logit for all channels, in double", (x, w1, w2) => { Tensor l = Logits(x, w1, w2); float top = l.Values.Max();
                return Table(l, w1.Columns, column => { double[] p = [.. column.Select(v => Math.Exp((double)v - top))];
                    return [.. p.Select(v => (float)(v / p.Sum()))]; }); }, "the largest of *all* logits"),
            new("a sigmoid for the GELU", (x, w1, w2) => Soft(Logits(x, w1, w2, h => 1 / (1 + MathF.Exp(-h))), w1.Columns), "a sigmoid between"),
            new("no W1", (x, w1, w2) => Soft(Gelued(Pool(x)).MatMul(w2), w1.Columns), "W₁ is missing"),
            new("last branch only", (x, w1, w2) => Soft(Logits([x[^1]], w1, w2), w1.Columns), "last branch only"),
            new("the largest wins, ties too",
                (x, w1, w2) => Table(Logits(x, w1, w2), w1.Columns, column => [.. column.Select(v => v == column.Max() ? 1f : 0)]), "the largest logit wins"),
            new("GELU last", (x, w1, w2) => Soft(Gelued(Pool(x).MatMul(w1).MatMul(w2)), w1.Columns), "stands behind the second matrix"),
            new("GELU twice", (x, w1, w2) => Soft(Gelued(Logits(x, w1, w2)), w1.Columns), "runs again"),
            new("sigmoid instead of softmax", (x, w1, w2) => Table(Logits(x, w1, w2), w1.Columns, column => [.. column.Select(v => 1 / (1 + MathF.Exp(-v)))]),
                "a sigmoid of each logit"),
            new("always a third", (x, w1, w2) => Table(new Tensor(1, w2.Columns), w1.Columns, column => [.. column.Select(_ => 1f / x.Length)]),
                "softmax over k"),
            new("the largest wins",
                (x, w1, w2) =>
                    Table(Logits(x, w1, w2), w1.Columns, column => [.. column.Select(v => v == column.Max() ? 1f / column.Count(u => u == column.Max()) : 0)]),
                        "softmax over k"),
            new("scaled by √C", (x, w1, w2) => Soft(Logits(x, w1, w2) * (1 / MathF.Sqrt(w1.Columns)), w1.Columns), "divided the logits by √C"),
            new("one largest logit for all channels", (x, w1, w2) => { Tensor l = Logits(x, w1, w2); float top =
                l.Values.Max(); return Table(l, w1.Columns, column => { float[] p =
                    [.. column.Select(v => MathF.Exp(v - top))]; return [.. p.Select(v => v / p.Sum())]; }); }, "Subtract the largest"),
            new("five rows in a loop", (x, w1, w2) => x[0].Rows == 6 ? Right([.. x.Select(b => new Tensor(b.Values[..20], 5, 4))], w1, w2) : Right(x, w1, w2),
                "mean over places"),
        ];
        Assert.All(wrong, mutant =>
        {
            Feedback refused = SplitAtTwoSizes.Check(mutant.Code);
            Assert.Equal(FeedbackState.NotYet, refused.State);
            Assert.Contains(mutant.Words, refused.Message + refused.Expected, StringComparison.OrdinalIgnoreCase);
        });
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Weigh[] all =
        [
            Library,
            (x, w1, w2) => { Tensor h = Pool(x).MatMul(w1); Gelu.Forward(h.Span, h.Span, tanh: true); return Soft(h.MatMul(w2), w1.Columns); },
            (x, w1, w2) => { Tensor a =
                new(1, w1.Columns); foreach (Tensor branch in x.Reverse()) { a += Pool([branch]); } return Soft(Gelued(a.MatMul(w1)).MatMul(w2), w1.Columns); },
            (x, w1, w2) => { Tensor h =
                new(1, w1.Columns); foreach (Tensor branch in x) { h += new Tensor(branch.MatMul(w1).Transpose().Values.Chunk(branch.Rows)
                    .Select(c => c.Average()).ToArray(), 1, w1.Columns); } return Soft(Gelued(h).MatMul(w2), w1.Columns); },
            (x, w1, w2) => Transposed(Flat(Flipped(Gelued(Pool(x).MatMul(w1)).MatMul(w2), x.Length).Softmax())),
        ];
        Assert.All(all, weigh => Assert.Equal(FeedbackState.Passed, SplitAtTwoSizes.Check(weigh).State));
    }

    private static float[,] Right(Tensor[] branches, Tensor w1, Tensor w2) => Soft(Logits(branches, w1, w2), w1.Columns);

    private static Tensor Logits(Tensor[] branches, Tensor w1, Tensor w2, Func<float, float>? gate = null)
    {
        Tensor h = Pool(branches).MatMul(w1);
        return (gate is null ? Gelued(h) : new Tensor([.. h.Values.Select(gate)], h.Shape)).MatMul(w2);
    }

    private static Tensor Pool(Tensor[] branches)
    {
        Tensor a = new(1, branches[0].Columns);
        foreach (Tensor branch in branches)
        {
            for (int at = 0; at < branch.Length; at++)
            {
                a[0, at % branch.Columns] += branch.Values[at] / branch.Rows;
            }
        }

        return a;
    }

    private static Tensor Gelued(Tensor x)
    {
        Tensor y = new(x.Shape);
        Gelu.Forward(x.Span, y.Span);
        return y;
    }

    private static float[,] Soft(Tensor logits, int channels) => Table(logits, channels, column =>
    {
        Softmax.Forward(column, column, 1, column.Length);
        return column;
    });

    /// <summary>(K, C) with a function of each channel's K logits.</summary>
    private static float[,] Table(Tensor logits, int channels, Func<float[], float[]> weigh)
    {
        float[,] table = new float[logits.Length / channels, channels];
        for (int c = 0; c < channels; c++)
        {
            float[] column = weigh([.. logits.Values.Where((_, at) => at % channels == c)]);
            for (int k = 0; k < column.Length; k++)
            {
                table[k, c] = column[k];
            }
        }

        return table;
    }

    private static float[,] Flat(Tensor rows) => rows.ToMatrix();

    private static Tensor Flipped(Tensor logits, int branches) => logits.Reshape(branches, logits.Length / branches).Transpose();

    private static float[,] Transposed(float[,] table) => Flat(Tensor.Matrix(table).Transpose());

    private static Tensor Largest(Tensor branch) =>
        new([.. Enumerable.Range(0, branch.Columns).Select(c => Enumerable.Range(0, branch.Rows).Max(p => branch[p, c]))], 1, branch.Columns);

    private static float[,] Library(Tensor[] branches, Tensor w1, Tensor w2)
    {
        SplitAttention split = new(w1.Columns, new CounterRandom(1), branches.Length);
        w1.Span.CopyTo(split.Squeeze.Weight.Value.Span);
        w2.Span.CopyTo(split.Choose.Weight.Value.Span);
        Tensor weights = split.Forward([.. branches.Select(b => b.Reshape(1, b.Rows, b.Columns))]).Saved.Weights;
        return Flat(weights.Reshape(branches.Length, w1.Columns));
    }
}
