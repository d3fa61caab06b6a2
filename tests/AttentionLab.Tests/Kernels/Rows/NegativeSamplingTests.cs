using AttentionLab.Kernels;
using AttentionLab.Models;

namespace AttentionLab.Tests.Kernels;

public class NegativeSamplingTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_AgreesWithReference(int n)
    {
        if (n == 0)
        {
            return;
        }

        // Scores from nearly 0 to beyond ±8; row 2 is drawn twice.
        float[] v = Inputs.Gaussian(1, n), table = Inputs.Gaussian(2, 6 * n);
        int[] samples = [4, 2, 0, 2];
        double[] ev = Inputs.Widen(v), et = Inputs.Widen(table);
        double loss = NegativeSampling.Reference<double>(ev, et, samples, 0, new double[n]);
        Assert.Equal(loss, NegativeSampling.Loss(v, table, samples), 1e-4 * Math.Max(1, loss));
        NegativeSampling.Reference<double>(ev, et, samples, 0.1, new double[n]);
        NegativeSampling.Forward(v, table, samples, 0.1f, new float[n]);

        // σ beyond ±8 is taken as 0 or 1: off by at most σ(−8) = 3.4·10⁻⁴, times the rate.
        Compare.Close(v, ev, 1e-4, "v");
        Compare.Close(table, et, 1e-4, "table");
    }

    [Fact]
    public void Reference_SmallRate_IsAStepAgainstTheGradientOfSkipGram()
    {
        const double rate = 1e-6;
        SkipGram model = new(6, 5, new CounterRandom(1));
        new CounterRandom(2).FillGaussian(model.Words.Value.Span);
        new CounterRandom(3).FillGaussian(model.Neighbours.Value.Span);
        (float loss, SkipGram.Saved saved) = model.Forward([3], [4], new[,] { { 5, 0, 2 } });
        model.Backward(saved);
        double[] v = Inputs.Widen(model.Words.Value.Row(3)), table = Inputs.Widen(model.Neighbours.Value.Span);
        double[] v0 = [.. v], table0 = [.. table];
        Assert.Equal(loss, NegativeSampling.Reference<double>(v, table, [4, 5, 0, 2], rate, new double[5]), 1e-5);
        Compare.Close(model.Words.Gradient.Row(3), [.. v0.Zip(v, (before, after) => (before - after) / rate)], Tolerances.Kernel, "∂L/∂v");
        Compare.Close(model.Neighbours.Gradient.Span, [.. table0.Zip(table, (before, after) => (before - after) / rate)], Tolerances.Kernel, "∂L/∂u");
    }

    [Fact]
    public void Forward_ManySteps_FollowsSkipGramTrain()
    {
        SkipGram model = new(7, 20, new CounterRandom(1));
        float[] words = model.Words.Value.Span.ToArray(), table = new float[7 * 20];
        CounterRandom random = new(2);
        for (int i = 0; i < 500; i++)
        {
            int centre = random.NextInt(7), neighbour = random.NextInt(3);
            int[] negatives = [3 + random.NextInt(2), 5 + random.NextInt(2)];
            model.Train(centre, neighbour, negatives, 0.1f);
            NegativeSampling.Forward(words.AsSpan(centre * 20, 20), table, [neighbour, .. negatives], 0.1f, new float[20]);
        }

        Compare.Close(words, model.Words.Value.Span, 1e-3, "words");
        Compare.Close(table, model.Neighbours.Value.Span, 1e-3, "neighbours");
    }

    [Fact]
    public void Forward_NaN_StaysVisible()
    {
        float[] v = [1, float.NaN], table = [1, 1, 1, 1];
        NegativeSampling.Forward(v, table, [1], 0.1f, new float[2]);
        Assert.All(v, x => Assert.True(float.IsNaN(x)));
        Assert.Equal([1, 1], table[..2]);
    }

    [Fact]
    public void Forward_WrongSizes_AreRefused()
    {
        Assert.Contains(
            "step holds 3 numbers but v holds 2",
            Assert.Throws<ArgumentException>(() => NegativeSampling.Forward(new float[2], new float[4], [0], 1, new float[3])).Message);
        Assert.Contains(
            "table has 5 numbers but must be rows of 2",
            Assert.Throws<ArgumentException>(() => NegativeSampling.Forward(new float[2], new float[5], [0], 1, new float[2])).Message);
        Assert.Contains(
            "sample 2 was asked for but the table has rows 0 to 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => NegativeSampling.Forward(new float[2], new float[4], [2], 1, new float[2])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => NegativeSampling.Loss(new float[2], new float[4], [-1]));
    }
}
