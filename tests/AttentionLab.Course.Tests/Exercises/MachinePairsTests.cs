using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using Code = System.Func<double[], double[,], double>;

namespace AttentionLab.Course.Tests.Exercises;

public class MachinePairsTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(MachinePairs.About, MachinePairs.Check, (x, v) => Pairs(x, v, (i, j) => i < j),
        new("the whole score", (x, v) => Pairs(x, v, (i, j) => true), "This is q·q"),
        new("half of the score", (x, v) => Pairs(x, v, (i, j) => true) / 2, "This is half of the score"),
        new("halves q·q only", (x, v) => (Pairs(x, v, (i, j) => true) / 2) - Pairs(x, v, (i, j) => i == j), "You halved q·q only"),
        new(
            "takes ‖v‖²·x away", (x, v) => (Pairs(x, v, (i, j) => true) - Columns(v, f => x.Select((xi, i) => xi * v[i, f] * v[i, f]).Sum())) / 2,
            "square the feature too"),
        new("takes ‖v‖·x² away", (x, v) => (Pairs(x, v, (i, j) => true) - Columns(v, f => x.Select((xi, i) => xi * xi * v[i, f]).Sum())) / 2, "square v too"),
        new("counts twice", (x, v) => Pairs(x, v, (i, j) => i != j), "counted twice"),
        new("without features", (x, v) => Pairs([.. x.Select(_ => 1d)], v, (i, j) => i < j), "x_0 and x_1 are missing"),
        new("without factors", (x, v) => Enumerable.Range(0, x.Length).Sum(i => x.Skip(i + 1).Sum(xj => x[i] * xj)), "v_0·v_1 is missing"),
        new("first column", (x, v) => Pairs(x, v, (i, j) => i < j, f => f == 0), "Only the first column"),
        new("last column", (x, v) => Pairs(x, v, (i, j) => i < j, f => f == v.GetLength(1) - 1), "Only the last column"),
        new("q goes on", GoesOn, "not begun anew"),
        new("neighbours", (x, v) => Pairs(x, v, (i, j) => j == i + 1), "Only neighbours"),
        new("zeros count as one", (x, v) => Pairs([.. x.Select(xi => xi == 0 ? 1 : xi)], v, (i, j) => i < j), "features 0 and 2"),
        new("two factors at most", (x, v) => Pairs(x, v, (i, j) => i < j, f => f < 2), "which over the 3 factors"),
        new("takes v·x away",
            (x, v) => (Pairs(x, v, (i, j) => true) - Columns(v, f => x.Select((xi, i) => xi * v[i, f]).Sum())) / 2, "square it, it is the term"),
        new("q over all columns",
            (x, v) => (Math.Pow(Columns(v, f => x.Select((xi, i) => xi * v[i, f]).Sum()), 2) - Pairs(x, v, (i, j) => i == j)) / 2, "before squaring"),
        new("factors down the columns", DownColumns, "is *row* i"),
        new("only x_i", (x, v) => PairsOf(x, v, (xi, xj) => xi), "x_1 is missing"),
        new("only x_j", (x, v) => PairsOf(x, v, (xi, xj) => xj), "x_0 is missing"),
        new("zero", (x, v) => 0, "here there is a pair"),
        new("scales in place", (x, v) => { x[0] += 1; return 0; }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualButRight_Passes()
    {
        foreach (Code code in new Code[]
        {
            (x, v) => Pairs(x, v, (i, j) => i > j),
            (x, v) => Pairs(x, v, (i, j) => i != j) / 2,
            (x, v) => Columns(v, f => (Math.Pow(x.Select((xi, i) => xi * v[i, f]).Sum(), 2) - x.Select((xi, i) => Math.Pow(xi * v[i, f], 2)).Sum()) / 2),
            (x, v) => (float)Pairs(x, v, (i, j) => i < j),
            Library,
        })
        {
            Assert.Equal(FeedbackState.Passed, MachinePairs.Check(code).State);
        }

        static double Library(double[] x, double[,] v)
        {
            FactorizationMachine machine = new(x.Length, v.GetLength(1), new CounterRandom(1));
            v.Cast<double>().Select(value => (float)value).ToArray().CopyTo(machine.Factors.Value.Values, 0);
            return machine.Forward(Tensor.FromRows([.. x.Select(value => (float)value)])).Y[0];
        }
    }

    private static double Pairs(
        double[] x, double[,] v, Func<int, int, bool> counts, Func<int, bool>? column = null) => Columns(v, f => column is not null && !column(f) ? 0
        : Enumerable.Range(0, x.Length).Sum(i => Enumerable.Range(0, x.Length).Where(j => counts(i, j)).Sum(j => x[i] * x[j] * v[i, f] * v[j, f])));

    private static double DownColumns(double[] x, double[,] v)
    {
        int size = Math.Min(v.GetLength(0), v.GetLength(1));     // as far as both indices reach
        double[,] turned = new double[x.Length, v.GetLength(0)];
        for (int i = 0; i < size; i++)
        {
            for (int f = 0; f < v.GetLength(0); f++)
            {
                turned[i, f] = v[f, i];
            }
        }

        return Pairs(x, turned, (i, j) => i < j);
    }

    private static double PairsOf(double[] x, double[,] v, Func<double, double, double> features) => Columns(v, f =>
        Enumerable.Range(0, x.Length).Sum(i => Enumerable.Range(i + 1, x.Length - i - 1).Sum(j => features(x[i], x[j]) * v[i, f] * v[j, f])));

    private static double Columns(double[,] v, Func<int, double> of) => Enumerable.Range(0, v.GetLength(1)).Sum(of);

    private static double GoesOn(double[] x, double[,] v)
    {
        (double q, double own) = (0, 0);
        return Columns(v, f =>
        {
            (q, own) = (q + x.Select((xi, i) => xi * v[i, f]).Sum(), own + x.Select((xi, i) => Math.Pow(xi * v[i, f], 2)).Sum());
            return (q * q - own) / 2;
        });
    }
}
