using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Tests.Notebooks.ChapterSample;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>A chapter has all its parts: figure, claim with two votes, exercises with hints, questions with answers, solutions, leader's sheet.</summary>
public sealed partial class ChapterPartsTests(ExecutedCourse course)
{
    private static readonly string[] Parts = ["## In one minute", "## The claim that we test", "Vote now", "## Vote again", "<summary>Our verdict</summary>"];

    private const string Claim = "> “Either will do.”";

    public static TheoryData<string> Chapters => RuledChapters.Names;

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_HasAllItsParts(string name)
    {
        RuledChapters.HasNone(Faults(await RuledChapters.GetAsync(course, name)));
        Assert.True(File.Exists(Path.Combine(Repository.Notebooks, "leader", name + ".md")), $"leader/{name}.md is missing.");
        Assert.True(File.Exists(Path.Combine(Repository.Notebooks, "solutions", name + ".dib")), $"solutions/{name}.dib is missing.");
        Assert.Contains($"({name}.dib)", await File.ReadAllTextAsync(Path.Combine(Repository.Notebooks, "README.md"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public void Sample_Whole_HasNoFault() => Assert.Empty(Faults(Whole()));

    [Theory]
    [InlineData("DataFlow.OfChapter(99)", "DataFlow.OfChapter(98)", "DataFlow.OfChapter(99)")]
    [InlineData("// exercise 99.1\n", "", "2 exercises")]
    [InlineData("<summary>Hint 3 of 3</summary>", "", "exercise 99.1 has 2 hints")]
    [InlineData("<summary>Answer</summary>", "", "0 folded answers")]
    [InlineData("## In one minute", "", "In one minute")]
    [InlineData("Vote now", "", "Vote now")]
    [InlineData("## Vote again\n\n> “Either", "## Vote again\n\n> “Neither", "not the one of the beginning")]
    public void Sample_WithoutAPart_IsNamed(string part, string instead, string fault) =>
        Assert.Contains(Faults(Of([.. Whole().Cells.Select(cell => cell with { Source = cell.Source.Replace(part, instead) })])),
            found => found.Contains(fault));

    private static ExecutedNotebook Whole()
    {
        ExecutedCell[] exercises = [.. Enumerable.Range(1, 3).SelectMany(i => new[]
        {
            Text(string.Concat(Enumerable.Range(1, 3).Select(hint => $"<details><summary>Hint {hint} of 3</summary>x</details>\n"))),
            Code($"// exercise 99.{i}\nx();"),
        })];
        return Of([Text($"# 99\n\n## In one minute\n\n## The claim that we test\n\n{Claim}\n\n**Vote now: true?**"), Code("#!import ./setup.dib"),
            Code("DataFlow.OfChapter(99)"), .. exercises,
            Text(string.Concat(Enumerable.Repeat("<details><summary>Answer</summary>x</details>\n", 3))),
            Text($"## Vote again\n\n{Claim}\n\n<details><summary>Our verdict</summary>x</details>")]);
    }

    private static IEnumerable<string> Faults(ExecutedNotebook chapter)
    {
        ExecutedCell[] code = [.. chapter.Cells.Where(cell => cell.Language == "csharp")];
        string text = string.Join("\n\n", chapter.Cells.Where(cell => cell.Language == "markdown").Select(cell => cell.Source));
        string figure = $"DataFlow.OfChapter({int.Parse(chapter.Name[..2], System.Globalization.CultureInfo.InvariantCulture)})";
        if (code.ElementAtOrDefault(1)?.Source.Trim() != figure)
        {
            yield return $"the second code cell is not {figure}.";
        }

        foreach (string part in Parts.Where(part => !text.Contains(part, StringComparison.Ordinal)))
        {
            yield return $"“{part}” is missing.";
        }

        string[] claims = [.. ClaimLine().Matches(text).Select(match => match.Groups[1].Value.Trim()).Take(2)];
        if (claims.Length < 2 || claims[0] != claims[1])
        {
            yield return "the claim voted on at the end is not the one of the beginning.";
        }

        int answers = text.Split("<summary>Answer</summary>").Length - 1;
        if (answers != 3)
        {
            yield return $"{answers} folded answers, but three questions stand at the end.";
        }

        ExecutedCell[] exercises = [.. code.Where(cell => Report.ExerciseOf(cell.Source) is not null)];
        if (exercises.Length < 3)
        {
            yield return $"{exercises.Length} exercises, at least three are wanted.";
        }

        foreach (ExecutedCell exercise in exercises)
        {
            string task = chapter.Cells.Last(cell => cell.Language == "markdown" && cell.Number < exercise.Number).Source;
            int hints = Enumerable.Range(1, 3).Count(level => task.Contains($"<summary>Hint {level} of 3</summary>", StringComparison.Ordinal));
            if (hints != 3)
            {
                yield return $"exercise {Report.ExerciseOf(exercise.Source)} has {hints} hints in the cell above it, three are wanted.";
            }
        }
    }

    /// <summary>The quoted claim under its heading, first and last.</summary>
    [GeneratedRegex(@"## (?:The claim that we test|Vote again)\n\n((?:>[^\n]*\n?)+)")]
    private static partial Regex ClaimLine();
}
