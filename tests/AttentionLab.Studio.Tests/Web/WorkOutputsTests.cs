using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.WorkedChapter;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>What cells showed in an earlier course. No kernel is started.</summary>
public sealed class WorkOutputsTests : IAsyncDisposable
{
    private readonly WorkedChapter _work = new();

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public void Outputs_OfAnEarlierCourse_AreShownAgainUntilTheyAreCleared()
    {
        _work.Write("1", "2", "3");
        Run(_work.Text(), "c2", "two", new CellFailure("it stopped", 1, "here"));
        WorkSession session = _work.Open();
        WorkCellView view = View(session, "c2");
        Assert.Contains("two", view.Html);
        Assert.Equal((true, 1, "ran before the kernel ended", ""), (view.Failed, view.Line, view.Note, view.Mark));
        Assert.Equal("not run yet", View(session, "c1").Note);

        // The book's own outputs, which come later, do not replace them; another text of the cell is told.
        session.TakeFromBook(new ExecutedCell(2, "csharp", "2", [new CellOutput(CellOutput.Plain, "of the book")], null, 1));
        Assert.DoesNotContain("of the book", View(session, "c2").Html);
        Edit(session, "c2", "22", 0);
        Assert.Equal("edited since it ran", View(_work.Open(), "c2").Mark);

        session.Do(new WorkCommand("clear", "t"));
        Assert.Equal("", View(_work.Open(), "c2").Html);
    }

    [Fact]
    public void Outputs_OfTheReadersOwnCell_ComeWholeToAPageThatIsLoadedAgain()
    {
        _work.Write("1");
        string own = _work.Open().Do(new WorkCommand("add", "t") { Cell = "c1" }).Cell!;
        Run(_work.Text(), own, "shown", new CellFailure("it stopped", 1, "here"));
        Run(_work.Text(), "c1", "of the chapter");
        WorkSession session = _work.Open();

        // The page holds what the chapter's cells show, and knows nothing of the reader's.
        WorkNews news = session.Since(session.Now, "t", isFirst: true)!;
        Assert.Equal([1, 0], news.Cells.Select(cell => cell.From));
        Assert.Contains("shown", news.Cells[1].Html);
        Assert.DoesNotContain("of the chapter", news.Cells[0].Html);
    }

    [Fact]
    public void Outputs_ThatCannotBeReadOrWritten_AreOnlyGone()
    {
        _work.Write("1");
        Run(_work.Text(), "c1", "one");
        string kept = Path.Combine(_work.Root, "work", "live", "01-a", "c1.json");
        foreach (string broken in (string[])["{\"ran\":", "{\"ran\":\"one\",\"outputs\":[null],\"failure\":null,\"seconds\":0}"])
        {
            File.WriteAllText(kept, broken);
            Assert.Equal("", View(_work.Open(), "c1").Html);
        }

        File.Delete(kept);
        Directory.CreateDirectory(kept);
        Run(_work.Text(), "c1", "one");
        Assert.Equal("", View(_work.Open(), "c1").Html);
    }
}
