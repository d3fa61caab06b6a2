using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Tests.Notebooks.ChapterSample;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>
/// A measured number in a chapter's text is followed by a comment with its tolerance, and the code cells above in the same section must state it:
/// <c>0.427&lt;!-- ±0.001 --&gt;</c>, with words that the stating line must hold <c>&lt;!-- orange ±0.001 --&gt;</c>, or as a range
/// <c>4 to 9&lt;!-- 3..11 --&gt;</c>: both ends inside, and the output states a number inside. In "What you saw" each decimal number is marked or was given
/// before.
/// </summary>
public sealed partial class MarkedNumberTests(ExecutedCourse course)
{
    public static TheoryData<string> Chapters => RuledChapters.Names;

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_NumbersInTheText_AreThoseOfTheOutput(string name) => RuledChapters.HasNone(Faults(await RuledChapters.GetAsync(course, name)));

    [Theory]
    [InlineData("**What you saw.** It is 0.427<!-- ±0.001 -->, of d = 0.5.")]
    [InlineData("**What you saw.** It is 0.427<!-- orange ±0.001 --> and −3<!-- ±0.1 -->.")]
    [InlineData("**What you saw.** About **14 %**<!-- share ±1 -->, 10 to 20 %<!-- share 9..21 -->.")]
    [InlineData("**What you saw.** Nearly nothing: 2·10⁻⁷<!-- left: 1e-7..4e-7 --> and 2e-7<!-- left: ±1e-8 -->.")]
    [InlineData("**What you saw.** As section 2.1 and exercise 02.3 say.\n\n**Source.** Yang et al. 2022, definition 4.1.")]
    public void Sample_Good_HasNoFault(string text) => Assert.Empty(Faults(WithText(text)));

    [Theory]
    [InlineData("**What you saw.** It is 0.43.", "0.43 is not marked")]
    [InlineData("**What you saw.** It is 0.44<!-- ±0.001 -->.", "no line above states 0.44 ± 0.001")]
    [InlineData("**What you saw.** It is 0.427<!-- phone ±0.001 -->.", "no line above with “phone”")]
    [InlineData("It is 12 %<!-- share ±1 -->.", "no line above with “share”")]
    [InlineData("It is 4 to 9<!-- 5..11 -->.", "4 is outside 5..11")]
    [InlineData("It is 4 to 9<!-- orange 3..11 -->.", "no line above with “orange” states a number in 3..11")]
    [InlineData("It is so<!-- ±1 -->.", "no number stands before")]
    [InlineData("It is 2·10⁻⁶<!-- left: 1e-7..4e-7 -->.", "2E-06 is outside 1E-07..4E-07")]
    [InlineData("It is 3<!-- share one..4 -->.", "<!-- share one..4 --> cannot be read")]
    public void Sample_Bad_IsNamed(string text, string fault) => Assert.Contains(fault, Assert.Single(Faults(WithText(text))));

    [Fact]
    public void Sample_StatedInAnotherSection_IsNamed() =>
        Assert.Contains("states 0.427",
            Assert.Single(Faults(Of(Text("## 1"), Code("x", "orange 0.4268\n"), Text("## 2"), Code("x", "1\n"), Text("It is 0.427<!-- ±0.001 -->.")))));

    private static ExecutedNotebook WithText(string text) =>
        Of(Text("## A section\n\nWe take d = 0.5."), Code("x", "orange 0.4268, apple -3\nshare 14.4 %\nleft: 2·10⁻⁷\n"), Text(text));

    private static IEnumerable<string> Faults(ExecutedNotebook chapter)
    {
        List<string> stated = [];
        foreach (ExecutedCell cell in chapter.Cells)
        {
            if (cell.Language == "csharp")
            {
                stated.AddRange(StatedText.Lines(cell.Outputs));
                continue;
            }

            if (Heading().IsMatch(cell.Source))
            {
                stated.Clear();
            }

            foreach (string fault in Marks(cell.Source, stated).Concat(Unmarked(chapter, cell)))
            {
                yield return $"{chapter.Name}.dib: cell {cell.Number}: {fault}";
            }
        }
    }

    private static IEnumerable<string> Marks(string text, List<string> stated)
    {
        HashSet<string> read = [.. MarkedNumber.Of(text).Select(mark => mark.Mark)];
        foreach (string comment in Comment().Matches(text).Select(match => match.Value).Where(comment => !read.Contains(comment)))
        {
            yield return $"{comment} cannot be read: write <!-- words ±0.1 --> or <!-- words 3..11 -->.";
        }

        foreach (MarkedNumber mark in MarkedNumber.Of(text))
        {
            string where = "no line above" + (mark.Words.Count > 0 ? $" with “{string.Join(' ', mark.Words)}”" : "");
            double outside = mark.Tolerance is null ? mark.Written.FirstOrDefault(number => !mark.Allows(number), double.NaN) : double.NaN;
            if (mark.Written.Count == 0)
            {
                yield return $"no number stands before {mark.Mark}.";
            }
            else if (!double.IsNaN(outside))
            {
                yield return FormattableString.Invariant($"{outside} is outside {mark.Low}..{mark.High}.");
            }
            else if (!mark.IsStatedIn(stated))
            {
                yield return mark.Tolerance is { } tolerance ? FormattableString.Invariant($"{where} states {mark.Written[^1]} ± {tolerance}.")
                    : FormattableString.Invariant($"{where} states a number in {mark.Low}..{mark.High}.");
            }
        }
    }

    private static IEnumerable<string> Unmarked(ExecutedNotebook chapter, ExecutedCell cell)
    {
        if (!cell.Source.StartsWith("**What you saw.**", StringComparison.Ordinal))
        {
            yield break;
        }

        HashSet<double> given = GivenNumbers.Before(chapter, cell);
        string text = SeveralMarked().Replace(Reference().Replace(cell.Source, ""), "");
        foreach (string number in Decimal().Matches(text).Select(match => match.Value).Where(number => !GivenNumbers.Has(given, StatedText.Value(number))))
        {
            yield return $"{number} is not marked: write its tolerance behind it, {number}<!-- ±… -->.";
        }
    }

    [GeneratedRegex(@"<!-- [^\n>]*(?:±|\.\.)[^\n>]* -->")]
    private static partial Regex Comment();

    [GeneratedRegex(MarkedNumber.Pattern + @"<!-- [^\n]*?(?:±|\.\.)[^\n]*? -->")]
    private static partial Regex SeveralMarked();

    [GeneratedRegex(@"(?<![\w.])\d+\.\d+(?![\w.]*\w)")]
    private static partial Regex Decimal();

    /// <summary>Sections, exercises, sources, and code between backticks.</summary>
    [GeneratedRegex(
        @"(?:sections?|exercises?|chapters?|equations?|definitions?|tables?|figures?|§) ?\d+\.\d+(?:(?:,| and| to) \d+\.\d+)*|`[^`]*`|^\*\*Source\.\*\*[^\n]*",
        RegexOptions.IgnoreCase | RegexOptions.Multiline)]
    private static partial Regex Reference();

    [GeneratedRegex(@"^## ", RegexOptions.Multiline)]
    private static partial Regex Heading();
}
