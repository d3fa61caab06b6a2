using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 08 states, from the library.</summary>
public class Chapter08Tests
{
    private static readonly EncoderLayers Two = new(2, new LayerOptions(16, Heads: 2), new CounterRandom(5));
    private static readonly Tensor Six = Tensor.Gaussian(new CounterRandom(82), 1, 6, 16);

    [Fact]
    public void Masks_OfFiveTokens_LeaveTheStatedPairs()
    {
        CounterRandom draws = new(81);
        Tensor q = Tensor.Gaussian(draws, 1, 5, 8), k = Tensor.Gaussian(draws, 1, 5, 8);
        AttentionMask padding = AttentionMask.Keys(true, true, true, false, false);
        Assert.Equal([25, 15, 15, 12], new[] { null, AttentionMask.Causal, padding, AttentionMask.Causal & padding }.Select(mask =>
            ScaledDotProductAttention.Forward(q, k, k, mask).Saved.Weights.Values.Count(w => w > 0)));
    }

    [Fact]
    public void LeakMap_TwoLayers_CausalHasNone_WrongByOneLooksTwoAhead()
    {
        bool[,] shifted = new bool[6, 6];
        for (int i = 0; i < 36; i++)
        {
            shifted[i / 6, i % 6] = i % 6 <= i / 6 + 1;
        }

        Assert.Equal(15, Leaks(null));
        Assert.Equal(0, Leaks(AttentionMask.Causal));
        Assert.Equal(9, Leaks(AttentionMask.Pairs(shifted)));
        float[,] padded = LeakMap.Of(x => Two.Forward(x, AttentionMask.Keys(true, true, true, true, true, false)).Y, Six);
        Assert.Equal([0, 0, 0, 0, 0], Enumerable.Range(0, 5).Select(i => padded[i, 5]));
        Assert.True(padded[5, 5] > LeakMap.Threshold);
        float[,] drawn = LeakMap.Moving(padded);
        Assert.Equal(padded[5, 5], drawn[5, 5]);
        Assert.All(Enumerable.Range(0, 5), i => Assert.Equal(float.NaN, drawn[i, 5]));

        static int Leaks(AttentionMask? mask) => LeakMap.Leaks(LeakMap.Of(x => Two.Forward(x, mask).Y, Six));
    }

