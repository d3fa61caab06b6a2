namespace AttentionLab.Course.Exercises;

/// <summary>
/// Exercise 06.1: the gradient by central differences, (f(x + h·e_i) − f(x − h·e_i)) / 2h for each i. Each question isolates one mechanism:
/// the factor 2h, both sides, one number at a time, restoring x.
/// </summary>
public static class Referee
{
    // Central differences in double with 1e-7 ≤ h ≤ 1e-3 are off by less than 1e-6 on these functions; one-sided ones by 1e-5 only for h below 1e-6.
    private const double Tolerance = 2e-6;

    // x + h − 2h + h may differ from x by this much and is still "put back".
    private const double Rounding = 1e-13;

    /// <summary>Number, size and hints.</summary>
    public static Exercise About { get; } = new("06.1", "The referee: a gradient without any formula", Difficulty: 1, Minutes: 10, Hints:
    [
        "Move one number of x a little up and a little down, and look at the loss both times. How much did the loss change for each unit of movement?",
        "(f(x + h) − f(x − h)) / (2·h), with h added to the number i only. From the top to the bottom it is 2·h, not h. h = 0.00001 is a good step in double.",
        "`double[] moved = [.. x];` then for each i: `moved[i] = x[i] + h; double above = f(moved);`, the same below, and `moved[i] = x[i];` before the "
            + "next i. The quotient is left for you.",
    ]);

    /// <summary>One of the three hints.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    public static HintCard Hint(int level) => About.Hint(level);

    /// <summary>Checks the reader's numerical gradient.</summary>
    /// <param name="gradient">(f, x (n)) → ∂f/∂x (n).</param>
    public static Feedback Check(Func<Func<double[], double>, double[], double[]> gradient) => About.Check(trial =>
    {
        Answer<double[]> Ask(string tried, Func<double[], double> f, params double[] x) => trial.Call(tried, () => gradient(f, x), x);

        Answer<double[]> line = Ask("f(x) = 3·x_0, a straight line, at x = 2", x => 3 * x[0], 2);
        double slope = line.Value is [double only] ? only : 3;
        line
            .Finite("NaN or ∞: did you divide by 0? The step h must be above 0.")
            .Refuse([6], "Twice too much: between x + h and x − h lies 2·h, not h.", Tolerance)
            .Refuse([1.5], "Half of the slope: you moved one side only (x + h and x), so divide by h. Better move both sides.", Tolerance)
            .Refuse([-3], "The sign is wrong: above minus below, not below minus above.", Tolerance)
            .Refuse([1], "Is the gradient divided by its own length? Its length says how steep f is: leave it.", Tolerance)
            .Refuse([0], "Nothing changed: does f get the array that you moved? A step below 1e-16 is lost in x, too.", Tolerance)
            .Require(Math.Abs(slope) > 0.1, "3", "Far too small: divide the difference of the two losses by 2·h.")
            .Require(Math.Abs(slope) < 100, "3", "Far too large: is the *difference* of two losses divided, and not one loss?")
            .Expect([3], "The slope of a straight line does not depend on h. In `float`, or with a step far below 1e-7, rounding eats the answer.", Tolerance);

        double[] point = [2, 3, 5];
        int moved = 0;
        Ask("f(x) = x_0·x_1·x_2 at (2, 3, 5)", x =>
        {
            moved = Math.Max(moved, x.Zip(point, (a, b) => Math.Abs(a - b) > Rounding).Count(far => far));
            return x[0] * x[1] * x[2];
        }, [.. point])
            .Refuse([31, 31, 31], "You moved all numbers at once: that is the sum of all slopes. Move one number, the others stay.", 1e-4)
            .Refuse([15, 15, 15], "Only the first number was moved: use i as index.", 1e-4)
            .Refuse([15, 0, 0], "Only the first number got a slope: loop over all of x.", 1e-4)
            .Require(moved <= 1, "one number moved at a time", "An earlier number was still moved when the next one was: put x[i] back before you go on.",
                $"{moved} numbers moved at once")
            .Expect([15, 10, 6], "∂f/∂x_0 = x_1·x_2 and so on: each slope is the product of the two other numbers.", Tolerance);

        Ask("a curved function: f(x) = e^(x_0) + x_1³ at (1, −2)", x => Math.Exp(x[0]) + Math.Pow(x[1], 3), 1, -2)
            .Expect([Math.E, 12],
                "A straight line was fine, a curved one is off: your step is too large (above 0.001), or you look at one side only. One-sided "
                + "differences are off by h/2 times the curvature.", Tolerance);

        Ask("f(x) = x_0² + x_1 at (0.5, 0)", x => (x[0] * x[0]) + x[1], 0.5, 0)
            .Finite("0/0: is your step a share of x? Where x is 0 it is 0 too. Take the same h everywhere.")
            .Expect([1, 1], "∂f = (2·x_0, 1), also where x is 0: is your step a share of x? Take the same h everywhere.", Tolerance);
    });
}
