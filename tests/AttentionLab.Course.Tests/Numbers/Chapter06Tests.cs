using AttentionLab.Course.Experiments;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 06 states, from the library. Random ones are asserted as ranges that held for 10 seeds, with a margin.</summary>
public class Chapter06Tests
{
    private static readonly double[] Steps = [1e-3, 3e-3, 1e-2, 3e-2, 1e-1];

    [Fact]
    public void FirstGradients_Saturated_OfQueryAndKeyGrowThenStarve_OfTheOthersStay()
    {
        double[] usual = First(1), saturated = First(64), extreme = First(4096);
        Assert.InRange(saturated[0] / usual[0], 6, 13);
        Assert.InRange(saturated[1] / usual[1], 5, 13);
        Assert.InRange(extreme[0] / usual[0], 0, 1e-3);
        Assert.InRange(extreme[1] / usual[1], 0, 1e-3);
        for (int m = 2; m < 6; m++)
        {
            Assert.InRange(saturated[m] / usual[m], 1.2, 4);
            Assert.InRange(extreme[m] / usual[m], 1.2, 4);
        }

        static double[] First(double factor)
        {
            SaturatedHead[] blocks = [.. Enumerable.Range(1, 5).Select(seed => Begin(factor, (ulong)seed))];
            return [.. Enumerable.Range(0, 6).Select(m => new Spread(blocks.Select(block => Gradients.Norm([block.Matrices[m]]))).Median)];
        }
    }

    [Fact]
    public void FirstGradients_Saturated_StarveMostQueries()
    {
        Assert.Equal(1, Heard(1));
        Assert.InRange(Heard(64), 0.05, 0.25);
        Assert.InRange(Heard(512), 0, 0.06);
        Spread saturated = Queries(64), usual = Queries(1);
        Assert.InRange(saturated.Median, 0, 1e-8);
        Assert.True(saturated.Mean > 2 * usual.Mean, $"{saturated.Mean} and {usual.Mean}");
        Assert.InRange(Queries(512).ShareBelow(double.Epsilon), 0.7, 0.95);

        // What goes on to the tokens does not starve: the residual connection carries it past the head.
        Assert.True(Inputs(64).Smallest > Inputs(1).Smallest / 4, $"{Inputs(64)} and {Inputs(1)}");
        Assert.InRange(Inputs(64).Median / Inputs(1).Median, 0.7, 3);

        // It comes past the head and by the values, hardly by the choice.
        SaturatedHead[] blocks = [.. Enumerable.Range(1, 5).Select(seed => Begin(64, (ulong)seed))];
        double past = Middle(blocks, ways => ways.Past), values = Middle(blocks, ways => ways.Values);
        Assert.InRange(Middle(blocks, ways => ways.Choice), 0, Math.Min(past, values) / 15);
        Assert.InRange(values / past, 0.6, 1.3);
        SaturatedHead[] starts = [.. Enumerable.Range(1, 5).Select(seed => Begin(1, (ulong)seed))];
        Assert.InRange(Middle(starts, ways => ways.Choice) / Middle(starts, ways => ways.Values), 0.6, 1.4);

        static double Middle(SaturatedHead[] blocks, Func<(IReadOnlyList<double> Past, IReadOnlyList<double> Values, IReadOnlyList<double> Choice),
            IReadOnlyList<double>> way) => new Spread(blocks.SelectMany(block => way(block.WayNorms))).Median;

        static Spread Inputs(double factor) => new(Enumerable.Range(1, 5).SelectMany(seed => Begin(factor, (ulong)seed).InputNorms));

        static double Heard(double factor) => new Spread(Enumerable.Range(1, 5).Select(seed => Begin(factor, (ulong)seed).QueryNorms)
            .Select(norms => norms.Count(g => g > 0 && g >= norms.Max() / 100) / (double)norms.Count)).Median;

        static Spread Queries(double factor) => new(Enumerable.Range(1, 5).SelectMany(seed => Begin(factor, (ulong)seed).QueryNorms));
    }

