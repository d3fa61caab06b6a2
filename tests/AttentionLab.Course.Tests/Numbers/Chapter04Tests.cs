using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 04 states, from the library. Bounds are exact; what was trained is asserted as a range that held for 10 seeds, with a
/// margin.</summary>
public class Chapter04Tests
{
    [Fact]
    public void Bounds_AreThoseOfTheChapter()
    {
        Assert.Equal(1.524, PointingBound.Of(new() { Tied = true }), 5e-4);
        Assert.Equal(1.446, PointingBound.TiedCircle(12), 5e-4);
        Assert.Equal(Math.Log(2), PointingBound.Of(new() { Tied = true, HideSelf = true }));
        Assert.Equal(Math.Log(2), PointingBound.Of(new() { Tied = true, Task = PointingTask.Partner }));
        Assert.Equal(0, PointingBound.Of(new() { Tied = true, Task = PointingTask.Partner, HideSelf = true }));
        Assert.Equal(0, PointingBound.Of(new() { Tied = true, Task = PointingTask.Self }));
        Assert.Equal(0, PointingBound.Of(new() { Tied = true, Task = PointingTask.Predecessor, Causal = true }));
        Assert.Equal(0, PointingBound.Of(new() { Tied = true, Task = PointingTask.Predecessor, Line = true }));
        Assert.Equal(0, PointingBound.Of(new()));
    }

    [Theory]
    [InlineData(PointingTask.Successor, true, false)]
    [InlineData(PointingTask.Successor, true, true)]
    [InlineData(PointingTask.Successor, false, false)]
    [InlineData(PointingTask.Successor, false, true)]
    [InlineData(PointingTask.Partner, true, false)]
    [InlineData(PointingTask.Partner, true, true)]
    [InlineData(PointingTask.Partner, false, false)]
    [InlineData(PointingTask.Partner, false, true)]
    [InlineData(PointingTask.Self, true, false)]
    [InlineData(PointingTask.Self, false, false)]
    public void Training_TenSeeds_EndsOnTheBound(PointingTask task, bool tied, bool hideSelf)
    {
        PointingSettings settings = new() { Task = task, Tied = tied, HideSelf = hideSelf };
        double bound = PointingBound.Of(settings);
        for (ulong seed = 1; seed <= 10; seed++)
        {
            // Float rounding lets a converged loss lie a little below the bound of exact arithmetic.
            Assert.InRange(PointingHead.Train(settings, seed).Loss - bound, -1e-5, 5e-4);
        }
    }

    [Theory, InlineData(3), InlineData(5), InlineData(8), InlineData(12)]
    public void Training_OtherCircles_EndOnTheBound(int tokens) =>
        Assert.InRange(PointingHead.Train(new() { Tied = true, Tokens = tokens, Size = tokens }, 1).Loss - PointingBound.TiedCircle(tokens), -1e-5, 5e-4);

    [Fact]
    public void Causal_Predecessor_TyingCostsNothing_AndEarlierTokensAreLonger()
    {
        PointingSettings settings = new() { Task = PointingTask.Predecessor, Causal = true, Tied = true };
        for (ulong seed = 1; seed <= 10; seed++)
        {
            PointingHead head = PointingHead.Train(settings, seed);
            Assert.InRange(head.Loss, 0, 0.002);
            double[] squares = [.. Enumerable.Range(0, 6).Select(i => head.Query.Weight.Value.Row(i).ToArray().Sum(x => (double)x * x))];
            Assert.Equal(squares.OrderDescending(), squares);
            Assert.InRange(PointingHead.Train(settings with { Tied = false }, seed).Loss, 0, 0.0005);
            Assert.InRange(PointingHead.Train(settings with { Causal = false, Line = true }, seed).Loss, 0, 0.003);
        }
    }

    [Theory]
    [InlineData(PayloadTask.Copy, 0)]
    [InlineData(PayloadTask.Negate, 4.0 / 3)]
    [InlineData(PayloadTask.Relabel, 5.0 / 4)]
    public void Payload_WithoutMapsEndsOnTheBound_WithEitherMapAtZero(PayloadTask task, double bound)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            Assert.InRange(PayloadHead.Train(task, PayloadMaps.None, seed) - bound, -1e-5, 1e-3);
            Assert.InRange(PayloadHead.Train(task, PayloadMaps.Value, seed), 0, 1e-3);
            Assert.InRange(PayloadHead.Train(task, PayloadMaps.Output, seed), 0, 1e-3);
        }
    }

    [Theory]
    [InlineData(2, false, 0, 0.01)]
    [InlineData(2, true, 1.7, 1.95)]
    [InlineData(4, true, 0, 0.08)]
    [InlineData(8, true, 0, 0.01)]
    [InlineData(16, true, 0, 0.01)]
    public void SharedKeysAndValues_FailOnlyInTheBottleneck(int size, bool shared, double low, double high)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            Assert.InRange(SharedLookup.Train(new() { Size = size, Shared = shared }, seed), low, high);
        }
    }

    [Fact]
    public void Parity_LinearIsGuessing_PerceptronsOrAFeedForwardNetBeforeLearnIt()
    {
        for (ulong seed = 1; seed <= 10; seed++)
        {
            Assert.Equal(Math.Log(2), ParityMatch.Train(MatchMaps.Linear, seed), 1e-4);
            Assert.InRange(ParityMatch.Train(MatchMaps.Perceptrons, seed), 0, 0.01);
            Assert.InRange(ParityMatch.Train(MatchMaps.LinearAfterFeedForward, seed), 0, 0.01);
        }
    }

    [Fact]
    public void Starts_ProductsAreAlike_QueryMatricesAreNot()
    {
        PointingHead[] heads = [.. Enumerable.Range(1, 6).Select(seed => PointingHead.Train(new(), (ulong)seed))];
        Assert.InRange(Similarity.OfPairs([.. heads.Select(h => h.Query.Weight.Value.Values.ToArray())]).Median, -0.3, 0.3);
        Assert.InRange(Similarity.OfPairs([.. heads.Select(h => h.CentredProduct.Values.ToArray())]).Median, 0.7, 1);
    }
}
