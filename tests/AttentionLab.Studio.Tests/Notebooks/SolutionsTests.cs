using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>The solutions as a reader meets them: the chapter's starters answer "not started", the solutions answer "passed".</summary>
public sealed partial class SolutionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Solutions() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Notebooks, "solutions"), "*.dib").Select(path => Path.GetFileName(path)).Order()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Solutions))]
    public async Task Solutions_EveryExerciseOfTheChapter_Passes(string name)
    {
        string json = Path.Combine(_folder.Path, "run.json");
        (int exitCode, _, string error) = await StudioProcess.RunAsync("run", Path.Combine(Repository.Notebooks, "solutions", name), "--json", json);
        Assert.Equal((0, ""), (exitCode, error));
        ExecutedNotebook run =
            JsonSerializer.Deserialize(await File.ReadAllTextAsync(json, TestContext.Current.CancellationToken),
                ExecutedNotebookJson.Default.ExecutedNotebook)!;

        Assert.Equal(ExercisesOf(Path.Combine(Repository.Notebooks, name)), ExercisesOf(Path.Combine(Repository.Notebooks, "solutions", name)));
        foreach (ExecutedCell cell in run.Cells.Where(cell => ExerciseLine().IsMatch(cell.Source)))
        {
            string id = ExerciseLine().Match(cell.Source).Groups[1].Value;
            CellOutput card = cell.Outputs.Last(output => output.MimeType == "text/html");
            Assert.Contains($"data-exercise=\"{id}\" data-state=\"passed\"", card.Content);
        }
    }

    [Theory]
    [MemberData(nameof(Solutions))]
    public void Exercises_OfTheChapter_EndWithTheirCheck(string name)
    {
        foreach (string file in (string[])[name, Path.Combine("solutions", name)])
        {
            string[] exercises = [.. DibDocument.Read(Path.Combine(Repository.Notebooks, file)).Cells.Select(cell => cell.Text)
                .Where(text => ExerciseLine().IsMatch(text))];
            Assert.NotEmpty(exercises);
            Assert.All(exercises, text => Assert.NotNull(new WorkCell("c1", 1, text).Check));
        }
    }

    private static string[] ExercisesOf(string path) =>
        [.. DibDocument.Read(path).Cells.Select(cell => ExerciseLine().Match(cell.Text)).Where(match => match.Success).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"\A\s*// exercise (\d\d\.\d)\s*$", RegexOptions.Multiline)]
    private static partial Regex ExerciseLine();
}
