using AttentionLab.Course.Data;
using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 10 states, from the library.</summary>
public class Chapter10Tests
{
    private static readonly Tensor Sentence = Tensor.Gaussian(new CounterRandom(104), 1, 1, 8, 16);

    [Fact]
    public void Norms_AnotherWordInTheBatch_MovesBatchNormOnly()
    {
        float[] three = [2, 2, 3, 1, 0, 3, 4, 1, 4, 0, 0, 8], four = [.. three, 5, 0, 0, 90];
        float[] before = Batched(three), after = Batched(four);
        Assert.InRange(before[3], -0.72, -0.70);
        Assert.InRange(after[3], -0.65, -0.63);
        LayerNorm norm = new(4);
        Assert.Equal(norm.Forward(new Tensor(three, 3, 4)).Y.Values, norm.Forward(new Tensor(four, 4, 4)).Y.Values[..12]);

        static float[] Batched(float[] x)
        {
            float[] y = new float[x.Length];
            BatchNormalize.Reference<float>(x, [1, 1, 1, 1], new float[4], y, new float[4], new float[4], 4, 1e-5f);
            return y;
        }
    }

    [Fact]
    public void TokensApart_WithoutResidual_CollapsesInFourLayers_WithItDoesNot()
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            double[] without = TokensApart.After(4, new BlockParts(Residual: false), seed);
            Assert.InRange(without[0], 0.9, 1);
            Assert.InRange(without[4], 0, 1e-5);
            Assert.InRange(TokensApart.After(4, new BlockParts(), seed)[4], 0.3, 0.9);
            Assert.InRange(TokensApart.After(12, new BlockParts(PreNorm: true), seed)[12], 0.3, 0.8);
            Assert.InRange(TokensApart.After(12, new BlockParts(FeedForward: false), seed)[12], 0.005, 0.3);
        }
    }

    /// <summary>By the parts of a layer, as the layer itself gives it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TokensApart_WholeBlock_IsThatOfTheLibrary(bool preNorm)
    {
        CounterRandom random = new(3);
        Tensor x = Tensor.Gaussian(random.Split(1), 1, 16, 32);
        EncoderLayers encoder = new(3, new LayerOptions(32, Heads: 4) { PreNorm = preNorm }, random.Split(2));
        double[] expected = [TokensApart.Share(x), .. encoder.Forward(x).Saved.Outputs.Select(TokensApart.Share)];
        double[] apart = TokensApart.After(3, new BlockParts(PreNorm: preNorm), seed: 3);
        Assert.All(apart.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        Assert.Equal(0, TokensApart.Share(Tensor.FromRows([1, 2], [1, 2])));
        Assert.Equal(1, TokensApart.Share(Tensor.FromRows([1, 2], [-1, -2])), 1e-6);
    }

    [Fact]
    public void DepthGradients_PostNormKeepsItsSize_PreNormFallsLikeTheRootOfTheDepth()
    {
        int[] depths = [6, 32];
        Spread[] post = [.. depths.Select(d => Last(d, preNorm: false))], pre = [.. depths.Select(d => Last(d, preNorm: true))];
        Assert.InRange(post[0].Median, 2.0, 2.6);
        Assert.InRange(post[1].Median, 1.8, 2.4);
        Assert.InRange(pre[0].Median, 0.81, 1.01);
        Assert.InRange(pre[1].Median, 0.33, 0.45);
        Assert.True(pre[1].Largest < post[1].Smallest);

        static Spread Last(int layers, bool preNorm) => new(Enumerable.Range(1, 5).Select(seed => DepthGradients.Of(layers, preNorm, (ulong)seed)[^1]));
    }

    [Fact]
    public void Patient_Healthy_IsTheLibrary_SickOnesAreNot()
    {
        EncoderLayers trusted = new(2, new LayerOptions(16, Heads: 4), new CounterRandom(7));
        Tensor expected = trusted.Forward(new SinusoidalPositions(16).Forward(Sentence)).Y;
        foreach (EncoderBug bug in Enum.GetValues<EncoderBug>())
        {
            float[] y = new EncoderPatient(bug, seed: 7).Forward(Sentence).Values;
            double off = y.Zip(expected.Values, (a, b) => (double)Math.Abs(a - b)).Max();
            Assert.True(bug == EncoderBug.None ? off < 1e-5 : off > 0.05, $"{bug}: {off}");
            Assert.True(y.Max(Math.Abs) < 10, $"{bug}: {y.Max(Math.Abs)}");
        }
    }

    [Fact]
    public void Patient_LooksAtWhatItsFirstLayerDoes()
    {
        EncoderLayers trusted = new(2, new LayerOptions(16, Heads: 4), new CounterRandom(7));
        Tensor weights = trusted.Forward(new SinusoidalPositions(16).Forward(Sentence)).Saved.Weights()[0];
        Tensor seen = new EncoderPatient(EncoderBug.None, seed: 7).Look(Sentence).Weights;
        Assert.All(seen.Values.Zip(weights.Values), pair => Assert.Equal(pair.Second, pair.First, 1e-5));
        ArgumentException wrong = Assert.Throws<ArgumentException>(() => new EncoderPatient(EncoderBug.None, 1).Forward(new Tensor(8, 16)));
        Assert.Contains("(8, 16)", wrong.Message);
    }

    [Fact]
    public void Ward_HasEachOnce_AndOneMapHasHoles()
    {
        EncoderPatient[] ward = EncoderPatient.Ward(seed: 7);
        int[] holes = [.. ward.Select(p => LeakMap.Of(t => p.Forward(t.Reshape(1, 8, 16)).Reshape(8, 16), Sentence.Reshape(8, 16))
            .Cast<float>().Count(moved => moved < LeakMap.Threshold))];
        Assert.Equal([0, 0, 0, 0, 0, 48], holes.Order());
        Assert.Equal(6, ward.Select(p => p.Forward(Sentence)[0, 0, 0]).Distinct().Count());
    }

    [Fact]
    public void Halves_OfTheTrainedEncoder_AreWorthNothingAlone()
    {
        MaskedWordModel model = MaskedWordModel.Load(CourseData.Path("encoder"));
        IReadOnlyList<EncoderLayer> layers = model.Bert.Encoder.Layers.Layers;
        HeadPruning questions = new(model, Definitions.All.Where((_, i) => i % 3 == 0));
        double whole = questions.Losses().Average();
        Assert.InRange(Without([.. layers.Select(l => l.Attention.Output)]), 8.8, 9.0);
        Assert.InRange(Without([.. layers.Select(l => l.FeedForward.Contract)]), 8.7, 8.95);
        Assert.InRange(Without(layers[0].FeedForward.Contract) - whole, 3.9, 4.3);
        Assert.Equal(whole, questions.Losses().Average());

        double Without(params Linear[] maps)
        {
            MapSwitch[] off = [.. maps.Select(MapSwitch.Off)];
            double loss = questions.Losses().Average();
            Array.ForEach(off, map => map.Dispose());
            return loss;
        }
    }

    [Fact]
    public void BaseModel_HasTheStatedParameters()
    {
        EncoderLayer layer = new(new LayerOptions(512, Heads: 8), new CounterRandom(1));
        Assert.Equal(1050624, layer.Attention.Parameters.Sum(p => p.Length));
        Assert.Equal(2099712, layer.FeedForward.Parameters.Sum(p => p.Length));
        Assert.Equal(18914304, 6 * layer.Parameters.Sum(p => p.Length));
    }
}
