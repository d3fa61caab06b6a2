using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Studio.Tests.Models;

namespace AttentionLab.Studio.Tests.Notebooks;

/// <summary>What appendix B shows without the model is what the model gives.</summary>
public sealed class RecordedSearchTests(MiniLmFolder miniLm)
{
    /// <summary>So many questions more or fewer may come first: the sections' texts go on being improved.</summary>
    private const int Drift = 3;

    [Fact]
    public async Task RecordedSearch_IsThatOfTheRealModel()
    {
        Bert bert = Bert.Load(await miniLm.RequireAsync());
        IReadOnlyList<CourseSection> sections = CourseSection.All();
        RecordedSearch recorded = RecordedSearch.MiniLm();
        RecordedSearch now = new(
            recorded.Model, sections.Count, new SectionSearch(sections, SectionSearch.MeanOfInputs(bert)).Ranks(SectionQuestions.All),
            new SectionSearch(sections, SectionSearch.AfterAttention(bert)).Ranks(SectionQuestions.All));

        Assert.True(
            Near(now.MeanOfInputs, recorded.MeanOfInputs) && Near(now.AfterAttention, recorded.AfterAttention),
            $"more than {Drift} questions moved: look at the appendix, then write this into data/minilm-search.json:\n{now.ToJson()}");
    }

    private static bool Near(IReadOnlyList<int> now, IReadOnlyList<int> before) =>
        Math.Abs(now.Count(rank => rank == 1) - before.Count(rank => rank == 1)) <= Drift
        && Math.Abs(now.Count(rank => rank <= 3) - before.Count(rank => rank <= 3)) <= Drift;
}
