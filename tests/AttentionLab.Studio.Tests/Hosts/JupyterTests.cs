using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Tests.Book;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>Every notebook as <c>build --ipynb</c> writes it, executed from scratch in Jupyter, beside what Studio made of it.</summary>
public sealed class JupyterTests(ExecutedCourse course, JupyterCourse jupyter, HostTable table)
{
    [Theory]
    [MemberData(nameof(CourseTests.Executed), MemberType = typeof(CourseTests))]
    public async Task Notebook_InJupyter_ShowsWhatStudioShows(string name)
    {
        await JupyterCourse.SkipUnlessHereAsync();
        ExecutedNotebook notebook = (await course.GetAsync()).Single(notebook => notebook.Name == name);
        HostRun run = (await jupyter.GetAsync(notebook)).Run;
        table.Add(HostRun.Of(notebook));
        table.Add(run);
        run.AssertLike(HostRun.Of(notebook));
    }
}
