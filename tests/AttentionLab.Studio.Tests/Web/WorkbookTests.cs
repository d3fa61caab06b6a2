using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The marks that say which outputs belong to which text.</summary>
public sealed class WorkbookTests
{
    private readonly Workbook _book = new(new ExecutedNotebook("01-a", [.. Enumerable.Range(1, 3).Select(number => Cell(number, $"{number}"))], 0), null);

    [Fact]
    public void Run_AsInTheBook_MarksNothing()
    {
        Run(0, 1);
        Run(1, 1);
        Assert.Equal([false, false, false], Behind());
    }

    [Fact]
    public void Run_Again_MarksWhatStandsBelowFromTheStartOfTheRun()
    {
        Run(0, 1);
        _book.Begin(_book.Cells[0], 1);
        Assert.Equal([false, true, true], Behind());
    }

    [Fact]
    public void Edit_ACell_MarksItAndWhatStandsBelow()
    {
        _book.Edit(_book.Cells[1], "22");
        Assert.True(_book.Cells[1].IsEditedSinceItRan);
        Assert.Equal([false, false, true], Behind());
        _book.Edit(_book.Cells[1], "2");
        Assert.Equal([false, false, false], Behind());
    }

    [Fact]
    public void Run_InOrder_TakesTheMarksAway()
    {
        _book.Edit(_book.Cells[0], "11");
        foreach (int cell in (int[])[0, 1, 2])
        {
            Run(cell, 1);
        }

        Assert.Equal([false, false, false], Behind());
    }

    [Fact]
    public void Run_BelowAMarkedCell_StaysMarked()
    {
        _book.Edit(_book.Cells[0], "11");
        Run(0, 1);
        Run(2, 1);
        Assert.Equal([false, true, true], Behind());
    }

    [Fact]
    public void Run_ForTheFirstTimeAboveWhatRanInThisKernel_MarksIt()
    {
        Run(2, 1);
        Run(0, 1);
        Assert.Equal([false, false, true], Behind());
        Run(2, 1);
        Run(1, 2);
        Assert.Equal([false, false, false], Behind());
    }

    [Fact]
    public void Run_OfAnAddedCell_MarksWhatStandsBelow()
    {
        Run(0, 1);
        Run(1, 1);
        WorkCell own = _book.Add(_book.Cells[0]);
        Assert.Equal([false, false, false, false], Behind());

        // In a new kernel, too: what stands below ran without it.
        _book.Begin(own, 2);
        Assert.Equal([false, false, true, true], Behind());
        _book.End(own, null, 0);
        Run(2, 2);
        Assert.Equal([false, false, false, true], Behind());
    }

    [Fact]
    public void Remove_OfAnAddedCellThatRan_MarksWhatStandsBelow()
    {
        WorkCell own = _book.Add(_book.Cells[0]);
        Run(2, 1);
        _book.Remove(own);
        Assert.Equal([false, false, false], Behind());
        own = _book.Add(_book.Cells[0]);
        Run(1, 1);
        Run(2, 1);
        Run(3, 1);
        Assert.Equal([false, false, false, false], Behind());
        _book.Remove(own);
        Assert.Equal([false, true, true], Behind());
    }

    [Fact]
    public void Follow_AChapterWithoutACellThatRan_MarksWhatStandsBelow()
    {
        Run(0, 1);
        Run(1, 1);
        _book.Follow(new ExecutedNotebook("01-a", [Cell(1, "2"), Cell(2, "3")], 0), _book.ToRecord([]));
        Assert.Equal(["c2", "c3"], _book.Cells.Select(cell => cell.Id));
        Assert.Equal([true, true], Behind());
    }

    [Fact]
    public void Run_ThatEndsWell_SaysHowLongTheNextWillTake()
    {
        WorkCell cell = _book.Cells[0];
        Assert.Equal(0, cell.Expected);
        _book.TakeFromBook(Cell(1, "1") with { Outputs = [new CellOutput(CellOutput.Plain, "book")], Seconds = 9 });
        Assert.Equal(9, cell.Expected);
        _book.Begin(cell, 1);
        Assert.Equal(9, cell.Expected);
        _book.End(cell, CellFailures.Plain("stopped"), 1);
        _book.Clear(cell);
        Assert.Equal(9, cell.Expected);
        _book.Begin(cell, 1);
        _book.End(cell, null, 3);
        Assert.Equal(3, cell.Expected);
    }

    [Fact]
    public void Output_OfTheBook_DoesNotReplaceTheReaders()
    {
        Run(0, 1);
        _book.Show(_book.Cells[0], new CellOutput(CellOutput.Plain, "mine"));
        _book.TakeFromBook(Cell(1, "1") with { Outputs = [new CellOutput(CellOutput.Plain, "book")] });
        Assert.Equal("mine", Assert.Single(_book.Cells[0].Outputs).Output.Content);
        _book.TakeFromBook(Cell(2, "2") with { Outputs = [new CellOutput(CellOutput.Plain, "book")] });
        Assert.Equal("book", Assert.Single(_book.Cells[1].Outputs).Output.Content);
    }

    [Fact]
    public void Try_AnExercise_KeepsTheLastTwentyAndThatItWasSolved()
    {
        Workbook book = new(new ExecutedNotebook("01-a", [Cell(1, "// exercise 01.1\n0")], 0), null);
        WorkCell cell = book.Cells[0];
        Assert.False(book.Try(cell));
        for (int i = 1; i <= 30; i++)
        {
            book.Edit(cell, $"// exercise 01.1\n{i}");
            book.Begin(cell, 1);
            book.Show(cell, new CellOutput(CellOutput.Html, $"<div data-exercise=\"01.1\" data-state=\"{(i == 3 ? "passed" : "not-yet")}\">"));
            book.End(cell, null, 0);
            Assert.True(book.Try(cell));
        }

        Assert.Equal(Workbook.MostAttempts, cell.Attempts.Count);
        Assert.EndsWith("30", cell.Attempts[^1].Source);
        Assert.NotNull(cell.Solved);
        Assert.All(cell.Attempts, attempt => Assert.False(attempt.Passed));
    }

    private static ExecutedCell Cell(int number, string source) => new(number, "csharp", source, [], null, 0);

    private void Run(int cell, int kernel)
    {
        _book.Begin(_book.Cells[cell], kernel);
        _book.End(_book.Cells[cell], null, 0);
    }

    private bool[] Behind() => [.. _book.Cells.Select(_book.IsBehind)];
}
