using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.WorkedChapter;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>A chapter that gets a new version keeps what the reader made of it. No kernel is started.</summary>
public sealed class ChapterVersionTests : IAsyncDisposable
{
    private readonly WorkedChapter _work = new();

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public void Chapter_WithANewVersion_KeepsTheReadersCellsAndOffersTheDifferences()
    {
        _work.Write("1", "2", "3");
        WorkSession session = _work.Open();
        Edit(session, "c2", "mine", 0);
        session.Do(new WorkCommand("add", "t") { Cell = "c3" });
        _work.Write("0", "1", "2 new", "3");
        session = _work.Open();
        Assert.Equal(["0", "1", "mine", "3", ""], Texts(session));
        WorkCellView view = View(session, "c2");
        Assert.Equal((3, "2 new", "2 new"), (view.Number, Assert.Single(view.Others).Source, view.Original));
        Assert.Equal("c1", session.Since(0, "t", isFirst: true)!.Order[1]);
    }

    [Fact]
    public void Chapter_ThatDropsAChangedCell_LeavesItAsTheReadersOwn()
    {
        _work.Write("1", "2", "3");
        Edit(_work.Open(), "c2", "mine", 0);
        _work.Write("1", "3");
        WorkSession session = _work.Open();
        Assert.Equal(["1", "mine", "3"], Texts(session));
        Assert.True(View(session, "c2").IsScratch);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Chapter_WithAnotherCheck_ChecksTheReadersAnswerWithIt(bool isOpen)
    {
        _work.Write("1", "// exercise 01.1\nint Mine() => 1;\n\nOnes.Check(Mine)");
        WorkSession session = _work.Open();
        Edit(session, "c2", "// exercise 01.1\nint Mine() => 2;\n\nOnes.Check(Mine)", 0);
        _work.Write("1", "// exercise 01.1\nint Mine() => 1;\n\nTwos.Check(Mine, 2)");
        if (isOpen)
        {
            session.Follow(_work.Notebook);
        }

        session = isOpen ? session : _work.Open();
        Assert.Equal(["1", "// exercise 01.1\nint Mine() => 2;\n\nTwos.Check(Mine, 2)"], Texts(session));

        // The starter is as it was: there is nothing to choose.
        Assert.Empty(View(session, "c2").Others);
    }

    [Fact]
    public void Chapter_WithANewVersionWhileItIsOpen_IsFollowed()
    {
        _work.Write("1", "2");
        WorkSession session = _work.Open();
        Edit(session, "c1", "mine", 0);
        _work.Write("1", "2 new");
        session.Follow(_work.Notebook);
        Assert.Equal(["mine", "2 new"], Texts(session));
    }
}
