using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Tests.Notebooks.ChapterSample;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>
/// A chapter has all its parts: times, figure, claim with two votes, sections, exercises with hints, questions with answers, solutions, leader's sheet.
/// A section has its time, a prediction, a chart, what you saw, and a source.
/// </summary>
public sealed partial class ChapterPartsTests(ExecutedCourse course)
{
    /// <summary>The presenter finds claims by "Vote now" and "Vote again": <c>page/live/vote.js</c>.</summary>
    private static readonly string[] Parts = ["## In one minute", "## The claim that we test", "Vote now", "## Vote again", "<summary>Our verdict</summary>"];

    /// <summary>Sections that do without a part, and why.</summary>
    private static readonly Dictionary<string, string> Without = new()
    {
        ["0.3"] = "a chart", // It shows a card.
    };

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
    [InlineData("All cells together run in about 9 seconds.", "", "the line of times does not say")]
    [InlineData("*core* · 5 min", "", "section 99.1 has no time (*core* · 5 min)")]
    [InlineData("**Prediction.**", "", "section 99.1 has no prediction")]
    [InlineData("**What you saw.**", "", "section 99.1 has no “What you saw”")]
    [InlineData("**Source.**", "", "section 99.1 has no source")]
    [InlineData("## Vote again\n\n> “Either", "## Vote again\n\n> “Neither", "not the one of the beginning")]
    public void Sample_WithoutAPart_IsNamed(string part, string instead, string fault) =>
        Assert.Contains(Faults(Of([.. Whole().Cells.Select(cell => cell with { Source = cell.Source.Replace(part, instead) })])),
            found => found.Contains(fault));

    [Fact]
    public void Sample_SectionWithoutAChart_IsNamed() =>
        Assert.Equal("section 99.1 has no chart.", Assert.Single(Faults(Of([.. Whole().Cells.Select(cell => cell with { Outputs = [] })]))));

    private static ExecutedNotebook Whole()
    {
        ExecutedCell[] exercises = [.. Enumerable.Range(1, 3).SelectMany(i => new[]
        {
            Text(string.Concat(Enumerable.Range(1, 3).Select(hint => $"<details><summary>Hint {hint} of 3</summary>x</details>\n"))),
            Code($"// exercise 99.{i}\nx();"),
        })];
        return Of([Text("# 99\n\nAll cells together run in about 9 seconds.\n\n## In one minute\n\n"
                + $"## The claim that we test\n\n{Claim}\n\n**Vote now: true?**"),
            Code("#!import ./setup.dib"), Code("DataFlow.OfChapter(99)"),
            Text("## 99.1 · A section\n\n*core* · 5 min\n\n**Prediction.** Which?"), Chart("y()", "title", "summary"),
            Text("**What you saw.** It.\n\n**Source.** Me."),
            Text("## Exercises"), .. exercises,
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

        IEnumerable<string> times = Seconds().IsMatch(text) ? []
            : ["the line of times does not say how long it runs: “All cells together run in about 9 seconds.”"];
        foreach (string fault in times.Concat(Sections(chapter).SelectMany(section => OfSection(section.Number, section.Cells))))
        {
            yield return fault;
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

    private static IEnumerable<(string Number, List<ExecutedCell> Cells)> Sections(ExecutedNotebook chapter)
    {
        List<(string Number, List<ExecutedCell> Cells)> sections = [];
        foreach (ExecutedCell cell in chapter.Cells.TakeWhile(cell => !cell.Source.Contains("## Exercises", StringComparison.Ordinal)))
        {
            if (cell.Language == "markdown" && Heading().Match(cell.Source) is { Success: true } heading)
            {
                sections.Add((heading.Groups["number"].Value, []));
            }

            sections.LastOrDefault().Cells?.Add(cell);
        }

        return sections.Where(section => section.Number.Length > 0);
    }

    private static IEnumerable<string> OfSection(string number, List<ExecutedCell> cells)
    {
        string text = string.Join("\n\n", cells.Where(cell => cell.Language == "markdown").Select(cell => cell.Source));
        (string Name, bool Has)[] parts =
        [
            ("time (*core* · 5 min)", Time().IsMatch(text)), ("a prediction", text.Contains("**Prediction.**", StringComparison.Ordinal)),
            ("a chart", cells.Any(cell => cell.Outputs.Any(output => output.MimeType == CellOutput.Plotly))),
            ("“What you saw”", text.Contains("**What you saw.**", StringComparison.Ordinal)),
            ("a source", text.Contains("**Source.**", StringComparison.Ordinal)),
        ];
        return parts.Where(part => !part.Has && Without.GetValueOrDefault(number) != part.Name)
            .Select(part => $"section {number} has no {(part.Name.StartsWith("a ", StringComparison.Ordinal) ? part.Name[2..] : part.Name)}.");
    }

    [GeneratedRegex(@"^## (?<number>\d+\.\d+)?", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"^\*(?:core|at home)\* · \d+ min", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex(@"All cells together run in about \d+ seconds\.")]
    private static partial Regex Seconds();

    /// <summary>The quoted claim under its heading, first and last.</summary>
    [GeneratedRegex(@"## (?:The claim that we test|Vote again)\n\n((?:>[^\n]*\n?)+)")]
    private static partial Regex ClaimLine();
}
