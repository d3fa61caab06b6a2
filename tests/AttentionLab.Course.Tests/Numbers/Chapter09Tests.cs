using AttentionLab.Course.Experiments;
using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Numbers;

/// <summary>The numbers that chapter 09 states, from the library.</summary>
public class Chapter09Tests
{
    [Theory]
    [InlineData(PositionKind.None, false, 0, 1e-5)]
    [InlineData(PositionKind.None, true, 0.6, 1.15)]
    [InlineData(PositionKind.Sinusoidal, false, 0.2, 0.35)]
    [InlineData(PositionKind.Learned, false, 0.1, 0.32)]
    [InlineData(PositionKind.Rotary, false, 0.05, 0.38)]
    [InlineData(PositionKind.Alibi, false, 0, 1e-5)]
    [InlineData(PositionKind.Alibi, true, 0.55, 1.1)]
    public void Mirror_OnlyNothingAndAlibiWithoutAMask_AreBlind(PositionKind positions, bool causal, double low, double high)
    {
        AttentionMask? mask = causal ? AttentionMask.Causal : null;
        for (ulong seed = 1; seed <= 5; seed++)
        {
            Encoder encoder = new(new() { Vocabulary = 3, Channels = 32, Positions = positions }, new CounterRandom(seed));
            float[] before = encoder.Forward(new[,] { { 0, 1, 2 } }, mask: mask).Y.Row(0).ToArray(),
                after = encoder.Forward(new[,] { { 2, 1, 0 } }, mask: mask).Y.Row(2).ToArray();
            Assert.InRange(Math.Sqrt(before.Zip(after, (a, b) => (a - b) * (a - b)).Sum() / before.Sum(a => a * a)), low, high);
        }
    }

    [Fact]
    public void OwnPlace_TheCausalMaskTellsIt_NoMaskDoesNot()
    {
        OrderSettings place = new() { Task = OrderTask.OwnPlace };
        Assert.InRange(Mean(place), 0.8, 1);
        Assert.InRange(Mean(place with { Causal = false }), 0.09, 0.16);

        static double Mean(OrderSettings settings) => OrderModel.Train(settings, seed: 1).Right(16, new CounterRandom(99), 256).Average();
    }

    [Fact]
    public void Sines_LengthAndProducts_AreAsStated()
    {
        Tensor table = new SinusoidalPositions(64, 128).Table;
        Assert.All(Enumerable.Range(0, 128), p => Assert.Equal(32, Dot.Forward(table.Row(p), table.Row(p)), 1e-3f));
        Assert.Equal(25.587f, Dot.Forward(table.Row(50), table.Row(47)), 1e-2f);
        Assert.Equal(25.587f, Dot.Forward(table.Row(50), table.Row(53)), 1e-2f);
    }

    [Fact]
    public void Rotary_LeftAndRight_DifferAsStated()
    {
        CounterRandom draws = new(94);
        Tensor query = Tensor.Gaussian(draws, 1, 1, 16), key = Tensor.Gaussian(draws, 1, 1, 16);
        RotaryPositions rotary = new(16);
        Assert.Equal(-7.299f, Score(3, 7), 1e-2f);
        Assert.Equal(-7.299f, Score(103, 107), 1e-2f);
        Assert.Equal(-2.028f, Score(7, 3), 1e-2f);

        float Score(int queryPlace, int keyPlace)
        {
            (Tensor q, Tensor k) = (query.Copy(), key.Copy());
            rotary.Rotate(q, queryPlace);
            rotary.Rotate(k, keyPlace);
            return Dot.Forward(q.Span, k.Span);
        }
    }

    [Fact]
    public void Alibi_TheSteepestHead_LooksAtFiveWords_TheFlattestEverywhere()
    {
        Tensor nothing = new(1, 8, 100, 1);
        AttentionMask mask = AttentionMask.Bias(Alibi.Bias(8, 100, 100)) & AttentionMask.Causal;
        Tensor weights = ScaledDotProductAttention.Forward(nothing, nothing, nothing, mask).Saved.Weights;
        Assert.Equal(0.918, LastFive(0), 0.01);
        Assert.Equal(0.06, LastFive(7), 0.01);

        double LastFive(int head) => weights.At(0, head).Row(99).ToArray()[^5..].Sum();
    }

    /// <summary>One seed of three; the ranges hold those of seeds 1 to 12.</summary>
    [Fact]
    public void WordBefore_BeyondTheTrainedLength_AlibiGoesOn_RotaryFades_SinesBreak()
    {
        double[] sines = Right(PositionKind.Sinusoidal, OrderTask.WordBefore), rotary = Right(PositionKind.Rotary, OrderTask.WordBefore),
            alibi = Right(PositionKind.Alibi, OrderTask.WordBefore);
        Assert.All(new[] { sines, rotary, alibi }, right => Assert.InRange(right[..16].Average(), 0.95, 1));
        Assert.InRange(sines[16..32].Average(), 0.08, 0.3);
        Assert.InRange(rotary[16..32].Average(), 0.85, 1);
        Assert.InRange(rotary[64..128].Average(), 0.2, 0.65);
        Assert.InRange(alibi[64..256].Average(), 0.75, 1);
    }

    [Fact]
    public void FirstWord_FarBeyondTheTrainedLength_RotaryFails_AlibiHolds()
    {
        Assert.InRange(Right(PositionKind.Alibi, OrderTask.FirstWord)[128..].Average(), 0.8, 1);
        Assert.InRange(Right(PositionKind.Rotary, OrderTask.FirstWord)[128..].Average(), 0.08, 0.65);
        Assert.InRange(Right(PositionKind.Sinusoidal, OrderTask.FirstWord)[64..128].Average(), 0.7, 1);
    }

    [Fact]
    public void TrainAll_IsTrainOfEachSeed()
    {
        OrderSettings small = new() { Steps = 10, Positions = PositionKind.Alibi };
        OrderModel[][] all = OrderModel.TrainAll([small, small with { Positions = PositionKind.Rotary }], seeds: 2);
        Assert.Equal([2, 2], all.Select(row => row.Length));
        Assert.Equal(OrderModel.Train(small, 2).Parameters.Select(p => p.Value.Values.Sum()), all[0][1].Parameters.Select(p => p.Value.Values.Sum()));
    }

    private static double[] Right(PositionKind positions, OrderTask task) =>
        OrderModel.Train(new() { Positions = positions, Task = task }, seed: 1).Right(256, new CounterRandom(99), 32);
}
