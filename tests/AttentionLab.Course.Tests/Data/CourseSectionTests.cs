using AttentionLab.Course.Data;

namespace AttentionLab.Course.Tests.Data;

public class CourseSectionTests
{
    [Fact]
    public void Of_ANotebook_TakesHeadingsAndTextUpToThePrediction()
    {
        const string Notebook = """
            #!markdown

            # 03 · Title

            ## In one minute

            Not a section.

            #!csharp

            // ## 9.9 · not this one

            #!markdown

            ## 3.1 · How *large* is `q·k`?

            *core* · 5 min

            See [the file](../lib/X.cs), 0.427<!-- ±0.001 --> of it.

            **Prediction.** Which?

            - [ ] this

            #!markdown

            ## Exercises

            #!markdown

            ## 3.2 · an exercise of a later chapter has a number like a section
            """;

        CourseSection section = Assert.Single(CourseSection.Of(Notebook));

        Assert.Equal(new CourseSection("3.1", "How large is q·k?", "See the file, 0.427 of it."), section);
        Assert.Equal(section, Assert.Single(CourseSection.Of(Notebook.ReplaceLineEndings("\r\n"))));
    }

    [Fact]
    public void All_OfTheCourse_HasEachSectionOnce()
    {
        IReadOnlyList<CourseSection> sections = CourseSection.All();

        Assert.Equal(sections.Count, sections.Select(section => section.Number).Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 14).Select(chapter => $"{chapter}.1"), sections.Where(s => s.Number.EndsWith(".1", StringComparison.Ordinal))
            .Select(s => s.Number));
    }

    [Fact]
    public void Questions_AskForSectionsThatAreThere()
    {
        HashSet<string> numbers = [.. CourseSection.All().Select(section => section.Number)];

        Assert.All(SectionQuestions.All, question => Assert.Contains(question.Section, numbers));
        Assert.Equal(SectionQuestions.All.Count, RecordedSearch.MiniLm().AfterAttention.Count);
        Assert.Equal(SectionQuestions.All.Count, RecordedSearch.MiniLm().MeanOfInputs.Count);
    }
}
