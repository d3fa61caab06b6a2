using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>What the reader types, on disk: nothing is lost, and nothing wins in silence. No kernel is started.</summary>
public sealed class WorkSessionTests : IAsyncDisposable
{
    private readonly TemporaryCourse _course = new();
    private readonly List<WorkSession> _sessions = [];

    private string Chapter => Path.Combine(_course.Notebooks, "01-a.dib");

    private string Work => Path.Combine(_course.Root, "work", "01-a.dib");

    public async ValueTask DisposeAsync()
    {
        foreach (WorkSession session in _sessions)
        {
            await session.DisposeAsync();
        }

        _course.Dispose();
    }

    [Fact]
    public void Edit_ACell_IsOnDiskAndThereAfterANewStart()
    {
        byte[] chapter = Write("1", "2", "3");
        WorkSession session = Open();
        WorkAnswer answer = Edit(session, "c2", "22", revision: 0);
        Assert.Equal((true, 1), (answer.Ok, answer.Revision));
        Assert.Equal(chapter, File.ReadAllBytes(Chapter));
        Assert.Equal(["1", "22", "3"], OnDisk());

        Assert.Equal(["1", "22", "3"], Texts(Open()));
        Assert.Equal(1, View(Open(), "c2").Revision);
    }

    [Fact]
    public void Edit_AddRemove_KeepTheOrder()
    {
        Write("1", "2");
        WorkSession session = Open();
        string own = session.Do(new WorkCommand("add", "t") { Cell = "c1" }).Cell!;
        Edit(session, own, "own", 0);
        string last = session.Do(new WorkCommand("add", "t") { Cell = "c2" }).Cell!;
        Edit(session, last, "last", 0);
        Assert.Equal(["1", "own", "2", "last"], OnDisk());
        Assert.Equal(["1", "own", "2", "last"], Texts(Open()));
        Assert.True(View(Open(), own).IsScratch);

        Assert.True(session.Do(new WorkCommand("remove", "t") { Cell = own }).Ok);
        Assert.False(session.Do(new WorkCommand("remove", "t") { Cell = "c1" }).Ok);
        Assert.Equal(["1", "2", "last"], Texts(Open()));
    }

    [Fact]
    public void Edit_FromAnOldText_KeepsBoth()
    {
        Write("1");
        WorkSession session = Open();
        Edit(session, "c1", "mine", 0);
        WorkAnswer answer = session.Do(new WorkCommand("edit", "u") { Cell = "c1", Source = "theirs", Revision = 0 });
        Assert.Equal((true, "mine"), (answer.Ok, answer.Source));
        WorkCellView view = View(Open(), "c1");
        Assert.Equal(("mine", "theirs"), (view.Source, Assert.Single(view.Others).Source));

        Assert.True(session.Do(new WorkCommand("accept", "t") { Cell = "c1", Index = 0 }).Ok);
        view = View(Open(), "c1");
        Assert.Equal("theirs", view.Source);
        Assert.Empty(view.Others);
    }

    [Fact]
    public void Edit_WhoseAnswerWasLost_GoesOn()
    {
        Write("1");
        Edit(Open(), "c1", "12", 0);

        // The tab did not hear that 12 was taken, typed on, and sends what started from the same text.
        WorkSession again = Open();
        Assert.Null(Edit(again, "c1", "123", 0).Source);
        Assert.Equal("123", View(again, "c1").Source);
        Assert.Empty(View(again, "c1").Others);
    }

    [Fact]
    public void Edit_ThatCannotBeWritten_SaysSoAndIsWrittenLater()
    {
        Write("1");
        WorkSession session = Open();
        Directory.CreateDirectory(Work);
        WorkAnswer answer = Edit(session, "c1", "2", 0);
        Assert.False(answer.Ok);
        Assert.StartsWith("Not saved; the text is kept in this browser only:", answer.Word);

        // The page sends it again.
        Directory.Delete(Work);
        Assert.True(Edit(session, "c1", "2", 0).Ok);
        Assert.Equal(["2"], OnDisk());
    }