    [Fact]
    public void Mask_AtInference_KeepsEarlierVectors_WithoutItTheyMove()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Tensor six = Tensor.Gaussian(new CounterRandom(seed), 1, 6, 16);
            EncoderLayers layers = new(2, new LayerOptions(16, Heads: 2), new CounterRandom(seed + 100));
            Assert.InRange(Difference(layers, six, AttentionMask.Causal), 0, 1e-5);
            Assert.InRange(Difference(layers, six, null), 1, 2.1);
        }

        static double Difference(EncoderLayers layers, Tensor six, AttentionMask? mask)
        {
            float[] whole = layers.Forward(six, mask).Y.Values, part = layers.Forward(new Tensor(six.Values[..48], 3, 16), mask).Y.Values;
            return part.Zip(whole, (a, b) => Math.Abs(a - b)).Max();
        }
    }

    /// <summary>One seed of three; the ranges are those of the chapter's text.</summary>
    [Fact]
    public void NextWord_TheModelThatCheatsWritesWorse_TheOtherNeedsItsMask()
    {
        NextWordModel learned = NextWordModel.Train(causal: true, seed: 1), cheats = NextWordModel.Train(causal: false, seed: 1);
        Assert.InRange(learned.Writing(causal: true), 1.6, 2);
        Assert.InRange(learned.Writing(causal: false) - learned.Writing(causal: true), 0.005, 0.2);
        Assert.InRange(learned.Reading(causal: false), 2, 3);
        Assert.InRange(cheats.Reading(causal: false), 1, 1.75);
        Assert.InRange(cheats.Writing(causal: true), 2.2, 3.5);
    }

    /// <summary>With the mask a place does not see what stands behind it: all places of a window at once give what each gives as it writes.</summary>
    [Fact]
    public void NextWord_WithTheMask_ReadingAllIsWriting()
    {
        NextWordModel model = NextWordModel.Train(causal: true, seed: 2);
        Assert.Equal(model.Reading(causal: true), model.Writing(causal: true), 1e-4);
    }

    /// <summary>Which digit a model looks at depends on its seed and on rounding; that all answer right, and need to look, does not.</summary>
    [Fact]
    public void WordInImage_AnswersRight_WhereverItLooks_AndNeedsToLook()
    {
        (Digits train, Digits test) = Digits.Load().Split();
        DigitPairs asked = DigitPairs.Draw(test, 500, new CounterRandom(99));
        for (ulong seed = 1; seed <= 3; seed++)
        {
            WordInImage model = WordInImage.Train(train, seed, steps: 300);
            Assert.InRange(model.Judge(asked).Right, 0.95, 1);
            Assert.InRange(model.Judge(asked, CrossLook.Uniform).Right, 0.4, 0.6);
            Assert.InRange(model.Judge(asked, CrossLook.Uniform).OnTheDigit, 0.499, 0.501);
            Assert.InRange(model.Judge(asked, CrossLook.Off).Right, 0.4, 0.6);
        }
    }

    [Fact]
    public void DigitPairs_Draw_ShowsTheNamedDigitOnItsSide()
    {
        Digits digits = Digits.Load();
        DigitPairs pairs = DigitPairs.Draw(digits, 50, new CounterRandom(1));
        Assert.InRange(pairs.Sides.Count(side => side == 1), 10, 40);
        for (int b = 0; b < 50; b++)
        {
            float[] half = [.. Enumerable.Range(0, 64).Select(at => MathF.Round((pairs.Images[b, at / 8, 8 * pairs.Sides[b] + at % 8, 0] / 2.5f + 0.3f) * 16))];
            Assert.Contains(Enumerable.Range(0, digits.Count), i => digits.Labels[i] == pairs.Words[b, 0]
                && half.SequenceEqual(digits.Images.Values.AsSpan(64 * i, 64).ToArray().Select(ink => MathF.Round(ink * 16))));
        }
    }

    [Fact]
    public void HiddenNaN_ReachesNoWord()
    {
        Tensor dirty = Tensor.Gaussian(new CounterRandom(84), 1, 5, 4);
        dirty.Row(4).Fill(float.NaN);
        Tensor y = ScaledDotProductAttention.Forward(dirty, dirty, dirty, AttentionMask.Keys(true, true, true, true, false)).Output;
        Assert.All(y.Values[..16], number => Assert.True(float.IsFinite(number)));
    }

    /// <summary>A float beside 10⁹ loses the scores 1 to 4: the query looks at four hidden keys alike. The library gives nothing.</summary>
    [Fact]
    public void RowThatSeesNothing_AFarNumberGivesEqualShares_TheLibraryZeros()
    {
        Tensor far = Tensor.FromRows([1 - 1e9f, 2 - 1e9f, 3 - 1e9f, 4 - 1e9f]);
        Assert.Equal([0.25f, 0.25f, 0.25f, 0.25f], far.Softmax().Values);
        AttentionMask none = AttentionMask.Keys(false, false, false, false);
        Assert.Equal(new float[4], ScaledDotProductAttention.Forward(new Tensor(1, 4), new Tensor(4, 4), new Tensor(4, 4), none).Saved.Weights.Values);
    }

    [Fact]
    public void Mask_WithoutScores_IsTheRunningMean()
    {
        Tensor signal = Tensor.Gaussian(new CounterRandom(86), 1, 40, 1), zero = new(40, 1);
        float[] mean = ScaledDotProductAttention.Forward(zero, zero, signal, AttentionMask.Causal).Output.Values;
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(signal.Values[..(i + 1)].Average(v => (double)v), mean[i], 1e-6);
        }
    }
}