    [Theory]
    [InlineData(1, 0.8, 0.95)]
    [InlineData(8, 0.7, 0.9)]
    [InlineData(64, -0.1, 0.06)]
    public void Training_Saturated_LearnsItsOwnTaskButNeverFetches(double factor, double low, double high)
    {
        foreach (ulong seed in new ulong[] { 1, 2, 3 })
        {
            (double own, double fetched) = SaturatedHead.Train(factor, seed, steps: 600);
            Assert.InRange(own, 0.5, 0.85);
            Assert.InRange(fetched, low, high);
        }
    }

    [Fact]
    public void SmallSteps_FloatHasAValleyNearAHundredth_DoubleNearTenToTheMinusFive()
    {
        Assert.InRange(Best<float>(1e-2, 2e-2, 3e-2).Error, 1e-5, 8e-5);
        Assert.InRange(Best<double>(5e-6, 1e-5, 2e-5).Error, 1e-11, 1e-10);
        Assert.True(Error<float>(1e-6) > 0.1);
        Assert.True(Error<float>(1) > 0.01);
        Assert.True(Error<double>(1e-12) > 1e-5);
        Assert.InRange(Error<double>(0.1) / Error<double>(0.01), 80, 120);

        static (double Step, double Error) Best<T>(params double[] steps)
            where T : System.Numerics.IFloatingPointIeee754<T> => steps.Select(step => (step, Error<T>(step))).MinBy(pair => pair.Item2);

        static double Error<T>(double step)
            where T : System.Numerics.IFloatingPointIeee754<T> =>
            new Spread(Enumerable.Range(1, 10).Select(seed => GradientCheck.ErrorOfStep<T>(AttentionPoint.Draw((ulong)seed), step))).Median;
    }

    [Fact]
    public void SmallSteps_LargerAttention_FloatCannotDoBetterThanAboutTenToTheMinusFour()
    {
        AttentionPoint large = AttentionPoint.Draw(1, 24, 24);
        Assert.InRange(Steps.Min(step => GradientCheck.ErrorOfStep<float>(large, step)), 6e-5, 2e-4);
    }

    [Fact]
    public void PlantedBugs_AreAboveATenth_TheRightFormulaIsNot()
    {
        foreach (int seed in Enumerable.Range(1, 10))
        {
            AttentionPoint at = AttentionPoint.Draw((ulong)seed);
            double[] right = GradientCheck.Numerical(at.Inputs, at.Loss, 1e-5);
            foreach (PlantedBugs.Bug bug in Enum.GetValues<PlantedBugs.Bug>())
            {
                double error = GradientCheck.RelativeError(PlantedBugs.Gradient(at, bug), right);
                Assert.True(bug == PlantedBugs.Bug.None ? error < 1e-9 : error > 0.1, $"{bug}, seed {seed}: {error}");
            }
        }
    }

    [Fact]
    public void MultiplyCount_BackwardIsTwiceForward()
    {
        Tensor x = new(64, 16), w = new(16, 16);
        Assert.Equal(64 * 16 * 16, MultiplyCount.Of(m => m.Product(x, w)));
        Assert.Equal(2 * 64 * 16 * 16, MultiplyCount.Of(m => { m.Product(x, w.Transpose()); m.Product(x.Transpose(), x); }));
        Assert.Equal(0, MultiplyCount.Of(_ => { }));
    }

    [Fact]
    public void RelativeError_OfUnequalLengths_NamesBoth() =>
        Assert.Contains("2 numbers but b 3", Assert.Throws<ArgumentException>(() => GradientCheck.RelativeError([1, 2], [1, 2, 3])).Message);

    private static SaturatedHead Begin(double factor, ulong seed)
    {
        SaturatedHead block = new(factor, seed);
        _ = block.Gradient();
        return block;
    }
}
