using AttentionLab.Course.Exercises;

namespace AttentionLab.Course.Tests.Exercises;

public class OutcomeTests
{
    [Theory]
    [InlineData(true, false, false, "Measured answer: orange")]
    [InlineData(false, true, false, "Measured answer: phone")]
    [InlineData(false, false, true, "Measured answer: both the same")]
    [InlineData(false, false, false, "Measured answer: none of them")]
    [InlineData(true, true, false, "Measured answer: none of them")]
    [InlineData(true, true, true, "Measured answer: none of them")]
    public void Of_NamesTheOneAnswerThatHolds(bool orange, bool phone, bool same, string line) =>
        Assert.Equal(line, Outcome.Of(("orange", orange), ("phone", phone), ("both the same", same)));

    [Fact]
    public void Of_OneOrFiveAnswers_AreRefused()
    {
        Assert.Contains("1 answers", Assert.Throws<ArgumentException>(() => Outcome.Of(("a", true))).Message);
        Assert.Contains(
            "5 answers", Assert.Throws<ArgumentException>(() => Outcome.Of(("a", true), ("b", false), ("c", false), ("d", false), ("e", false))).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("orange")]
    public void Of_EmptyOrDoubleAnswer_IsRefused(string answer) =>
        Assert.Contains($"“{answer}”", Assert.Throws<ArgumentException>(() => Outcome.Of(("orange", true), (answer, false))).Message);
}
