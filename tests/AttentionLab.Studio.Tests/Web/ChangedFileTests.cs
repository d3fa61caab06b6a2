using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>A chapter whose file changes before it runs, or just as it begins: outputs stand below the text that they belong to.</summary>
public sealed class ChangedFileTests
{
    [Fact]
    public async Task Run_OfAChapterThatChangedWhileItWaited_ShowsAndTellsTheNewText()
    {
        await using GatedCourse course = new();
        int old = course.Live.Find("02-two")!.Run;
        WorkSession session = course.Live.Session("02-two")!;
        course.Live.Start();
        await Patience.UntilAsync(() => course.Started.Contains("01-one"));
        course.Change("02-two", "second", "changed");
        course.Release("01-one", 2);
        course.Release("02-two", 2);
        await ReadyAsync(course, "02-two");
        LiveChapter chapter = course.Live.Find("02-two")!;
        Assert.Equal("changed", chapter.Notebook.Cells[^1].Source);
        Assert.Equal("changed", session.Look(book => book.Cells[^1].Source));
        Assert.Equal("output 4", session.Look(book => Assert.Single(book.Cells[^1].Outputs).Output.Content));

        // A page that was open all the time has the old text: it is told to load itself again.
        Assert.NotEqual(old, chapter.Run);
        var page = new ListeningPage("02-two", old, 0);
        Assert.True(await FirstAsync(course.Live.ListenAsync(page, TestContext.Current.CancellationToken)) is { IsReload: true });
    }

    [Fact]
    public async Task Run_OfAChapterThatChangesAsItBegins_RunsTheNewTextAndShowsNothingBelowTheOld()
    {
        GatedCourse? made = null;
        int asked = 0;
        await using GatedCourse course = made = new(known: chapter =>
        {
            // Asked first whether it need run at all, then as it begins.
            if (chapter.Name == "01-one" && Interlocked.Increment(ref asked) == 2)
            {
                made!.Change("01-one", "first", "changed");
            }

            return null;
        });
        course.Live.Start();
        await Patience.UntilAsync(() => course.Started.Count == 1);
        course.Release("01-one");
        await Patience.UntilAsync(() => course.Live.Find("01-one")!.Done == 2);
        ExecutedCell old = course.Live.Find("01-one")!.Notebook.Cells[1];
        Assert.Equal("first", old.Source);
        Assert.Empty(old.Outputs);

        course.Release("01-one");
        await Patience.UntilAsync(() => course.Started.Count == 2);
        course.Release("01-one", 2);
        await ReadyAsync(course, "01-one");
        ExecutedCell changed = course.Live.Find("01-one")!.Notebook.Cells[1];
        Assert.Equal("changed", changed.Source);
        Assert.Equal("output 2", Assert.Single(changed.Outputs).Content);
        Assert.Equal(["01-one", "01-one"], course.Started.Take(2));
    }

    private static Task ReadyAsync(GatedCourse course, string name) => Patience.UntilAsync(() => course.Live.Find(name)!.State == ChapterState.Ready);

    private static async Task<LiveEvent?> FirstAsync(IAsyncEnumerable<LiveEvent> events)
    {
        await foreach (LiveEvent happened in events)
        {
            return happened;
        }

        return null;
    }
}