    [Fact]
    public void Reset_AllCells_BringsTheChaptersTextBack()
    {
        Write("1", "2");
        WorkSession session = Open();
        Edit(session, "c1", "11", 0);
        Edit(session, "c2", "22", 0);
        Assert.Equal("1", View(session, "c1").Original);
        Assert.True(session.Do(new WorkCommand("reset", "t")).Ok);
        Assert.Equal(["1", "2"], Texts(Open()));
        Assert.Null(View(session, "c1").Original);
    }

    [Fact]
    public void Disk_ChangedByAnotherProgram_OffersBothTextsAndAddsItsCells()
    {
        Write("1", "2", "3");
        WorkSession session = Open();
        Edit(session, "c2", "mine", 0);
        Assert.NotNull(session.Since(session.Now, "t", isFirst: true));
        string other = File.ReadAllText(Work).Replace("mine", "theirs", StringComparison.Ordinal) + "\n#!csharp\n\nnew\n";
        File.WriteAllText(Work, other);
        Assert.Equal(["1", "mine", "3", "new"], Texts(session));
        Assert.Equal("theirs", Assert.Single(View(session, "c2").Others).Source);

        // The other program's file stays until the reader decides.
        Edit(session, "c1", "11", 0);
        Assert.Equal(other, File.ReadAllText(Work));
        Assert.True(session.Do(new WorkCommand("keep", "t") { Cell = "c2" }).Ok);
        Assert.Equal(["11", "mine", "3", "new"], OnDisk());
        Assert.Empty(View(Open(), "c2").Others);
    }

    [Fact]
    public void Disk_ANotebookOfThatNameIsThereAlready_IsNotWrittenOver()
    {
        Write("1", "2");
        Directory.CreateDirectory(Path.GetDirectoryName(Work)!);
        File.WriteAllText(Work, "#!csharp\n\n1\n\n#!csharp\n\ntheirs\n");
        WorkSession session = Open();
        Assert.Equal("theirs", Assert.Single(View(session, "c2").Others).Source);
        Edit(session, "c1", "11", 0);
        Assert.Contains("theirs", File.ReadAllText(Work));
    }

    [Fact]
    public void Disk_TextChangedByAnotherProgram_IsToldAndStays()
    {
        _course.WriteFile("notebooks/01-a.dib", "#!markdown\n\n# Title\n\n#!csharp\n\n1\n\n#!markdown\n\nMiddle.\n\n#!csharp\n\n2\n");
        WorkSession session = Open();
        Edit(session, "c2", "11", 0);
        string other = File.ReadAllText(Work).Replace("Middle.", "Middle, as I see it.", StringComparison.Ordinal)
            .Replace("#!csharp\n\n2", "#!markdown\n\nMy note.\n\n#!csharp\n\n2", StringComparison.Ordinal) + "\n#!markdown\n\nMy end.\n";
        File.WriteAllText(Work, other);
        Assert.Equal(["Middle, as I see it.", "My note.", "My end."], OwnTexts(session));
        string[] theirs = ["# Title", "11", "Middle, as I see it.", "My note.", "2", "My end."];
        Assert.Equal(theirs, AllOnDisk());

        // Whatever the page writes from now on, after a new start, too, keeps it.
        Edit(session, "c4", "22", 0);
        theirs[4] = "22";
        Assert.Equal(theirs, AllOnDisk());
        session = Open();
        Assert.Equal(["Middle, as I see it.", "My note.", "My end."], OwnTexts(session));
        string own = session.Do(new WorkCommand("add", "t") { Cell = "c2" }).Cell!;
        Edit(session, own, "own", 0);
        Assert.Equal(["# Title", "11", "own", "Middle, as I see it.", "My note.", "22", "My end."], AllOnDisk());

        // A new text of the chapter in its place loses none of them.
        File.WriteAllText(Chapter, File.ReadAllText(Chapter).Replace("Middle.", "New middle.", StringComparison.Ordinal));
        session = Open();
        Edit(session, "c4", "222", 1);
        Assert.Equal(["# Title", "11", "own", "New middle.", "222", "Middle, as I see it.", "My note.", "My end."], AllOnDisk());

        // The other program takes its words back.
        File.WriteAllText(Work, "#!markdown\n\n# Title\n\n#!csharp\n\n11\n\n#!csharp\n\nown\n\n#!markdown\n\nNew middle.\n\n#!csharp\n\n222\n");
        Assert.Empty(OwnTexts(session));
    }

