using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class PackedEncoderLayerTests
{
    private const int Channels = 24, Heads = 3;

    public static TheoryData<bool, Activation, string> Cases
    {
        get
        {
            TheoryData<bool, Activation, string> cases = [];
            foreach (bool preNorm in (bool[])[false, true])
            {
                foreach (Activation activation in Enum.GetValues<Activation>())
                {
                    foreach (string mask in (string[])["none", "causal", "keys", "pairs", "bias", "all"])
                    {
                        cases.Add(preNorm, activation, mask);
                    }
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Infer_AnyMask_EqualsForward(bool preNorm, Activation activation, string mask)
    {
        EncoderLayer layer = Layer(preNorm, activation);
        PackedEncoderLayer packed = new(layer);
        foreach ((int batch, int tokens) in ((int, int)[])[(1, 1), (3, 7), (2, 33)])
        {
            Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, batch, tokens, Channels), y = new(x.Shape);
            AttentionMask? m = Mask(mask, batch, tokens);
            packed.Infer(x, y, m);
            Compare.Close(y, layer.Forward(x, m).Y, 5e-6, $"({batch}, {tokens})");
        }
    }

    [Theory, InlineData(5, 200), InlineData(1, 700), InlineData(600, 1), InlineData(0, 4), InlineData(2, 0)]
    public void Infer_MoreRowsThanABlock_EqualsForward(int batch, int tokens)
    {
        EncoderLayer layer = Layer(false, Activation.Gelu);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, batch, tokens, Channels), y = new(x.Shape);
        foreach (string kind in (string[])["none", "all"])
        {
            AttentionMask? mask = Mask(kind, batch, tokens);
            new PackedEncoderLayer(layer).Infer(x, y, mask);
            Compare.Close(y, layer.Forward(x, mask).Y, 5e-6, kind);
        }
    }

    [Fact, Trait("Speed", "Slow")]
    public void Infer_MoreScoresThanAnIntCounts_EqualsAShortSequence()
    {
        // 8 heads × 16,384² = 2³¹; a causal token does not know what follows.
        EncoderLayer layer = new(new(8, 8) { Hidden = 8 }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 16384, 8), y = new(x.Shape), few = new(x.Values[..(50 * 8)], 50, 8), expected = new(few.Shape);
        new PackedEncoderLayer(layer).Infer(x, y, AttentionMask.Causal);
        new PackedEncoderLayer(layer).Infer(few, expected, AttentionMask.Causal);
        Compare.Close(y.Values.AsSpan(0, 50 * 8), expected.Span, 5e-6, "first tokens");
    }

    [Fact]
    public void Infer_RotaryWithoutBatchInPlace_EqualsForward()
    {
        EncoderLayer layer = new(new(Channels, Heads) { Hidden = 40, Rotary = new RotaryPositions(Channels / Heads, 16) }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 16, Channels), expected = layer.Forward(x).Y;
        new PackedEncoderLayer(layer).Infer(x, x);
        Compare.Close(x, expected, 5e-6, "y");
        Tensor more = new(17, Channels);
        Assert.Contains("capacity: 17", Assert.Throws<ArgumentException>(() => new PackedEncoderLayer(layer).Infer(more, more)).Message);
    }

    [Fact]
    public void Infer_ChangedParameters_StaysASnapshotUntilRefresh()
    {
        EncoderLayer layer = Layer(true, Activation.Relu);
        PackedEncoderLayer packed = new(layer);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 9, Channels), before = new(x.Shape), after = new(x.Shape);
        packed.Infer(x, before);
        foreach (Parameter parameter in layer.Parameters)
        {
            new CounterRandom(9).FillGaussian(parameter.Value.Span, 0.1, 0.3);
        }

        packed.Infer(x, after);
        Compare.Same(after.Span, before.Span, "the snapshot");
        packed.Refresh();
        packed.Infer(x, after);
        Compare.Close(after, layer.Forward(x).Y, 5e-6, "after Refresh");
        Assert.NotEqual(before.Values, after.Values);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Infer_AfterWarmUp_AllocatesNothing(bool preNorm)
    {
        PackedEncoderLayer packed = new(Layer(preNorm, Activation.Gelu));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 50, Channels), y = new(x.Shape);
        AttentionMask mask = Mask("all", 3, 50)!;
        Assert.Equal(0, Allocations.OfTenCalls(() => packed.Infer(x, y, mask)));
    }

    [Fact]
    public void Infer_WrongShapes_NameBothSides()
    {
        PackedEncoderLayer packed = new(Layer(false, Activation.Relu));
        Assert.Contains("(2, 3, 5)", Assert.Throws<ArgumentException>(() => packed.Infer(new Tensor(2, 3, 5), new Tensor(2, 3, 5))).Message);
        Assert.Contains(
            "y is (2, 4, 24) but x is (2, 3, 24)",
            Assert.Throws<ArgumentException>(() => packed.Infer(new Tensor(2, 3, Channels), new Tensor(2, 4, Channels))).Message);
        Assert.Contains("batch is 4", Assert.Throws<ArgumentException>(() => packed.Infer(new float[6 * Channels], new float[6 * Channels], 4)).Message);
        Assert.Throws<ArgumentException>(() => packed.Infer(new Tensor(2, 3, Channels), new Tensor(2, 3, Channels), AttentionMask.Keys(true, true)));
    }

    private static EncoderLayer Layer(bool preNorm, Activation activation)
    {
        EncoderLayer layer = new(new(Channels, Heads) { Hidden = 40, PreNorm = preNorm, Activation = activation }, new CounterRandom(1));
        foreach (Parameter parameter in layer.Parameters.Where(p => p.Value.Rank == 1))
        {
            new CounterRandom(8).FillGaussian(parameter.Value.Span, parameter.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0, 0.5);
        }

        return layer;
    }

    private static AttentionMask? Mask(string kind, int batch, int tokens)
    {
        bool[,] keys = new bool[batch, tokens];
        bool[,,] pairs = new bool[batch, tokens, tokens];
        for (int i = 0; i < pairs.Length; i++)
        {
            (int b, int q, int k) = (i / tokens / tokens, i / tokens % tokens, i % tokens);
            pairs[b, q, k] = (b + q * 3 + k) % 4 != 0;
            keys[b, k] = k == 0 || (b + k) % 5 != 0;
        }

        return kind switch
        {
            "causal" => AttentionMask.Causal,
            "keys" => AttentionMask.Keys(keys),
            "pairs" => AttentionMask.Pairs(pairs),
            "bias" => AttentionMask.Bias(Tensor.Gaussian(new CounterRandom(6), 1, Heads, tokens, tokens)),
            "all" =>
                AttentionMask.Causal & AttentionMask.Keys(keys) & AttentionMask.Pairs(pairs) & AttentionMask.Bias(
                    Tensor.Gaussian(new CounterRandom(6), 1, batch, Heads, tokens, tokens)),
            _ => null,
        };
    }
}
