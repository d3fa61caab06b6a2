using AttentionLab.Course.Exercises;

namespace AttentionLab.Course.Tests.Exercises;

public class SharperCosineTests
{
    [Fact]
    public void Check_TellsMutantsApart() =>
        Mutants.Prove<Func<int, double, double>>(SharperCosine.About, SharperCosine.Check, (n, w) => Math.Log((n - 1) * w / (1 - w)) / 2,
        new("others at cosine 0", (n, w) => Math.Log((n - 1) * w / (1 - w)), "difference is 2β"),
        new("n instead of n − 1", (n, w) => Math.Log(n * w / (1 - w)) / 2, "counted n keys"),
        new("forgets 1/(1 − w)", (n, w) => Math.Log((n - 1) * w) / 2, "is missing"),
        new("base 10", (n, w) => Math.Log10((n - 1) * w / (1 - w)) / 2, "base 10"),
        new("all upside down", (n, w) => Math.Log((1 - w) / ((n - 1) * w)) / 2, "The sign is turned"),
        new("upside down", (n, w) => Math.Log((n - 1) * (1 - w) / w) / 2, "upside down"),
        new("base 2", (n, w) => Math.Log2((n - 1) * w / (1 - w)) / 2, "base 2"),
        new("no logarithm, no half", (n, w) => (n - 1) * w / (1 - w), "This is e^(2β)"),
        new("no logarithm", (n, w) => (n - 1) * w / (1 - w) / 2, "The logarithm is missing"),
        new("root for logarithm", (n, w) => Math.Sqrt((n - 1) * w / (1 - w)), "the root of e^(2β)"),
        new("without w", (n, w) => Math.Log(n - 1) / 2, "w is missing"),
        new("the cap", (n, w) => Math.Exp(2) / (Math.Exp(2) + n - 1), "This is the cap itself"),
        new("n + 1", (n, w) => Math.Log((n + 1) * w / (1 - w)) / 2, "counted n + 1"),
        new("one added", (n, w) => Math.Log(1 + (n - 1) * w / (1 - w)) / 2, "One too much under the logarithm"),
        new("bracket", (n, w) => Math.Log((n - 1) * w) / (1 - w) / 2, "A bracket is missing"),
        new("equal share", (n, w) => Math.Log(n * w) / 2, "the equal share"),
        new("rounded", (n, w) => Math.Round(Search(n, w, 10), 1), "Rounded: give more digits"),
        new("rounded up", (n, w) => Math.Ceiling(Math.Log((n - 1) * w / (1 - w)) / 2 - 1e-9), "Rounded up"),
        new("another formula", (n, w) => 1.5 * Math.Log((n - 1) * w / (1 - w)) / 2, "so for this w the answer is 1"),
        new("logarithm of a negative number", (n, w) => Math.Log((n - 1) * w / (w - 1)) / 2, "above 0"),
        new("only for ten keys", (n, w) => Math.Log(9 * w / (1 - w)) / 2, "n = 2"),
        new("searches up to 4", (n, w) => Search(n, w, 4), "must go far enough"),
        new("clamped below", (n, w) => Math.Max(0.1, Math.Log((n - 1) * w / (1 - w)) / 2), "all weights are 1/n"));

    [Fact]
    public void Check_UnusualAnswers_Pass() => Mutants.Accept<Func<int, double, double>>(SharperCosine.Check,
        (n, w) => Search(n, w, 10),
        (n, w) => Math.Log(Math.Sqrt((n - 1) * w / (1 - w))),
        (n, w) => 0.5 * (Math.Log(n - 1) + Math.Log(w) - Math.Log(1 - w)),
        (n, w) => -Math.Log((1 / w - 1) / (n - 1)) / 2,
        (n, w) => MathF.Log((n - 1) * (float)w / (1 - (float)w)) / 2,
        (n, w) =>
        {
            (double low, double high) = (0, 20);
            while (high - low > 1e-6)
            {
                double middle = (low + high) / 2;
                (low, high) = 1 / (1 + (n - 1) * Math.Exp(-2 * middle)) < w ? (middle, high) : (low, middle);
            }

            return high;
        });

    private static double Search(int n, double w, double end)
    {
        double beta = 0;
        while (beta < end && Math.Exp(beta) / (Math.Exp(beta) + (n - 1) * Math.Exp(-beta)) < w)
        {
            beta += 0.001;
        }

        return beta;
    }
}
