using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>What a run keeps for the next one.</summary>
public sealed class CourseRunnerTests : IDisposable
{
    private readonly TemporaryCourse _course = new();

    public void Dispose() => _course.Dispose();

    [Fact]
    public async Task Run_WhileAnImportChanges_KeepsNoOutputs()
    {
        _course.WriteFile("notebooks/common.dib", "#!csharp\n\nvar common = 1;\n");
        string notebook = _course.Write(
            "00-a.dib", "#!import ./common.dib",
            """
            if (!System.IO.File.Exists("changed"))
            {
                System.IO.File.AppendAllText("common.dib", "\n// later\n");
                System.IO.File.WriteAllText("changed", "");
            }
            """);
        CourseFolder folder = CourseFolder.Open(_course.Notebooks);
        CourseRunner runner = new(folder, ExecutionCache.Of(folder));
        ExecutedNotebook executed = await runner.RunAsync(notebook, cancellation: TestContext.Current.CancellationToken);
        Assert.Empty(executed.Failed);
        Assert.Null(runner.Known(notebook));

        await runner.RunAsync(notebook, cancellation: TestContext.Current.CancellationToken);
        Assert.NotNull(runner.Known(notebook));
    }
}
