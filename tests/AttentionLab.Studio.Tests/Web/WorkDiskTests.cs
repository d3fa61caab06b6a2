using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.WorkedChapter;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>The reader's version on disk, which other programs write, too: nothing is lost, and nothing wins in silence. No kernel is started.</summary>
public sealed class WorkDiskTests : IAsyncDisposable
{
    private readonly WorkedChapter _work = new();

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public void Disk_ChangedByAnotherProgram_OffersBothTextsAndAddsItsCells()
    {
        _work.Write("1", "2", "3");
        WorkSession session = _work.Open();
        Edit(session, "c2", "mine", 0);
        Assert.NotNull(session.Since(session.Now, "t", isFirst: true));
        string other = File.ReadAllText(_work.Work).Replace("mine", "theirs", StringComparison.Ordinal) + "\n#!csharp\n\nnew\n";
        File.WriteAllText(_work.Work, other);
        Assert.Equal(["1", "mine", "3", "new"], Texts(session));
        Assert.Equal("theirs", Assert.Single(View(session, "c2").Others).Source);

        // The other program's file stays until the reader decides.
        Edit(session, "c1", "11", 0);
        Assert.Equal(other, File.ReadAllText(_work.Work));
        Assert.True(session.Do(new WorkCommand("keep", "t") { Cell = "c2", Other = View(session, "c2").Others[0] }).Ok);
        Assert.Equal(["11", "mine", "3", "new"], _work.OnDisk);
        Assert.Empty(View(_work.Open(), "c2").Others);
    }

    [Fact]
    public void Disk_ANotebookOfThatNameIsThereAlready_IsNotWrittenOver()
    {
        _work.Write("1", "2");
        Directory.CreateDirectory(Path.GetDirectoryName(_work.Work)!);
        File.WriteAllText(_work.Work, "#!csharp\n\n1\n\n#!csharp\n\ntheirs\n");
        WorkSession session = _work.Open();
        Assert.Equal("theirs", Assert.Single(View(session, "c2").Others).Source);
        Edit(session, "c1", "11", 0);
        Assert.Contains("theirs", File.ReadAllText(_work.Work));
    }

    [Fact]
    public void Disk_TextChangedByAnotherProgram_IsToldAndStays()
    {
        _work.WriteText("#!markdown\n\n# Title\n\n#!csharp\n\n1\n\n#!markdown\n\nMiddle.\n\n#!csharp\n\n2\n");
        WorkSession session = _work.Open();
        Edit(session, "c2", "11", 0);
        string other = File.ReadAllText(_work.Work).Replace("Middle.", "Middle, as I see it.", StringComparison.Ordinal)
            .Replace("#!csharp\n\n2", "#!markdown\n\nMy note.\n\n#!csharp\n\n2", StringComparison.Ordinal) + "\n#!markdown\n\nMy end.\n";
        File.WriteAllText(_work.Work, other);
        Assert.Equal(["Middle, as I see it.", "My note.", "My end."], OwnTexts(session));
        string[] theirs = ["# Title", "11", "Middle, as I see it.", "My note.", "2", "My end."];
        Assert.Equal(theirs, _work.AllOnDisk);

        // Whatever the page writes from now on, after a new start, too, keeps it.
        Edit(session, "c4", "22", 0);
        theirs[4] = "22";
        Assert.Equal(theirs, _work.AllOnDisk);
        session = _work.Open();
        Assert.Equal(["Middle, as I see it.", "My note.", "My end."], OwnTexts(session));
        string own = session.Do(new WorkCommand("add", "t") { Cell = "c2" }).Cell!;
        Edit(session, own, "own", 0);
        Assert.Equal(["# Title", "11", "own", "Middle, as I see it.", "My note.", "22", "My end."], _work.AllOnDisk);

        // A new text of the chapter in its place loses none of them.
        File.WriteAllText(_work.Chapter, File.ReadAllText(_work.Chapter).Replace("Middle.", "New middle.", StringComparison.Ordinal));
        session = _work.Open();
        Edit(session, "c4", "222", 1);
        Assert.Equal(["# Title", "11", "own", "New middle.", "222", "Middle, as I see it.", "My note.", "My end."], _work.AllOnDisk);

        // The other program takes its words back.
        File.WriteAllText(_work.Work, "#!markdown\n\n# Title\n\n#!csharp\n\n11\n\n#!csharp\n\nown\n\n#!markdown\n\nNew middle.\n\n#!csharp\n\n222\n");
        Assert.Empty(OwnTexts(session));
    }

