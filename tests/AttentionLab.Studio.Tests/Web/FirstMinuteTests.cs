namespace AttentionLab.Studio.Tests.Web;

/// <summary>What the terminal tells while the course becomes ready.</summary>
public sealed class FirstMinuteTests
{
    [Fact]
    public async Task Terminal_NamesEachNotebookThatRuns_AndHowManyAreReady()
    {
        await using GatedCourse course = new();
        foreach (string name in (string[])["01-one", "02-two", "03-three"])
        {
            course.Release(name, 2);
        }

        course.Live.Start();
        await Patience.UntilAsync(() => course.Said.Count == 7);
        Assert.Equal(
            [
                "01-one: runs …", "01-one: 2 cells in 0.0 s · 1 of 3 ready",
                "02-two: runs …", "02-two: 2 cells in 0.0 s · 2 of 3 ready",
                "03-three: runs …", "03-three: 2 cells in 0.0 s · 3 of 3 ready",
                "All 3 notebooks are ready.",
            ],
            course.Said);
    }

    [Fact]
    public async Task Terminal_WhereAllIsKnown_SaysOnlyThat()
    {
        await using GatedCourse course = new(known: chapter => chapter);
        course.Live.Start();
        await Patience.UntilAsync(() => course.Said.Count == 1);
        Assert.Equal(["All 3 notebooks are ready."], course.Said);
    }

    [Fact]
    public async Task Chapters_WhoseOutputsAreKnown_WaitForNoneThatRuns()
    {
        await using GatedCourse course = new(parallel: 1, known: chapter => chapter.Name == "01-one" ? null : chapter);
        course.Live.Start();
        await Patience.UntilAsync(() => course.Live.Finished == 2);
        Assert.True(course.Live.Find("02-two")!.IsFinished);
        Assert.True(course.Live.Find("03-three")!.IsFinished);
        course.Release("01-one", 2);
        await Patience.UntilAsync(() => course.Live.Finished == 3);
        Assert.Equal(["01-one"], course.Started);
    }
}
