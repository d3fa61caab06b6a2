using AttentionLab.Course.Experiments;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Weights;

namespace AttentionLab.Course.Tests.Experiments;

public class DateReaderTests(ITestOutputHelper output)
{
    private static readonly DateReaderSettings Tiny = new() { Channels = 16, Heads = 2, Layers = 2, Hidden = 24, Steps = 12, Batch = 16 };

    /// <summary>The committed one, read once.</summary>
    private static readonly Lazy<DateReader> Shipped = new(() => DateReader.Load());

    [Fact]
    public void Shipped_HeldOutDates_AreReadAndOnlyByLookingAtTheWords()
    {
        IReadOnlyList<SpokenDate> held = SpokenDates.Sample(500, seed: 4242, heldOut: true);
        double exact = Shipped.Value.ExactMatch(held);
        double uniform = Shipped.Value.ExactMatch(held, CrossLook.Uniform), off = Shipped.Value.ExactMatch(held, CrossLook.Off);
        output.WriteLine($"exact {exact:P1}, with uniform cross-attention {uniform:P1}, without {off:P1}");
        Assert.True(exact >= 0.99, $"{exact:P2}");
        Assert.True(uniform <= 0.02 && off <= 0.02, $"uniform {uniform:P2}, off {off:P2}");
        Assert.Equal(exact, Shipped.Value.ExactMatch(held));
    }

    [Fact]
    public void Shipped_CrossAttention_LooksAtTheWordThatSaysTheDigit()
    {
        AlignmentScore chosen = Shipped.Value.AlignmentScores(SpokenDates.Sample(500, seed: 1)).MaxBy(s => s.Peaks)!;
        AlignmentScore score = Shipped.Value.AlignmentScores(SpokenDates.Sample(500, seed: 4242, heldOut: true)).Single(
            s => (s.Layer, s.Head) == (chosen.Layer, chosen.Head));
        output.WriteLine(score.ToString());
        Assert.True(score.Peaks >= 0.95, score.ToString());
        Assert.True(score.Weight >= 0.85, score.ToString());
        Assert.True(score.Uniform <= 0.2 && score.Shuffled <= 0.2, score.ToString());
    }

    [Fact]
    public void Shipped_TextOfAReader_IsReadInEveryOrder()
    {
        Assert.Equal(
            ["1984/3/3", "1984/3/3", "1984/3/3", "2020/6/21", "2000/12/31"],
            Shipped.Value.Read(
                "the third of march nineteen eighty four", "march the third nineteen eighty four", "in nineteen eighty four on the third of march",
                "the twenty first of june twenty twenty", "december the thirty first two thousand"));
        Assert.Contains("\"octember\"", Assert.Throws<KeyNotFoundException>(() => Shipped.Value.Read("the first of octember twenty twenty")).Message);
        Assert.Contains("1 to 24", Assert.Throws<ArgumentException>(() => Shipped.Value.Read("")).Message);
    }

    [Fact]
    public void Alignment_OfOneDate_IsARowOfWeightsForEachCharacter()
    {
        SpokenDate date = SpokenDates.Say(new DateOnly(2020, 6, 21));
        float[,] map = Shipped.Value.Alignment(date);
        Assert.Equal((date.Digits.Length, date.Words.Count), (map.GetLength(0), map.GetLength(1)));
        for (int t = 0; t < map.GetLength(0); t++)
        {
            Assert.Equal(1, Enumerable.Range(0, date.Words.Count).Sum(s => map[t, s]), 1e-5);
        }
    }

