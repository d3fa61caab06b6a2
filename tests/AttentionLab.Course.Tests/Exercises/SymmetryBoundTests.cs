using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Exercises;

public class SymmetryBoundTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<int, double>>(SymmetryBound.About, SymmetryBound.Check, n => Search(n, 0, 30, 0.01),
        new("strength", Strength, "best μ, not the loss"),
        new("untied", n => 1e-9, "two different matrices"),
        new("bits", n => Search(n, 0, 30, 0.01) / Math.Log(2), "in bits"),
        new("without itself", n => Search(n, 0, 30, 0.01, first: 1), "left the token itself out"),
        new("sum instead of mean", n => n * Search(n, 0, 30, 0.01), "The loss is the mean"),
        new("weight", n => Math.Exp(-Search(n, 0, 30, 0.01)), "not its loss"),
        new("sign", n => -Search(n, 0, 30, 0.01), "The sign is wrong"),
        new("overflow", n => Search(n, 800, 900, 1), "overflows"),
        new("degrees", n => Search(n, 0, 30, 0.01, turn: 360), "takes radians"),
        new("negative strength", n => Search(n, -30, 30, 0.01), "become negative"),
        new("guessing", n => Math.Log(n), "This is guessing"),
        new("strength 1", n => Search(n, 1, 1, 1), "You took μ = 1"),
        new("both neighbours", n => n < 5 ? Math.Log(n) : Search(n, 0, 30, 0.01) - Math.Log(2), "both neighbours"),
        new("hidden diagonal", n => n < 5 ? Math.Log(n) : Math.Log(2), "nobody may look at itself"),
        new("coarse", n => n < 5 ? Math.Log(n) : Search(n, 0, 30, 2), "Lowest value over"),
        new("fixed 6", n => n < 5 ? Math.Log(n) : Search(6, 0, 30, 0.01), "a fixed 6"),
        new("short search", n => Search(n, 0, 3, 0.01), "does your search go that far"));

    [Fact]
    public void Check_UnusualAnswers_Pass()
    {
        Pass(n => Search(n, 0, 20, 0.1));
        Pass(PointingBound.TiedCircle);
        Pass(n => (float)Search(n, 0, 30, 0.01));
        Pass(Ternary);
        Pass(Dual);

        static void Pass(Func<int, double> lowest)
        {
            Feedback feedback = SymmetryBound.Check(lowest);
            Assert.True(feedback.State == FeedbackState.Passed, feedback.ToString());
        }
    }

    private static double Search(int n, double from, double to, double step, int first = 0, double turn = 2 * Math.PI) =>
        Enumerable.Range(0, (int)Math.Round((to - from) / step) + 1).Min(i => Loss(n, from + i * step, first, turn));

    private static double Loss(int n, double strength, int first = 0, double turn = 2 * Math.PI) =>
        Math.Log(Enumerable.Range(first, n - first).Sum(j => Math.Exp(strength * Math.Cos(turn * j / n)))) - strength * Math.Cos(turn / n);

    private static double Strength(int n) => Enumerable.Range(0, 301).Select(i => 0.1 * i).MinBy(strength => Loss(n, strength));

    private static double Ternary(int n)
    {
        double low = 0, high = 50;
        for (int i = 0; i < 200; i++)
        {
            double a = low + (high - low) / 3, b = high - (high - low) / 3;
            (low, high) = Loss(n, a) < Loss(n, b) ? (low, b) : (a, high);
        }

        return Loss(n, low);
    }

    /// <summary>The other side of the duality: the largest entropy of weights whose mean cosine is at least that of the successor.</summary>
    private static double Dual(int n)
    {
        double[] cosines = [.. Enumerable.Range(0, n).Select(j => Math.Cos(2 * Math.PI * j / n))];
        return Enumerable.Range(0, 3001).Select(i =>
        {
            double[] powers = [.. cosines.Select(c => Math.Exp(0.01 * i * c))];
            double[] w = [.. powers.Select(p => p / powers.Sum())];
            return (Mean: w.Zip(cosines, (p, c) => p * c).Sum(), Entropy: -w.Sum(p => p * Math.Log(p)));
        }).Where(at => at.Mean >= cosines[1] - 1e-9).Max(at => at.Entropy);
    }
}
