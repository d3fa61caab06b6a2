using System.Globalization;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>Each leader's sheet has all its parts, a plan as long as the chapter's meeting, and a column for each prediction of the core.</summary>
public sealed partial class LeaderSheetTests
{
    private static readonly string[] Parts =
    [
        "**Goal.**", "**Members, before the meeting", "`work/`", "**Prepare (", "## Plan: ", "## Seconds", "## What to show",
        "## Likely wrong answers, and what they reveal", "## When a laptop fails", "## When you are late", "## When you are early",
        "## One question without a fixed answer", "## Sheet for predictions and votes", "## Cards for the claims", "Brier score: (p − o)²",
    ];

    public static TheoryData<string> Chapters => [.. Names()];

    [Theory]
    [MemberData(nameof(Chapters))]
    public void Sheet_HasAllItsParts(string name) => RuledChapters.HasNone(Faults(Read("leader", name + ".md"), Read(name + ".dib")));

    [Fact]
    public void Readme_SaysHowLongTheSheetsTake()
    {
        int[] prepare = [.. Names().Select(name => Minutes(Prepare(), Read("leader", name + ".md")))],
            run = [.. Names().Select(name => Minutes(Plan(), Read("leader", name + ".md")))];
        Assert.Contains($"{prepare.Min()} to {prepare.Max()} minutes to prepare, {run.Min()} to {run.Max()} minutes to run",
            File.ReadAllText(Path.Combine(Repository.Root, "README.md")));
    }

    [Theory]
    [InlineData("## Plan: 9 minutes", "## Plan: 8 minutes", "the plan is for 8 minutes, the chapter's meeting for 9")]
    [InlineData("| 4–9 |", "| 5–9 |", "the plan has a gap or an overlap at minute 5")]
    [InlineData("| 4–9 |", "| 4–8 |", "the plan ends at minute 8 of 9")]
    [InlineData("| 1.1 | Vote after |", "| Vote after |", "0 columns for predictions, the chapter's core has 1")]
    [InlineData("## When a laptop fails", "", "“## When a laptop fails” is missing")]
    public void Sample_WithAFault_IsNamed(string part, string instead, string fault)
    {
        Assert.Empty(Faults(Sample, Chapter));
        Assert.Contains(fault, Assert.Single(Faults(Sample.Replace(part, instead, StringComparison.Ordinal), Chapter)));
    }

    private const string Chapter = "#!markdown\n\n**Time.** Meeting: 9 minutes.\n\n## 1.1 · A\n\n*core* · 5 min\n\n**Prediction.** Which?\n\n"
        + "## 1.2 · B\n\n*at home* · 5 min\n\n**Prediction.** Which?\n";

    private static string Sample => string.Join("\n\n", Parts)
        .Replace("## Plan: ", "## Plan: 9 minutes\n\n| 0–4 | a | b |\n| 4–9 | c | d |\n", StringComparison.Ordinal)
        + "\n| Name | Vote before | 1.1 | Vote after |\n";

    private static IEnumerable<string> Names() =>
        ExecutedCourse.Folder.Chapters.Select(path => Path.GetFileNameWithoutExtension(path)!).Where(name => !RuledChapters.IsLater(name));

    private static string Read(params ReadOnlySpan<string> path) => File.ReadAllText(Path.Combine([Repository.Notebooks, .. path]));

    private static int Minutes(Regex line, string text) =>
        line.Match(text) is { Success: true } found ? int.Parse(found.Groups[1].Value, CultureInfo.InvariantCulture) : -1;

    private static IEnumerable<string> Faults(string sheet, string chapter)
    {
        foreach (string part in Parts.Where(part => !sheet.Contains(part, StringComparison.Ordinal)))
        {
            yield return $"“{part}” is missing.";
        }

        int planned = Minutes(Plan(), sheet), meeting = Minutes(Meeting(), chapter), at = 0;
        if (planned != meeting)
        {
            yield return $"the plan is for {planned} minutes, the chapter's meeting for {meeting}.";
            yield break;
        }

        foreach (Match row in Rows().Matches(sheet))
        {
            int from = int.Parse(row.Groups[1].Value, CultureInfo.InvariantCulture);
            if (from != at)
            {
                yield return $"the plan has a gap or an overlap at minute {from}.";
            }

            at = int.Parse(row.Groups[2].Value, CultureInfo.InvariantCulture);
        }

        if (at != planned)
        {
            yield return $"the plan ends at minute {at} of {planned}.";
        }

        int columns = Columns().Match(sheet).Groups[1].Value.Count(c => c == '|'), predictions = CorePredictions(chapter);
        if (columns != predictions)
        {
            yield return $"{columns} columns for predictions, the chapter's core has {predictions}.";
        }
    }

    private static int CorePredictions(string chapter) => Section().Split(chapter)
        .Where(section => section.Contains("\n*core*", StringComparison.Ordinal)).Sum(section => section.Split("**Prediction.**").Length - 1);

    [GeneratedRegex(@"^## Plan: (\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex Plan();

    [GeneratedRegex(@"^\*\*Prepare \((\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex Prepare();

    [GeneratedRegex(@"^\*\*Time\.\*\* Meeting: (\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex Meeting();

    [GeneratedRegex(@"^\| (\d+)–(\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"^\| Name \| Vote before((?: \| [^|\n]+)*?) \| Vote after \|$", RegexOptions.Multiline)]
    private static partial Regex Columns();

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex Section();
}
