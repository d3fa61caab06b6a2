using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Training;
using AttentionLab.Words;

namespace AttentionLab.Tests.Training;

/// <summary>The cloze task: what is hidden, how, and that its gradients are those of its loss.</summary>
public sealed class MaskedWordsTests
{
    private static readonly Vocabulary Words = new([.. WordPieceTokenizer.SpecialPieces, .. Enumerable.Range(0, 95).Select(i => $"w{i}")]);

    [Fact]
    public void Draw_ManyTokens_KeepsTheSharesAndNeverTouchesSpecialPieces()
    {
        int[,] ids = new int[200, 50];
        CounterRandom random = new(3);
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i / 50, i % 50] = i % 50 == 0 ? 2 : i % 50 == 49 ? 0 : i % 50 == 30 ? 3 : 5 + random.NextInt(95);
        }

        int ordinary = 200 * 47;
        MaskedBatch batch = new MaskedWords(Words).Draw(ids, random);
        int masked = 0, same = 0, other = 0;
        for (int i = 0; i < batch.Rows.Length; i++)
        {
            (int b, int t) = (batch.Rows[i] / 50, batch.Rows[i] % 50);
            Assert.Equal(ids[b, t], batch.Targets[i]);
            Assert.True(batch.Targets[i] >= 5, $"row {batch.Rows[i]} hides special piece {batch.Targets[i]}");
            int read = batch.Ids[b, t];
            masked += read == 4 ? 1 : 0;
            same += read == batch.Targets[i] ? 1 : 0;
            other += read != 4 && read != batch.Targets[i] ? 1 : 0;
            Assert.True(read >= 4);
        }

        Assert.Equal(Math.Round(0.15 * ordinary), batch.Rows.Length);
        Assert.Equal(Math.Round(0.4 * ordinary), new MaskedWords(Words).Draw(ids, random, share: 0.4).Rows.Length);
        Assert.Equal(batch.Rows.Distinct().Order(), batch.Rows);
        Assert.InRange(batch.Rows.Count(row => row / 50 < 100), 615, 795);  // half of them, ± 5 standard deviations of 18
        Assert.Equal(1408, new MaskedWords(Words) { Multiple = 64 }.Draw(ids, random).Rows.Length);
        Assert.InRange((double)masked / batch.Rows.Length, 0.765, 0.835);
        Assert.InRange((double)same / batch.Rows.Length, 0.075, 0.13);
        Assert.InRange((double)other / batch.Rows.Length, 0.07, 0.125);
        HashSet<int> rows = [.. batch.Rows];
        Assert.All(
            Enumerable.Range(0, ids.Length).Where(row => !rows.Contains(row)), row => Assert.Equal(ids[row / 50, row % 50], batch.Ids[row / 50, row % 50]));
    }

    [Fact]
    public void Draw_ShareZero_StillAsksForOneToken()
    {
        MaskedBatch batch = new MaskedWords(Words) { Share = 0, Masked = 1 }.Draw(new[,] { { 2, 7, 3 } }, new CounterRandom(1));
        Assert.Equal([1], batch.Rows);
        Assert.Equal([7], batch.Targets);
        Assert.Equal(4, batch.Ids[0, 1]);
    }

    [Theory, InlineData(0), InlineData(-3)]
    public void Multiple_BelowOne_IsRefusedByName(int value) => Assert.Contains(
        $"Multiple is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new MaskedWords(Words) { Multiple = value }).Message);

    [Theory, InlineData(double.NaN), InlineData(-0.1), InlineData(15)]
    public void Share_NotFromZeroToOne_IsRefusedByName(double value)
    {
        Assert.Contains($"Share is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new MaskedWords(Words) { Share = value }).Message);
        Assert.Contains($"Masked is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new MaskedWords(Words) { Masked = value }).Message);
        Assert.Contains($"Random is {value}", Assert.Throws<ArgumentOutOfRangeException>(() => new MaskedWords(Words) { Random = value }).Message);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new MaskedWords(Words).Draw(new[,] { { 7 } }, new CounterRandom(1), value));
        Assert.Equal("share", error.ParamName);
    }

    [Fact]
    public void Draw_SameSeed_SameMasks()
    {
        int[,] ids = new int[4, 20];
        Array.Clear(ids);
        for (int i = 0; i < 80; i++)
        {
            ids[i / 20, i % 20] = 5 + i;
        }

        MaskedBatch a = new MaskedWords(Words).Draw(ids, new CounterRandom(1)), b = new MaskedWords(Words).Draw(ids, new CounterRandom(1));
        MaskedBatch c = new MaskedWords(Words).Draw(ids, new CounterRandom(2));
        Assert.Equal(a.Ids, b.Ids);
        Assert.Equal(a.Rows, b.Rows);
        Assert.NotEqual(a.Rows, c.Rows);
    }

    [Fact]
    public void Constructor_NoMask_IsRefused() =>
        Assert.Contains("not [MASK]", Assert.Throws<ArgumentException>(() => new MaskedWords(new Vocabulary(["[PAD]", "a"]))).Message);

    [Fact]
    public void Epoch_TextsOfManyLengths_KeepsEveryTokenOnceWithLittlePadding()
    {
        CounterRandom random = new(5);
        int[][][] texts =
        [
            .. Enumerable.Range(0, 3000).Select(
                _ => Enumerable.Range(0, 1 + random.NextInt(3)).Select(
                    _ => Enumerable.Range(0, 1 + random.NextInt(25)).Select(_ => 5 + random.NextInt(95)).ToArray()).ToArray())
        ];
        SequencePacking packing = new(texts, Words, 64);
        IReadOnlyList<int[]> one = packing.Epoch(new CounterRandom(1)), again = packing.Epoch(new CounterRandom(1));
        IReadOnlyList<int[]> other = packing.Epoch(new CounterRandom(2));
        int[] wanted = [.. texts.SelectMany(t => t).SelectMany(s => s).Order()];
        foreach (IReadOnlyList<int[]> epoch in new[] { one, other })
        {
            Assert.All(epoch, sequence => Assert.Equal(64, sequence.Length));
            Assert.Equal(wanted, epoch.SelectMany(s => s).Where(id => id >= 5).Order());
            Assert.True((double)epoch.SelectMany(s => s).Count(id => id == 0) / (64 * epoch.Count) < 0.03, "more than 3 % padding");
        }

        Assert.Equal(one, again);
        Assert.NotEqual(one, other);
        Assert.Equal(packing.Tokens, one.SelectMany(s => s).Count(id => id != 0));
    }

    [Fact]
    public void Epoch_LongText_IsCutBetweenSentences()
    {
        SequencePacking packing = new([[[10, 11, 12], [13, 14], [15, 16]], [[20, 21, 22, 23, 24, 25, 26, 27]]], Words, 8);
        Assert.Equal(
            [[2, 10, 11, 12, 3, 13, 14, 3], [2, 20, 21, 22, 23, 24, 25, 3], [2, 15, 16, 3, 0, 0, 0, 0]], packing.Epoch().OrderBy(s => s[1] is 15 ? 99 : s[1]));
        Assert.Equal(2, packing.Dropped);
        (int[,] ids, bool[,]? visible) = packing.Batch([.. packing.Epoch()]);
        Assert.Equal(20, visible!.Cast<bool>().Count(v => v));
        Assert.Equal((3, 8), (ids.GetLength(0), ids.GetLength(1)));
    }

    [Fact]
    public void Step_GradientOfEveryPart_IsTheSlopeOfTheLoss()
    {
        EncoderOptions options = EncoderOptions.Bert(100) with { Capacity = 8, Channels = 8, Heads = 2, Layers = 1, Hidden = 16, Dropout = 0 };
        CounterRandom random = new(1);
        Encoder encoder = new(options, random);
        MaskedWordHead head = new(encoder, random);
        MaskedWordTraining training = new(encoder, head);
        SequencePacking packing = new([[[10, 11, 12, 13]], [[20, 21, 22]]], Words, 8);
        (int[,] ids, bool[,]? visible) = packing.Batch([.. packing.Epoch()]);
        MaskedBatch batch = new MaskedWords(Words) { Share = 0.5 }.Draw(ids, random);
        training.Step(batch, visible);
        Parameter[] some = [encoder.Layers.Layers[0].Attention.Value.Weight, head.Transform.Weight, head.Scores.Bias, encoder.Embedding.Words.Table];
        foreach (Parameter p in some)
        {
            int i = Enumerable.Range(0, p.Length).MaxBy(k => Math.Abs(p.Gradient.Values[k]));
            float kept = p.Value.Values[i], h = 1e-2f * Math.Max(0.1f, Math.Abs(kept));
            double Loss(float value)
            {
                p.Value.Span[i] = value;
                return CrossEntropyLoss.Forward(training.Logits(batch, visible), batch.Targets).Loss;
            }

            double slope = (Loss(kept + h) - Loss(kept - h)) / (2 * h);
            p.Value.Span[i] = kept;
            Assert.True(
                Math.Abs(slope - p.Gradient.Values[i]) < 0.02 * Math.Abs(slope) + 1e-4, $"{p.Name}[{i}]: slope {slope}, gradient {p.Gradient.Values[i]}");
        }
    }
}
