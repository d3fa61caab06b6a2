using AttentionLab.Studio.Web;
using static AttentionLab.Studio.Tests.Web.WorkedChapter;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>What the reader types, and the tabs that type it: nothing is lost, and nothing wins in silence. No kernel is started.</summary>
public sealed class WorkSessionTests : IAsyncDisposable
{
    private readonly WorkedChapter _work = new();

    public ValueTask DisposeAsync() => _work.DisposeAsync();

    [Fact]
    public void Edit_ACell_IsOnDiskAndThereAfterANewStart()
    {
        byte[] chapter = _work.Write("1", "2", "3");
        WorkSession session = _work.Open();
        WorkAnswer answer = Edit(session, "c2", "22", revision: 0);
        Assert.Equal((true, 1), (answer.Ok, answer.Revision));
        Assert.Equal(chapter, File.ReadAllBytes(_work.Chapter));
        Assert.Equal(["1", "22", "3"], _work.OnDisk);

        Assert.Equal(["1", "22", "3"], Texts(_work.Open()));
        Assert.Equal(1, View(_work.Open(), "c2").Revision);
    }

    [Fact]
    public void Edit_AddRemove_KeepTheOrder()
    {
        _work.Write("1", "2");
        WorkSession session = _work.Open();
        string own = session.Do(new WorkCommand("add", "t") { Cell = "c1" }).Cell!;
        Edit(session, own, "own", 0);
        string last = session.Do(new WorkCommand("add", "t") { Cell = "c2" }).Cell!;
        Edit(session, last, "last", 0);
        Assert.Equal(["1", "own", "2", "last"], _work.OnDisk);
        Assert.Equal(["1", "own", "2", "last"], Texts(_work.Open()));
        Assert.True(View(_work.Open(), own).IsScratch);

        Assert.True(session.Do(new WorkCommand("remove", "t") { Cell = own }).Ok);
        Assert.False(session.Do(new WorkCommand("remove", "t") { Cell = "c1" }).Ok);
        Assert.Equal(["1", "2", "last"], Texts(_work.Open()));
    }

    [Theory]
    [InlineData("// exercise 01.1\nint Mine() => 2;\n\nOnes.Check(Mine)", null)]
    [InlineData("// exercise 01.1\nint Mine() => 2;\n\nOnes.Check(() => 1)", "// exercise 01.1\nint Mine() => 2;\n\nOnes.Check(Mine)")]
    [InlineData("int Mine() => 2;\nOnes.Check(Mine);\n", "int Mine() => 2;\n\nOnes.Check(Mine)")]
    [InlineData("int Mine() => 2;", "int Mine() => 2;\n\nOnes.Check(Mine)")]
    [InlineData("Ones.Check(Mine)\nint Mine() => 2;", "int Mine() => 2;\n\nOnes.Check(Mine)")]
    [InlineData("", "\n\nOnes.Check(Mine)")]
    public void Edit_OfAnExercise_LeavesItsCheckAsItIs(string typed, string? corrected)
    {
        _work.Write("1", "// exercise 01.1\nint Mine() => 1;\n\nOnes.Check(Mine)");
        WorkSession session = _work.Open();
        Assert.Equal((null, "Ones.Check(Mine)"), (View(session, "c1").Check, View(session, "c2").Check));
        WorkAnswer answer = Edit(session, "c2", typed, 0);
        Assert.Equal((true, corrected), (answer.Ok, answer.Source));
        Assert.Equal(corrected, Edit(session, "c2", typed, answer.Revision).Source);
        Assert.Equal(["1", corrected ?? typed], Texts(session));
        Assert.Equal(["1", (corrected ?? typed).Trim()], [.. _work.OnDisk.Select(text => text.Trim())]);
    }

    [Fact]
    public void Disk_AnExerciseWhoseCheckIsChanged_IsTakenWithTheChaptersCheck()
    {
        _work.Write("// exercise 01.1\nint Mine() => 1;\n\nOnes.Check(Mine)");
        WorkSession session = _work.Open();
        Edit(session, "c1", "// exercise 01.1\nint Mine() => 2;\n\nOnes.Check(Mine)", 0);
        string work = File.ReadAllText(_work.Work);
        File.WriteAllText(_work.Work, work.Replace("=> 2;\n\nOnes.Check(Mine)", "=> 3;\n\nOnes.Check(null)", StringComparison.Ordinal));
        WorkCommand accept = new("accept", "t") { Cell = "c1", Other = View(session, "c1").Others.Single() };
        Assert.True(session.Do(accept).Ok);
        Assert.Equal(["// exercise 01.1\nint Mine() => 3;\n\nOnes.Check(Mine)"], Texts(session));
        Assert.Equal(Texts(session), _work.OnDisk);
    }

    [Fact]
    public void Edit_FromAnOldText_KeepsBoth()
    {
        _work.Write("1");
        WorkSession session = _work.Open();
        Edit(session, "c1", "mine", 0);
        WorkAnswer answer = session.Do(new WorkCommand("edit", "u") { Cell = "c1", Source = "theirs", Revision = 0 });
        Assert.Equal((true, "mine"), (answer.Ok, answer.Source));
        WorkCellView view = View(_work.Open(), "c1");
        Assert.Equal(("mine", "theirs"), (view.Source, Assert.Single(view.Others).Source));

        Assert.True(session.Do(new WorkCommand("accept", "t") { Cell = "c1", Other = View(session, "c1").Others[0] }).Ok);
        view = View(_work.Open(), "c1");
        Assert.Equal("theirs", view.Source);
        Assert.Empty(view.Others);
    }

