using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Tests.Notebooks.ChapterSample;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>
/// A measured number in a chapter's text is followed by a comment with words and a tolerance, and a line with these words must state it, in the code cells
/// above in the same section or in those of a section that the comment names: <c>0.427&lt;!-- orange ±0.001 --&gt;</c>,
/// <c>0.427&lt;!-- 2.1: orange ±0.001 --&gt;</c>, or as a range <c>4 to 9&lt;!-- steps 3..11 --&gt;</c>: both ends inside, and the output states a number
/// inside. In "What you saw", in a verdict and in a folded answer each decimal number and each percentage is marked or was given before.
/// </summary>
public sealed partial class MarkedNumberTests(ExecutedCourse course)
{
    public static TheoryData<string> Chapters => RuledChapters.Names;

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_NumbersInTheText_AreThoseOfTheOutput(string name) => RuledChapters.HasNone(Faults(await RuledChapters.GetAsync(course, name)));

    [Theory]
    [InlineData("**What you saw.** It is 0.427<!-- orange ±0.001 -->, of d = 0.5.")]
    [InlineData("**What you saw.** It is 0.427<!-- orange ±0.001 --> and −3<!-- apple ±0.1 -->.")]
    [InlineData("**What you saw.** About **14 %**<!-- share ±1 -->, 10 to 20 %<!-- share 9..21 -->.")]
    [InlineData("**What you saw.** So it is, in the 95 % interval.\n\n**Prediction.** How much?\n\n- [ ] 14 %\n- [ ] 15 %")]
    [InlineData("**What you saw.** Nearly nothing: 2·10⁻⁷<!-- left: 1e-7..4e-7 --> and 2e-7<!-- left: ±1e-8 -->.")]
    [InlineData("<details><summary>Our verdict</summary>\n\nIt is 0.427<!-- 1.1: orange ±0.001 -->.\n\n</details>")]
    [InlineData("**1.** Is 0.9 much?\n\n<details><summary>Answer</summary>\n\nNo, 0.9 is $0.8 + 0.1$, see section 1.1.\n\n</details>")]
    [InlineData("<details><summary>Hint 1 of 3</summary>\n\nTry 0.7.\n\n</details>")]
    [InlineData("**What you saw.** As section 2.1 and exercise 02.3 say.\n\n**Source.** Yang et al. 2022, definition 4.1.")]
    public void Sample_Good_HasNoFault(string text) => Assert.Empty(Faults(WithText(text)));

    [Theory]
    [InlineData("**What you saw.** It is 0.43.", "0.43 is not marked")]
    [InlineData("**What you saw.** It is 14 %.", "14 % is not marked")]
    [InlineData("<details><summary>Our verdict</summary>\n\nIt is 0.427.\n\n</details>", "0.427 is not marked")]
    [InlineData("**1.** Is 0.9 much?\n\n<details><summary>Answer</summary>\n\nNo, 14 %.\n\n</details>", "14 % is not marked")]
    [InlineData("**What you saw.** It is 0.427<!-- ±0.001 -->.", "<!-- ±0.001 --> cannot be read")]
    [InlineData("It is 4 to 9<!-- 3..11 -->.", "<!-- 3..11 --> cannot be read")]
    [InlineData("**What you saw.** It is 0.44<!-- orange ±0.001 -->.", "no line above with “orange” states 0.44 ± 0.001")]
    [InlineData("It is 0.427<!-- 1.2: orange ±0.001 -->.", "no line of section 1.2 with “orange”")]
    [InlineData("**What you saw.** It is 0.427<!-- phone ±0.001 -->.", "no line above with “phone”")]
    [InlineData("It is 12 %<!-- share ±1 -->.", "no line above with “share”")]
    [InlineData("It is 4 to 9<!-- orange 5..11 -->.", "4 is outside 5..11")]
    [InlineData("It is 4 to 9<!-- orange 3..11 -->.", "no line above with “orange” states a number in 3..11")]
    [InlineData("It is so<!-- orange ±1 -->.", "no number stands before")]
    [InlineData("It is 2·10⁻⁶<!-- left: 1e-7..4e-7 -->.", "2E-06 is outside 1E-07..4E-07")]
    [InlineData("It is 3<!-- share one..4 -->.", "<!-- share one..4 --> cannot be read")]
    public void Sample_Bad_IsNamed(string text, string fault) => Assert.Contains(fault, Assert.Single(Faults(WithText(text))));

    [Fact]
    public void Sample_StatedInAnotherSection_IsNamed() =>
        Assert.Contains("states 0.427",
            Assert.Single(Faults(Of(Text("## 1"), Code("x", "orange 0.4268\n"), Text("## 2"), Code("x", "1\n"), Text("It is 0.427<!-- orange ±0.001 -->.")))));

