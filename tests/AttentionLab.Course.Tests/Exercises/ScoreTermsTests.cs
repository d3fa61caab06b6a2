using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;
using Code = System.Func<double[], double[], double[,], double[,], double[,]>;

namespace AttentionLab.Course.Tests.Exercises;

public class ScoreTermsTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(ScoreTerms.About, ScoreTerms.Check, Right,
        new("M alone", (x, y, q, k) => Fill(x.Length, (a, b) => M(q, k, a, b)), "This is M alone"),
        new("products alone", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * y[b]), "The factor M_ab is missing"),
        new("without x′", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * M(q, k, a, b)), "by x but not by x′"),
        new("without x", (x, y, q, k) => Fill(x.Length, (a, b) => y[b] * M(q, k, a, b)), "by x′ but not by x"),
        new("every factor the trace", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * y[b] * M(q, k, 0, 0)), "with the identity M_01 = 0"),
        new(
            "the score in one place", (x, y, q, k) =>
                Fill(x.Length, (a, b) => a + b == 0 ? Right(x, y, q, k).Cast<double>().Sum() : 0), "Keep the terms apart"),
        new("number by number", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * q[a, b] * k[a, b] * y[b]), "number by number"),
        new("W_Q·W_K", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * y[b] * Sum(q, c => q[a, c] * k[c, b])), "You took W_Q·W_K."),
        new("W_Qᵀ·W_K", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * y[b] * Sum(q, c => q[c, a] * k[c, b])), "W_Qᵀ·W_K"),
        new("M transposed", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * y[b] * M(q, k, b, a)), "M transposed"),
        new("tokens exchanged", (x, y, q, k) => Right(y, x, q, k), "x and x′ are exchanged"),
        new("table transposed", (x, y, q, k) => Fill(x.Length, (a, b) => Right(x, y, q, k)[b, a]), "T[a, b] and T[b, a]"),
        new(
            "assigns instead of adding", (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * y[b] * q[a, q.GetLength(1) - 1] * k[b, q.GetLength(1) - 1]),
            "with `+=`"),
        new("q_c·k_c", NotOpened, "These are the products q_c·k_c"),
        new("diagonal only", (x, y, q, k) => Fill(x.Length, (a, b) => a == b ? Right(x, y, q, k)[a, b] : 0), "Only the diagonal"),
        new(
            "sums over the features",
            (x, y, q, k) => Fill(x.Length, (a, b) => x[a] * y[b] * Enumerable.Range(0, Math.Min(x.Length, q.GetLength(1))).Sum(c => q[a, c] * k[b, c])),
            "d_k = 3"),
        new("as large as W", (x, y, q, k) => Fill(Math.Min(x.Length, q.GetLength(1)), (a, b) => Right(x, y, q, k)[a, b]), "d² = 9 terms"),
        new("W_Q for both", (x, y, q, k) => Right(x, y, q, q), "W_Q for both"),
        new("W_K for both", (x, y, q, k) => Right(x, y, k, k), "W_K for both"),
        new("x twice", (x, y, q, k) => Right(x, x, q, k), "by x twice"),
        new("x′ twice", (x, y, q, k) => Right(y, y, q, k), "by x′ twice"),
        new("a sum that goes on", GoesOn, "goes on from cell to cell"),
        new("scaled", (x, y, q, k) => Fill(x.Length, (a, b) => Right(x, y, q, k)[a, b] / Math.Sqrt(q.GetLength(1))), "divided by √2"),
        new("scales x in place", (x, y, q, k) => { x[0] *= 2; return Right(x, y, q, k); }, "changed one of its inputs"));

    private static double[,] NotOpened(double[] x, double[] y, double[,] q, double[,] k) => Fill(x.Length,
        (a, b) => a == b && a < q.GetLength(1) ? x.Select((v, i) => v * q[i, a]).Sum() * y.Select((v, i) => v * k[i, a]).Sum() : 0);

    private static double[,] GoesOn(double[] x, double[] y, double[,] q, double[,] k)
    {
        double m = 0;
        return Fill(x.Length, (a, b) => x[a] * (m += M(q, k, a, b)) * y[b]);
    }

    [Fact]
    public void Check_UnusualButRight_Passes()
    {
        foreach (Code code in new Code[]
        {
            Right,
            Loops,
            (x, y, q, k) => Fill(x.Length, (a, b) => Enumerable.Range(0, q.GetLength(1)).Select(c => (x[a] * q[a, c]) * (y[b] * k[b, c])).Sum()),
            (x, y, q, k) => { double[] own = [.. x]; return Right(own, [.. y], q, k); },
            (x, y, q, k) => Widen(Diagonal(x).MatMul(Of(q)).MatMulTransposed(Diagonal(y).MatMul(Of(k)))),
        })
        {
            Assert.Equal(FeedbackState.Passed, ScoreTerms.Check(code).State);
        }

        static double[,] Loops(double[] x, double[] y, double[,] q, double[,] k)
        {
            double[,] terms = new double[x.Length, x.Length];
            for (int c = q.GetLength(1) - 1; c >= 0; c--)
            {
                for (int b = 0; b < x.Length; b++)
                {
                    for (int a = 0; a < x.Length; a++)
                    {
                        terms[a, b] += (float)(y[b] * k[b, c]) * (float)(x[a] * q[a, c]);
                    }
                }
            }

            return terms;
        }
    }

    private static double[,] Right(double[] x, double[] y, double[,] q, double[,] k) => Fill(x.Length, (a, b) => x[a] * y[b] * M(q, k, a, b));

    private static double M(double[,] q, double[,] k, int a, int b) => Sum(q, c => q[a, c] * k[b, c]);

    private static double Sum(double[,] w, Func<int, double> term) => Enumerable.Range(0, w.GetLength(1)).Sum(term);

    private static double[,] Fill(int size, Func<int, int, double> entry)
    {
        double[,] table = new double[size, size];
        for (int i = 0; i < table.Length; i++)
        {
            table[i / size, i % size] = entry(i / size, i % size);
        }

        return table;
    }

    private static Tensor Of(double[,] w) => new([.. w.Cast<double>().Select(v => (float)v)], w.GetLength(0), w.GetLength(1));

    private static Tensor Diagonal(double[] x) => Of(Fill(x.Length, (a, b) => a == b ? x[a] : 0));

    private static double[,] Widen(Tensor t) => Fill(t.Rows, (a, b) => t[a, b]);
}