    [Fact]
    public void Disk_TextTakenAwayByAnotherProgram_StaysAway()
    {
        _work.WriteText("#!markdown\n\n# Title\n\n#!csharp\n\n1\n\n#!markdown\n\nMiddle.\n\n#!csharp\n\n2\n\n#!markdown\n\nEnd.\n");
        WorkSession session = _work.Open();
        Edit(session, "c2", "11", 0);
        File.WriteAllText(_work.Work, File.ReadAllText(_work.Work).Replace("#!markdown\n\nMiddle.\n\n", "", StringComparison.Ordinal));
        Assert.Equal([""], OwnTexts(session));
        Edit(session, "c2", "111", 1);
        Assert.Equal(["# Title", "111", "2", "End."], _work.AllOnDisk);

        // After a new start, too; and a chapter that has another text there shows that.
        session = _work.Open();
        Edit(session, "c4", "22", 0);
        Assert.Equal(["# Title", "111", "22", "End."], _work.AllOnDisk);
        File.WriteAllText(_work.Chapter, File.ReadAllText(_work.Chapter).Replace("Middle.", "New middle.", StringComparison.Ordinal));
        Edit(_work.Open(), "c4", "222", 1);
        Assert.Equal(["# Title", "111", "New middle.", "222", "End."], _work.AllOnDisk);
    }

    [Fact]
    public void Disk_CellsTakenAwayByAnotherProgram_StayUntilTheReaderDecides()
    {
        _work.Write("1", "2", "3");
        WorkSession session = _work.Open();
        string own = session.Do(new WorkCommand("add", "t") { Cell = "c3" }).Cell!;
        Edit(session, own, "own", 0);
        string whole = File.ReadAllText(_work.Work);
        const string without = "#!csharp\n\n1\n\n#!csharp\n\n3\n";
        File.WriteAllText(_work.Work, without);
        foreach (string id in (string[])["c2", own])
        {
            OtherText other = Assert.Single(View(session, id).Others);
            Assert.Equal((true, "another program wrote work/01-a.dib without it"), (other.IsGone, other.From));
        }

        Edit(session, "c1", "11", 0);
        Assert.Equal(without, File.ReadAllText(_work.Work));

        // It brings them back, and takes them away again.
        File.WriteAllText(_work.Work, whole);
        Assert.Empty(View(session, "c2").Others);
        File.WriteAllText(_work.Work, without);
        Assert.True(session.Do(new WorkCommand("keep", "t") { Cell = "c2", Other = View(session, "c2").Others[0] }).Ok);
        Assert.True(session.Do(new WorkCommand("accept", "t") { Cell = own, Other = View(session, own).Others[0] }).Ok);
        Assert.True(session.Do(new WorkCommand("keep", "t") { Cell = "c1", Other = View(session, "c1").Others[0] }).Ok);
        Assert.Equal(["11", "2", "3"], _work.OnDisk);
        Assert.Equal(["11", "2", "3"], Texts(_work.Open()));
    }