    private static ExecutedNotebook WithText(string text) =>
        Of(Text("## 1.1 · A section\n\nWe take d = 0.5."), Code("x", "orange 0.4268, apple -3\nshare 14.4 %\nleft: 2·10⁻⁷\n"), Text(text));

    private static IEnumerable<string> Faults(ExecutedNotebook chapter)
    {
        IEnumerable<(ExecutedCell Cell, string Fault)> marks = MarkedPlace.Of(chapter).Select(place => (place.Text, Fault(place) ?? "")),
            texts = chapter.Cells.Where(cell => cell.Language == "markdown").SelectMany(cell => Unread(cell.Source).Concat(Unmarked(chapter, cell))
                .Select(fault => (cell, fault)));
        return marks.Concat(texts).Where(found => found.Fault.Length > 0).OrderBy(found => found.Cell.Number)
            .Select(found => $"{chapter.Name}.dib: cell {found.Cell.Number}: {found.Fault}");
    }

    private static string? Fault(MarkedPlace place)
    {
        MarkedNumber mark = place.Mark;
        string where = $"no line {(mark.Section is { } section ? $"of section {section}" : "above")} with “{string.Join(' ', mark.Words)}” states ";
        double outside = mark.Tolerance is null ? mark.Written.FirstOrDefault(number => !mark.Allows(number), double.NaN) : double.NaN;
        return mark.Written.Count == 0 ? $"no number stands before {mark.Mark}."
            : !double.IsNaN(outside) ? FormattableString.Invariant($"{outside} is outside {mark.Low}..{mark.High}.")
            : mark.Nearest(place.Code.SelectMany(cell => StatedText.Lines(cell.Outputs))) is { } stated && mark.Allows(StatedText.Value(stated)) ? null
            : where + (mark.Tolerance is { } tolerance ? FormattableString.Invariant($"{mark.Written[^1]} ± {tolerance}.")
                : FormattableString.Invariant($"a number in {mark.Low}..{mark.High}."));
    }

    private static IEnumerable<string> Unread(string text) =>
        Comment().Matches(text).Select(match => match.Value).Except(MarkedNumber.Of(text).Select(mark => mark.Mark))
            .Select(comment => $"{comment} cannot be read: write <!-- words ±0.1 --> or <!-- words 3..11 -->, words of the line that states it.");

    private static IEnumerable<string> Unmarked(ExecutedNotebook chapter, ExecutedCell cell)
    {
        bool saw = cell.Source.StartsWith("**What you saw.**", StringComparison.Ordinal);
        string reported = saw ? cell.Source.Split("**Prediction.**")[0]
            : string.Join('\n', Folded().Matches(cell.Source).Select(match => Formula().Replace(match.Value, "")));
        if (reported.Length == 0)
        {
            return [];
        }

        // What a question asks about is given to its answer.
        HashSet<double> given = GivenNumbers.Before(chapter, cell, saw ? "" : Folded().Replace(cell.Source, ""));
        return Measured().Matches(SeveralMarked().Replace(Reference().Replace(reported, ""), "")).Select(match => match.Value)
            .Where(number => !GivenNumbers.Has(given, StatedText.Value(number.TrimEnd('%', ' '))))
            .Select(number => $"{number} is not marked: write words of the stating line and its tolerance behind it, {number}<!-- … ±… -->.");
    }

    [GeneratedRegex(@"<!-- [^\n>]*(?:±|\.\.)[^\n>]* -->")]
    private static partial Regex Comment();

    [GeneratedRegex(MarkedNumber.Pattern + @"<!-- [^\n]*?(?:±|\.\.)[^\n]*? -->")]
    private static partial Regex SeveralMarked();

    /// <summary>A decimal number or a percentage.</summary>
    [GeneratedRegex(@"(?<![\w.])(?:\d+(?:\.\d+)? ?%|\d+\.\d+(?![\w.]*\w))")]
    private static partial Regex Measured();

    [GeneratedRegex(@"<summary>(?:Answer|Our verdict)</summary>.*?</details>", RegexOptions.Singleline)]
    private static partial Regex Folded();

    /// <summary>What the reader can reckon, between dollar signs.</summary>
    [GeneratedRegex(@"\$\$?[^$]*\$\$?")]
    private static partial Regex Formula();

    /// <summary>Sections, exercises, sources, code between backticks, and how much an interval holds, which is chosen.</summary>
    [GeneratedRegex(
        @"(?:sections?|exercises?|chapters?|equations?|definitions?|tables?|figures?|§) ?\d+\.\d+(?:(?:,| and| to) \d+\.\d+)*"
        + @"|`[^`]*`|\d+ % (?:interval|probability)|^\*\*Source\.\*\*[^\n]*",
        RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Reference();
}
