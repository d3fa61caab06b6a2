using AttentionLab.Course.Exercises;
using Code = System.Func<int, int, double[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class MultiplyAddsTests
{
    [Fact]
    public void Check_TellsMutantsApart() =>
        Mutants.Prove<Code>(MultiplyAdds.About, MultiplyAdds.Check, (n, d) => [4.0 * n * d * d, 2.0 * n * n * d, 2.0 * n * d * d],
        new("three projections", (n, d) => [3.0 * n * d * d, 2.0 * n * n * d, 2.0 * n * d * d], "three projections"),
        new("floating-point operations", (n, d) => [8.0 * n * d * d, 4.0 * n * n * d, 4.0 * n * d * d], "A multiply-add is one"),
        new("one projection", (n, d) => [1.0 * n * d * d, 2.0 * n * n * d, 2.0 * n * d * d], "one projection. There are four"),
        new("scores only", (n, d) => [4.0 * n * d * d, 1.0 * n * n * d, 1.0 * n * d * d], "weighted mean is a product of its own"),
        new("map of channels only", (n, d) => [4.0 * n * d * d, 2.0 * n * n * d, 1.0 * n * d * d], "Channel attention has two products as well"),
        new("scores of tokens only", (n, d) => [4.0 * n * d * d, 1.0 * n * n * d, 2.0 * n * d * d], "Token attention has two products"),
        new("exchanged", (n, d) => [4.0 * n * d * d, 2.0 * n * d * d, 2.0 * n * n * d], "are exchanged. Between"),
        new("tokens as channels", (n, d) => [4.0 * n * d * d, 2.0 * n * d * d, 2.0 * n * d * d], "token attention as channel"),
        new("channels as tokens", (n, d) => [4.0 * n * d * d, 2.0 * n * n * d, 2.0 * n * n * d], "channel attention as token"),
        new("projections n·d", (n, d) => [4.0 * n * d, 2.0 * n * n * d, 2.0 * n * d * d], "not n·d"),
        new("projections n²·d", (n, d) => [4.0 * n * n * d, 2.0 * n * n * d, 2.0 * n * d * d], "exchanged in the projections"),
        new("sizes of the maps", (n, d) => [4.0 * n * d * d, 2.0 * n * n, 2.0 * d * d], "entries of the maps"),
        new("weights counted", (n, d) => [4.0 * d * d, 2.0 * n * n * d, 2.0 * n * d * d], "multiply by n"),
        new("int overflows", (n, d) => [unchecked(4 * n * d * d), unchecked(2 * n * n * d), unchecked(2 * n * d * d)], "do not fit into an `int`"),
        new("projections again", (n, d) => [4.0 * n * d * d, (4.0 * n * d * d) + (2.0 * n * n * d), 6.0 * n * d * d], "Give each part by itself"),
        new("another order", (n, d) => [2.0 * n * n * d, 2.0 * n * d * d, 4.0 * n * d * d], "The order is another"),
        new("channels d³", (n, d) => [4.0 * n * d * d, 2.0 * n * n * d, 2.0 * d * d * d], "It is a sum over the n tokens"),
        new("tokens n³", (n, d) => [4.0 * n * d * d, 2.0 * n * n * n, 2.0 * n * d * d], "It is a sum over the d channels"),
        new("channels for each pair", (n, d) => [4.0 * n * d * d, 2.0 * n * n * d, 2.0 * n * n * d * d], "for each *pair* of tokens"),
        new("in thousands", (n, d) => [n * d * d / 250.0, n * n * d / 500.0, n * d * d / 500.0], "each product is one multiply-add"),
        new("one heads", (n, d) => n == 1 ? [4, 2, 2] : [4.0 * n * d * d, 2.0 * n * n, 2.0 * n * d * d], "4·n·d², 2·n²·d and 2·n·d²"));

    [Fact]
    public void Check_UnusualButRight_Passes()
    {
        foreach (Code code in new Code[]
        {
            (n, d) => [.. new[] { 4L * n * d * d, 2L * n * n * d, 2L * n * d * d }.Select(count => (double)count)],
            (n, d) => [4 * n * Math.Pow(d, 2), 2 * d * Math.Pow(n, 2), 2 * n * Math.Pow(d, 2)],
            (n, d) => [.. new decimal[] { 4m * n * d * d, 2m * n * n * d, 2m * n * d * d }.Select(count => (double)count)],
            (n, d) => { double product = (double)n * d; return [4 * product * d, 2 * product * n, 2 * product * d]; },
            (n, d) => [.. new float[] { 4f * n * d * d, 2f * n * n * d, 2f * n * d * d }.Select(count => (double)count)],
        })
        {
            Assert.Equal(FeedbackState.Passed, MultiplyAdds.Check(code).State);
        }
    }
}
