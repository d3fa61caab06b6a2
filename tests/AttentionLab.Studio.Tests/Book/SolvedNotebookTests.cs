using System.Text;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Tests.Book;

public sealed class SolvedNotebookTests
{
    [Fact]
    public void Compose_TakesSolutionsAndWhatTheyNeed()
    {
        DibDocument chapter = Parse(
            "#!import ./setup.dib",
            "using System.Numerics;",
            "var a = 1;\nvar unused = 2;",
            "int Helper(int q) => q + a;",
            "var heavy = Enumerable.Range(0, 10).Select(x => x * a);",
            "(int left, int right) = (1, 2);",
            "// exercise 01.1\nint Mine(int x) => throw new NotImplementedException();\nCheck(Mine)",
            "var behind = Mine(3);");
        DibDocument solutions = Parse("#!import ../setup.dib", "// exercise 01.1\nint Mine(int heavy) => Helper(heavy) + left;\nCheck(Mine)");
        IReadOnlyList<(int Number, string Source)> cells = SolvedNotebook.Compose(chapter, solutions);
        Assert.Equal([1, 2, 3, 4, 6, 7], cells.Select(cell => cell.Number));
        Assert.Contains("Helper(heavy)", cells[^1].Source);
    }

    private static DibDocument Parse(params string[] cells) =>
        DibDocument.Parse(Encoding.UTF8.GetBytes(string.Concat(cells.Select(cell => $"#!csharp\n\n{cell}\n\n"))));
}
