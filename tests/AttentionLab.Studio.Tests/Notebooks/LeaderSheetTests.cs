using System.Globalization;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>Each leader's sheet has all its parts, for each meeting a plan as long as the chapter says, and a column for each prediction of the core.</summary>
public sealed partial class LeaderSheetTests
{
    private static readonly string[] Parts =
    [
        "**Goal.**", "**Members, before the meeting", "`work/`", "**Prepare (", "## Plan", "## Seconds", "## What to show",
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
        string[] sheets = [.. Names().Select(name => Read("leader", name + ".md"))];
        int[] prepare = [.. sheets.SelectMany(sheet => Minutes(Prepare(), sheet))], run = [.. sheets.SelectMany(sheet => Minutes(Plan(), sheet))];
        Assert.Contains($"{prepare.Min()} to {prepare.Max()} minutes to prepare, {run.Min()} to {run.Max()} minutes to run",
            File.ReadAllText(Path.Combine(Repository.Root, "README.md")));
    }

    [Theory]
    [InlineData("## Plan: 9 minutes", "## Plan: 8 minutes", "the plan is for 8 minutes, the chapter's meeting for 9")]
    [InlineData("| 4–9 |", "| 5–9 |", "the plan has a gap or an overlap at minute 5")]
    [InlineData("| 4–9 |", "| 4–8 |", "the plan ends at minute 8 of 9")]
    [InlineData("| 1.1 | Vote after |", "| Vote after |", "0 columns for predictions, the chapter's core has 1")]
    [InlineData("## Plan: 9 minutes", "## Plan A: 9 minutes\n\n| 0–9 | a | b |\n\n## Plan B: 9 minutes",
        "the plan is for 9 and 9 minutes, the chapter's meeting for 9")]
    [InlineData("| 4–9 | c |", "| 4–9 | 1.2 what else? |", "")]
    [InlineData("| 0–4 | a |", "| 0–4 | 1.1 a |", "“1.1 a” has 4 minutes in the plan, 5 in the chapter")]
    [InlineData("| 4–9 | c |", "| 4–9 | 1.2 and exercise 1.1 |", "“1.2 and exercise 1.1” has 5 minutes in the plan, 8 in the chapter")]
    [InlineData("## When a laptop fails", "", "“## When a laptop fails” is missing")]
    public void Sample_WithAFault_IsNamed(string part, string instead, string fault)
    {
        Assert.Empty(Faults(Sample, Chapter));
        string[] faults = [.. Faults(Sample.Replace(part, instead, StringComparison.Ordinal), Chapter)];
        Assert.True(fault.Length == 0 ? faults.Length == 0 : faults is [var only] && only.Contains(fault, StringComparison.Ordinal), string.Join(" ", faults));
    }

    [Theory]
    [InlineData("", "", null)]
    [InlineData("| 4–7 | second", "| 3–7 | second", "the plan has a gap or an overlap at minute 3")]
    [InlineData("| 4–7 | second", "| 4–6 | second", "the plan ends at minute 6 of 7")]
    [InlineData("## Plan B: 7", "## Plan B: 8", "the plan is for 7 and 8 minutes, the chapter's meeting for 7 and 7")]
    public void Sample_OfTwoMeetings_HasAPlanForEach(string part, string instead, string? fault)
    {
        string plans = "## Plan A: 7 minutes, words\n\n| 0–7 | first | b |\n\n## Plan B: 7 minutes\n\n| 0–4 | a | b |\n| 4–7 | second | d |\n\n## Plan";
        string[] faults = [.. Faults(
            Sample.Replace(PlanOfSample, part.Length == 0 ? plans : plans.Replace(part, instead, StringComparison.Ordinal), StringComparison.Ordinal),
            Chapter.Replace("Meeting: 9 minutes", "Two meetings of 7 minutes", StringComparison.Ordinal))];
        Assert.Equal(fault is null ? [] : [fault + "."], faults);
    }

    private const string Chapter = "#!markdown\n\n**Time.** Meeting: 9 minutes.\n\n## 1.1 · A\n\n*core* · 5 min\n\n**Prediction.** Which?\n\n"
        + "## 1.2 · B\n\n*at home* · 5 min\n\n**Prediction.** Which?\n"
        + "\n## Exercises\n\n## 1.1 · C\n\n*core* · 3 min\n";

    private const string PlanOfSample = "## Plan: 9 minutes\n\n| 0–4 | a | b |\n| 4–9 | c | d |\n";

    private static string Sample => string.Join("\n\n", Parts)
        .Replace("## Plan", PlanOfSample, StringComparison.Ordinal)
        + "\n| Name | Vote before | 1.1 | Vote after |\n";

