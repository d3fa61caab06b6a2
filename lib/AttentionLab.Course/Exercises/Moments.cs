namespace AttentionLab.Course.Exercises;

/// <summary>Exercise 00.4: mean E[X] and variance E[(X − E[X])²] of numbers that are equally likely.</summary>
public static class Moments
{
    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("00.4", "Mean and variance", Difficulty: 1, Minutes: 5, Hints:
    [
        "The mean first. The variance is itself a mean: of what?",
        "Variance: for each draw the distance from the mean, squared; then the mean of these squares. Two passes over the draws.",
        "`double mean = draws.Average();` and `double variance = draws.Average(x => (x - mean) * (x - mean));`. Return both.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's mean and variance.</summary>
    /// <param name="moments">Draws → (mean, variance).</param>
    public static Feedback Check(Func<double[], (double Mean, double Variance)> moments) => About.Check(trial =>
    {
        void Ask(string tried, double[] draws, double mean, double variance, string why, Action<Answer<double>> knownMean,
            Action<Answer<double>> known)
        {
            Answer<(double Mean, double Variance)> answer = trial.Call(tried, () => moments(draws), draws);
            Answer<double> first = answer.Part(both => both.Mean), second = answer.Part(both => both.Variance);
            knownMean(first);
            first.Expect(mean, "The mean is the sum divided by the count.");
            known(second);
            second.Expect(variance, why);
        }

        Ask("three equal draws: 4, 4, 4", [4, 4, 4], 4, 0, "Nothing varies, so the variance is 0.", mean => mean
            .Refuse(0, "You exchanged the two, or never added: return the mean first, then the variance.")
            .Refuse(12, "This is the sum of the draws: divide it by how many there are."), variance => variance
            .Finite("0/0 gives NaN: do you divide by something that is 0 here?")
            .Refuse(16, "This is E[X²]. Take the mean away from each draw *before* you square."));
        Ask("-1, 0, 1", [-1, 0, 1], 0, 2.0 / 3, "The squares are 1, 0, 1; their mean is 2/3.", _ => { }, variance => variance
            .Refuse(1, "You divided by n − 1 = 2. That estimates the variance of a population from a sample; here the draws are all there is: divide by n = 3.")
            .Refuse(Math.Sqrt(2.0 / 3), "This is the standard deviation, the root of the variance.")
            .Refuse(2, "This is the sum of the squares: divide by how many there are.")
            .Refuse(0, "The distances cancel, because half of them are negative: square each one first.")
            .Refuse(-2.0 / 3, "A variance is never below 0: you subtracted in the wrong order.")
            .Refuse(2.0 / 9, "You divided by the count twice."));
        Ask("0, 1, 4, 6", [0, 1, 4, 6], 2.75, 5.6875, "The squared distances are 7.5625, 3.0625, 1.5625 and 10.5625; their mean is 5.6875.", mean => mean
            .Refuse(2.5, "This is the median, the number in the middle. The mean is the sum divided by the count.")
            .Refuse(4, "This is the number in the middle of the list. The mean is the sum divided by the count.")
            .Refuse(3, "This is half way between the smallest and the largest. The mean is the sum divided by the count.")
            .Refuse(2, "The parts after the point are lost: is there an `int` in the sum or in the division?"), variance => variance
            .Refuse(2.25, "You took the mean of the absolute distances. The variance takes their squares."));
        Ask("1, 2, 3, moved by a thousand million", [1e9 + 1, 1e9 + 2, 1e9 + 3], 1e9 + 2, 2.0 / 3,
            "Moving all draws does not change the variance. In E[X²] − E[X]² two huge numbers nearly cancel and the digits are lost: take the mean away first, "
            + "then square. (And `float` keeps seven digits only: sum in `double`.)", _ => { }, variance => variance
            .Refuse(14.0 / 3, "Your mean lost its last digits: a `float` keeps seven, and these draws have ten. Keep mean and sum in `double`."));
    });
}
