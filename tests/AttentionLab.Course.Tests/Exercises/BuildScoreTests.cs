using AttentionLab.Course.Exercises;
using Code = System.Func<(double[,] WQ, double[,] WK)>;

namespace AttentionLab.Course.Tests.Exercises;

public class BuildScoreTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(BuildScore.About, BuildScore.Check, Pair(2, (0, 0, 2), (2, 1, -1), (1, 0, 1), (3, 1, 1)),
        new("both signs", Pair(2, (0, 0, -2), (2, 1, 1), (1, 0, 1), (3, 1, 1)), "Both signs"),
        new("tokens exchanged", Swap(Pair(2, (0, 0, 2), (2, 1, -1), (1, 0, 1), (3, 1, 1))), "tokens are exchanged"),
        new("2 twice", Pair(2, (0, 0, 2), (2, 1, -1), (1, 0, 2), (3, 1, 1)), "in both matrices, so the product counts 4"),
        new("minus twice", Pair(2, (0, 0, 2), (2, 1, -1), (1, 0, 1), (3, 1, -1)), "it stands in both matrices and cancels"),
        new("no factor 2", Pair(2, (0, 0, 1), (2, 1, -1), (1, 0, 1), (3, 1, 1)), "factor 2 of the first"),
        new("first only", Pair(1, (0, 0, 2), (1, 0, 1)), "Only the first product"),
        new("second only", Pair(1, (2, 0, -1), (3, 0, 1)), "Only the second product"),
        new("one column, minus in W_Q", Pair(1, (0, 0, 2), (2, 0, -1), (1, 0, 1), (3, 0, 1)), "share one column, so every"),
        new("one column, minus in W_K", Pair(1, (0, 0, 2), (2, 0, 1), (1, 0, 1), (3, 0, -1)), "share one column, so mixed"),
        new("identity", Square(), "joins equal features"),
        new("three rows", () => (new double[3, 2], new double[4, 2]), "W_Q has one row"),
        new("features as columns", () => (new double[4, 2], new double[2, 4]), "W_K has one row"),
        new("widths differ", () => (new double[4, 2], new double[4, 3]), "same length"),
        new("zeros", () => (new double[4, 2], new double[4, 2]), "only (0, 1) and (2, 3)"));

    [Fact]
    public void Check_OtherFactorisations_Pass()
    {
        foreach (Code code in new[]
        {
            Pair(2, (0, 0, 1), (2, 1, 1), (1, 0, 2), (3, 1, -1)),
            Pair(2, (0, 1, 2), (2, 0, -1), (1, 1, 1), (3, 0, 1)),
            Pair(3, (0, 0, 1), (0, 1, 1), (2, 2, -1), (1, 0, 1), (1, 1, 1), (3, 2, 1)),
            Pair(2, (0, 0, 20), (2, 1, -0.0001), (1, 0, 0.1), (3, 1, 10_000)),
            () => (Of(4, (0, 0, 1), (1, 1, 1), (2, 2, 1), (3, 3, 1)), Transposed(Of(4, (0, 1, 2), (2, 3, -1)))),
        })
        {
            Assert.Equal(FeedbackState.Passed, BuildScore.Check(code).State);
        }
    }

    /// <summary>Rows 0 and 2 go to W_Q, rows 1 and 3 to W_K.</summary>
    private static Code Pair(int columns, params (int Row, int Column, double Value)[] entries) =>
        () => (Of(columns, [.. entries.Where(e => e.Row % 2 == 0)]), Of(columns, [.. entries.Where(e => e.Row % 2 == 1)]));

    private static Code Swap(Code code) => () => (code().WK, code().WQ);

    private static Code Square() => () => (Of(4, (0, 0, 2), (1, 1, 1), (2, 2, -1), (3, 3, 1)), Of(4, (0, 0, 1), (1, 1, 1), (2, 2, 1), (3, 3, 1)));

    private static double[,] Of(int columns, params (int Row, int Column, double Value)[] entries)
    {
        double[,] w = new double[4, columns];
        foreach ((int row, int column, double value) in entries)
        {
            w[row, column] = value;
        }

        return w;
    }

    private static double[,] Transposed(double[,] w)
    {
        double[,] t = new double[w.GetLength(1), w.GetLength(0)];
        for (int i = 0; i < w.Length; i++)
        {
            t[i % w.GetLength(1), i / w.GetLength(1)] = w[i / w.GetLength(1), i % w.GetLength(1)];
        }

        return t;
    }
}
