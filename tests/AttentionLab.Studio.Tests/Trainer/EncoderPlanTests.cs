using AttentionLab.Trainer;

namespace AttentionLab.Studio.Tests.Trainer;

/// <summary>The learning rate and the share of hidden words over the steps of a run.</summary>
public sealed class EncoderPlanTests
{
    [Fact]
    public void Plan_StepsGiven_WarmsUpStaysAndFallsToTheEnd()
    {
        EncoderPlan plan = new(new EncoderSettings { Rate = 1, Warmup = 10, DecayShare = 0.4 }, new(Steps: 100));
        Assert.Equal(60, plan.DecayFrom);
        Assert.Equal([0.1, 1, 1, 40.0 / 41, 1.0 / 41], new long[] { 1, 10, 60, 61, 100 }.Select(plan.Rate));
        Assert.False(plan.Decide(70, 1e9, 1));
    }

    [Fact]
    public void Share_WhileTheRateFalls_FallsWithIt()
    {
        EncoderPlan plan = new(new EncoderSettings { Rate = 2, Warmup = 10, DecayShare = 0.4, Share = 0.4, FinalShare = 0.1 }, new(Steps: 100));
        Assert.Equal(
            [0.4, 0.4, 0.4, 0.1 + 0.3 * 40 / 41, 0.1 + 0.3 / 41], new long[] { 1, 10, 60, 61, 100 }.Select(plan.Share), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Plan_PaceChanges_EndsInTheBudget()
    {
        // 1000 s. A step takes 1 s up to step 300, then 2 s.
        EncoderPlan plan = new(new EncoderSettings { Warmup = 10, DecayShare = 0.4 }, new(Minutes: 1000 / 60.0));
        double gone = 0;
        long done = 0;
        for (bool decided = false; !decided; done++)
        {
            double pace = done < 300 ? 1 : 2;
            decided = plan.Decide(done, gone, pace);
            gone += decided ? 0 : pace;
            done -= decided ? 1 : 0;
        }

        Assert.Equal(done, plan.DecayFrom);
        EncoderPlan fresh = new(new EncoderSettings { Warmup = 10 }, new(Minutes: 1));
        Assert.False(fresh.Decide(500, 1, pace: 30, isKnown: false));
        Assert.Null(fresh.DecayFrom);
        Assert.Equal(501, fresh.Steps);
        Assert.InRange(gone + 2 * (plan.Steps - done), 990, 1000);
        Assert.InRange((double)done / plan.Steps, 0.59, 0.62);
    }
}