    [Fact]
    public void Disk_ChapterCellTakenAwayAndTheReaderAgrees_IsEmpty()
    {
        _work.Write("1", "2");
        WorkSession session = _work.Open();
        Edit(session, "c1", "11", 0);
        File.WriteAllText(_work.Work, "#!csharp\n\n11\n");
        Assert.True(session.Do(new WorkCommand("accept", "t") { Cell = "c2", Other = View(session, "c2").Others[0] }).Ok);
        Assert.Equal(["11", ""], Texts(_work.Open()));
        Assert.Equal("2", View(session, "c2").Original);
    }

    [Fact]
    public void Disk_ChangedJustBeforeAnEdit_IsNotWrittenOver()
    {
        _work.Write("1", "2");
        WorkSession session = _work.Open();
        Edit(session, "c1", "mine", 0);
        string other = File.ReadAllText(_work.Work).Replace("#!csharp\n\n2", "#!csharp\n\ntheirs", StringComparison.Ordinal);
        File.WriteAllText(_work.Work, other + "\n#!markdown\n\nMy note.\n");
        Edit(session, "c1", "mine again", 1);
        Assert.Equal("theirs", Assert.Single(View(session, "c2").Others).Source);
        Assert.Equal(["My note."], OwnTexts(session));
        Assert.Contains("My note.", File.ReadAllText(_work.Work));
    }

    [Fact]
    public void Disk_ACrashBetweenRecordAndNotebook_IsNoOtherProgram()
    {
        _work.Write("1");
        WorkSession session = _work.Open();
        Edit(session, "c1", "2", 0);
        byte[] before = File.ReadAllBytes(_work.Work);
        Edit(session, "c1", "3", 1);
        File.WriteAllBytes(_work.Work, before);
        WorkCellView view = View(_work.Open(), "c1");
        Assert.Equal("3", view.Source);
        Assert.Empty(view.Others);
    }

    [Fact]
    public void Record_WithoutWhatMayBeMissing_IsUsed()
    {
        _work.Write("1");
        Edit(_work.Open(), "c1", "mine", 0);
        string record = Path.Combine(_work.Root, "work", "live", "01-a.json");
        File.WriteAllText(record, "{\"cells\":[{\"id\":\"c1\",\"source\":\"mine\",\"original\":\"1\",\"revision\":3}],\"notebooks\":[]}");
        WorkCellView view = View(_work.Open(), "c1");
        Assert.Equal(("mine", 3), (view.Source, view.Revision));
        Assert.Empty(view.Others);
        Assert.False(File.Exists(record + ".unusable"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"cells\":[{\"id\":")]
    [InlineData("{\"cells\":null,\"notebooks\":[]}")]
    [InlineData("{\"cells\":[null],\"notebooks\":[]}")]
    [InlineData("{\"cells\":[],\"notebooks\":[null]}")]
    [InlineData("{\"cells\":[],\"notebooks\":[],\"texts\":[null]}")]
    [InlineData("{\"cells\":[{\"id\":\"c1\",\"source\":\"a\",\"original\":\"a\",\"revision\":0,\"others\":[null]}],\"notebooks\":[]}")]
    [InlineData("{\"cells\":[{\"id\":\"c1\",\"source\":\"a\",\"original\":\"a\",\"revision\":0,\"attempts\":[null]}],\"notebooks\":[]}")]
    [InlineData("{\"cells\":[{\"id\":\"c1\",\"source\":\"a\",\"original\":\"a\",\"revision\":0},"
        + "{\"id\":\"c1\",\"source\":\"b\",\"original\":\"b\",\"revision\":0}],\"notebooks\":[]}")]
    public void Record_ThatIsUnusable_IsPutAsideAndTheNotebookIsOffered(string content)
    {
        _work.Write("1");
        Edit(_work.Open(), "c1", "mine", 0);
        string record = Path.Combine(_work.Root, "work", "live", "01-a.json");
        File.WriteAllText(record, content);
        WorkCellView view = View(_work.Open(), "c1");
        Assert.Equal(("1", "mine"), (view.Source, Assert.Single(view.Others).Source));
        Assert.Equal(content, File.ReadAllText(record + ".unusable"));
    }
}
