using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 12 states, from the library.</summary>
public class Chapter12Tests
{
    private static readonly (Digits Train, Digits Test) Data = Digits.Load().Split();

    private static readonly int[] Sizes = [1, 7, 56];

    [Fact]
    public void InPlace_SmearsTwoQuarters_AndTheOthersSurvive()
    {
        Tensor x = new(1, 6, 6, 4);
        for (int p = 0; p < 36; p++)
        {
            x.Row(p).Fill(p);
        }

        float[] before = [.. x.Values], wrong = ShiftInPlace.Forward(x).Values, right = SpatialShift.Forward(x).Values;
        Assert.Equal(before, x.Values);
        float[] Column(float[] y, int c) => [.. Enumerable.Range(0, 6).Select(i => y[(i * 6) * 4 + c])];
        Assert.Equal([0, 0, 0, 0, 0, 0], Column(wrong, 0));
        Assert.Equal([0, 0, 6, 12, 18, 24], Column(right, 0));
        Assert.Equal([6, 12, 18, 24, 30, 30], Column(wrong, 1));
        for (int i = 0; i < wrong.Length; i++)
        {
            Assert.True(i % 4 is 0 or 2 || wrong[i] == right[i], $"number {i} is {wrong[i]}, not {right[i]}");
        }
    }

    /// <summary>The shift reaches one step further in a block, split attention reaches everywhere at once, and so does attention.</summary>
    [Fact]
    public void OnePixel_MovesADiamond_AndAllPlacesThroughSplitAttention()
    {
        ImageOptions pixels = new(1, 1, 10);
        Tensor image = DigitReading.Standardise(Data.Test.Select([0]));
        VisionTransformer eye = new(8, pixels, 3, new(48, 2) { Hidden = 96, PreNorm = true, Activation = Activation.Gelu }, new CounterRandom(1));
        S2MlpV2 shifts = new(pixels, 48, 3, 96, new CounterRandom(1)), held = new(pixels, 48, 3, 96, new CounterRandom(1));
        foreach (S2Layer layer in held.Layers)
        {
            layer.Mix.Split.Choose.Weight.Value.Span.Clear();
        }

        int[] Places(Func<Tensor, int, Tensor> run) =>
            [.. Enumerable.Range(1, 3).Select(blocks => PixelReach.Count(PixelReach.Of(x => run(x, blocks), image, 3, 3)))];
        Assert.Equal([64, 64, 64], Places((x, blocks) => eye.Forward(x).Saved.Layers.Outputs[blocks - 1]));
        Assert.Equal([64, 64, 64], Places((x, blocks) => Run(shifts, x, blocks)));
        Assert.Equal([5, 13, 25], Places((x, blocks) => Run(held, x, blocks)));

        float[,] first = PixelReach.Of(x => Run(shifts, x, 1), image, 3, 3);
        Assert.Equal(5, PixelReach.Count(first, 0.5f));
        Assert.InRange(first.Cast<float>().Min(), 0.01f, 0.09f);

        static Tensor Run(S2MlpV2 model, Tensor x, int blocks) =>
            model.Layers.Take(blocks).Aggregate(model.Patches.Forward(x).Y, (y, layer) => layer.Forward(y).Y);
    }

    [Fact]
    public void ShareWithin_TwoBlocks_IsHalfOfSmallImagesAndATwentiethOfUsualOnes()
    {
        Assert.InRange(PixelReach.ShareWithin(4, 2), 0.51, 0.53);
        Assert.InRange(PixelReach.ShareWithin(14, 2), 0.055, 0.065);
        Assert.Equal(1.0 / 16, PixelReach.ShareWithin(4, 0));
        Assert.InRange(PixelReach.ShareWithin(14, 2, diagonal: true), 0.105, 0.115);
        Assert.Equal(1, PixelReach.ShareWithin(4, 3, diagonal: true));
        Assert.True(PixelReach.ShareWithin(14, 12, diagonal: true) < 1);
        Assert.Equal(1, PixelReach.ShareWithin(14, 13, diagonal: true));
        Assert.Equal(1, PixelReach.ShareWithin(4, 6));
    }

    /// <summary>
    /// Section 12.7: a split attention of the default width is refused by name; exchanged names of two axes are wrong, and unseen on squares.
    /// </summary>
    [Fact]
    public void CirculatingCode_ForgottenChannelsAreLoud_ExchangedNamesAreSilentOnSquares()
    {
        Tensor[] of48 = [new(1, 4, 4, 48), new(1, 4, 4, 48), new(1, 4, 4, 48)];
        string message = Assert.Throws<ArgumentException>(() => new SplitAttention(512, new CounterRandom(1)).Forward(of48)).Message;
        Assert.Contains("48", message);
        Assert.Contains("512", message);
        Assert.Equal(0, Wrong(4, 4));
        Assert.InRange(Wrong(2, 5), 1, 2 * 5 * 4);

        static int Wrong(int first, int second)
        {
            Tensor places = new([.. Enumerable.Range(0, first * second * 4).Select(i => (float)(i / 4))], first * second, 4);
            float[] meant = SpatialShift.Forward(places.Reshape(1, first, second, 4)).Values;
            return meant.Zip(SpatialShift.Forward(places.Reshape(1, second, first, 4)).Values).Count(pair => pair.First != pair.Second);
        }
    }

