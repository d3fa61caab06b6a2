using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;
using Code = System.Func<System.Func<double[], double>, double[], double[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class RefereeTests
{
    private const double H = 1e-5;

    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(Referee.About, Referee.Check,
        (f, x) => Each(x, i => (f(Moved(x, i, H)) - f(Moved(x, i, -H))) / (2 * H)),
        new("divides by h", (f, x) => Each(x, i => (f(Moved(x, i, H)) - f(Moved(x, i, -H))) / H), "Twice too much"),
        new("one side by 2h", (f, x) => Each(x, i => (f(Moved(x, i, H)) - f(x)) / (2 * H)), "Half of the slope"),
        new("below minus above", (f, x) => Each(x, i => (f(Moved(x, i, -H)) - f(Moved(x, i, H))) / (2 * H)), "The sign is wrong"),
        new("never moves", (f, x) => Each(x, i => (f(x) - f(x)) / (2 * H)), "Nothing changed"),
        new("step 0", (f, x) => Each(x, i => (f(x) - f(x)) / 0), "NaN or ∞"),
        new("does not divide", (f, x) => Each(x, i => f(Moved(x, i, H)) - f(Moved(x, i, -H))), "Far too small"),
        new("forgets f(x)", (f, x) => Each(x, i => f(Moved(x, i, H)) / H), "Far too large"),
        new("a direction of length 1", (f, x) => Each(x, i => Math.Sign(f(Moved(x, i, H)) - f(x))), "its own length"),
        new("the first slope only", (f, x) => Each(x, i => i > 0 ? 0 : (f(Moved(x, i, H)) - f(Moved(x, i, -H))) / (2 * H)), "loop over all of x"),
        new("a share of x as step", (f, x) => Each(x, i => (f(Moved(x, i, H * x[i])) - f(Moved(x, i, -H * x[i]))) / (2 * H * x[i])), "a share of x?"),
        new("moves all", (f, x) => Each(x, i => (f([.. x.Select(v => v + H)]) - f([.. x.Select(v => v - H)])) / (2 * H)), "moved all numbers"),
        new("moves the first only", (f, x) => Each(x, i => (f(Moved(x, 0, H)) - f(Moved(x, 0, -H))) / (2 * H)), "Only the first number"),
        new("never puts back",
            (f, x) => { double[] m = [.. x]; return Each(x, i => { m[i] = x[i] + 1e-6; double a = f(m); m[i] = x[i] - 1e-6; return (a - f(m)) / 2e-6; }); },
            "put x[i] back"),
        new("large step", (f, x) => Each(x, i => (f(Moved(x, i, 0.1)) - f(Moved(x, i, -0.1))) / 0.2), "step is too large"),
        new("in float", (f, x) => Each(x, i => ((float)f(Moved(x, i, H)) - (float)f(Moved(x, i, -H))) / (2 * (float)H)), "rounding eats"),
        new("moves the input", (f, x) => Each(x, i => { x[i] += 0.01; double a = f(x); x[i] -= 0.02; return (a - f(x)) / 0.02; }),
            "changed one of its inputs"),
        new("puts the input back by adding",
            (f, x) => Each(x, i => { x[i] += H; double a = f(x); x[i] -= 2 * H; double b = f(x); x[i] += H; return (a - b) / (2 * H); }),
            "may be rounding"));

    [Fact]
    public void Check_UnusualButRight_Passes()
    {
        foreach (Code code in new Code[]
        {
            (f, x) => GradientCheck.Numerical(x, f, 1e-5),
            (f, x) => Each(x, i => (f(Moved(x, i, 1e-4)) - f(Moved(x, i, -1e-4))) / 2e-4),
            (f, x) => Each(x, i => (f(Moved(x, i, 1e-7)) - f(x)) / 1e-7),
            (f, x) => Each(x, i => (-f(Moved(x, i, 2e-3)) + 8 * f(Moved(x, i, 1e-3)) - 8 * f(Moved(x, i, -1e-3)) + f(Moved(x, i, -2e-3))) / 12e-3),
            Backwards,
            (f, x) =>
            {
                double[] m = [.. x];
                return Each(x, i => { m[i] += H; double a = f(m); m[i] -= 2 * H; double b = f(m); m[i] += H; return (a - b) / (2 * H); });
            },
        })
        {
            Feedback feedback = Referee.Check(code);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    /// <summary>From the last number to the first, with a step that grows with the number.</summary>
    private static double[] Backwards(Func<double[], double> f, double[] x)
    {
        double[] gradient = new double[x.Length];
        for (int i = x.Length - 1; i >= 0; i--)
        {
            double h = 1e-6 * Math.Max(1, Math.Abs(x[i]));
            gradient[i] = (f(Moved(x, i, h)) - f(Moved(x, i, -h))) / (2 * h);
        }

        return gradient;
    }

    private static double[] Each(double[] x, Func<int, double> slope) => [.. Enumerable.Range(0, x.Length).Select(slope)];

    private static double[] Moved(double[] x, int i, double by) => [.. x.Select((v, at) => at == i ? v + by : v)];
}
