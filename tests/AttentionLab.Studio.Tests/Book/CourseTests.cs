using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>Every notebook of the course, run: as it is, and with every exercise solved.</summary>
public sealed partial class CourseTests(ExecutedCourse course)
{
    public static TheoryData<string> Chapters => [.. ExecutedCourse.Folder.Chapters.Select(path => Path.GetFileNameWithoutExtension(path)!)];

    /// <summary>Chapters and appendices.</summary>
    public static TheoryData<string> Executed => [.. ExecutedCourse.Names];

    [Theory]
    [MemberData(nameof(Executed))]
    public async Task Notebook_Run_FailsNowhere(string name)
    {
        ExecutedNotebook notebook = (await course.GetAsync()).Single(notebook => notebook.Name == name);
        Assert.Equal([], notebook.Failed.Select(cell => cell.Failure!.At(name + ".dib", cell.Number)));
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_RunUnsolved_PassesNoExercise(string name)
    {
        ExecutedNotebook notebook = (await course.GetAsync()).Single(notebook => notebook.Name == name);
        ExecutedCell[] exercises = [.. notebook.Cells.Where(cell => cell.Language == "csharp" && Report.ExerciseOf(cell.Source) is not null)];
        Assert.NotEmpty(exercises);

        // A starter that throws is not started; one that holds a bug to be found is a first try.
        Assert.All(exercises, cell => Assert.Equal(
            (Report.ExerciseOf(cell.Source)!, cell.Source.Contains("NotImplementedException", StringComparison.Ordinal) ? "not-started" : "not-yet"),
            Card(cell)));
    }

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_RunSolved_EveryExercisePasses(string name)
    {
        string path = Path.Combine(Repository.Notebooks, name + ".dib");
        DibDocument chapter = DibDocument.Read(path);
        DibDocument solutions = DibDocument.Read(Path.Combine(Repository.Notebooks, "solutions", name + ".dib"));
        string[] ids = [.. SolvedNotebook.Exercises(chapter).Select(exercise => exercise.Id)];
        Assert.Equal(ids, SolvedNotebook.Exercises(solutions).Select(exercise => exercise.Id));
        Assert.Equal(ids.Length, ids.Distinct().Count());

        // Most exercises need nothing of their chapter: those SolutionsTests runs, as the same cells.
        HashSet<string> alone = [.. solutions.Cells.Select(cell => cell.Text)];
        IReadOnlyList<(int Number, string Source)> cells = SolvedNotebook.Compose(chapter, solutions);
        if (cells.All(cell => alone.Contains(cell.Source) || cell.Source.StartsWith("#!import", StringComparison.Ordinal)))
        {
            return;
        }

        var passed = new List<string>();
        await using NotebookSession session = await NotebookSession.StartAsync(path, cancellation: TestContext.Current.CancellationToken);
        foreach ((int number, string source) in cells)
        {
            ExecutedCell cell = await session.RunAsync(number, source, cancellation: TestContext.Current.CancellationToken);
            Assert.True(cell.Failure is null, cell.Failure?.At(name + ".dib", number));
            if (Report.ExerciseOf(source) is string id)
            {
                Assert.Equal((id, "passed"), Card(cell));
                passed.Add(id);
            }
        }

        Assert.Equal(ids, passed);
    }

    [Fact]
    public async Task Report_OfTheCourse_CountsWhatTheNotebooksHold()
    {
        IReadOnlyList<ExecutedNotebook> notebooks = await course.GetAsync();
        Report report = Report.Of(notebooks);
        Assert.Equal(ExecutedCourse.Names, report.Notebooks.Select(notebook => notebook.Name));
        Assert.All(report.Notebooks, notebook => Assert.Equal(Chapters.Any(chapter => chapter.Data == notebook.Name), notebook.Exercises is >= 1 and <= 10));
        Assert.All(report.Notebooks, notebook => Assert.True(notebook.Charts > 0, $"{notebook.Name} shows no chart."));
    }

    /// <summary>The exercise and the state that the one card of a cell shows.</summary>
    private static (string Id, string State) Card(ExecutedCell cell)
    {
        MatchCollection cards =
            CardAttributes().Matches(string.Concat(cell.Outputs.Where(output => output.MimeType == CellOutput.Html).Select(output => output.Content)));
        Assert.True(cards.Count == 1, $"cell {cell.Number} shows {cards.Count} cards.");
        return (cards[0].Groups[1].Value, cards[0].Groups[2].Value);
    }

    [GeneratedRegex("data-exercise=\"([^\"]+)\" data-state=\"([^\"]+)\"")]
    private static partial Regex CardAttributes();
}