    /// <summary>One test, because the trained ViT is needed twice.</summary>
    [Fact, Trait("Speed", "Slow")]
    public void Digits_VisionTransformerAndS2MlpV2OfEqualSize_BothLearnToRead()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        VisionTransformer vit = DigitReading.Attention(seed: 1);
        S2MlpV2 s2 = DigitReading.Shifts(seed: 1), misled = DigitReading.Shifts(seed: 1);
        int sizeOfVit = vit.Parameters.Sum(p => p.Length), sizeOfS2 = s2.Parameters.Sum(p => p.Length);
        Assert.True(Math.Abs(sizeOfVit - sizeOfS2) < 0.001 * sizeOfVit, $"{sizeOfVit} and {sizeOfS2} parameters");
        Digits shuffled = DigitReading.Mislabelled(Data.Train);
        Assert.Equal(Data.Train.Labels.Order(), shuffled.Labels.Order());
        Func<IReadOnlyList<(int Step, double Right)>>[] trainings =
        [
            () => DigitReading.Train(vit, Data.Train, Data.Test, steps: 400, every: 1000, cancellationToken: cancellation),
            () => DigitReading.Train(s2, Data.Train, Data.Test, steps: 200, every: 1000, cancellationToken: cancellation),
            () => DigitReading.Train(misled, shuffled, Data.Test, steps: 200, every: 1000, cancellationToken: cancellation),
        ];
        double[] right = Workers.Each(trainings, training => training()[^1].Right);
        Assert.InRange(right[0], 0.85, 1);
        Assert.InRange(right[1], 0.85, 1);
        Assert.InRange(right[2], 0.02, 0.2);
        Assert.Equal(right[1], DigitReading.Right(s2, Data.Test));
        Assert.InRange(DigitReading.Right(s2, Data.Train), 0.85, 1);
        Assert.InRange(DigitReading.Right(misled, shuffled), 0.05, 0.25);

        Assert.Equal(4.016, AttentionDistance.Uniform(4, 4, 2), 0.001);
        Tensor held = DigitReading.Standardise(Data.Test.Select([.. Enumerable.Range(0, 60)]));
        foreach (Tensor weights in vit.Forward(held).Saved.Layers.Weights())
        {
            for (int head = 0; head < 2; head++)
            {
                double far = Enumerable.Range(0, 60).Average(image => AttentionDistance.Of(
                    new Tensor(weights.Values.AsSpan((image * 2 + head) * 256, 256).ToArray(), 16, 16), across: 4, patch: 2));
                Assert.InRange(far, 3, 5);
            }
        }
    }

    [Fact]
    public void Standardise_Jitter_MovesOneInSevenByUpToAPixel()
    {
        Tensor still = DigitReading.Standardise(Data.Train), moved = DigitReading.Standardise(Data.Train, new CounterRandom(1));
        int count = 0;
        for (int b = 0; b < Data.Train.Count; b++)
        {
            count += still.Values.AsSpan(64 * b, 64).SequenceEqual(moved.Values.AsSpan(64 * b, 64)) ? 0 : 1;
        }

        // One in seven is drawn, and one of its nine shifts is none.
        Assert.InRange(count / (double)Data.Train.Count, 0.1, 0.16);
        Assert.InRange(still.Values.Average(), -0.1, 0.1);
        Assert.InRange(Math.Sqrt(still.Values.Average(x => x * x)), 0.8, 1.1);
    }

    /// <summary>Mean pooling: the weights of an enlarged image stay, to the rounding of a sum of 50 176 floats. Sum pooling: a corner.</summary>
    [Theory, InlineData(SplitPooling.Mean), InlineData(SplitPooling.Sum)]
    public void SplitAttention_EnlargedImage_MeanKeepsItsWeights_SumSaturates(SplitPooling pooling)
    {
        Tensor small = DigitReading.Shifts(seed: 1).Patches.Forward(DigitReading.Standardise(Data.Test.Select([0]))).Y;
        Tensor[] branches = [SpatialShift.Forward(small), SpatialShift.Forward(small, firstAxisFirst: false), small];
        SplitAttention split = new(DigitReading.Channels, new CounterRandom(1), pooling: pooling);
        float[][] weights = [.. Sizes.Select(times => split.Forward([.. branches.Select(x => EnlargedImage.Of(x, times))]).Saved.Weights.Values)];
        double Largest(float[] w) => Enumerable.Range(0, 48).Average(c => Math.Max(w[c], Math.Max(w[48 + c], w[96 + c])));
        if (pooling == SplitPooling.Mean)
        {
            Assert.InRange(Largest(weights[0]), 0.34, 0.38);
            Assert.All(weights[1].Zip(weights[0]), pair => Assert.Equal(pair.Second, pair.First, 1e-5f));
            Assert.All(weights[2].Zip(weights[0]), pair => Assert.Equal(pair.Second, pair.First, 2e-4f));
        }
        else
        {
            Assert.InRange(Largest(weights[0]), 0.6, 0.8);
            Assert.InRange(Largest(weights[2]), 0.99, 1);
        }
    }
}
