using System.Reflection;
using System.Text.RegularExpressions;
using AttentionLab.Course.Exercises;

namespace AttentionLab.Course.Tests.Exercises;

/// <summary>What a chapter says about an exercise is what its card says: title, difficulty, minutes; each hint, folded; the starter; and a solution.</summary>
public partial class HintsInNotebooksTests
{
    private static readonly string Notebooks = Path.Combine(Repository.Root, "notebooks");

    public static TheoryData<string> Exercises() => [.. All().Select(about => about.Id)];

    [Theory]
    [MemberData(nameof(Exercises))]
    public void Exercise_StandsInItsChapter_WithStarterHintsAndSolution(string id)
    {
        Exercise about = All().Single(exercise => exercise.Id == id);
        string chapter = Directory.GetFiles(Notebooks, $"{id[..2]}-*.dib").Single();
        string text = File.ReadAllText(chapter);
        Assert.All(about.Hints, hint => Assert.Contains(hint, text));
        Assert.Matches($@"(?m)^## {id} · {Regex.Escape(about.Title)}\r?\n\r?\n\*(?:core|at home)\* · {about.Minutes} min", text);
        Assert.Matches($@"(?m)^\| {id} \| {Regex.Escape(about.Title)} \| {about.Difficulty} \| {about.Minutes}(?: min)? \|", text);
        Assert.Single(StarterLine().Matches(text), line => line.Groups[1].Value == id);

        string solutions = File.ReadAllText(Path.Combine(Notebooks, "solutions", Path.GetFileName(chapter)));
        Assert.Single(StarterLine().Matches(solutions), line => line.Groups[1].Value == id);
    }

    private static Exercise[] All() =>
        [.. typeof(Exercise).Assembly.GetTypes()
            .Select(type => type.GetProperty("About", BindingFlags.Public | BindingFlags.Static))
            .Where(property => property?.PropertyType == typeof(Exercise))
            .Select(property => (Exercise)property!.GetValue(null)!)
            .OrderBy(about => about.Id)];

    [GeneratedRegex(@"^// exercise (\d\d\.\d)\r?$", RegexOptions.Multiline)]
    private static partial Regex StarterLine();
}
