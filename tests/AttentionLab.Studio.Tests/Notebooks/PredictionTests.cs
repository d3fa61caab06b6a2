using System.Text.RegularExpressions;
using AttentionLab.Course.Exercises;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using static AttentionLab.Studio.Tests.Notebooks.ChapterSample;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>A prediction ends its cell with two to four answers to choose from; code that measures follows, then what was seen; the code says which of
/// them it was.</summary>
public sealed partial class PredictionTests(ExecutedCourse course)
{
    private const string Question = "**Prediction.** Which is larger?\n\n- [ ] phone\n- [ ] orange\n- [ ] both the same";

    public static TheoryData<string> Chapters => RuledChapters.Names;

    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_EveryPrediction_CanBeAnswered(string name) => RuledChapters.HasNone(Faults(await RuledChapters.GetAsync(course, name)));

    [Fact]
    public void Sample_Good_HasNoFault() =>
        Assert.Empty(Faults(Of(Text(Question), Code("x", "2\nMeasured answer: phone\n"), Text("**What you saw.** It is."))));

    [Theory]
    [InlineData("**Prediction.** Which is larger?", "", "no list of answers")]
    [InlineData("**Prediction.** Which is larger?\n\n- [ ] phone", "", "1 answers")]
    [InlineData("**Prediction.** Which?\n\n- [ ] a\n- [ ] b\n- [ ] c\n- [ ] d\n- [ ] e", "", "5 answers")]
    [InlineData("**Prediction.** Which?\n\n- [ ] a\n- [ ] a", "", "the same answer twice")]
    [InlineData(Question + "\n\nMore text.", "", "no list of answers")]
    [InlineData(Question, "2\n", "no code cell says which answer")]
    [InlineData(Question, "Measured answer: Phone\n", "“Phone” is none of the answers")]
    [InlineData(Question, "Measured answer: none of them\n", "“none of them” is none of the answers")]
    public void Sample_Bad_IsNamed(string prediction, string printed, string fault) =>
        Assert.Contains(fault, Assert.Single(Faults(Of(Text(prediction), Code("x", printed), Text("**What you saw.** It is.")))));

    [Fact]
    public void Sample_NothingMeasuresOrNothingIsSaid_IsNamed()
    {
        Assert.Contains("no code cell follows", Assert.Single(Faults(Of(Text(Question), Text("**What you saw.** It is.")))));
        Assert.Contains("“What you saw” does not follow", Assert.Single(Faults(Of(Text(Question), Code("x", "Measured answer: phone\n"), Text("So it is.")))));
    }

    private static IEnumerable<string> Faults(ExecutedNotebook chapter)
    {
        for (int i = 0; i < chapter.Cells.Count; i++)
        {
            ExecutedCell cell = chapter.Cells[i];
            if (cell.Language != "markdown" || !cell.Source.Contains("**Prediction.**", StringComparison.Ordinal))
            {
                continue;
            }

            ExecutedCell[] code = [.. chapter.Cells.Skip(i + 1).TakeWhile(next => next.Language == "csharp")];
            if (OneFault(cell, code, chapter.Cells.ElementAtOrDefault(i + 1 + code.Length)) is string fault)
            {
                yield return $"{chapter.Name}.dib: cell {cell.Number}: {fault}";
            }
        }
    }

    private static string? OneFault(ExecutedCell prediction, ExecutedCell[] code, ExecutedCell? after)
    {
        Match list = AnswerList().Match(prediction.Source);
        if (!list.Success)
        {
            return "no list of answers (- [ ] …) stands at the end, right under the question.";
        }

        string[] answers = [.. list.Groups[1].Captures.Select(capture => capture.Value.Trim())];
        if (answers.Length is < 2 or > 4)
        {
            return $"{answers.Length} answers, but two to four can be read at a glance.";
        }

        if (answers.Distinct().Count() < answers.Length)
        {
            return "the same answer twice.";
        }

        if (code.Length == 0)
        {
            return "no code cell follows that measures.";
        }

        string[] measured =
            [.. code.SelectMany(cell => StatedText.Lines(cell.Outputs)).Where(line => line.StartsWith(Outcome.Label, StringComparison.Ordinal))
                .Select(line => line[Outcome.Label.Length..].TrimEnd())];
        return measured.Length == 0 ? "no code cell says which answer the measurement gave: print Outcome.Of(…)."
            : measured.FirstOrDefault(answer => !answers.Contains(answer)) is string foreign
            ? $"the measured answer “{foreign}” is none of the answers {string.Join(", ", answers.Select(a => $"“{a}”"))}."
            : after?.Source.StartsWith("**What you saw.**", StringComparison.Ordinal) == true ? null
            : "“What you saw” does not follow the code.";
    }

    [GeneratedRegex(@"\*\*Prediction\.\*\*[^\n]*(?:\n[^\n]+)*?\n\n(?:- \[ \] ([^\n]+)(?:\n|\z))+\z")]
    private static partial Regex AnswerList();
}