    [Fact]
    public void Disk_TextTakenAwayByAnotherProgram_StaysAway()
    {
        _course.WriteFile("notebooks/01-a.dib", "#!markdown\n\n# Title\n\n#!csharp\n\n1\n\n#!markdown\n\nMiddle.\n\n#!csharp\n\n2\n\n#!markdown\n\nEnd.\n");
        WorkSession session = Open();
        Edit(session, "c2", "11", 0);
        File.WriteAllText(Work, File.ReadAllText(Work).Replace("#!markdown\n\nMiddle.\n\n", "", StringComparison.Ordinal));
        Assert.Equal([""], OwnTexts(session));
        Edit(session, "c2", "111", 1);
        Assert.Equal(["# Title", "111", "2", "End."], AllOnDisk());

        // After a new start, too; and a chapter that has another text there shows that.
        session = Open();
        Edit(session, "c4", "22", 0);
        Assert.Equal(["# Title", "111", "22", "End."], AllOnDisk());
        File.WriteAllText(Chapter, File.ReadAllText(Chapter).Replace("Middle.", "New middle.", StringComparison.Ordinal));
        Edit(Open(), "c4", "222", 1);
        Assert.Equal(["# Title", "111", "New middle.", "222", "End."], AllOnDisk());
    }

    [Fact]
    public void Disk_CellsTakenAwayByAnotherProgram_StayUntilTheReaderDecides()
    {
        Write("1", "2", "3");
        WorkSession session = Open();
        string own = session.Do(new WorkCommand("add", "t") { Cell = "c3" }).Cell!;
        Edit(session, own, "own", 0);
        string whole = File.ReadAllText(Work);
        const string without = "#!csharp\n\n1\n\n#!csharp\n\n3\n";
        File.WriteAllText(Work, without);
        foreach (string id in (string[])["c2", own])
        {
            OtherText other = Assert.Single(View(session, id).Others);
            Assert.Equal((true, "another program wrote work/01-a.dib without it"), (other.IsGone, other.From));
        }

        Edit(session, "c1", "11", 0);
        Assert.Equal(without, File.ReadAllText(Work));

        // It brings them back, and takes them away again.
        File.WriteAllText(Work, whole);
        Assert.Empty(View(session, "c2").Others);
        File.WriteAllText(Work, without);
        Assert.True(session.Do(new WorkCommand("keep", "t") { Cell = "c2" }).Ok);
        Assert.True(session.Do(new WorkCommand("accept", "t") { Cell = own }).Ok);
        Assert.True(session.Do(new WorkCommand("keep", "t") { Cell = "c1" }).Ok);
        Assert.Equal(["11", "2", "3"], OnDisk());
        Assert.Equal(["11", "2", "3"], Texts(Open()));
    }

    [Fact]
    public void Disk_ChapterCellTakenAwayAndTheReaderAgrees_IsEmpty()
    {
        Write("1", "2");
        WorkSession session = Open();
        Edit(session, "c1", "11", 0);
        File.WriteAllText(Work, "#!csharp\n\n11\n");
        Assert.True(session.Do(new WorkCommand("accept", "t") { Cell = "c2" }).Ok);
        Assert.Equal(["11", ""], Texts(Open()));
        Assert.Equal("2", View(session, "c2").Original);
    }

    [Fact]
    public void Disk_ChangedJustBeforeAnEdit_IsNotWrittenOver()
    {
        Write("1", "2");
        WorkSession session = Open();
        Edit(session, "c1", "mine", 0);
        File.WriteAllText(Work, File.ReadAllText(Work).Replace("#!csharp\n\n2", "#!csharp\n\ntheirs", StringComparison.Ordinal) + "\n#!markdown\n\nMy note.\n");
        Edit(session, "c1", "mine again", 1);
        Assert.Equal("theirs", Assert.Single(View(session, "c2").Others).Source);
        Assert.Equal(["My note."], OwnTexts(session));
        Assert.Contains("My note.", File.ReadAllText(Work));
    }

