using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Code = System.Func<double[,], double[,], double[,], double[,], (double[,] DQ, double[,] DK, double[,] DV)>;

namespace AttentionLab.Course.Tests.Exercises;

public class AttentionBackwardTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(AttentionBackward.About, AttentionBackward.Check, With(new()),
        new("dO for dV of all", With(new() { EqualShares = true }), "Every value got the whole dO"),
        new("no scale in the forward", With(new() { Forward = 1 }), "Your weights are not those of the forward"),
        new("√ of the number of keys", With(new() { RootOfKeys = true }), "from the number of keys"),
        new("plain mean", With(new() { PlainMean = true }), "plain mean of dw"),
        new("no w in front", With(new() { Front = false }), "The factor w_j in front"),
        new("overwrites dV", With(new() { LastValueOnly = true }), "Only the last query counts in dV"),
        new("first key only", With(new() { OneKey = true }), "as long as K"),
        new("no largest score", (q, k, v, g) => q[0, 0] > 1000 ? With(new() { Forward = double.NaN })(q, k, v, g) : With(new())(q, k, v, g), "e^1414 is ∞"),
        new(
            "mean over the queries", (q, k, v, g) => With(new())(q, k, v, g) with { DV = Shared(With(new())(q, k, v, g).DV, q.GetLength(0)) },
            "mean over the queries"),
        new("no mean", With(new() { Mean = false }), "Is the mean Σ w·dw taken away?"),
        new("no mean from two keys on", With(new() { Mean = false, MeanForOne = true }), "with ds_j = w_j·(dw_j − mean)"),
        new("no scale in dQ", With(new() { ScaleQ = 1 }), "The scale is missing: S ="),
        new("scale twice", With(new() { ScaleQ = 0.5 }), "The scale stands there twice"),
        new("no scale in dK", With(new() { ScaleK = 1 }), "The scale 1/√d is missing in dK"),
        new("keys for queries", With(new() { KeyForQuery = true }), "Did you use the keys"),
        new("keys for queries where the query is not 0", With(new() { KeyForQuery = true, UnlessBlind = true }), "made dK from the keys"),
        new("W·dO", With(new() { Transposed = false }), "You took W·dO"),
        new("one query missing", With(new() { SkipLast = true }), "One query is missing"),
        new("dV without weights", With(new() { NoValue = true }), "Nothing came"),
        new("overwrites dK", With(new() { LastQueryOnly = true }), "Only the last query counts in dK"),
        new("√ of the value's width", With(new() { RootOfValues = true }), "√d from Q"),
        new("writes into dO", (q, k, v, g) => { g[0, 0]++; return (q, k, v); }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualButRight_Passes()
    {
        foreach (Code code in new Code[]
        {
            With(new()),
            (q, k, v, g) => With(new())((double[,])q.Clone(), (double[,])k.Clone(), (double[,])v.Clone(), (double[,])g.Clone()),
            (q, k, v, g) => (Matrices(q, k, v, g).Item1, With(new())(q, k, v, g).DK, Matrices(q, k, v, g).Item3),
            Matrices,
            Layer,
        })
        {
            Feedback feedback = AttentionBackward.Check(code);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }

        // Whole matrices in place of rows, the Jacobian in place of the mean.
        static (double[,], double[,], double[,]) Matrices(double[,] q, double[,] k, double[,] v, double[,] g)
        {
            double root = Math.Sqrt(q.GetLength(1));
            double[,] w = Weights(q, k, root, k.GetLength(0)), dw = Product(g, Turn(v));
            double[,] ds = Fill(w.GetLength(0), w.GetLength(1), (i, j) => Sum(w.GetLength(1), m => dw[i, m] * w[i, m] * ((m == j ? 1 : 0) - w[i, j])) / root);
            return (Product(ds, k), Product(Turn(ds), q), Product(Turn(w), g));
        }

        static (double[,], double[,], double[,]) Layer(double[,] q, double[,] k, double[,] v, double[,] g)
        {
            (_, ScaledDotProductAttention.Saved saved) = ScaledDotProductAttention.Forward(Of(q), Of(k), Of(v));
            (Tensor dq, Tensor dk, Tensor dv) = ScaledDotProductAttention.Backward(Of(g), saved);
            return (Wide(dq), Wide(dk), Wide(dv));
        }

        static Tensor Of(double[,] m) => new([.. m.Cast<double>().Select(x => (float)x)], m.GetLength(0), m.GetLength(1));
        static double[,] Wide(Tensor t) => Fill(t.Rows, t.Columns, (i, j) => t[i, j]);
    }

    private sealed record Mistakes
    {
        public bool EqualShares, MeanForOne, KeyForQuery, UnlessBlind, SkipLast, NoValue, LastQueryOnly, LastValueOnly, OneKey;
        public bool RootOfValues, RootOfKeys, PlainMean;
        public bool Mean = true, Transposed = true, Front = true;
        public double? ScaleQ, ScaleK, Forward;
    }

    private static Code With(Mistakes wrong) => (q, k, v, g) =>
    {
        int n = q.GetLength(0), m = wrong.OneKey ? 1 : k.GetLength(0), d = q.GetLength(1), width = v.GetLength(1);
        double root = Math.Sqrt(wrong.RootOfValues ? width : wrong.RootOfKeys ? m : d);
        double[,] w = Weights(q, k, wrong.Forward ?? root, m);
        double[,] dQ = new double[n, d], dK = new double[k.GetLength(0), d], dV = new double[k.GetLength(0), width];
        for (int i = 0; i < (wrong.SkipLast && n > 1 ? n - 1 : n); i++)
        {
            double[] dw = [.. Enumerable.Range(0, m).Select(j => Sum(width, c => g[i, c] * v[j, c]))];
            double mean = wrong.Mean || (wrong.MeanForOne && m == 1) ? wrong.PlainMean ? dw.Average() : Sum(m, j => w[i, j] * dw[j]) : 0;
            bool blind = Enumerable.Range(0, d).All(c => q[i, c] == 0);
            for (int j = 0; j < m; j++)
            {
                double ds = (wrong.Front ? w[i, j] : 1) * (dw[j] - mean);
                for (int c = 0; c < d; c++)
                {
                    double from = wrong.KeyForQuery && !(wrong.UnlessBlind && blind) ? k[j, c] : q[i, c];
                    dQ[i, c] += ds * k[j, c] * (wrong.ScaleQ ?? 1 / root);
                    dK[j, c] = (wrong.LastQueryOnly ? 0 : dK[j, c]) + ds * from * (wrong.ScaleK ?? 1 / root);
                }

                for (int c = 0; c < width && !wrong.NoValue; c++)
                {
                    (int to, int source) = wrong.Transposed || n != m ? (j, i) : (i, j);
                    dV[to, c] = (wrong.LastValueOnly ? 0 : dV[to, c]) + (wrong.EqualShares ? 1 : w[i, j]) * g[source, c];
                }
            }
        }

        return (dQ, dK, dV);
    };

    private static double[,] Shared(double[,] dV, int queries) => Fill(dV.GetLength(0), dV.GetLength(1), (i, j) => dV[i, j] / queries);

    private static double[,] Weights(double[,] q, double[,] k, double root, int keys)
    {
        double[,] scores = Fill(q.GetLength(0), keys, (i, j) => Sum(q.GetLength(1), c => q[i, c] * k[j, c]) / root);
        double[,] powers = Fill(q.GetLength(0), keys, (i, j) => Math.Exp(scores[i, j] - Enumerable.Range(0, keys).Max(m => scores[i, m])));
        return Fill(q.GetLength(0), keys, (i, j) => powers[i, j] / Sum(keys, m => powers[i, m]));
    }

    private static double[,] Product(double[,] a, double[,] b) => Fill(a.GetLength(0), b.GetLength(1), (i, j) => Sum(a.GetLength(1), p => a[i, p] * b[p, j]));

    private static double[,] Turn(double[,] m) => Fill(m.GetLength(1), m.GetLength(0), (i, j) => m[j, i]);

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);

    private static double[,] Fill(int rows, int columns, Func<int, int, double> entry)
    {
        double[,] m = new double[rows, columns];
        for (int i = 0; i < m.Length; i++)
        {
            m[i / columns, i % columns] = entry(i / columns, i % columns);
        }

        return m;
    }
}
