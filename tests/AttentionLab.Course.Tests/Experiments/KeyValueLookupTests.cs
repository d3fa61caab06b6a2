using AttentionLab.Course.Experiments;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Experiments;

public class KeyValueLookupTests
{
    private static readonly LookupSettings Small = new()
    {
        Heads = 2,
        HeadSize = 4,
        Symbols = 5,
        Pairs = 3,
        Answers = 4,
        Sequences = 2,
        Scale = 0.5,
        LearnScale = true,
    };

    [Fact]
    public void Gradient_OfTheScale_EqualsThatOfLongerQueries()
    {
        // Scores are e^τ·(x·W_Q)·(x·W_K): growing τ of all heads and growing W_Q by the same factor are one and the same.
        KeyValueLookup model = new(Small, seed: 3);
        model.Gradient();
        double byScale = model.LogScale.Gradient.Values.Sum(g => (double)g);
        Assert.NotEqual(0, byScale);
        Assert.Equal(byScale, Along(model.Query.Weight), Math.Abs(byScale) * 1e-4);
        Assert.Equal(byScale, Along(model.Key.Weight), Math.Abs(byScale) * 1e-4);
        Assert.Equal(Along(model.Output.Weight), Along(model.Value.Weight), Math.Abs(byScale) * 1e-4);
    }

    [Fact]
    public void Gradient_IsOfOneBatchAlone()
    {
        KeyValueLookup model = new(Small, seed: 3), other = new(Small, seed: 3);
        model.Gradient();
        model.Gradient();
        other.Gradient();
        Assert.NotEqual(model.Query.Weight.Gradient.Values, other.Query.Weight.Gradient.Values);
        other.Gradient();
        Assert.Equal(model.Query.Weight.Gradient.Values, other.Query.Weight.Gradient.Values);
    }

    [Fact]
    public void Train_SameSeed_GivesTheSameRun_AndAnotherSeedAnother()
    {
        LookupRun first = KeyValueLookup.Train(Small, 1, 30, stopAtGoal: false);
        Assert.Equal(30, first.Accuracy.Count);
        Assert.Equal(first.Accuracy, KeyValueLookup.Train(Small, 1, 30, stopAtGoal: false).Accuracy);
        Assert.NotEqual(first.Accuracy, KeyValueLookup.Train(Small, 2, 30, stopAtGoal: false).Accuracy);
    }

    [Fact]
    public void Train_StopsAtTheGoal_OrGivesUp()
    {
        LookupRun quick = KeyValueLookup.Train(new LookupSettings { Scale = 0.125 }, 1, 100);
        Assert.Equal(quick.Accuracy.Count, quick.StepsToGoal);
        Assert.True(quick.Accuracy[^1] >= 0.9 && quick.Accuracy[^2] < 0.9);
        Assert.Null(KeyValueLookup.Train(Small, 1, 3).StepsToGoal);
    }

    [Fact]
    public void LastBatch_HoldsTheAnswersBehindTheAccuracy()
    {
        KeyValueLookup model = new(Small, 4);
        double accuracy = model.Gradient();
        (IReadOnlyList<int> said, IReadOnlyList<int> wanted) = model.LastBatch;
        Assert.Equal(Small.Sequences * Small.Pairs, said.Count);
        Assert.Equal(accuracy, said.Zip(wanted).Count(pair => pair.First == pair.Second) / (double)wanted.Count);
        model.Gradient();
        Assert.NotEqual(wanted, model.LastBatch.Wanted);
    }

    [Fact]
    public void Factors_AreLearnedOrStayAsGiven()
    {
        Assert.All(KeyValueLookup.Train(Small with { LearnScale = false }, 1, 5).Factors, factor => Assert.Equal(0.5, factor, 1e-6));
        IReadOnlyList<double> learned = KeyValueLookup.Train(Small, 1, 5).Factors;
        Assert.Equal(2, learned.Count);
        Assert.All(learned, factor => Assert.True(Math.Abs(factor - 0.5) > 1e-3, $"{factor}"));
    }

    [Fact]
    public void Frozen_QueryAndKeyStayAsTheyWere_OthersMove()
    {
        KeyValueLookup model = new(Small with { FreezeQueryAndKey = true, LearnScale = false }, 1);
        float[][] before = [.. model.Parameters.Select(p => p.Value.Values.ToArray())];
        model.Step();
        Assert.Equal([true, true, false, false, true], model.Parameters.Select((p, i) => p.Value.Values.SequenceEqual(before[i])));
    }

    [Fact]
    public void InitialGain_ChangesQueryAndKeyOnly()
    {
        KeyValueLookup usual = new(Small, 5), smaller = new(Small with { InitialGain = 0.5 }, 5);
        Assert.Equal(usual.Query.Weight.Value.Values.Select(w => w / 2), smaller.Query.Weight.Value.Values);
        Assert.Equal(usual.Key.Weight.Value.Values.Select(w => w / 2), smaller.Key.Weight.Value.Values);
        Assert.Equal(usual.Value.Weight.Value.Values, smaller.Value.Weight.Value.Values);
    }

    [Fact]
    public void MorePairsThanSymbols_IsRefused() =>
        Assert.Contains("raise Symbols", Assert.Throws<ArgumentException>(() => new KeyValueLookup(Small with { Pairs = 6 }, 1)).Message);

    private static double Along(Parameter parameter) => parameter.Value.Values.Zip(parameter.Gradient.Values, (w, g) => (double)w * g).Sum();
}