    [Fact]
    public void Outputs_OfAnEarlierCourse_AreShownAgainUntilTheyAreCleared()
    {
        Write("1", "2", "3");
        Run("c2", "two", new CellFailure("it stopped", 1, "here"));
        WorkSession session = Open();
        WorkCellView view = View(session, "c2");
        Assert.Contains("two", view.Html);
        Assert.Equal((true, 1, "ran before the kernel ended", ""), (view.Failed, view.Line, view.Note, view.Mark));
        Assert.Equal("not run yet", View(session, "c1").Note);

        // The book's own outputs, which come later, do not replace them; another text of the cell is told.
        session.TakeFromBook(new ExecutedCell(2, "csharp", "2", [new CellOutput(CellOutput.Plain, "of the book")], null, 1));
        Assert.DoesNotContain("of the book", View(session, "c2").Html);
        Edit(session, "c2", "22", 0);
        Assert.Equal("edited since it ran", View(Open(), "c2").Mark);

        session.Do(new WorkCommand("clear", "t"));
        Assert.Equal("", View(Open(), "c2").Html);
    }

    [Fact]
    public void Outputs_OfTheReadersOwnCell_ComeWholeToAPageThatIsLoadedAgain()
    {
        Write("1");
        string own = Open().Do(new WorkCommand("add", "t") { Cell = "c1" }).Cell!;
        Run(own, "shown", new CellFailure("it stopped", 1, "here"));
        Run("c1", "of the chapter", null);
        WorkSession session = Open();

        // The page holds what the chapter's cells show, and knows nothing of the reader's.
        WorkNews news = session.Since(session.Now, "t", isFirst: true)!;
        Assert.Equal([1, 0], news.Cells.Select(cell => cell.From));
        Assert.Contains("shown", news.Cells[1].Html);
        Assert.DoesNotContain("of the chapter", news.Cells[0].Html);
    }

    [Fact]
    public void Outputs_ThatCannotBeReadOrWritten_AreOnlyGone()
    {
        Write("1");
        Run("c1", "one", null);
        string kept = Path.Combine(_course.Root, "work", "live", "01-a", "c1.json");
        File.WriteAllText(kept, "{\"ran\":");
        Assert.Equal("", View(Open(), "c1").Html);
        File.Delete(kept);
        Directory.CreateDirectory(kept);
        Run("c1", "one", null);
        Assert.Equal("", View(Open(), "c1").Html);
    }

