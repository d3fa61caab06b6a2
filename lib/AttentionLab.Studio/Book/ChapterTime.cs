using System.Text.RegularExpressions;

namespace AttentionLab.Studio.Book;

/// <summary>How long a chapter takes, read from its own header, so that no list can say anything else.</summary>
/// <param name="Meetings">Meetings of a study group.</param>
/// <param name="MeetingMinutes">Minutes of each.</param>
/// <param name="HomeMinutes">Minutes at home, beside the meetings.</param>
public sealed partial record ChapterTime(int Meetings, int MeetingMinutes, int HomeMinutes)
{
    /// <summary>
    /// The times of a header, <c>**Time.** Meeting: 75 minutes … At home: about 50 minutes more.</c> or <c>Two meetings of 60 minutes …</c>;
    /// for a notebook without one the sums over its sections marked <i>core</i> and <i>at home</i>.
    /// </summary>
    /// <param name="chapter">A chapter.</param>
    public static ChapterTime Of(Chapter chapter)
    {
        ArgumentNullException.ThrowIfNull(chapter);
        Match header = Header().Match(chapter.Cells.FirstOrDefault(cell => cell.Text is not null)?.Source ?? "");
        if (!header.Success)
        {
            SectionMark[] marks = [.. chapter.Texts.SelectMany(text => text.Marks)];
            int core = marks.Where(mark => mark.Core).Sum(mark => mark.Minutes);
            return new ChapterTime(core > 0 ? 1 : 0, core, marks.Where(mark => !mark.Core).Sum(mark => mark.Minutes));
        }

        Match one = Meeting().Match(header.Value), several = SeveralMeetings().Match(header.Value), home = Home().Match(header.Value);
        return new ChapterTime(
            several.Success ? Array.IndexOf(Counts, several.Groups[1].Value) : one.Success ? 1 : 0,
            Minutes(several.Success ? several.Groups[2] : one.Groups[1]),
            Minutes(home.Groups[1]));
    }

    /// <summary>In words, nothing where there is no time.</summary>
    public override string ToString() => string.Join(" · ", ((string[])[
        Meetings switch { 0 => "", 1 => $"meeting {MeetingMinutes} min", _ => $"{Meetings} meetings of {MeetingMinutes} min" },
        HomeMinutes > 0 ? $"at home {HomeMinutes} min" : "",
    ]).Where(part => part.Length > 0));

    /// <summary>A number stands at the index that it names.</summary>
    private static readonly string[] Counts = ["", "", "Two", "Three"];

    private static int Minutes(Group group) => group.Success ? int.Parse(group.ValueSpan) : 0;

    [GeneratedRegex(@"^\*\*Time\.\*\*.*$", RegexOptions.Multiline)]
    private static partial Regex Header();

    [GeneratedRegex(@"Meeting: ([0-9]{1,4}) minutes")]
    private static partial Regex Meeting();

    [GeneratedRegex(@"(Two|Three) meetings of ([0-9]{1,4}) minutes")]
    private static partial Regex SeveralMeetings();

    [GeneratedRegex(@"At home: (?:about )?([0-9]{1,4}) minutes")]
    private static partial Regex Home();
}
