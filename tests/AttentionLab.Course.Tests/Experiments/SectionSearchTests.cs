using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Tensors;
using AttentionLab.Words;

namespace AttentionLab.Course.Tests.Experiments;

public class SectionSearchTests
{
    private static readonly CourseSection[] Three =
        [new("1.1", "red apple", "sweet fruit"), new("1.2", "green pear", "sweet fruit"), new("1.3", "fast phone", "small screen")];

    [Fact]
    public void SharedWords_RareOnesCountMore()
    {
        SectionSearch search = new(Three, SectionSearch.SharedWords(Three));

        Assert.Equal("1.3", search.Find("Which screen is small?", 1)[0].Section.Number);

        // “sweet” is in two sections and “pear” in one.
        Assert.Equal(["1.2", "1.1", "1.3"], search.Find("sweet pear").Select(found => found.Section.Number));
        Assert.Equal([1, 3], search.Ranks([("sweet pear", "1.2"), ("sweet pear", "1.3")]));
    }

    [Fact]
    public void Alike_IsTheMeanCosineOfDifferentSections()
    {
        float[][] vectors = [[2, 0], [5, 0], [0, 1]];
        Assert.Equal(1 / 3.0, new SectionSearch(Three, texts => Tensor.FromRows([.. texts.Zip(vectors, (_, vector) => vector)])).Alike(), 1e-6);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nothing known")]
    public void Ranks_QuestionThatSaysNothing_CountsAsTheLast(string question)
    {
        SectionSearch search = new(Three, SectionSearch.SharedWords(Three));

        Assert.Equal([3], search.Ranks([(question, "1.1")]));
    }

    [Fact]
    public void Ranks_VectorsThatAreNoNumbers_CountAsTheLast()
    {
        SectionSearch search = new(Three, texts => Tensor.FromRows([.. texts.Select(_ => new[] { float.NaN, 1 })]));

        Assert.Equal([3], search.Ranks([("any", "1.2")]));
    }

    [Fact]
    public void Ranks_AnswerThatIsNoSection_NamesQuestionAndNumber()
    {
        SectionSearch search = new(Three, SectionSearch.SharedWords(Three));

        string message = Assert.Throws<ArgumentException>(() => search.Ranks([("where?", "7.7")])).Message;

        Assert.Contains("“where?” is section 7.7, which is none of the 3", message);
    }

    [Fact]
    public void MeanOfWords_IsTheMeanOfKnownWords()
    {
        WordVectors words = new(new Vocabulary(["apple", "phone"]), Tensor.FromRows([[2, 0], [0, 4]]));

        Tensor means = SectionSearch.MeanOfWords(words)(["Apple, phone and others", "unknown"]);

        Assert.Equal([1, 2, 0, 0], means.Values.ToArray());
    }
}
