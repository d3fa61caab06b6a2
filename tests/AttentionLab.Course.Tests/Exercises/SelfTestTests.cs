using AttentionLab.Course.Exercises;

namespace AttentionLab.Course.Tests.Exercises;

public class SelfTestTests
{
    private static readonly double[] Right = [24, 21, 2.0 / 3, 64, 4];

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<double[]>>(SelfTest.About, SelfTest.Check, () => Right,
        new("four answers", () => Right[..4], "Return five numbers"),
        new("no inner derivative", But(0, 8), "forgot the inner derivative"),
        new("the value", But(0, 16), "This is the value"),
        new("outer derivative at x", But(0, 6), "at x instead of at 3x + 1"),
        new("column of W", But(1, 31), "column 0 of W"),
        new("no dL/dy", But(1, 3), "left dL/dy out"),
        new("the other input", But(1, 43), "dL/dx_1"),
        new("the mean", But(2, 0), "0 is the mean"),
        new("n - 1", But(2, 1), "divided by 2"),
        new("sum of the squares", But(2, 2), "the *sum* of the squared distances"),
        new("rounded to one digit", But(2, 0.7), "rounded 2/3 too far"),
        new("cut after one digit", But(2, 0.6), "cut 2/3 off"),
        new("standard deviation of one", But(2, 0.816), "This is the standard deviation"),
        new("standard deviation of the sum", But(3, 8), "8 is the standard deviation"),
        new("variance of one", But(3, 1), "holds for one"),
        new("variance of question 3", But(3, 42.67), "the variance 2/3 of question 3"),
        new("64 times the same", But(3, 4096), "the *same* number"),
        new("wrong column", But(4, 3), "column *1*"),
        new("B·A", But(4, 1), "This is B·A"),
        new("number by number", But(4, 0), "number by number"),
        new("wrong row", But(4, 2), "we count from 0"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Func<double[]>>(SelfTest.Check,
        () => [.. new[] { 24f, 21, 2f / 3, 64, 4 }.Select(x => (double)x)],
        () => [2 * (3 * 1 + 1) * 3, 21, (1 + 0 + 1) / 3.0, 8 * 8, 4],
        () => [.. Right.Reverse().Reverse()],
        () => [24.0001, 20.9999, 0.6667, 64, 4],
        () => [24, 21, Math.Pow(Math.Sqrt(2.0 / 3), 2), Enumerable.Repeat(1.0, 64).Sum(), 4]);

    [Theory]
    [InlineData(0.67), InlineData(0.66), InlineData(0.667), InlineData(2f / 3)]
    public void Check_VarianceRounded_Passes(double answer) => Assert.Equal(FeedbackState.Passed, SelfTest.Check(But(2, answer)).State);

    private static Func<double[]> But(int question, double answer) => () => [.. Right.Select((right, i) => i == question ? answer : right)];
}
