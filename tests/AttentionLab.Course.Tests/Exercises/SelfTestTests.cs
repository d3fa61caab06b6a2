using AttentionLab.Course.Exercises;

namespace AttentionLab.Course.Tests.Exercises;

public class SelfTestTests
{
    private static readonly double[] Right = [60, 52, 9, 64, 4];

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<double[]>>(SelfTest.About, SelfTest.Check, () => Right,
        new("four answers", () => Right[..4], "Return five numbers"),
        new("no inner derivative", But(0, 12), "forgot the inner derivative"),
        new("the value", But(0, 8), "This is the value"),
        new("outer derivative at x", But(0, 15), "The outer derivative is taken at the *inner value*"),
        new("outer derivative at x, no inner one", But(0, 3), "and forgot the inner derivative"),
        new("no factor 3", But(0, 20), "The 3 of the cube is missing"),
        new("derivative of a square", But(0, 30), "not 3·y: here"),
        new("exponent kept", But(0, 120), "kept the exponent"),
        new("another derivative", But(0, 59), "3·(5x − 3)²·5"),
        new("column of W", But(1, 32), "column 0 of W"),
        new("no dL/dy", But(1, 7), "left dL/dy out"),
        new("the other input", But(1, 13), "dL/dx_1"),
        new("the mean", But(2, 4), "4 is the mean"),
        new("mean not taken away", But(2, 25), "This is E[X²]"),
        new("sum of the squares, or n - 1", But(2, 18), "the *sum* of the squared distances"),
        new("standard deviation of one", But(2, 3), "This is the standard deviation"),
        new("not squared", But(2, 0), "cancel: square each"),
        new("distance of the two", But(2, 6), "the distance between"),
        new("squared distance of the two", But(2, 36), "squared the distance between"),
        new("standard deviation of the sum", But(3, 8), "8 is the standard deviation"),
        new("variance of one", But(3, 1), "holds for one"),
        new("variance of question 3", But(3, 576), "the variance 9 of question 3"),
        new("64 times the same", But(3, 4096), "the *same* number"),
        new("wrong column", But(4, 3), "column *1*"),
        new("B·A", But(4, 1), "This is B·A"),
        new("number by number", But(4, 0), "number by number"),
        new("wrong row", But(4, 2), "we count from 0"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Func<double[]>>(SelfTest.Check,
        () => [.. new[] { 60f, 52, 9, 64, 4 }.Select(x => (double)x)],
        () => [3 * Math.Pow(5 * 1 - 3, 2) * 5, 52, (9 + 9) / 2, 8 * 8, 4],
        () => [.. Right.Reverse().Reverse()],
        () => [60.0001, 51.9999, 9, 64, 4],
        () => [60, 52, (1 + 49) / 2.0 - 4 * 4, Enumerable.Repeat(1.0, 64).Sum(), 4]);

    private static Func<double[]> But(int question, double answer) => () => [.. Right.Select((right, i) => i == question ? answer : right)];
}
