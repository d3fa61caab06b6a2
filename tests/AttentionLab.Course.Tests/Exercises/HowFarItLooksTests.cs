using AttentionLab.Course.Exercises;
using AttentionLab.Course.Experiments;
using AttentionLab.Tensors;
using Look = System.Func<AttentionLab.Tensors.Tensor, int, int, double>;

namespace AttentionLab.Course.Tests.Exercises;

public class HowFarItLooksTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Look>(HowFarItLooks.About, HowFarItLooks.Check, Right,
        new("without weights", (w, across, patch) => AttentionDistance.Uniform(w.Rows / across, across, patch), "same weight"),
        new("in patches", (w, across, patch) => Right(w, across, 1), "In patches, not in pixels"),
        new("sum over queries", (w, across, patch) => Right(w, across, patch) * w.Rows, "Take their mean"),
        new("divided by T²", (w, across, patch) => Right(w, across, patch) / w.Rows, "divided by T²"),
        new("side twice", (w, across, patch) => Right(w, across, patch) * patch, "twice"),
        new("rows only", (w, across, patch) => Mean(w, across, patch, (down, right) => Math.Abs(down)), "rows only"),
        new("along the sides", (w, across, patch) => Mean(w, across, patch, (down, right) => Math.Abs(down) + Math.Abs(right)), "along the sides"),
        new("the larger of both", (w, across, patch) => Mean(w, across, patch, (down, right) => Math.Max(Math.Abs(down), Math.Abs(right))),
            "larger of both ways"),
        new("across as rows", (w, across, patch) => Right(w, w.Rows / across, patch), "You took 3 rows of 2"),
        new("all in one row", (w, across, patch) => Right(w, patch == 4 ? w.Rows : across, patch), "need not be `across`"),
        new("without the patch itself", (w, across, patch) => Right(w, across, patch) * (w.Rows == 16 ? 16.0 / 15 : 1), "left out the patch itself"));

    /// <summary>More that people write; each is told of the first question that betrays it.</summary>
    [Fact]
    public void Check_MoreMistakes_AreRefused()
    {
        Mutant<Look>[] wrong =
        [
            new("root of the mean", (w, across, patch) => patch * Math.Sqrt(Mean(w, across, 1, (down, right) => down * down + right * right)),
                "root of the mean square"),
            new("first query only", (w, across, patch) => Enumerable.Range(0, w.Columns).Sum(j => w[0, j] * Distance(0, j, across, patch)), "Only one query"),
            new("each pair one way",
                (w, across, patch) =>
                    Enumerable.Range(0, w.Length)
                        .Sum(at => at % w.Columns > at / w.Columns ? w.Values[at] * Distance(at / w.Columns, at % w.Columns, across, patch) : 0) / w.Rows,
                            "one way only"),
            new("root missing", (w, across, patch) => Mean(w, across, patch, (down, right) => down * down + right * right), "the root is missing"),
            new("whole numbers", (w, across, patch) => Mean(w, across, patch, (down, right) => (int)Math.Sqrt(down * down + right * right)),
                "cut to a whole number"),
            new("columns only", (w, across, patch) => Mean(w, across, patch, (down, right) => Math.Abs(right)), "columns only"),
            new("signed", (w, across, patch) => Mean(w, across, patch, (down, right) => down + right), "rows only"),
            new("number of the patch", (w, across, patch) => Mean(w, w.Rows, patch, (down, right) => Math.Abs(right)), "patch *numbers*"),
            new("√T patches in a row", (w, across, patch) => Right(w, (int)Math.Sqrt(w.Rows), patch), "You took 3 rows of 2"),
            new("where the weight is largest", Argmax, "the one patch"),
            new("divides by the weights' sum", (w, across, patch) => Right(w, across, patch) / w.Values.Sum() / w.Rows, "The weight is 1"),
            new("the farthest patch", (w, across, patch) => w.Length == 256 ? 3 * patch * Math.Sqrt(2) : Right(w, across, patch), "Every pair counts"),
        ];
        Assert.All(wrong, mutant =>
        {
            Feedback refused = HowFarItLooks.Check(mutant.Code);
            Assert.Equal(FeedbackState.NotYet, refused.State);
            Assert.Contains(mutant.Words, refused.Message);
        });
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Look[] all =
        [
            AttentionDistance.Of,
            (w, across, patch) => Enumerable.Range(0, w.Length).Sum(at => w.Values[at] * Distance(at / w.Columns, at % w.Columns, across, patch)) / w.Rows,
            (w, across, patch) => Enumerable.Range(0, w.Rows).Average(i => Enumerable.Range(0, w.Columns).Sum(j => w[i, j] * Distance(j, i, across, patch))),
            (w, across, patch) => { float sum = 0; for (int j = 0; j < w.Rows; j++) { for (int i = 0; i < w.Rows; i++) { float x =
                patch * (i % across - j % across),
                    y = patch * (i / across - j / across); sum += w[i, j] * MathF.Sqrt(x * x + y * y); } } return sum / w.Rows; },
            (w, across, patch) => { Tensor d = new(w.Shape); for (int at = 0; at < d.Length; at++) { d.Values[at] =
                (float)Distance(at / d.Columns, at % d.Columns, across, patch); } return (w * d).Values.Sum(x => (double)x) / d.Rows; },
        ];
        Assert.All(all, look => Assert.Equal(FeedbackState.Passed, HowFarItLooks.Check(look).State));
    }

    private static double Right(Tensor w, int across, int patch) => Mean(w, across, patch, (down, right) => Math.Sqrt(down * down + right * right));

    private static double Mean(Tensor w, int across, int patch, Func<double, double, double> distance)
    {
        double sum = 0;
        for (int at = 0; at < w.Length; at++)
        {
            (int i, int j) = (at / w.Columns, at % w.Columns);
            sum += w[i, j] * patch * distance(i / across - j / across, i % across - j % across);
        }

        return sum / w.Rows;
    }

    private static double Distance(int i, int j, int across, int patch) => patch * double.Hypot(i / across - j / across, i % across - j % across);

    private static double Argmax(Tensor w, int across, int patch) => Enumerable.Range(0, w.Rows).Average(i =>
    {
        float[] row = w.Row(i).ToArray();
        return Distance(i, Array.IndexOf(row, row.Max()), across, patch);
    });
}