    private static IEnumerable<string> Names() =>
        ExecutedCourse.Folder.Chapters.Select(path => Path.GetFileNameWithoutExtension(path)!);

    private static string Read(params ReadOnlySpan<string> path) => File.ReadAllText(Path.Combine([Repository.Notebooks, .. path]));

    private static int[] Minutes(Regex line, string text) => [.. line.Matches(text).Select(found => Number(found.Groups[1]))];

    private static int Number(Group digits) => int.Parse(digits.Value, CultureInfo.InvariantCulture);

    private static IEnumerable<string> Faults(string sheet, string chapter)
    {
        foreach (string part in Parts.Where(part => !sheet.Contains(part, StringComparison.Ordinal)))
        {
            yield return $"“{part}” is missing.";
        }

        int[] planned = Minutes(Plan(), sheet), meetings = Minutes(Meeting(), chapter), twice = Minutes(TwoMeetings(), chapter);
        meetings = [.. meetings, .. twice, .. twice];
        if (!planned.SequenceEqual(meetings))
        {
            yield return $"the plan is for {string.Join(" and ", planned)} minutes, the chapter's meeting for {string.Join(" and ", meetings)}.";
            yield break;
        }

        foreach (string fault in Section().Split(sheet).Where(section => Plan().IsMatch("## " + section)).SelectMany(OfPlan))
        {
            yield return fault;
        }

        foreach (string fault in OtherMinutes(sheet, chapter))
        {
            yield return fault;
        }

        int columns = Columns().Match(sheet).Groups[1].Value.Count(c => c == '|'), predictions = CorePredictions(chapter);
        if (columns != predictions)
        {
            yield return $"{columns} columns for predictions, the chapter's core has {predictions}.";
        }
    }

    private static IEnumerable<string> OfPlan(string section)
    {
        int planned = Minutes(Plan(), "## " + section)[0], at = 0;
        foreach (Match row in Rows().Matches(section))
        {
            int from = Number(row.Groups[1]);
            if (from != at)
            {
                yield return $"the plan has a gap or an overlap at minute {from}.";
            }

            at = Number(row.Groups[2]);
        }

        if (at != planned)
        {
            yield return $"the plan ends at minute {at} of {planned}.";
        }
    }

    /// <summary>
    /// Where a row of the plan names sections or exercises, it has their minutes: "0.3 and exercise 00.1" the sum of both. A number behind the word
    /// exercise is an exercise (chapters 10 to 13 number both alike).
    /// </summary>
    private static IEnumerable<string> OtherMinutes(string sheet, string chapter)
    {
        Dictionary<string, int>[] minutes = [.. chapter.Split("\n## Exercises\n").Select(half =>
            Headings().Matches(half).ToDictionary(found => found.Groups[1].Value, found => Number(found.Groups[2])))];
        foreach (Match row in NamedRows().Matches(sheet))
        {
            string what = row.Groups[3].Value;
            int behind = what.IndexOf("xercise", StringComparison.Ordinal);
            int parts = Identifiers().Matches(what).Sum(found =>
                minutes[behind >= 0 && found.Index > behind ? minutes.Length - 1 : 0].GetValueOrDefault(found.Value));
            int planned = Number(row.Groups[2]) - Number(row.Groups[1]);
            if (parts > 0 && parts != planned)
            {
                yield return $"“{what}” has {planned} minutes in the plan, {parts} in the chapter.";
            }
        }
    }

    private static int CorePredictions(string chapter) => Section().Split(chapter)
        .Where(section => section.Contains("\n*core*", StringComparison.Ordinal)).Sum(section => section.Split("**Prediction.**").Length - 1);

    [GeneratedRegex(@"^## Plan(?: [AB])?: (\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex Plan();

    [GeneratedRegex(@"^\*\*Prepare \((\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex Prepare();

    [GeneratedRegex(@"^\*\*Time\.\*\* Meeting: (\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex Meeting();

    [GeneratedRegex(@"^\*\*Time\.\*\* Two meetings of (\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex TwoMeetings();

    [GeneratedRegex(@"^\| (\d+)–(\d+) \|", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex(@"^\| (\d+)–(\d+) \| ([^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex NamedRows();

    [GeneratedRegex(@"(?<![\d.])\d+\.\d+(?![\d.])")]
    private static partial Regex Identifiers();

    [GeneratedRegex(@"^## (\d+\.\d+) · [^\n]*\n+\*(?:core|at home)\* · (\d+) min", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"^\| Name \| Vote before((?: \| [^|\n]+)*?) \| Vote after \|$", RegexOptions.Multiline)]
    private static partial Regex Columns();

    [GeneratedRegex("^## ", RegexOptions.Multiline)]
    private static partial Regex Section();
}
