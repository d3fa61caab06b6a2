using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.WorkedChapter;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The marks "may be out of date" after a new start of the course. No kernel is started.</summary>
public sealed class WorkMarksTests : IAsyncDisposable
{
    private const string Behind = "may be out of date";

    private readonly WorkedChapter _work = new();

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public void Marks_OfCellsBelowARerunOne_AreThereAfterANewStart()
    {
        _work.Write("1", "2", "3", "4");
        WorkText text = _work.Text();
        foreach (string id in (string[])["c1", "c2", "c3", "c1"])
        {
            Run(text, id);
        }

        Assert.Equal(["", Behind, Behind, ""], Marks(_work.Open()));

        // A run takes the mark away for good.
        Run(text, "c2");
        Assert.Equal(["", "", Behind, ""], Marks(_work.Open()));
        Run(text, "c3");
        Assert.Equal(["", "", "", ""], Marks(_work.Open()));
    }

    [Fact]
    public void Marks_OfTheBooksOutputs_AreThereAfterANewStart()
    {
        _work.Write("1", "2");
        WorkText text = _work.Text();
        text.Book.TakeFromBook(Book(1));
        text.Book.TakeFromBook(Book(2));
        text.Do(new WorkCommand("edit", "t") { Cell = "c1", Source = "11" }, text.Book.Find("c1"));
        Run(text, "c1");
        WorkSession session = _work.Open();
        session.TakeFromBook(Book(2));
        Assert.Equal(["", Behind], Marks(session));
    }

    [Fact]
    public void Marks_OfTheBooksOutputsThatComeLater_SayThatTheReaderRanAnotherText()
    {
        _work.Write("1", "2");
        WorkText text = _work.Text();
        text.Do(new WorkCommand("edit", "t") { Cell = "c1", Source = "11" }, text.Book.Find("c1"));
        Run(text, "c1");
        WorkSession session = _work.Open();
        Assert.Equal(["", ""], Marks(session));
        session.TakeFromBook(Book(2));
        Assert.Equal(["", Behind], Marks(session));
    }

    private static ExecutedCell Book(int number) => new(number, "csharp", $"{number}", [new CellOutput(CellOutput.Plain, "of the book")], null, 1);
}
