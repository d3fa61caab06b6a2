using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.WorkedChapter;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>Other texts of a cell: the reader decides about each that is shown, and about no other. No kernel is started.</summary>
public sealed class OtherTextTests : IAsyncDisposable
{
    private readonly WorkedChapter _work = new();

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public void Keep_AndAccept_DecideAboutTheTextThatWasShown()
    {
        WorkSession session = WithTwoOthers();
        OtherText[] shown = [.. View(session, "c1").Others];
        Assert.Equal(["first", "second"], shown.Select(other => other.Source));
        Assert.True(Decide(session, "keep", shown[0]).Ok);
        Assert.Equal(["second"], View(_work.Open(), "c1").Others.Select(other => other.Source));

        // The page still shows the first one: its buttons give nothing else up.
        foreach (string what in (string[])["keep", "accept"])
        {
            WorkAnswer late = Decide(session, what, shown[0]);
            Assert.Equal((false, "The other text changed meanwhile; nothing was given up. Choose again."), (late.Ok, late.Word));
            Assert.Equal(("mine", "second"), (View(session, "c1").Source, Assert.Single(View(session, "c1").Others).Source));
        }

        Assert.True(Decide(session, "accept", shown[1]).Ok);
        WorkCellView view = View(_work.Open(), "c1");
        Assert.Equal("second", view.Source);
        Assert.Empty(view.Others);
    }

    [Fact]
    public void Accept_OneOfTwo_LeavesTheOther()
    {
        WorkSession session = WithTwoOthers();
        Assert.True(Decide(session, "accept", View(session, "c1").Others[1]).Ok);
        WorkCellView view = View(_work.Open(), "c1");
        Assert.Equal(("second", "first"), (view.Source, Assert.Single(view.Others).Source));
    }

    private const string Exercise = "// exercise 01.1\nint Mine() => 1;\n\nOnes.Check(Mine)";

    [Fact]
    public void Check_EditedByAnotherProgram_IsTheChaptersAgainAndNoOtherText()
    {
        _work.Write("1", Exercise);
        WorkSession session = _work.Open();
        Edit(session, "c2", Exercise.Replace("1;", "2;", StringComparison.Ordinal), 0);
        File.WriteAllText(_work.Work, File.ReadAllText(_work.Work).Replace("Ones.Check(Mine)", "Ones.Check(null);", StringComparison.Ordinal));
        Edit(session, "c1", "11", 0);
        WorkCellView view = View(session, "c2");
        Assert.Empty(view.Others);
        Assert.Equal(Exercise.Replace("1;", "2;", StringComparison.Ordinal), view.Source);
        Assert.Equal(view.Source, _work.OnDisk[1]);
    }

    [Fact]
    public void Check_OfTheReadersOwnOnALineWithMore_StaysBesideTheChapters()
    {
        _work.Write("1", Exercise);
        WorkSession session = _work.Open();
        Edit(session, "c2", "Ones.Check(Mine); Print(1);\nOnes.Check(null); // mine\nint a = 1;", 0);
        Assert.Equal("Ones.Check(Mine); Print(1);\nint a = 1;\n\nOnes.Check(Mine)", View(session, "c2").Source);
    }

    [Fact]
    public void Attempts_FromBeforeTheChapterHadAnotherCheck_ComeBackWithTheNewOne()
    {
        _work.Write("1", Exercise);
        WorkText text = _work.Text();
        text.Book.Edit(text.Book.Find("c2")!, Exercise.Replace("1;", "2;", StringComparison.Ordinal));
        Run(text, "c2");
        _work.Write("1", Exercise.Replace("Ones.Check(Mine)", "Ones.Check(Mine, 1)", StringComparison.Ordinal));
        WorkAnswer answer = _work.Open().Do(new WorkCommand("attempts", "t") { Cell = "c2" });
        Assert.Equal("// exercise 01.1\nint Mine() => 2;\n\nOnes.Check(Mine, 1)", Assert.Single(answer.Attempts!).Source);
    }

    private static WorkAnswer Decide(WorkSession session, string what, OtherText other) =>
        session.Do(new WorkCommand(what, "t") { Cell = "c1", Other = other });

    /// <summary>A cell that two other tabs typed in without knowing its text.</summary>
    private WorkSession WithTwoOthers()
    {
        _work.Write("1");
        WorkSession session = _work.Open();
        Edit(session, "c1", "mine", 0);
        foreach (string text in (string[])["first", "second"])
        {
            session.Do(new WorkCommand("edit", "u") { Cell = "c1", Source = text });
        }

        return session;
    }
}