    [Fact]
    public void Edit_WhoseAnswerWasLost_GoesOn()
    {
        _work.Write("1");
        Edit(_work.Open(), "c1", "12", 0);

        // The tab did not hear that 12 was taken, typed on, and sends what started from the same text.
        WorkSession again = _work.Open();
        Assert.Null(Edit(again, "c1", "123", 0).Source);
        Assert.Equal("123", View(again, "c1").Source);
        Assert.Empty(View(again, "c1").Others);
    }

    [Fact]
    public void Edit_WithLettersThatMayEndALine_KeepsThem()
    {
        _work.Write("1");
        WorkSession session = _work.Open();
        Edit(session, "c1", "\"a\fb\u0085c\u2028d\u2029e\";\r\nf\rg", 0);
        Assert.Equal("\"a\fb\u0085c\u2028d\u2029e\";\nf\ng", View(session, "c1").Source);
        Assert.Equal([View(session, "c1").Source], _work.OnDisk);
    }

    [Fact]
    public void Edit_ThatCannotBeWritten_SaysSoAndIsWrittenLater()
    {
        _work.Write("1");
        WorkSession session = _work.Open();
        Directory.CreateDirectory(_work.Work);
        WorkAnswer answer = Edit(session, "c1", "2", 0);
        Assert.False(answer.Ok);
        Assert.StartsWith("Not saved; the text is kept in this browser only:", answer.Word);

        // The page sends it again.
        Directory.Delete(_work.Work);
        Assert.True(Edit(session, "c1", "2", 0).Ok);
        Assert.Equal(["2"], _work.OnDisk);
    }

    [Fact]
    public void Reset_AllCells_BringsTheChaptersTextBack()
    {
        _work.Write("1", "2");
        WorkSession session = _work.Open();
        Edit(session, "c1", "11", 0);
        Edit(session, "c2", "22", 0);
        Assert.Equal("1", View(session, "c1").Original);
        Assert.True(session.Do(new WorkCommand("reset", "t")).Ok);
        Assert.Equal(["1", "2"], Texts(_work.Open()));
        Assert.Null(View(session, "c1").Original);

        // What was there before stays beside it, until the reader has it back.
        session = _work.Open();
        Assert.Equal((true, "22"), (View(session, "c2").Others[0].IsMine, View(session, "c2").Others[0].Source));
        Edit(session, "c1", "11", 2);
        Assert.Empty(View(_work.Open(), "c1").Others);
        Assert.Single(View(_work.Open(), "c2").Others);
    }

    [Fact]
    public void Notebook_InTheWorkFolder_ImportsFromTheCourse()
    {
        _work.Write("#!import ./setup.dib", "1");
        WorkSession session = _work.Open();
        Edit(session, "c2", "2", 0);
        Assert.Equal(["#!import ../notebooks/setup.dib", "2"], _work.OnDisk);
        Assert.Equal(["#!import ./setup.dib", "2"], Texts(_work.Open()));
        Assert.Empty(View(_work.Open(), "c1").Others);
    }

    [Theory]
    [InlineData("#!import ./mine.dib\nx", "#!import ../notebooks/mine.dib\nx")]
    [InlineData("var a = 1;\n#r \"bin/own.dll\"\nvar b = 2;", "var a = 1;\n#r \"../notebooks/bin/own.dll\"\nvar b = 2;", "#r \"./bin/own.dll\"")]
    [InlineData("#r \"/opt/own.dll\"\n#r \"System.Net.Http\"", "#r \"/opt/own.dll\"\n#r \"System.Net.Http\"")]
    [InlineData("var text = \"\"\"\n#!import ./mine.dib\n\"\"\";", "var text = \"\"\"\n#!import ./mine.dib\n\"\"\";")]
    [InlineData("/*\n#!import ./mine.dib\n*/", "/*\n#!import ./mine.dib\n*/")]
    public void Notebook_InTheWorkFolder_FindsWhatAnAddedCellBringsIn(string typed, string onDisk, string? reference = null)
    {
        _work.Write("1");
        WorkSession session = _work.Open();
        string own = session.Do(new WorkCommand("add", "t") { Cell = "c1" }).Cell!;
        Edit(session, own, typed, 0);
        Assert.Equal(["1", onDisk], _work.OnDisk);

        // Another program changes the file: what it brings in is found from the course's folder again.
        File.WriteAllText(_work.Work, File.ReadAllText(_work.Work) + "\n// more\n");
        string found = Assert.Single(View(_work.Open(), own).Others).Source;
        Assert.Equal((reference is null ? typed : typed.Replace("#r \"bin/own.dll\"", reference, StringComparison.Ordinal)) + "\n\n\n// more", found);
    }

    [Fact]
    public void Tabs_OneEdits_TheOthersReadAlongUntilTheyTakeOver()
    {
        _work.Write("1");
        WorkSession session = _work.Open();
        using IDisposable first = session.Join("t");
        IDisposable second = session.Join("u");
        Assert.False(session.Since(0, "u", isFirst: true)!.MayEdit);
        Assert.False(session.Do(new WorkCommand("edit", "u") { Cell = "c1", Source = "2" }).Ok);
        Assert.True(session.Do(new WorkCommand("attempts", "u") { Cell = "c1" }).Ok);
        Assert.True(session.Do(new WorkCommand("take", "u")).Ok);
        Assert.True(session.Since(0, "u", isFirst: true)!.MayEdit);
        Assert.False(session.Since(0, "t", isFirst: true)!.MayEdit);
        second.Dispose();
        Assert.True(session.Since(0, "t", isFirst: true)!.MayEdit);
    }
}
