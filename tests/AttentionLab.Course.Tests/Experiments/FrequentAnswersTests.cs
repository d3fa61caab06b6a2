using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Experiments;

public class FrequentAnswersTests
{
    /// <summary>Two sequences of four: 7 stands twice in the first; in the second 1 and 2 stand twice each.</summary>
    private static readonly int[] Values = [7, 3, 7, 5, 1, 2, 2, 1];

    [Fact]
    public void Share_CountsEveryMostFrequentValue_OfItsOwnSequence()
    {
        Assert.Equal(1, FrequentAnswers.Share([7, 7, 7, 7, 1, 1, 2, 2], Values, 4));
        Assert.Equal(0, FrequentAnswers.Share([3, 5, 1, 2, 7, 7, 0, 3], Values, 4));
        Assert.Equal(0.75, FrequentAnswers.Share(Values, Values, 4));
    }

    [Fact]
    public void Right_IsTheShareOfTheMostFrequentValue()
    {
        Assert.Equal(0.5, FrequentAnswers.Right(Values, 4));
        Assert.Equal(0.25, FrequentAnswers.Right([1, 2, 3, 4], 4));
    }

    [Fact]
    public void PartsOfASequence_AreRefused()
    {
        Assert.Contains("8 answers and 8 values are no whole sequences of 3", Assert.Throws<ArgumentException>(
            () => FrequentAnswers.Right(Values, 3)).Message, StringComparison.Ordinal);
        Assert.Contains("2 answers and 8 values", Assert.Throws<ArgumentException>(
            () => FrequentAnswers.Share([1, 2], Values, 4)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FrequentAnswers.Right([], 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrequentAnswers.Right(Values, 0));
    }
}
