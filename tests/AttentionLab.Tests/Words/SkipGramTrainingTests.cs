using AttentionLab.Kernels;
using AttentionLab.Words;

namespace AttentionLab.Tests.Words;

public class SkipGramTrainingTests
{
    private static readonly string[] Mostly = ["the", "the", "the", "the", "the", "the", "the", "the", "the", "x"];

    private static readonly string[][] Text = MakeText();

    private static readonly SkipGramOptions Options = new() { Channels = 20, Epochs = 4, Window = 3, Subsample = 1e-2, Rate = 0.1f };

    [Fact]
    public void Run_SameSeed_GivesTheSameBytesAndAnotherSeedOthers()
    {
        SkipGramTraining first = Trained(Options), second = Trained(Options), third = Trained(Options with { Seed = 2 });
        Compare.Same(first.Vectors().Vectors.Span, second.Vectors().Vectors.Span, "words");
        Compare.Same(first.Neighbours().Span, second.Neighbours().Span, "neighbours");
        Assert.NotEqual(first.Vectors().Vectors[0, 0], third.Vectors().Vectors[0, 0]);
    }

    [Theory, InlineData(1), InlineData(16), InlineData(20), InlineData(33)]
    public void Run_FastAndReferenceSteps_AgreeAtTheEnd(int channels)
    {
        SkipGramOptions options = Options with { Channels = channels, Epochs = 2 };
        SkipGramTraining fast = Trained(options), slow = new(Vocabulary(), Text, options) { BySlowReference = true };
        Run(slow);
        Assert.Equal(slow.Pairs, fast.Pairs);
        Compare.Close(fast.Vectors().Vectors, slow.Vectors().Vectors, 1e-3, "words");
        Compare.Close(fast.Neighbours(), slow.Neighbours(), 1e-3, "neighbours");
    }

    [Fact]
    public void Run_TwoTopics_PutsWordsOfATopicTogether()
    {
        WordVectors vectors = Trained(Options with { Epochs = 30 }).Vectors();
        foreach (string topic in new[] { "a", "b" })
        {
            Assert.All(vectors.Nearest($"{topic}0", 4), near => Assert.StartsWith(topic, near.Word));
        }
    }

    [Fact]
    public void Run_Reports_FallingLossAndRateToTheEnd()
    {
        List<SkipGramProgress> reports = [];
        SkipGramTraining training = new(Vocabulary(), Text, Options);
        Assert.True(training.Run(reports.Add, TestContext.Current.CancellationToken));
        SkipGramProgress last = reports[^1];
        Assert.Equal(1, last.Done);
        Assert.Equal(0, last.Rate);
        Assert.Equal(4 * training.Words, last.Words);
        Assert.True(last.Loss < 6 * Math.Log(2), $"{last.Loss} is no better than the start");
        Assert.True(last.Speed > 0 && last.Left == TimeSpan.Zero);
    }

    [Fact]
    public void Run_Stopped_KeepsWhatWasLearned()
    {
        using CancellationTokenSource stop = new();
        stop.Cancel();
        SkipGramTraining training = new(Vocabulary(), Text, Options);
        Assert.False(training.Run(null, stop.Token));
        Assert.True(training.Pairs < Trained(Options).Pairs / 2);
        Assert.All(training.Vectors().Vectors.Values, x => Assert.True(float.IsFinite(x)));
    }

    [Fact]
    public void Run_Subsampling_DropsFrequentWordsByItsFormula()
    {
        // One word in 10 is frequent: f = 0.9 gives √(t/f) + t/f = 0.1165 at t = 0.01; window 1 pairs each with both sides.
        string[][] text = [.. Enumerable.Repeat(Mostly, 2000)];
        SkipGramTraining training = new(
            AttentionLab.Words.Vocabulary.FromWords(text.SelectMany(s => s), special: []), text,
            Options with { Epochs = 1, Window = 1, Subsample = 0.01, Channels = 1 });
        Run(training);
        double keepThe = Math.Sqrt(0.01 / 0.9) + 0.01 / 0.9, keepX = Math.Sqrt(0.01 / 0.1) + 0.01 / 0.1;

        // A sentence of n words left has 2(n − 1) pairs; n = 0 has none.
        double none = Math.Pow(1 - keepThe, 9) * (1 - keepX), expected = 2000 * 2 * (9 * keepThe + keepX - 1 + none);
        Assert.Equal(1, training.Pairs / expected, 0.05);
    }

    [Fact]
    public void New_UnusableInput_IsRefused()
    {
        Assert.Contains("no word of the text", Assert.Throws<ArgumentException>(() => new SkipGramTraining(new Vocabulary(["x"]), Text)).Message);
        foreach (SkipGramOptions bad in new[]
        {
            Options with { Channels = 0 }, Options with { Window = 0 }, Options with { Negatives = -1 }, Options with { Epochs = 0 }, Options with { Rate = 0 },
            Options with { Rate = float.NaN }, Options with { Subsample = -1 }, Options with { NegativePower = double.NaN },
        })
        {
            Assert.Contains("but must be", Assert.Throws<ArgumentOutOfRangeException>(() => new SkipGramTraining(Vocabulary(), Text, bad)).Message);
        }
    }

    [Fact]
    public void Run_RateFarTooHigh_StopsWithAWord()
    {
        string[][] text = [.. Enumerable.Repeat(Text, 20).SelectMany(x => x)];
        SkipGramTraining training = new(Vocabulary(), text, Options with { Rate = 10, Channels = 100, Epochs = 20, Negatives = 0 });
        try
        {
            // Saturation may also keep the numbers finite; what may not happen is a silent NaN.
            Run(training);
            Assert.All(training.Vectors().Vectors.Values, x => Assert.True(float.IsFinite(x)));
        }
        catch (ArithmeticException e)
        {
            Assert.Contains("lower the rate from 10", e.Message);
        }
    }

    [Fact]
    public void New_MoreThanAnArrayHolds_NamesBothSizes()
    {
        Vocabulary words = new(Enumerable.Range(0, 600_000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        string message = Assert.Throws<ArgumentException>(() => new SkipGramTraining(words, [["1", "2"]], new SkipGramOptions { Channels = 4096 })).Message;
        Assert.Contains("words × channels = 600000 × 4096 = 2457600000 numbers but an array holds", message);
    }

    private static void Run(SkipGramTraining training) => training.Run(null, TestContext.Current.CancellationToken);

    private static SkipGramTraining Trained(SkipGramOptions options)
    {
        SkipGramTraining training = new(Vocabulary(), Text, options);
        Run(training);
        return training;
    }

    private static Vocabulary Vocabulary() => AttentionLab.Words.Vocabulary.FromWords(Text.SelectMany(s => s), special: []);

    /// <summary>Sentences about one of two topics, with some words of both.</summary>
    private static string[][] MakeText()
    {
        CounterRandom random = new(9);
        return [.. Enumerable.Range(0, 600).Select(i => Enumerable.Range(0, 6)
            .Select(_ => random.NextInt(4) == 0 ? $"common{random.NextInt(3)}" : $"{"ab"[i % 2]}{random.NextInt(5)}").ToArray())];
    }
}
