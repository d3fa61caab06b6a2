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
