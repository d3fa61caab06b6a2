using AttentionLab.Course.Exercises;
using AttentionLab.Layers;
using AttentionLab.Tensors;
using SentenceVector = System.Func<AttentionLab.Tensors.Tensor, bool[], float[]>;

namespace AttentionLab.Course.Tests.Exercises;

public class PaddingProofTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<SentenceVector>(PaddingProof.About, PaddingProof.Check, (x, real) => Mean(Attend(x, real), real),
        new("mean of the inputs", (x, real) => Mean(x, real), "nothing was attended to"),
        new("no scale", (x, real) => Mean(Attend(x, real, 1), real), "The scale is missing"),
        new("a sum", (x, real) => [.. Mean(Attend(x, real), real).Select(v => v * real.Count(r => r))], "sum over the words"),
        new("divides by C", (x, real) => Mean(Attend(x, real, 1f / x.Columns), real), "It is √C"),
        new("one word too many", (x, real) => [.. Mean(Attend(x, real), real).Select(v => v * real.Count(r => r) / (real.Count(r => r) + 1))], "one more than"),
        new("mask the other way round", (x, real) => Mean(Attend(x, [.. real.Select(r => !r)]), real), "Nothing was seen"),
        new("causal", (x, real) => Mean(AttendBy(x, AttentionMask.Keys(real) & AttentionMask.Causal), real), "Your mask is causal"),
        new("the first word", (x, real) => Attend(x, real).Row(0).ToArray(), "what the first word found"),
        new(
            "the largest",
            (x, real) => [.. Enumerable.Range(0, 3).Select(c => Enumerable.Range(0, x.Rows).Where(t => real[t]).Max(t => Attend(x, real)[t, c]))],
            "largest number of each column"),
        new("no mask anywhere", (x, real) => Mean(Attend(x, null), All(x)), "takes part everywhere"),
        new("mask in the attention only", (x, real) => Mean(Attend(x, real), All(x)), "the mean runs over all seven rows"),
        new("divides by all rows", (x, real) => [.. Mean(Attend(x, real), real).Select(v => v * real.Count(r => r) / x.Rows)], "divide by seven"),
        new("mask in the mean only", (x, real) => Mean(Attend(x, null), real), "as *keys* the padding"),
        new("weights cleared after softmax", (x, real) => Mean(Cleared(x, real), real), "no longer sums to 1"),
        new("mask of queries", (x, real) => Mean(AttendBy(x, AttentionMask.Pairs(Grid(x, (i, _) => real[i]))), All(x)), "hides padding as *queries*"),
        new("zeros in place of hiding", (x, real) => Mean(Attend(Zeroed(x, real), null), real), "You set the padding to zeros. But"),
        new("zeros in place of hiding, mean over all", (x, real) => Mean(Attend(Zeroed(x, real), null), All(x)), "it still takes part"),
        new("large negative bias of −10", (x, real) => Mean(AttendBy(x, AttentionMask.Bias(Bias(x, real, -10))), real), "changed the vector"),
        new("takes the first rows", (x, real) => First(x, real.Count(r => r)), "Use `real[t]`"),
        new("multiplies by 0 in the mean", (x, real) => Product(Attend(x, real), real, x), "0·NaN is NaN"));

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        SentenceVector[] all =
        [
            InDouble,
            (x, real) => Mean(AttendBy(x, AttentionMask.Pairs(Grid(x, (i, j) => real[i] && real[j]))), real),
            (x, real) => { Tensor only = Only(x, real); return Mean(Attend(only, null), All(only)); },
            (x, real) => Mean(FusedAttention.Infer(x, x, x, AttentionMask.Keys(real)), real),
            (x, real) => Mean(Attend(Zeroed(x, real), real), real),
            (x, real) => { Tensor y =
                Attend(x, real); return [.. Enumerable.Range(0, x.Columns)
                    .Select(c => Enumerable.Range(0, x.Rows).Where(t => real[t]).Average(t => y[t, c]))]; },
        ];
        Assert.All(all, vector => Assert.Equal(FeedbackState.Passed, PaddingProof.Check(vector).State));
    }

    private static Tensor Attend(Tensor x, bool[]? real, float? scale = null) =>
        ScaledDotProductAttention.Forward(x, x, x, real is null ? null : AttentionMask.Keys(real), scale).Output;

    private static Tensor AttendBy(Tensor x, AttentionMask mask) => ScaledDotProductAttention.Forward(x, x, x, mask).Output;

    private static bool[] All(Tensor x) => [.. Enumerable.Repeat(true, x.Rows)];

    private static float[] Mean(Tensor y, bool[] rows)
    {
        float[] sum = new float[y.Columns];
        for (int t = 0; t < y.Rows; t++)
        {
            for (int c = 0; c < sum.Length && rows[t]; c++)
            {
                sum[c] += y[t, c] / rows.Count(r => r);
            }
        }

        return sum;
    }

    private static float[] Product(Tensor y, bool[] real, Tensor x) => [.. Enumerable.Range(0, y.Columns).Select(c =>
        Enumerable.Range(0, y.Rows).Sum(t => (y[t, c] + 0 * x[t, c]) * (real[t] ? 1f : 0)) / real.Count(r => r))];

    private static bool[,] Grid(Tensor x, Func<int, int, bool> sees)
    {
        bool[,] grid = new bool[x.Rows, x.Rows];
        for (int i = 0; i < grid.Length; i++)
        {
            grid[i / x.Rows, i % x.Rows] = sees(i / x.Rows, i % x.Rows);
        }

        return grid;
    }

    private static Tensor Cleared(Tensor x, bool[] real)
    {
        Tensor weights = ScaledDotProductAttention.Forward(x, x, x).Saved.Weights;
        for (int i = 0; i < weights.Length; i++)
        {
            weights.Values[i] *= real[i % x.Rows] ? 1 : 0;
        }

        return weights.MatMul(x);
    }

    private static Tensor Bias(Tensor x, bool[] real, float hidden)
    {
        Tensor bias = new(x.Rows, x.Rows);
        for (int i = 0; i < bias.Length; i++)
        {
            bias.Values[i] = real[i % x.Rows] ? 0 : hidden;
        }

        return bias;
    }

    private static Tensor Zeroed(Tensor x, bool[] real)
    {
        Tensor y = x.Copy();
        for (int t = 0; t < x.Rows; t++)
        {
            if (!real[t])
            {
                y.Row(t).Clear();
            }
        }

        return y;
    }

    private static Tensor Only(Tensor x, bool[] real) => Tensor.FromRows([.. Enumerable.Range(0, x.Rows).Where(t => real[t]).Select(t => x.Row(t).ToArray())]);

    private static float[] First(Tensor x, int count)
    {
        Tensor first = Tensor.FromRows([.. Enumerable.Range(0, count).Select(t => x.Row(t).ToArray())]);
        return Mean(Attend(first, null), All(first));
    }

    private static float[] InDouble(Tensor x, bool[] real)
    {
        int[] words = [.. Enumerable.Range(0, x.Rows).Where(t => real[t])];
        double[] sum = new double[x.Columns];
        foreach (int i in words)
        {
            double[] powers = [.. words.Select(j => Math.Exp(Enumerable.Range(0, x.Columns).Sum(c => (double)x[i, c] * x[j, c]) / Math.Sqrt(x.Columns)))];
            for (int c = 0; c < sum.Length; c++)
            {
                sum[c] += words.Select((j, at) => powers[at] / powers.Sum() * x[j, c]).Sum() / words.Length;
            }
        }

        return Array.ConvertAll(sum, s => (float)s);
    }
}