    [Fact]
    public void Disk_ACrashBetweenRecordAndNotebook_IsNoOtherProgram()
    {
        Write("1");
        WorkSession session = Open();
        Edit(session, "c1", "2", 0);
        byte[] before = File.ReadAllBytes(Work);
        Edit(session, "c1", "3", 1);
        File.WriteAllBytes(Work, before);
        WorkCellView view = View(Open(), "c1");
        Assert.Equal("3", view.Source);
        Assert.Empty(view.Others);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"cells\":[{\"id\":")]
    [InlineData("{\"cells\":null,\"notebooks\":[]}")]
    public void Record_ThatIsUnusable_IsPutAsideAndTheNotebookIsOffered(string content)
    {
        Write("1");
        Edit(Open(), "c1", "mine", 0);
        string record = Path.Combine(_course.Root, "work", "live", "01-a.json");
        File.WriteAllText(record, content);
        WorkCellView view = View(Open(), "c1");
        Assert.Equal(("1", "mine"), (view.Source, Assert.Single(view.Others).Source));
        Assert.Equal(content, File.ReadAllText(record + ".unusable"));
    }

    [Fact]
    public void Chapter_WithANewVersion_KeepsTheReadersCellsAndOffersTheDifferences()
    {
        Write("1", "2", "3");
        WorkSession session = Open();
        Edit(session, "c2", "mine", 0);
        session.Do(new WorkCommand("add", "t") { Cell = "c3" });
        Write("0", "1", "2 new", "3");
        session = Open();
        Assert.Equal(["0", "1", "mine", "3", ""], Texts(session));
        WorkCellView view = View(session, "c2");
        Assert.Equal((3, "2 new", "2 new"), (view.Number, Assert.Single(view.Others).Source, view.Original));
        Assert.Equal("c1", session.Since(0, "t", isFirst: true)!.Order[1]);
    }

    [Fact]
    public void Chapter_ThatDropsAChangedCell_LeavesItAsTheReadersOwn()
    {
        Write("1", "2", "3");
        Edit(Open(), "c2", "mine", 0);
        Write("1", "3");
        WorkSession session = Open();
        Assert.Equal(["1", "mine", "3"], Texts(session));
        Assert.True(View(session, "c2").IsScratch);
    }

    [Fact]
    public void Chapter_WithANewVersionWhileItIsOpen_IsFollowed()
    {
        Write("1", "2");
        WorkSession session = Open();
        Edit(session, "c1", "mine", 0);
        Write("1", "2 new");
        session.Follow(NotebookRunner.NotRun(Chapter, DibDocument.Read(Chapter)));
        Assert.Equal(["mine", "2 new"], Texts(session));
    }

    [Fact]
    public void Notebook_InTheWorkFolder_ImportsFromTheCourse()
    {
        Write("#!import ./setup.dib", "1");
        WorkSession session = Open();
        Edit(session, "c2", "2", 0);
        Assert.Equal(["#!import ../notebooks/setup.dib", "2"], OnDisk());
        Assert.Equal(["#!import ./setup.dib", "2"], Texts(Open()));
        Assert.Empty(View(Open(), "c1").Others);
    }

    [Fact]
    public void Tabs_OneEdits_TheOthersReadAlongUntilTheyTakeOver()
    {
        Write("1");
        WorkSession session = Open();
        using IDisposable first = session.Join("t");
        IDisposable second = session.Join("u");
        Assert.False(session.Since(0, "u", isFirst: true)!.MayEdit);
        Assert.False(session.Do(new WorkCommand("edit", "u") { Cell = "c1", Source = "2" }).Ok);
        Assert.True(session.Do(new WorkCommand("take", "u")).Ok);
        Assert.True(session.Since(0, "u", isFirst: true)!.MayEdit);
        Assert.False(session.Since(0, "t", isFirst: true)!.MayEdit);
        second.Dispose();
        Assert.True(session.Since(0, "t", isFirst: true)!.MayEdit);
    }

    private byte[] Write(params string[] cells) => File.ReadAllBytes(_course.Write("01-a.dib", cells));

    /// <summary>As a session does when its kernel ran a cell.</summary>
    private void Run(string id, string shown, CellFailure? failure)
    {
        WorkText text = new(NotebookRunner.NotRun(Chapter, DibDocument.Read(Chapter)), new WorkFile(Chapter, Path.GetDirectoryName(Work)!));
        WorkCell cell = text.Book.Find(id)!;
        text.Book.Begin(cell, 1);
        text.Book.Show(cell, new CellOutput(CellOutput.Plain, shown));
        text.Book.End(cell, failure, 0.5);
        text.Ran(cell);
    }

    private WorkSession Open()
    {
        var session = new WorkSession(
            Chapter, NotebookRunner.NotRun(Chapter, DibDocument.Read(Chapter)), new WorkOptions { Folder = Path.GetDirectoryName(Work) },
            () => Task.CompletedTask, new Pulse());
        _sessions.Add(session);
        return session;
    }

    private static WorkAnswer Edit(WorkSession session, string cell, string source, int revision) =>
        session.Do(new WorkCommand("edit", "t") { Cell = cell, Source = source, Revision = revision });

    private static WorkCellView View(WorkSession session, string id) => session.Since(0, "t", isFirst: true)!.Cells.Single(cell => cell.Id == id);

    private static string[] Texts(WorkSession session) => [.. session.Since(0, "t", isFirst: true)!.Cells.Select(cell => cell.Source)];

    private static string[] OwnTexts(WorkSession session) => [.. session.Since(0, "t", isFirst: true)!.Texts.Select(text => text.Source)];

    private string[] AllOnDisk() => [.. DibDocument.Read(Work).Cells.Select(cell => cell.Text)];

    private string[] OnDisk() => [.. DibDocument.Read(Work).Cells.Where(cell => cell.Kind == DibCellKind.CSharp).Select(cell => cell.Text)];
}
