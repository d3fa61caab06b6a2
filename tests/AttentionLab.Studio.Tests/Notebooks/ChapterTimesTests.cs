using System.Globalization;
using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>
/// What a chapter's header promises is what its parts add up to: a meeting holds its core minutes, at most three sections and two exercises, and the time
/// at home is the sum of the parts at home, rounded to five minutes.
/// </summary>
public sealed partial class ChapterTimesTests
{
    private const int MostExercises = 2, MostSections = 3;

    public static TheoryData<string> Chapters => RuledChapters.Names;

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_TimesAreTheSumsOfItsParts(string name) => RuledChapters.HasNone(
        Faults(name, await File.ReadAllTextAsync(Path.Combine(Repository.Notebooks, name + ".dib"), TestContext.Current.CancellationToken)));

    [Theory]
    [InlineData("", "", "")]
    [InlineData("At home: about 25", "At home: about 30", "27 minutes at home")]
    [InlineData("*core* · 30 min", "*core* · 31 min", "meeting 1 of 75 minutes has 76 core minutes")]
    [InlineData("| 99.1 | A | 1 | 12 |", "| 99.1 | A | 1 | 10 |", "99.1 takes 10 minutes (*core*) in the table and 12 minutes (*core*) above its cell")]
    [InlineData("*at home* · 15 min", "*core* · 1 min", "4 core sections")]
    [InlineData("Meeting: 75 minutes", "Two meetings of 75 minutes", "meeting 2 of 75 minutes has no core section")]
    [InlineData("**Time.**", "**Takes.**", "no line **Time.**")]
    public void Sample_WrongTimes_AreNamed(string part, string instead, string fault)
    {
        const string Sample = """
            **Time.** Meeting: 75 minutes (marked *core*). At home: about 25 minutes more.
            ## 99.1 · a
            *core* · 30 min
            ## 99.2 · b
            *core* · 20 min
            ## 99.3 · c
            *core* · 13 min
            ## 99.4 · d
            *at home* · 15 min
            ## Exercises
            | 99.1 | A | 1 | 12 | *core* |
            | 99.2 | B | 1 | 12 min | *at home* |
            ## 99.1 · A
            *core* · 12 min
            ## 99.2 · B
            *at home* · 12 min
            """;
        string faults = string.Join(" ", Faults("99-sample", part.Length > 0 ? Sample.Replace(part, instead) : Sample));
        Assert.True(fault.Length == 0 ? faults.Length == 0 : faults.Contains(fault), faults);
    }

    private sealed record Part(string Id, string Place, int Minutes, int Meeting, bool IsExercise)
    {
        public bool IsCore => Place == "core";
    }

    private static IEnumerable<string> Faults(string name, string text)
    {
        Match time = Time().Match(text);
        if (!time.Success)
        {
            yield return $"{name}.dib: no line **Time.** Meeting: 75 minutes … At home: about 50 minutes more.";
            yield break;
        }

        int meetings = time.Groups[1].Success ? 2 : 1, minutes = Number(time.Groups[2]);
        (Part[] parts, Part[] table) = Read(text);
        for (int meeting = 1; meeting <= meetings; meeting++)
        {
            Part[] core = [.. parts.Where(part => part.IsCore && part.Meeting == meeting)];
            int sum = core.Sum(part => part.Minutes), sections = core.Count(part => !part.IsExercise), exercises = core.Length - sections;
            if (sum > minutes)
            {
                yield return $"{name}.dib: meeting {meeting} of {minutes} minutes has {sum} core minutes: mark a part *at home*.";
            }

            if (sections == 0 || exercises > MostExercises)
            {
                yield return $"{name}.dib: meeting {meeting} of {minutes} minutes has {(sections == 0 ? "no core section" : $"{exercises} core exercises")}.";
            }

            // Chapter 00 only tries out the machine: five short sections.
            if (sections > MostSections && !name.StartsWith("00", StringComparison.Ordinal))
            {
                yield return $"{name}.dib: meeting {meeting} has {sections} core sections, at most {MostSections} are held: mark one *at home*.";
            }
        }

        int home = parts.Where(part => !part.IsCore).Sum(part => part.Minutes), stated = Number(time.Groups[3]);
        if (stated != (int)Math.Round(home / 5.0, MidpointRounding.AwayFromZero) * 5)
        {
            yield return $"{name}.dib: its parts take {home} minutes at home, its header says {stated}: write the sum, rounded to five.";
        }

        foreach ((Part listed, Part exercise) in table.Join(parts.Where(part => part.IsExercise), row => row.Id, part => part.Id, (row, part) => (row, part))
            .Where(pair => (pair.row.Minutes, pair.row.Place) != (pair.part.Minutes, pair.part.Place)))
        {
            yield return $"{name}.dib: exercise {listed.Id} takes {listed.Minutes} minutes (*{listed.Place}*) in the table and {exercise.Minutes} minutes "
                + $"(*{exercise.Place}*) above its cell.";
        }
    }

    /// <summary>
    /// Sections and exercises in their order, and the exercises as the table lists them. A meeting begins with <c>**Meeting A.**</c> or
    /// <c>**First meeting.**</c>; an exercise belongs to the meeting that its row names.
    /// </summary>
    private static (Part[] Parts, Part[] Table) Read(string text)
    {
        List<Part> parts = [], table = [];
        List<string> meetings = [];
        string id = "";
        foreach (Match line in Marks().Matches(text))
        {
            if (line.Groups["meeting"] is { Success: true } meeting)
            {
                meetings.Add(meeting.Value);
            }
            else if (line.Groups["row"] is { Success: true } row)
            {
                int named = meetings.FindIndex(each => line.Groups["rest"].Value.Contains(each, StringComparison.OrdinalIgnoreCase));
                table.Add(new(row.Value, line.Groups["listed"].Value, Number(line.Groups["time"]), Math.Max(0, named) + 1, true));
            }
            else if (line.Groups["id"] is { Success: true } heading)
            {
                id = heading.Value;
            }
            else
            {
                Part? exercise = table.Find(listed => listed.Id == id);
                int held = exercise?.Meeting ?? Math.Max(1, meetings.Count);
                parts.Add(new(id, line.Groups["place"].Value, Number(line.Groups["minutes"]), held, exercise is not null));
            }
        }

        return ([.. parts], [.. table]);
    }

    private static int Number(Group group) => int.Parse(group.Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^\*\*Time\.\*\* (?:Meeting:|(Two) meetings of) (\d+) minutes.*At home: about (\d+) minutes", RegexOptions.Multiline)]
    private static partial Regex Time();

    [GeneratedRegex(
        @"^(?:\*\*(?<meeting>Meeting [A-Z]|(?:First|Second) meeting)\.\*\*|## (?<id>\d+\.\d+) · |\*(?<place>core|at home)\* · (?<minutes>\d+) min"
        + @"|\| (?<row>\d+\.\d+) \|.*\| (?<time>\d+)(?: min)? \| \*(?<listed>core|at home)\*(?<rest>.*)\|)", RegexOptions.Multiline)]
    private static partial Regex Marks();
}
