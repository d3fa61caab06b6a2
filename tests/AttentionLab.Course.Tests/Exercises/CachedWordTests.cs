using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Step = System.Func<
    float[], AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor,
    System.Collections.Generic.List<float[]>, System.Collections.Generic.List<float[]>, float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class CachedWordTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Step>(CachedWord.About, CachedWord.Check, (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs),
        new("attends before it appends", (x, wq, wk, wv, ks, vs) =>
        {
            float[] y =
            Attend(Times(x, wq), ks, vs, 0.5); ks.Add(Times(x, wk)); vs.Add(Times(x, wv)); return y;
        }, "not finite: you attended to an empty list"),
        new("the same, with zeros", (x, wq, wk, wv, ks, vs) =>
        {
            float[] y =
            ks.Count == 0 ? new float[3] : Attend(Times(x, wq), ks, vs, 0.5); ks.Add(Times(x, wk)); vs.Add(Times(x, wv)); return y;
        }, "The result is 0"),
        new("own value at first, then only those before", Past, "but not itself"),
        new("appends nothing", (x, wq, wk, wv, ks, vs) => Times(x, wv), "still empty"),
        new("appends twice", (x, wq, wk, wv, ks, vs) => { Next(x, wq, wk, wv, ks, vs); return Next(x, wq, wk, wv, ks, vs); }, "exactly one key"),
        new("keeps x", (x, wq, wk, wv, ks, vs) => { float[] y = Next(x, wq, wk, wv, ks, vs); ks[^1] = x; return y; }, "rows of another length"),
        new("keeps queries", (x, wq, wk, wv, ks, vs) => { float[] y = Next(x, wq, wk, wv, ks, vs); ks[^1] = Times(x, wq); return y; }, "holds queries"),
        new("keeps scaled keys", (x, wq, wk, wv, ks, vs) =>
        {
            ks.Add([.. Times(x, wk).Select(k => k / 2)]); vs.Add(Times(x, wv)); return Attend(Times(x, wq),
            ks, vs, 1);
        }, "already divided"),
        new("own value alone", (x, wq, wk, wv, ks, vs) => { Next(x, wq, wk, wv, ks, vs); return vs[^1]; }, "the words before had no effect"),
        new("no scale", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, 1), "The scale is missing"),
        new("divides by the length", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, 0.25), "Divide by its root"),
        new("root of the width of x", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, 1 / Math.Sqrt(x.Length)), "√6"),
        new("root of the width of a value", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, 1 / Math.Sqrt(wv.Columns)), "√3"),
        new("query by W_K", (x, wq, wk, wv, ks, vs) => Next(x, wk, wk, wv, ks, vs), "made with W_K"),
        new("plain mean", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, 0), "plain mean"),
        new("not normalised", (x, wq, wk, wv, ks, vs) =>
        {
            Next(x, wq, wk, wv, ks, vs); float[] q =
            Times(x, wq); return vs.Count == 1
                ? vs[0]
                : [.. Enumerable.Range(0, 3).Select(c => ks.Select((k, j) => MathF.Exp((float)Dot(q, k) / 2) * vs[j][c]).Sum())];
        }, "do not sum to 1"),
        new("powers overflow", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, stable: false), "A power became ∞"),
        new("scores as weights", (x, wq, wk, wv, ks, vs) => By(x, wq, wk, wv, ks, vs, s => s), "multiplied by its score"),
        new("hides the first key", (x, wq, wk, wv, ks, vs) => By(x, wq, wk, wv, ks, vs, s => s.Length == 1 ? [1] : [0, .. Share(s[1..])]),
            "The first word is never looked at"),
        new("two newest only",
            (x, wq, wk, wv, ks, vs) => By(x, wq, wk, wv, ks, vs, s => s.Length == 1 ? [1] : [.. new double[s.Length - 2], .. Share(s[^2..])]),
            "two newest words"),
        new("keys in front, values behind", (x, wq, wk, wv, ks, vs) =>
        {
            ks.Insert(0, Times(x, wk)); vs.Add(Times(x, wv)); return Attend(Times(x, wq), ks, vs,
            0.5);
        }, "different orders"),
        new("both in front", (x, wq, wk, wv, ks, vs) =>
        {
            ks.Insert(0, Times(x, wk)); vs.Insert(0, Times(x, wv)); return Attend(Times(x, wq), ks, vs,
            0.5);
        }, "append at the end"),
        new("best value only", (x, wq, wk, wv, ks, vs) => By(x, wq, wk, wv, ks, vs, s => [.. s.Select(y => y == s.Max() ? 1.0 : 0)]),
            "Only the value of the best key"),
        new("root of the number of keys", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, 1 / Math.Sqrt(ks.Count + 1)), "the *number* of keys"),
        new("cosine", (x, wq, wk, wv, ks, vs) =>
        {
            Next(x, wq, wk, wv, ks, vs); return Attend(Unit(Times(x, wq)), [.. ks.Select(Unit)], vs,
            1);
        }, "by the cosine"),
        new("always 1/2", (x, wq, wk, wv, ks, vs) => Next(x, wq, wk, wv, ks, vs, 0.5), "these keys have 9 numbers"),
        new("always keys of 4", (x, wq, wk, wv, ks, vs) =>
        {
            ks.Add(Times(x, wk)[..4]); vs.Add(Times(x, wv)); return Attend(Times(x, wq)[..4], ks, vs,
            1 / Math.Sqrt(ks[0].Length + (wk.Columns - 4)));
        }, "other sizes are not"),
        new("lists outside", Outside(), "Two texts disturb each other"),
        new("changes W_Q", (x, wq, wk, wv, ks, vs) => { float[] y = Next(x, wq, wk, wv, ks, vs); wq[0, 0] += 1; return y; }, "changed one of its inputs"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Step[] all =
        [
            ByLibrary,
            (x, wq, wk, wv, ks, vs) => { ks.Add(Times(x, wk)); vs.Add(Times(x, wv)); return Attend([.. Times(x, wq).Select(q => q / MathF.Sqrt(wk.Columns))],
                ks, vs, 1); },
            (x, wq, wk, wv, ks, vs) => { vs.Insert(vs.Count, Times(x, wv)); ks.Insert(ks.Count, Times(x, wk)); return Attend(Times(x, wq), ks, vs,
                Math.Pow(ks[0].Length, -0.5)); },
            OnePass,
            (x, wq, wk, wv, ks, vs) => { float[] y =
                Attend(Times(x, wq), [.. ks, Times(x, wk)], [.. vs, Times(x, wv)], 1 / Math.Sqrt(wq.Columns)); ks.Add(Times(x, wk)); vs.Add(
                    Times(x, wv)); return y; },
            (x, wq, wk, wv, ks, vs) => { Tensor row =
                new([.. x], 1, x.Length); ks.Add([.. row.MatMul(wk).Values]); vs.Add([.. row.MatMul(wv).Values]); return [
                    .. ((row.MatMul(wq) * (1 / MathF.Sqrt(wq.Columns))).MatMulTransposed(Tensor.FromRows([.. ks])).Softmax()
                        .MatMul(Tensor.FromRows([.. vs]))).Values]; },
        ];
        Assert.All(all, next => Assert.Equal(FeedbackState.Passed, CachedWord.Check(next).State));
    }

    private static float[] Next(
        float[] x, Tensor wq, Tensor wk, Tensor wv, List<float[]> keys, List<float[]> values, double? scale = null, bool stable = true)
    {
        keys.Add(Times(x, wk));
        values.Add(Times(x, wv));
        return Attend(Times(x, wq), keys, values, scale ?? 1 / Math.Sqrt(wk.Columns), stable);
    }

    private static float[] Attend(float[] q, List<float[]> keys, List<float[]> values, double scale, bool stable = true)
    {
        double[] scores = [.. keys.Select(k => scale * Dot(q, k))];
        double top = stable && scores.Length > 0 ? scores.Max() : 0;
        float[] powers = [.. scores.Select(s => MathF.Exp((float)(s - top)))];
        return [.. Enumerable.Range(0, values.Count == 0 ? 3 : values[0].Length)
            .Select(c => powers.Select((p, j) => p / powers.Sum() * values[j][c]).Sum() + (keys.Count == 0 ? float.NaN : 0))];
    }

    private static float[] By(
        float[] x, Tensor wq, Tensor wk, Tensor wv, List<float[]> keys, List<float[]> values, Func<double[], double[]> weights)
    {
        keys.Add(Times(x, wk));
        values.Add(Times(x, wv));
        float[] q = Times(x, wq);
        double[] given = weights([.. keys.Select(k => Dot(q, k) / Math.Sqrt(q.Length))]);
        return [.. Enumerable.Range(0, wv.Columns).Select(c => (float)given.Select((w, j) => w * values[j][c]).Sum())];
    }

    private static double[] Share(double[] scores) => [.. scores.Select(s => Math.Exp(s) / scores.Sum(Math.Exp))];

    private static float[] Unit(float[] row) => Array.ConvertAll(row, x => x / (float)Math.Sqrt(Dot(row, row)));

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static float[] Times(float[] x, Tensor w) => [.. Enumerable.Range(0, w.Columns).Select(c => (float)x.Select((v, a) => (double)v * w[a, c]).Sum())];

    private static float[] ByLibrary(float[] x, Tensor wq, Tensor wk, Tensor wv, List<float[]> keys, List<float[]> values)
    {
        keys.Add(Times(x, wk));
        values.Add(Times(x, wv));
        return [.. FusedAttention.Infer(Tensor.FromRows(Times(x, wq)), Tensor.FromRows([.. keys]), Tensor.FromRows([.. values])).Values];
    }

    private static float[] OnePass(float[] x, Tensor wq, Tensor wk, Tensor wv, List<float[]> keys, List<float[]> values)
    {
        keys.Add(Times(x, wk));
        values.Add(Times(x, wv));
        float[] q = Times(x, wq);
        (double top, double sum, double[] mean) = (double.NegativeInfinity, 0, new double[wv.Columns]);
        for (int j = keys.Count - 1; j >= 0; j--)
        {
            double score = Dot(q, keys[j]) / Math.Sqrt(q.Length), higher = Math.Max(top, score), shrink = Math.Exp(top - higher),
                power = Math.Exp(score - higher);
            (top, sum) = (higher, sum * shrink + power);
            mean = [.. mean.Zip(values[j], (m, v) => m * shrink + power * v)];
        }

        return [.. mean.Select(m => (float)(m / sum))];
    }

    private static float[] Past(float[] x, Tensor wq, Tensor wk, Tensor wv, List<float[]> keys, List<float[]> values)
    {
        float[] y = keys.Count == 0 ? Times(x, wv) : Attend(Times(x, wq), keys, values, 0.5);
        keys.Add(Times(x, wk));
        values.Add(Times(x, wv));
        return y;
    }

    private static Step Outside()
    {
        List<float[]> keys = [], values = [];
        return (x, wq, wk, wv, ks, vs) =>
        {
            if (ks.Count == 0)
            {
                keys.Clear();
                values.Clear();
            }

            ks.Add(Times(x, wk));
            vs.Add(Times(x, wv));
            return Next(x, wq, wk, wv, keys, values);
        };
    }
}
