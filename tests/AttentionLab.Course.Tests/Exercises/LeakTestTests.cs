using AttentionLab.Course.Exercises;
using AttentionLab.Kernels;
using AttentionLab.Tensors;
using Layer = System.Func<AttentionLab.Tensors.Tensor, AttentionLab.Tensors.Tensor>;

namespace AttentionLab.Course.Tests.Exercises;

public class LeakTestTests
{
    [Fact]
    public void Check_TellsMutantsApart() => Mutants.Prove<Func<Layer, bool>>(LeakTest.About, LeakTest.Check, layer => Detect(layer),
        new("any movement is a leak", layer => Detect(layer, rows: (i, j) => i != j), "causal attention leaks"),
        new("compares by ==", layer => Detect(layer, tolerance: 0), "rounding"),
        new("wants output i to depend on input i", layer => Detect(layer) || !Detect(layer, rows: (i, j) => i == j), "is no leak"),
        new("never finds one", layer => false, "found nothing"),
        new("skips the row right before", layer => Detect(layer, rows: (i, j) => i < j - 1), "one cell too far"),
        new("looks one row back only", layer => Detect(layer, rows: (i, j) => i == j - 1), "*all* rows before"),
        new("looks at row 0 only", layer => Detect(layer, rows: (i, j) => i == 0 && j > 0), "not only row 0"),
        new("leaves row 0 out", layer => Detect(layer, rows: (i, j) => i > 0 && i < j), "down to row 0"),
        new("never changes the last row", layer => Detect(layer, change: j => j < 7), "the last one too"),
        new("changes late rows only", layer => Detect(layer, change: j => j > 1), "the early ones too"),
        new("compares the first column", layer => Detect(layer, columns: c => c == 0), "Only the last number"),
        new("compares row sums", layer => Sums(layer), "not their sum"),
        new("changes the first number only", layer => Detect(layer, add: c => c == 0 ? 1 : 0), "Change *every* number"),
        new("adds the same to every number", layer => Detect(layer, add: _ => 1), "by another amount"),
        new("x is 0", layer => Detect(layer, size: 0), "not zeros"),
        new("allows 0.01", layer => Detect(layer, tolerance: 0.01), "about 1e-4, not more"));

    [Fact]
    public void Check_WeakTests_AreRefused()
    {
        Func<Layer, bool>[] weak =
        [
            layer => Detect(layer, tokens: 3),
            layer => Detect(layer, tokens: 5),
            layer => Detect(layer, change: j => j == 4),
            layer => Detect(layer, change: j => j == 7),
            layer => { Tensor x = new(8, 4), y = x.Copy(); y[7, 0] = 1; return layer(x)[0, 0] != layer(y)[0, 0]; },
            layer => Detect(layer, rows: (i, j) => i > j),
            layer => true,
        ];
        Assert.All(weak, test => Assert.Equal(FeedbackState.NotYet, LeakTest.Check(test).State));
    }

    [Fact]
    public void Check_RightButUnusual_Passes()
    {
        Func<Layer, bool>[] all =
        [
            layer => Detect(layer, tokens: 12),
            ByPrefix,
            layer => Enumerable.Range(0, 8).Any(j => Enumerable.Range(0, j).Any(i => Moves(layer, i, j))),
            layer => Detect(layer, add: c => -3 * (c + 1)),
            ByRandomRows,
        ];
        Assert.All(all, test => Assert.Equal(FeedbackState.Passed, LeakTest.Check(test).State));
    }

    private static bool Detect(
        Layer layer, int tokens = 8, Func<int, int, bool>? rows = null, Func<int, bool>? change = null, Func<int, bool>? columns = null,
        double tolerance = 1e-4, float size = 1, Func<int, float>? add = null)
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(1), size, tokens, 4), before = layer(x);
        for (int j = 0; j < tokens; j++)
        {
            Tensor changed = x.Copy();
            for (int c = 0; c < 4; c++)
            {
                changed[j, c] += add?.Invoke(c) ?? c + 1;
            }

            Tensor after = layer(changed);
            for (int i = 0; i < tokens && (change?.Invoke(j) ?? true); i++)
            {
                for (int c = 0; c < 4; c++)
                {
                    if ((rows ?? ((a, b) => a < b))(i, j) && (columns?.Invoke(c) ?? true) && Math.Abs(after[i, c] - before[i, c]) > tolerance)
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    private static bool Sums(Layer layer)
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(1), 1, 8, 4), before = layer(x);
        return Enumerable.Range(0, 8).Any(j =>
        {
            Tensor changed = x.Copy();
            changed.Row(j).Fill(2);
            Tensor after = layer(changed);
            return Enumerable.Range(0, j).Any(i => Math.Abs(after.Row(i).ToArray().Sum() - before.Row(i).ToArray().Sum()) > 1e-4);
        });
    }

    /// <summary>The first rows alone must give the first rows of the whole.</summary>
    private static bool ByPrefix(Layer layer)
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 9, 4), whole = layer(x);
        for (int n = 1; n < 9; n++)
        {
            Tensor part = layer(new Tensor(x.Values[..(4 * n)], n, 4));
            if (part.Values.Zip(whole.Values, (a, b) => Math.Abs(a - b)).Max() > 1e-4)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Moves(Layer layer, int i, int j)
    {
        Tensor x = Tensor.Gaussian(new CounterRandom(4), 1, 8, 4), y = x.Copy();
        y.Row(j).Reverse();
        return layer(x).Row(i).ToArray().Zip(layer(y).Row(i).ToArray(), (a, b) => Math.Abs((double)a - b)).Any(d => d > 5e-5);
    }

    /// <summary>All rows from j on are drawn anew.</summary>
    private static bool ByRandomRows(Layer layer)
    {
        CounterRandom random = new(5);
        Tensor x = Tensor.Gaussian(random, 1, 10, 4), before = layer(x);
        for (int j = 9; j > 0; j--)
        {
            Tensor changed = x.Copy();
            random.FillGaussian(changed.Span[(4 * j)..]);
            if (layer(changed).Values.Take(4 * j).Zip(before.Values, (a, b) => Math.Abs(a - b)).Max() > 1e-4)
            {
                return true;
            }
        }

        return false;
    }
}
