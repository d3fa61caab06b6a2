using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using Code = System.Func<double[], double[], double[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class SoftmaxBackwardTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Code>(SoftmaxBackward.About, SoftmaxBackward.Check,
        (w, dw) => Each(w, dw, (a, b) => a * (b - Mean(w, dw))),
        new("no mean", (w, dw) => Each(w, dw, (a, b) => a * b), "so its score gets no gradient"),
        new("dw for w", (w, dw) => Each(w, dw, (a, b) => b * (a - Mean(w, dw))), "dw where w belongs"),
        new("mean only where there are several", (w, dw) => Each(w, dw, (a, b) => w.Length == 1 ? 0 : a * b), "If s_1 grows, w_0 shrinks"),
        new("without w", (w, dw) => Each(w, dw, (a, b) => b - Mean(w, dw)), "factor w_j in front"),
        new("diagonal", (w, dw) => Each(w, dw, (a, b) => a * (1 - a) * b), "Only the diagonal"),
        new("sign", (w, dw) => Each(w, dw, (a, b) => a * (Mean(w, dw) - b)), "The sign is wrong"),
        new("plain mean", (w, dw) => Each(w, dw, (a, b) => a * (b - dw.Average())), "plain mean of dw"),
        new("sum", (w, dw) => Each(w, dw, (a, b) => a * (b - dw.Sum())), "sum of dw without weights"),
        new("plus", (w, dw) => Each(w, dw, (a, b) => a * (b + Mean(w, dw))), "Plus where minus"),
        new("without δ", (w, dw) => Each(w, dw, (a, b) => -a * Mean(w, dw)), "The first part is missing"),
        new("cross-entropy", (w, dw) => Each(w, dw, (a, b) => a - b), "cross-entropy"),
        new("no bracket", (w, dw) => Each(w, dw, (a, b) => a * b - Mean(w, dw)), "A bracket is missing"),
        new("squared weights in the mean", (w, dw) => Each(w, dw, (a, b) => a * (b - w.Zip(dw, (c, d) => c * c * d).Sum())), "stand twice"),
        new("softmax of the weights", (w, dw) => Again(w, dw), "They are weights already"),
        new("mean while writing", (w, dw) => { double[] c = [.. dw]; for (int j = 0; j < c.Length; j++) { c[j] = w[j] * (c[j] - Mean(w, c)); } return c; },
            "changes while you write"),
        new("divided by n", (w, dw) => Each(w, dw, (a, b) => a * (b - Mean(w, dw)) / w.Length), "divided by the number of keys"),
        new("mean to itself", (w, dw) => Each(w, dw, (a, b) => w.Length == 3 ? a * b : a * (b - Mean(w, dw))), "The weights always sum to 1"),
        new("two keys only", (w, dw) => Each(w, dw, (a, b) => w.Length < 4 ? a * (b - Mean(w, dw)) : a * (1 - a) * b), "moves each score by 0.00001"),
        new("softmax again when sharp",
            (w, dw) => Each(w, dw, (a, b) => (w[0] == 1 && w.Length > 1 ? 1.0 / 3 : a) * (b - Mean(w, dw))), "starving of section 6.3"),
        new("in place", (w, dw) => { dw[0] -= Mean(w, dw); return dw; }, "changed one of its inputs"));

    [Fact]
    public void Check_UnusualButRight_Passes()
    {
        foreach (Code code in new Code[]
        {
            (w, dw) => [.. w.Select((_, j) => w.Select((wm, m) => dw[m] * wm * ((m == j ? 1 : 0) - w[j])).Sum())],
            (w, dw) => { double[] ds = [.. w.Zip(dw, (a, b) => a * b)]; double sum = ds.Sum(); return [.. ds.Zip(w, (d, a) => d - a * sum)]; },
            (w, dw) => { double[] ds = new double[w.Length]; Softmax.BackwardReference<double>(w, dw, ds, 1, w.Length); return ds; },
            InACopy,
            (w, dw) => [.. w.Select((_, j) => w.Select((_, m) => w[j] * w[m] * (dw[j] - dw[m])).Sum())],
        })
        {
            Assert.Equal(FeedbackState.Passed, SoftmaxBackward.Check(code).State);
        }
    }

    private static double[] InACopy(double[] w, double[] dw)
    {
        double[] copy = [.. dw];
        double mean = Mean(w, copy);
        for (int j = copy.Length - 1; j >= 0; j--)
        {
            copy[j] = w[j] * (copy[j] - mean);
        }

        return copy;
    }

    private static double[] Again(double[] w, double[] dw)
    {
        double[] twice = new double[w.Length];
        Softmax.Reference<double>(w, twice, 1, w.Length);
        return Each(twice, dw, (a, b) => a * (b - Mean(twice, dw)));
    }

    private static double Mean(double[] w, double[] dw) => w.Zip(dw, (a, b) => a * b).Sum();

    private static double[] Each(double[] w, double[] dw, Func<double, double, double> of) => [.. w.Zip(dw, of)];
}