    [Fact]
    public void Alignment_MeanOfHeads_IsTheMean_WhateverTheBatch()
    {
        DateReader reader = Train(Tiny);
        IReadOnlyList<SpokenDate> dates = SpokenDates.Sample(20, seed: 1);
        for (int layer = 0; layer < 2; layer++)
        {
            float[,] first = reader.Alignment(dates[0], layer, 0), second = reader.Alignment(dates[0], layer, 1), mean = reader.Alignment(dates[0], layer);
            for (int t = 0; t < mean.GetLength(0); t++)
            {
                for (int s = 0; s < mean.GetLength(1); s++)
                {
                    Assert.Equal((first[t, s] + second[t, s]) / 2, mean[t, s], 1e-6);
                }
            }
        }

        IReadOnlyList<AlignmentScore> scores = reader.AlignmentScores(dates);
        Assert.Equal([(0, null), (0, 0), (0, 1), (1, null), (1, 0), (1, 1)], scores.Select(s => (s.Layer, s.Head)));
        AlignmentScore single = AlignmentScore.Of(dates, [.. dates.Select(d => reader.Alignment(d, 1, 0))]);
        Assert.Equal(single.Weight, scores[4].Weight, 1e-5);
        Assert.Contains("pass 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => reader.Alignment(dates[0], layer: 2)).Message);
        Assert.Contains("pass 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => reader.Alignment(dates[0], head: 2)).Message);
    }

    [Fact]
    public void Train_SameSeed_SameWeights_AndTheLossFalls()
    {
        List<double> losses = [];
        DateReaderSettings longer = Tiny with { Steps = 100 };
        DateReader first = Train(longer, report: p => losses.Add(p.Loss)), again = Train(longer), other = Train(longer, seed: 4);
        Assert.Equal(first.Model.Parameters.SelectMany(p => p.Value.Values), again.Model.Parameters.SelectMany(p => p.Value.Values));
        Assert.NotEqual(first.Model.Parameters.SelectMany(p => p.Value.Values), other.Model.Parameters.SelectMany(p => p.Value.Values));
        Assert.True(losses[^1] < 0.9 * losses[0], $"{losses[0]:F2} → {losses[^1]:F2}");
    }

    [Fact]
    public void Train_WithoutMixing_WordsKnowNothingOfEachOther()
    {
        DateReader reader = Train(Tiny with { MixWords = false }), mixing = Train(Tiny);
        Assert.True(Same(reader) && !Same(mixing));

        // The memory of the first word, beside other words.
        static bool Same(DateReader reader)
        {
            Tensor Memory(int second) => reader.Model.Encoder.Forward(reader.Model.Source.Forward(new[,] { { 1, second, 3 } }).Y).Y;
            return Memory(2).Row(0).SequenceEqual(Memory(5).Row(0));
        }
    }

    [Fact]
    public void ExactMatch_Ablations_LeaveTheWeightsAsTheyWere()
    {
        DateReader reader = Train(Tiny);
        float[] before = [.. reader.Model.Parameters.SelectMany(p => p.Value.Values)];
        IReadOnlyList<SpokenDate> dates = SpokenDates.Sample(5, seed: 1);
        reader.ExactMatch(dates, CrossLook.Off);
        reader.ExactMatch(dates, CrossLook.Uniform);
        Assert.Equal(before, reader.Model.Parameters.SelectMany(p => p.Value.Values));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.ExactMatch(dates, (CrossLook)7));
        Assert.Contains("at least one", Assert.Throws<ArgumentException>(() => reader.ExactMatch([])).Message);
    }

    [Fact]
    public void Train_Cancelled_Throws()
    {
        using CancellationTokenSource stop = new();
        Assert.ThrowsAny<OperationCanceledException>(
            () => DateReader.Train(Tiny with { Steps = 5000 }, report: _ => stop.Cancel(), cancellationToken: stop.Token));
    }

    [Fact]
    public void SaveAndLoad_GiveTheSameReader_InHalfPrecision()
    {
        using TemporaryFolder folder = new();
        DateReader reader = Train(Tiny with { Positions = PositionKind.Learned });
        reader.Save(folder["model.safetensors"]);
        DateReader again = DateReader.Load(folder["model.safetensors"]);
        Assert.Equal(
            (16, 2, 2, 24, PositionKind.Learned, true),
            (again.Settings.Channels, again.Settings.Heads, again.Settings.Layers, again.Settings.Hidden, again.Settings.Positions, again.Settings.MixWords));
        Assert.Equal(
            reader.Model.Parameters.SelectMany(p => p.Value.Values).Select(v => (float)(Half)v), again.Model.Parameters.SelectMany(p => p.Value.Values));
    }

    [Fact]
    public void Load_AnotherFile_SaysWhatIsWrong()
    {
        using TemporaryFolder folder = new();
        SafeTensorsFile.Write(folder["other.safetensors"], [("x", new Tensor(2))]);
        Assert.Contains("nothing about channels", Assert.Throws<InvalidDataException>(() => DateReader.Load(folder["other.safetensors"])).Message);
        Dictionary<string, string> sizes = new()
        {
            ["channels"] = "6",
            ["heads"] = "4",
            ["layers"] = "1",
            ["hidden"] = "8",
            ["positions"] = "Sinusoidal",
            ["mixWords"] = "true",
        };
        SafeTensorsFile.Write(folder["odd.safetensors"], [("x", new Tensor(1000))], metadata: sizes);
        Assert.Contains("4 heads do not divide it", Assert.Throws<InvalidDataException>(() => DateReader.Load(folder["odd.safetensors"])).Message);
        SafeTensorsFile.Write(folder["alien.safetensors"], [("x", new Tensor(2))], metadata: new Dictionary<string, string>(sizes) { ["channels"] = "8" });
        Assert.Throws<InvalidDataException>(() => DateReader.Load(folder["alien.safetensors"]));
    }

    private static DateReader Train(DateReaderSettings settings, ulong seed = 3, Action<Progress>? report = null) =>
        DateReader.Train(settings, seed, report, TestContext.Current.CancellationToken);

    [Fact]
    public void Load_SettingsThatAskForMoreThanTheFileHolds_AreRefusedBeforeAModelIsBuilt()
    {
        using TemporaryFolder folder = new();
        foreach ((string layers, string channels, string hidden) in new[] { ("4096", "4096", "4096"), ("1", "2048", "1"), ("2000", "1", "4096") })
        {
            SafeTensorsFile.Write(folder["x"], [("a", new Tensor(2))], metadata: new Dictionary<string, string>
            {
                ["channels"] = channels,
                ["heads"] = "1",
                ["layers"] = layers,
                ["hidden"] = hidden,
                ["positions"] = "Sinusoidal",
                ["mixWords"] = "true",
            });
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Contains("numbers, but holds at most 4", Assert.Throws<InvalidDataException>(() => DateReader.Load(folder["x"])).Message);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500_000);
        }
    }
}
