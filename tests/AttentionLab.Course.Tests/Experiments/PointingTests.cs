using AttentionLab.Course.Experiments;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Experiments;

public class PointingTests
{
    [Theory]
    [InlineData(PointingTask.Successor, false, false)]
    [InlineData(PointingTask.Successor, true, true)]
    [InlineData(PointingTask.Partner, true, false)]
    [InlineData(PointingTask.Self, true, false)]
    public void Backward_EqualsTheSlopeOfTheLoss(PointingTask task, bool tied, bool hideSelf)
    {
        PointingHead head = new(new() { Task = task, Tied = tied, HideSelf = hideSelf, Size = 4 }, seed: 3);
        head.Backward();
        foreach (Parameter parameter in new[] { head.Query.Weight, head.Key.Weight }.Distinct())
        {
            for (int i = 0; i < parameter.Length; i += 5)
            {
                Assert.Equal(Slope(() => head.Loss, parameter.Value, i), parameter.Gradient.Values[i], 2e-3);
            }
        }
    }

    [Fact]
    public void Tied_QueryIsKey_AndTheProductIsSymmetric()
    {
        PointingHead tied = new(new() { Tied = true }, seed: 1), untied = new(new(), seed: 1);
        Assert.Same(tied.Query, tied.Key);
        Assert.All(tied.Product.Values.Zip(tied.Product.Transpose().Values), pair => Assert.Equal(pair.First, pair.Second, 1e-6));
        Assert.NotEqual(untied.Query.Weight.Value.Values, untied.Key.Weight.Value.Values);
    }

    [Fact]
    public void Weights_KeepToTheMask()
    {
        Tensor weights = new PointingHead(new() { Task = PointingTask.Predecessor, Causal = true, HideSelf = true }, seed: 1).Weights;
        for (int i = 0; i < 6; i++)
        {
            Assert.Equal(i == 0 ? 0 : 1, weights.Row(i)[..i].ToArray().Sum(), 1e-5);
            Assert.All(weights.Row(i)[i..].ToArray(), w => Assert.Equal(0, w));
        }
    }

    [Theory]
    [InlineData(PointingTask.Self, 6, true, false, "HideSelf")]
    [InlineData(PointingTask.Successor, 6, false, true, "Causal")]
    [InlineData(PointingTask.Partner, 5, false, false, "even")]
    [InlineData(PointingTask.Successor, 1, false, false, "2 or more")]
    public void Targets_ImpossibleTask_IsRefused(PointingTask task, int tokens, bool hideSelf, bool causal, string words)
    {
        PointingSettings settings = new() { Task = task, Tokens = tokens, HideSelf = hideSelf, Causal = causal };
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => new PointingHead(settings, 1)).Message);
        Assert.Contains(words, Assert.Throws<ArgumentException>(() => PointingBound.Of(settings)).Message);
    }

    [Fact]
    public void Targets_Line_HasNoFirstPredecessor_AndNoOtherTask()
    {
        Assert.Equal([-1, 0, 1, 2], new PointingSettings { Task = PointingTask.Predecessor, Line = true, Tokens = 4 }.Targets());
        Assert.Contains("Line is true", Assert.Throws<ArgumentException>(() => new PointingSettings { Line = true }.Targets()).Message);
    }

    /// <summary>
    /// The derivation's one gap: that only the slowest wave counts. At the optimum no other wave may have a slope below 0
    /// (Karush, Kuhn and Tucker); the loss is convex, so this proves the minimum.
    /// </summary>
    [Theory, MemberData(nameof(Circles))]
    public void TiedCircle_NoOtherWaveLowersTheLoss(int n)
    {
        double strength = PointingBound.BestStrength(n);
        double[] powers = [.. Enumerable.Range(0, n).Select(j => Math.Exp(strength * Math.Cos(2 * Math.PI * j / n)))];
        for (int k = 1; k <= n / 2; k++)
        {
            double mean = powers.Select((p, j) => p * Math.Cos(2 * Math.PI * j * k / n)).Sum() / powers.Sum();
            Assert.True(mean - Math.Cos(2 * Math.PI * k / n) > -1e-9, $"n = {n}, wave {k}: slope {mean - Math.Cos(2 * Math.PI * k / n)}");
        }
    }

    public static TheoryData<int> Circles() => [.. Enumerable.Range(3, 30)];

    [Fact]
    public void TiedCircle_IsAtMostGuessing_AndEqualToItForThreeAndFour()
    {
        Assert.Equal(Math.Log(3), PointingBound.TiedCircle(3), 1e-9);
        Assert.Equal(Math.Log(4), PointingBound.TiedCircle(4), 1e-9);
        Assert.All(Enumerable.Range(5, 20), n => Assert.True(PointingBound.TiedCircle(n) < Math.Log(n)));
    }

    internal static double Slope(Func<double> loss, Tensor at, int index, float step = 1e-2f)
    {
        float before = at.Span[index];
        at.Span[index] = before + step;
        double above = loss();
        at.Span[index] = before - step;
        double below = loss();
        at.Span[index] = before;
        return (above - below) / (2 * step);
    }
}
