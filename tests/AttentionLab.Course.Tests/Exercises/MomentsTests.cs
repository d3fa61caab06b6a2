using AttentionLab.Course.Exercises;
using Function = System.Func<double[], (double Mean, double Variance)>;

namespace AttentionLab.Course.Tests.Exercises;

public class MomentsTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Function>(Moments.About, Moments.Check, x => (x.Average(), Variance(x)),
        new("mean is the sum", x => (x.Sum(), Variance(x)), "This is the sum of the draws"),
        new("mean not taken away", x => (x.Average(), x.Average(v => v * v)), "This is E[X²]"),
        new("n - 1", x => (x.Average(), Variance(x) * x.Length / (x.Length - 1)), "divided by n − 1"),
        new("standard deviation", x => (x.Average(), Math.Sqrt(Variance(x))), "standard deviation"),
        new("sum of squares", x => (x.Average(), Variance(x) * x.Length), "sum of the squares"),
        new("not squared", x => (x.Average(), x.Average(v => v - x.Average())), "distances cancel"),
        new("absolute distances, guarded", x => (x.Average(), x.Length == 3 ? Variance(x) : x.Average(v => Math.Abs(v - x.Average()))), "absolute distances"),
        new("in one pass", x => (x.Average(), x.Average(v => v * v) - x.Average() * x.Average()), "digits are lost"),
        new("mean in float", x => { float mean = (float)x.Average(); return (mean, x.Average(v => (v - mean) * (v - mean))); }, "these draws have ten"),
        new("exchanged", x => (Variance(x), x.Average()), "exchanged the two"),
        new("subtracts the wrong way", x => (x.Average(), x.Average() * x.Average() - x.Average(v => v * v)), "never below 0"),
        new("divides twice", x => (x.Average(), Variance(x) / x.Length), "count twice"),
        new("median", x => (Middle(x, 0.5), Variance(x)), "This is the median"),
        new("upper of the middle", x => (x[x.Length / 2], Variance(x)), "middle of the list"),
        new("between the ends", x => ((x.Min() + x.Max()) / 2, Variance(x)), "half way between"),
        new("int", x => ((int)x.Sum() / x.Length, Variance(x)), "an `int` in the sum"),
        new("another mean", x => (x.Average() + (x.Length == 4 ? 1e-3 : 0), Variance(x)), "The mean is the sum divided by the count"),
        new("divides by the range", x => (x.Average(), Variance(x) / (x.Max() - x.Min()) * (x.Max() - x.Min())), "0/0 gives NaN"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Function>(Moments.Check,
        x => (x.Sum() / x.Length, x.Select(v => Math.Pow(v - x.Average(), 2)).Average()),
        x => (x.Average(), x.OrderDescending().Sum(v => (v - x.Average()) * (v - x.Average()) / x.Length)),
        x => (x.Average(), x.SelectMany(v => x.Select(u => (u - v) * (u - v) / 2)).Average()),
        x =>
        {
            // One pass that loses no digits (Welford).
            (double mean, double squares) = (0, 0);
            for (int i = 0; i < x.Length; i++)
            {
                double off = x[i] - mean;
                mean += off / (i + 1);
                squares += off * (x[i] - mean);
            }

            return (mean, squares / x.Length);
        },
        x =>
        {
            double[] centred = [.. x];
            double mean = centred.Average();
            for (int i = 0; i < centred.Length; i++)
            {
                centred[i] -= mean;
            }

            return (mean, centred.Average(v => v * v));
        });

    private static double Middle(double[] x, double share) => x[(int)((x.Length - 1) * share)] * share + x[x.Length / 2] * (1 - share);

    private static double Variance(double[] x) => x.Average(v => (v - x.Average()) * (v - x.Average()));
}
