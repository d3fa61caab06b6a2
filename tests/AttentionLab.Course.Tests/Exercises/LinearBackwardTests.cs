using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using Code = System.Func<double[,], double[,], double[,], (double[,] DX, double[,] DW, double[] DB)>;

namespace AttentionLab.Course.Tests.Exercises;

public class LinearBackwardTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(LinearBackward.About, LinearBackward.Check, (x, w, dy) => (DX(w, dy), DW(x, dy), DB(dy)),
        new("exchanged", (x, w, dy) => (DW(x, dy), DX(w, dy), DB(dy)), "dx and dW are exchanged"),
        new("dx without dy", (x, w, dy) => (w, DW(x, dy), DB(dy)), "dy/dx alone"),
        new("dW without dy", (x, w, dy) => (DX(w, dy), x, DB(dy)), "dy/dW alone"),
        new("dW with W", (x, w, dy) => (DX(w, dy), Fill(w.GetLength(0), w.GetLength(1), (p, j) => DW(x, dy)[p, j] * w[p, j]), DB(dy)), "by W as well"),
        new("no db", (x, w, dy) => (DX(w, dy), DW(x, dy), new double[w.GetLength(1)]), "db is still 0"),
        new("db is 1", (x, w, dy) => (DX(w, dy), DW(x, dy), [.. DB(dy).Select(_ => 1d)]), "dy/db alone"),
        new("dy·W", (x, w, dy) =>
            (Fill(dy.GetLength(0), w.GetLength(0), (i, p) => Sum(Math.Min(w.GetLength(0), w.GetLength(1)), j => dy[i, j] * w[j, p])), DW(x, dy), DB(dy)),
            "This is dy·W"),
        new("diagonal", (x, w, dy) => (Fill(dy.GetLength(0), w.GetLength(0), (i, p) =>
            dy[i, Math.Min(p, dy.GetLength(1) - 1)] * w[p, Math.Min(p, dy.GetLength(1) - 1)]), DW(x, dy), DB(dy)), "Only the diagonal"),
        new("dx assigns",
            (x, w, dy) => (Fill(dy.GetLength(0), w.GetLength(0), (i, p) => dy[i, dy.GetLength(1) - 1] * w[p, dy.GetLength(1) - 1]), DW(x, dy), DB(dy)),
            "dx: only the last output"),
        new("dyᵀ·x", (x, w, dy) => (DX(w, dy), DW(dy, x), DB(dy)), "This is dyᵀ·x"),
        new("mean over rows",
            (x, w, dy) => (DX(w, dy), Fill(w.GetLength(0), w.GetLength(1), (p, j) => DW(x, dy)[p, j] / x.GetLength(0)), DB(dy)),
            "You took the mean over the rows. The chain rule adds: all"),
        new("dW assigns",
            (x, w, dy) => (DX(w, dy), Fill(w.GetLength(0), w.GetLength(1), (p, j) => x[x.GetLength(0) - 1, p] * dy[x.GetLength(0) - 1, j]), DB(dy)),
            "Only the last row counts"),
        new("db mean", (x, w, dy) => (DX(w, dy), DW(x, dy), [.. DB(dy).Select(d => d / dy.GetLength(0))]), "b was added in each row"),
        new("db assigns", (x, w, dy) => (DX(w, dy), DW(x, dy), [.. DB(dy).Select((_, j) => dy[dy.GetLength(0) - 1, j])]), "Only the last row of dy"),
        new("db first", (x, w, dy) => (DX(w, dy), DW(x, dy), [.. DB(dy).Select((_, j) => dy[0, j])]), "Only the first row of dy"),
        new("db as long as x",
            (x, w, dy) => (DX(w, dy), DW(x, dy), [.. Enumerable.Range(0, w.GetLength(0)).Select(p => p < dy.GetLength(1) ? DB(dy)[p] : 0)]),
            "db is as long as"),
        new("square",
            (x, w, dy) => (DX(w, dy), Fill(w.GetLength(0), w.GetLength(0), (p, j) => j < dy.GetLength(1) ? DW(x, dy)[p, j] : 0), DB(dy)),
            "dW has the shape of W"),
        new("writes into dy", (x, w, dy) => { dy[0, 0]++; return (x, w, DB(dy)); }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualButRight_Passes()
    {
        foreach (Code code in new Code[]
        {
            (x, w, dy) => (Product(dy, Transposed(w)), Product(Transposed(x), dy), DB(dy)),
            (x, w, dy) => (Product(dy, Transposed(w)), Fill(w.GetLength(0), w.GetLength(1), (p, j) => (float)DW(x, dy)[p, j]), DB(dy)),
            (x, w, dy) => { double[,] copy = (double[,])dy.Clone(); return (DX(w, copy), DW(x, copy), DB(copy)); },
            (x, w, dy) => (DX(w, dy), DW(x, dy), [.. Product(Fill(1, dy.GetLength(0), (_, _) => 1), dy).Cast<double>()]),
            Library,
        })
        {
            Assert.Equal(FeedbackState.Passed, LinearBackward.Check(code).State);
        }

        static (double[,], double[,], double[]) Library(double[,] x, double[,] w, double[,] dy)
        {
            Linear map = new(w.GetLength(0), w.GetLength(1), new CounterRandom(1));
            Of(w).Span.CopyTo(map.Weight.Value.Span);
            Tensor dx = map.Backward(Of(dy), map.Forward(Of(x)).Saved);
            return (
                Fill(dx.Rows, dx.Columns, (i, j) => dx[i, j]),
                Fill(w.GetLength(0), w.GetLength(1), (i, j) => map.Weight.Gradient[i, j]),
                [.. map.Bias!.Gradient.Values.Select(v => (double)v)]);
        }
    }

    private static Tensor Of(double[,] m) => new([.. m.Cast<double>().Select(v => (float)v)], m.GetLength(0), m.GetLength(1));

    private static double[,] DX(double[,] w, double[,] dy) => Fill(dy.GetLength(0), w.GetLength(0), (i, p) => Sum(dy.GetLength(1), j => dy[i, j] * w[p, j]));

    private static double[,] DW(double[,] x, double[,] dy) => Fill(x.GetLength(1), dy.GetLength(1), (p, j) => Sum(x.GetLength(0), i => x[i, p] * dy[i, j]));

    private static double[] DB(double[,] dy) => [.. Enumerable.Range(0, dy.GetLength(1)).Select(j => Sum(dy.GetLength(0), i => dy[i, j]))];

    private static double[,] Product(double[,] a, double[,] b) => Fill(a.GetLength(0), b.GetLength(1), (i, j) => Sum(a.GetLength(1), p => a[i, p] * b[p, j]));

    private static double[,] Transposed(double[,] m) => Fill(m.GetLength(1), m.GetLength(0), (i, j) => m[j, i]);

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
