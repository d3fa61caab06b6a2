using System.Diagnostics;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>A book is put in place in one step, and nothing is deleted that no build wrote.</summary>
public sealed class BookFolderTests : IDisposable
{
    /// <summary>No process has it: a folder that carries it was left by a build that was killed.</summary>
    private const int DeadProcess = int.MaxValue;

    private readonly TemporaryFolder _folder = new();

    private string Goal => _folder["site"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("report.json")]
    [InlineData("index.html")]
    [InlineData(".git/HEAD")]
    public void Create_OfAFolderThatNoBuildWrote_IsRefused(string file)
    {
        _folder.Write("site/" + file, "{}");
        _folder.Write("site/src/precious.cs", "keep me");
        CourseException refused = Assert.Throws<CourseException>(() => Publish("index.html"));
        Assert.Contains("is not empty and is no book", refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
        Assert.Equal("keep me", Read("src/precious.cs"));
        Assert.Equal("{}", Read(file));
        Assert.Equal([Goal], Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void Create_OfTheFolderOneIsIn_IsRefused()
    {
        CourseException refused = Assert.Throws<CourseException>(() => BookFolder.Create(Environment.CurrentDirectory));
        Assert.Contains("is the folder you are in", refused.Message);
    }

    [Fact]
    public void Publish_OverABook_ReplacesItsFilesAndKeepsTheReaders()
    {
        Publish("index.html", "assets/book.css", "old.html", "gone/old.html");
        string[] own = ["mine.txt", "assets/mine.css", ".git/HEAD", "gone/mine.txt"];
        foreach (string file in own)
        {
            _folder.Write("site/" + file, "mine");
        }

        for (int build = 0; build < 2; build++)
        {
            Publish("index.html", "assets/book.css", "new.html");
            Assert.All(own, file => Assert.Equal("mine", Read(file)));
            Assert.Equal("new.html", Read("new.html"));
            Assert.False(File.Exists(Path.Combine(Goal, "old.html")) || File.Exists(Path.Combine(Goal, "gone/old.html")));
        }

        Assert.Equal([Goal], Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void Publish_OverAReadersLink_KeepsTheLinkAndWhatItLeadsTo()
    {
        Publish("index.html", "assets/book.css");
        _folder.Write("elsewhere/book.css", "precious");
        Directory.CreateSymbolicLink(Path.Combine(Goal, "pictures"), _folder["elsewhere"]);
        Publish("index.html");
        Assert.Equal("precious", Read("pictures/book.css"));
        Assert.Equal(_folder["elsewhere"], new DirectoryInfo(Path.Combine(Goal, "pictures")).LinkTarget);
    }

    [Fact]
    public void Publish_WhereAReadersFileIsInTheWay_IsRefusedAndTouchesNothing()
    {
        Publish("index.html");
        _folder.Write("site/02-b.html", "mine");
        CourseException refused = Assert.Throws<CourseException>(() => Publish("index.html", "02-b.html", "03-c.html"));
        Assert.Contains("02-b.html: no build wrote it", refused.Message);
        Assert.Equal("mine", Read("02-b.html"));
        Assert.False(File.Exists(Path.Combine(Goal, "03-c.html")));
        Assert.Equal([Goal], Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void Publish_WithAListThatLeadsOutside_DeletesNothingThere()
    {
        Publish("index.html");
        _folder.Write("outside.txt", "precious");
        File.AppendAllText(Path.Combine(Goal, BookFolder.MarkName), "../outside.txt\n" + _folder["outside.txt"] + "\n");
        Publish("index.html");
        Assert.Equal("precious", File.ReadAllText(_folder["outside.txt"]));
    }

    [Fact]
    public async Task Publish_WhileSomebodyReads_IsOneStep()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux exchanges two folders in one step");
        Publish("index.html");
        string page = Path.Combine(Goal, "index.html");
        using var stop = new CancellationTokenSource();
        Task<int> reader = Task.Run(
            () =>
            {
                int missed = 0;
                while (!stop.IsCancellationRequested)
                {
                    missed += File.Exists(page) ? 0 : 1;
                }

                return missed;
            },
            TestContext.Current.CancellationToken);
        for (int build = 0; build < 300; build++)
        {
            Publish("index.html");
        }

        await stop.CancelAsync();
        Assert.Equal(0, await reader);
    }

    [Fact]
    public void Publish_ThroughALink_FillsTheFolderItLeadsTo()
    {
        Directory.CreateDirectory(_folder["www/book"]);
        Directory.CreateSymbolicLink(Goal, _folder["www/book"]);
        for (int build = 0; build < 2; build++)
        {
            Publish("index.html");
            Assert.Equal(_folder["www/book"], new DirectoryInfo(Goal).LinkTarget);
            Assert.Equal("index.html", File.ReadAllText(_folder["www/book/index.html"]));
        }

        Assert.Equal([_folder["www/book"]], Directory.GetDirectories(_folder["www"]));
    }

    [Fact]
    public void Publish_OverAFolderThatIsInUse_Works()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "elsewhere a folder in use cannot be moved, and the build says so");
        Publish("index.html");
        using Process user =
            Process.Start(new ProcessStartInfo("sleep", ["60"]) { WorkingDirectory = Goal }) ?? throw new InvalidOperationException("no sleep");
        try
        {
            using FileStream open = new(Path.Combine(Goal, "index.html"), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);
            Publish("index.html", "new.html");
            Assert.Equal("new.html", Read("new.html"));
        }
        finally
        {
            user.Kill();
        }
    }

    [Fact]
    public async Task Publish_TwoAtOnce_LeavesOneWholeBookAndTheReadersFile()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "only Linux exchanges two folders in one step");
        Publish("index.html");
        _folder.Write("site/mine.txt", "mine");
        using BookFolder first = Draft("index.html", "a.html");
        using BookFolder second = Draft("index.html", "b.html");
        await Task.WhenAll(Task.Run(first.Publish, TestContext.Current.CancellationToken), Task.Run(second.Publish, TestContext.Current.CancellationToken));
        Assert.Equal("mine", Read("mine.txt"));
        Assert.Equal("index.html", Read("index.html"));
        Assert.True(File.Exists(Path.Combine(Goal, "a.html")) ^ File.Exists(Path.Combine(Goal, "b.html")));
        Assert.Equal([Goal], Directory.GetDirectories(_folder.Path));
    }

    [Theory]
    [InlineData(-3600, false)]
    [InlineData(0, true)]
    public void Create_BesideADraftOfAProcessWithThisNumber_SweepsItIfItIsOlder(int seconds, bool stays)
    {
        string draft = _folder.Write($".site.{Environment.ProcessId}.new/.draft", "");
        using Process running = Process.GetCurrentProcess();
        File.SetLastWriteTimeUtc(draft, running.StartTime.ToUniversalTime().AddSeconds(seconds));
        Publish("index.html");
        Assert.Equal("index.html", Read("index.html"));
        Assert.Equal(stays, File.Exists(draft));
    }

    [Fact]
    public void Create_BesideAFolderThatOnlyLooksLikeOurs_LeavesItAlone()
    {
        string precious = _folder.Write($".site.{DeadProcess}.new/precious.txt", "keep me");
        string other = _folder.Write($".site.{DeadProcess}.old/precious.txt", "keep me too");
        Publish("index.html");
        Assert.Equal(("keep me", "keep me too"), (File.ReadAllText(precious), File.ReadAllText(other)));
    }

    [Fact]
    public void Create_AfterABuildThatWasKilledBehindTheExchange_BringsTheReadersFilesBack()
    {
        Publish("index.html", "old.html");
        _folder.Write("site/mine.txt", "mine");
        Directory.Move(Goal, _folder[$".site.{DeadProcess}.new"]);
        Publish("index.html");
        Assert.Equal("mine", Read("mine.txt"));
        Assert.Equal([Goal], Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void Dispose_WithoutPublishing_LeavesTheOldBook()
    {
        Publish("index.html");
        Draft("new.html").Dispose();
        Assert.Equal("index.html", Read("index.html"));
        Assert.Equal([Goal], Directory.GetDirectories(_folder.Path));
    }

    private string Read(string file) => File.ReadAllText(Path.Combine(Goal, file));

    private void Publish(params string[] files)
    {
        using BookFolder folder = Draft(files);
        folder.Publish();
    }

    /// <summary>A finished draft whose files hold their own names.</summary>
    private BookFolder Draft(params string[] files)
    {
        BookFolder folder = BookFolder.Create(Goal);
        foreach (string file in files)
        {
            string path = Path.Combine(folder.Draft, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, file);
        }

        return folder;
    }
}
