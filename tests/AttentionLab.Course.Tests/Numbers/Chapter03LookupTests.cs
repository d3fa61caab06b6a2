using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 03 states about the model that learns a dictionary, as ranges with a margin.</summary>
public class Chapter03LookupTests
{
    private const double D = 64, DModel = 256;

    private static readonly double[] LearningRates = [0.0003, 0.001, 0.003, 0.01];

    [Fact]
    public void Lookup_StepsToNinetyPercent_ScaleSetsWhereTrainingStarts()
    {
        Dictionary<string, Spread> steps = new()
        {
            ["none"] = Steps(new() { Scale = 1 }),
            ["head"] = Steps(new() { Scale = 1 / Math.Sqrt(D) }),
            ["model"] = Steps(new() { Scale = 1 / Math.Sqrt(DModel) }),
            ["d"] = Steps(new() { Scale = 1 / D }),
            ["learned"] = Steps(new() { Scale = 1, LearnScale = true }),
            ["start"] = Steps(new() { Scale = 1, InitialGain = Math.Pow(D, -0.25) }),
        };
        Within("none", 60, 500, 110, 230);
        Within("head", 13, 26, 16, 20);
        Within("model", 13, 26, 16, 21);
        Within("d", 24, 37, 28, 32);
        Within("learned", 30, 70, 40, 50);
        Within("start", 10, 28, 13, 18);

        void Within(string name, double smallest, double largest, double low, double high)
        {
            Assert.True(steps[name].Smallest >= smallest && steps[name].Largest <= largest, $"{name}: {steps[name].Smallest} to {steps[name].Largest} steps");
            Assert.InRange(steps[name].Median, low, high);
        }
    }

    [Fact]
    public void Lookup_Control_FrozenQueryAndKey_Fails()
    {
        LookupRun run = KeyValueLookup.Train(new() { Scale = 1 / Math.Sqrt(D), FreezeQueryAndKey = true }, 1, 150);
        Assert.Null(run.StepsToGoal);
        Assert.InRange(run.Accuracy[^1], 0, 0.35);
    }

    [Fact]
    public void Lookup_Frozen_SaysWhatStandsMostOftenInTheSequence()
    {
        KeyValueLookup[] models = [.. Enumerable.Range(1, 5)
            .Select(seed => new KeyValueLookup(new() { Scale = 1 / Math.Sqrt(D), FreezeQueryAndKey = true }, (ulong)seed))];
        foreach (KeyValueLookup model in models)
        {
            for (int step = 0; step <= 60; step++)
            {
                model.Step();
            }
        }

        Assert.InRange(models.Average(m => FrequentAnswers.Share(m.LastBatch.Said, m.LastBatch.Wanted, 16)), 0.6, 0.85);
        Assert.InRange(models.Average(m => FrequentAnswers.Share(m.LastBatch.Wanted, m.LastBatch.Wanted, 16)), 0.29, 0.41);
        Assert.InRange(models.Average(m => FrequentAnswers.Right(m.LastBatch.Wanted, 16)), 0.17, 0.23);
    }

    [Fact]
    public void Lookup_LearnedScale_IsTurnedDown()
    {
        LookupSettings learned = new() { Scale = 1, LearnScale = true };
        Spread factors = new(Enumerable.Range(1, 10).SelectMany(seed => KeyValueLookup.Train(learned, (ulong)seed, 600).Factors));
        Assert.InRange(factors.Smallest, 0.05, 0.2);
        Assert.InRange(factors.Largest, 0.15, 0.45);
    }

    [Fact]
    public void Lookup_FirstGradient_OfQueryAndKeyGrowsWithTheScale_OfValueAndOutputHardly()
    {
        double[] start = First(1 / Math.Sqrt(D)), none = First(1), huge = First(64);
        Assert.InRange(none[0] / start[0], 5, 9);
        Assert.InRange(huge[0] / none[0], 3, 12);
        Assert.InRange(huge[2] / start[2], 1, 3);
        Assert.InRange(huge[3] / start[3], 1, 3);

        static double[] First(double scale)
        {
            KeyValueLookup[] models = [.. Enumerable.Range(1, 10).Select(seed => new KeyValueLookup(new() { Scale = scale }, (ulong)seed))];
            Array.ForEach(models, model => model.Gradient());
            return [.. Enumerable.Range(0, 4)
                .Select(m => new Spread(models.Select(model => AttentionLab.Training.Gradients.Norm([model.Parameters[m]]))).Median)];
        }
    }

    /// <summary>Section 3.7: three seeds; none is at its best near 0.003, the scaled one goes on gaining.</summary>
    [Fact]
    public void Lookup_EachAtItsOwnLearningRate_TheScaleStaysAhead()
    {
        double[] none = [.. Rates(1)], scaled = [.. Rates(1 / Math.Sqrt(32))];
        Assert.InRange(none.Min(), 50, 110);
        Assert.True(none[3] > none[2], $"none: {string.Join(", ", none)}");
        Assert.Equal(scaled[3], scaled.Min());
        Assert.InRange(scaled[3], 8, 14);
        Assert.InRange(none[1] / scaled[1], 2, 4);

        static IEnumerable<double> Rates(double scale) => LearningRates.Select(rate => new Spread(Enumerable.Range(1, 3).Select(seed =>
            (double)(KeyValueLookup.Train(new() { HeadSize = 32, Scale = scale, LearningRate = rate }, (ulong)seed, 400).StepsToGoal ?? 400))).Median);
    }

    [Fact]
    public void Lookup_AfterSixtySteps_ScaledIsDone_PlainIsNot()
    {
        Assert.InRange(After(1 / Math.Sqrt(D)), 0.97, 1);
        Assert.InRange(After(1), 0.4, 0.9);

        static double After(double scale) =>
            new Spread(Enumerable.Range(1, 3)
                .Select(seed => KeyValueLookup.Train(new() { Scale = scale }, (ulong)seed, 60, stopAtGoal: false).Accuracy[^1])).Median;
    }

    private static Spread Steps(LookupSettings settings) =>
        new(Enumerable.Range(1, 10).Select(seed => (double)(KeyValueLookup.Train(settings, (ulong)seed, 600).StepsToGoal ?? 9999)));
}
