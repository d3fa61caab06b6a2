using System.Diagnostics;
using AttentionLab.Studio.Dib;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>
/// Every notebook, cell by cell, in the real .NET Interactive over <c>stdio</c>, beside what Studio made of it. Two classes share them: the tests of one
/// class take turns, and all the notebooks in one took nearly as long as everything else together.
/// </summary>
internal static class StdioNotebooks
{
    /// <summary>Every second notebook.</summary>
    /// <param name="from">The first's place.</param>
    public static TheoryData<string> EverySecond(int from) =>
        [.. ExecutedCourse.Names.Where((_, place) => place % 2 == from)];

    /// <summary>Runs one, writes both hosts' rows, and fails if it shows something else than in Studio.</summary>
    public static async Task ShowsWhatStudioShowsAsync(string name, ExecutedCourse course, HostTable table)
    {
        Assert.SkipUnless(await RealTool.IsHereAsync(), RealTool.Missing);
        HostRun studio = HostRun.Of((await course.GetAsync()).Single(notebook => notebook.Name == name));
        var cells = new List<HostCell>();
        var clock = Stopwatch.StartNew();
        await using (StdioKernel kernel = await StdioKernel.StartAsync(Repository.Notebooks, TestContext.Current.CancellationToken))
        {
            DibDocument notebook = DibDocument.Read(Path.Combine(Repository.Notebooks, name + ".dib"));
            foreach ((int number, DibCell cell) in notebook.NumberedCells.Where(entry => entry.Cell.Kind == DibCellKind.CSharp))
            {
                cells.Add(await kernel.RunAsync(number, cell.Text, TestContext.Current.CancellationToken));
            }
        }

        var tool = new HostRun("tool, stdio", name, cells, clock.Elapsed.TotalSeconds);
        table.Add(studio);
        table.Add(tool);
        tool.AssertLike(studio);
    }
}

/// <summary>The first, third, … notebook.</summary>
public sealed class StdioOddNotebooksTests(ExecutedCourse course, HostTable table)
{
    public static TheoryData<string> Names => StdioNotebooks.EverySecond(0);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Notebook_InTheRealTool_ShowsWhatStudioShows(string name) => StdioNotebooks.ShowsWhatStudioShowsAsync(name, course, table);
}

/// <summary>The second, fourth, … notebook.</summary>
public sealed class StdioEvenNotebooksTests(ExecutedCourse course, HostTable table)
{
    public static TheoryData<string> Names => StdioNotebooks.EverySecond(1);

    [Theory]
    [MemberData(nameof(Names))]
    public Task Notebook_InTheRealTool_ShowsWhatStudioShows(string name) => StdioNotebooks.ShowsWhatStudioShowsAsync(name, course, table);
}
