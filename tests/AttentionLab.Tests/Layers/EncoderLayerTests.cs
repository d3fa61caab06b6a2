using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class EncoderLayerTests
{
    public static TheoryData<string> Cases => Golden.Names("encoder_layer");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("encoder_layer", name);
        EncoderLayer layer = new(
            new((int)g.Number("channels"), (int)g.Number("heads"))
            {
                Hidden = (int)g.Number("hidden"),
                PreNorm = g.Flag("pre"),
                Activation = Enum.Parse<Activation>(g.Text("activation")!),
            },
            new CounterRandom(1));
        g.Load(layer.Parameters);
        AttentionMask? mask = g.Flag("causal") ? AttentionMask.Causal : g.Has("keys") ? g.Keys() : null;
        (Tensor y, EncoderLayer.Saved saved) = layer.Forward(g.Input("x"), mask);
        g.Output("output", y);
        g.Gradient("x", layer.Backward(g.Input("d:output"), saved));

        // The gradient of the keys' bias is 0; MultiHeadAttentionTests says why.
        g.Finish(layer.Parameters.Where(p => p.Name != "layer.attention.key.bias"), "layer.attention.key.bias");
    }

    [Theory, InlineData(false, 0), InlineData(true, 0), InlineData(false, 0.4), InlineData(true, 0.4)]
    public void Backward_AgainstDifferences_Agrees(bool preNorm, double dropout)
    {
        EncoderLayer layer = new(new(4, 2) { Hidden = 5, PreNorm = preNorm, Activation = Activation.Gelu, Dropout = dropout }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 4);
        EncoderLayer.Saved saved = default;
        LayerProof.Differences(
            [x], [.. layer.Parameters.Where(p => p.Name != "layer.attention.key.bias")],
            () => { (Tensor y, saved) = layer.Forward(x, random: new CounterRandom(5)); return y; }, dy => [layer.Backward(dy, saved)]);
    }

    [Fact]
    public void Forward_DropoutWithoutRandom_IsInference()
    {
        EncoderLayer layer = new(new(4, 2) { Hidden = 5, Dropout = 0.5 }, new CounterRandom(1)), plain = new(new(4, 2) { Hidden = 5 }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 4);
        Compare.Same(layer.Forward(x).Y.Span, plain.Forward(x).Y.Span, "inference");
        Assert.NotEqual(layer.Forward(x, random: new CounterRandom(5)).Y.Values, plain.Forward(x).Y.Values);
    }

    [Fact]
    public void Forward_Dropout_LeavesAttentionWeightsADistribution()
    {
        EncoderLayer layer = new(new(8, 2) { Hidden = 16, Dropout = 0.5 }, new CounterRandom(1));
        Tensor weights = layer.Forward(Tensor.Gaussian(new CounterRandom(2), 1, 5, 8), random: new CounterRandom(5)).Saved.Weights();
        for (int r = 0; r < weights.Rows; r++)
        {
            Assert.Equal(1, weights.Row(r).ToArray().Sum(), 1e-5f);
        }
    }

    [Fact]
    public void Backward_DoesNotChangeItsArgument()
    {
        EncoderLayer layer = new(new(4, 2) { Hidden = 5, PreNorm = true, Dropout = 0.3 }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 4), dy = Tensor.Gaussian(new CounterRandom(3), 1, 3, 4), copy = dy.Copy();
        layer.Backward(dy, layer.Forward(x, random: new CounterRandom(5)).Saved);
        Compare.Same(dy.Span, copy.Span, "dy");
    }

    [Fact]
    public void Parameters_BaseModelLayer_CountAsTheFormulaSays()
    {
        const int d = 512, f = 2048;
        EncoderLayer layer = new(new(d, 8) { Hidden = f }, new CounterRandom(1));
        Assert.Equal(4 * d * d + 2 * d * f + 4 * d + f + d + 4 * d, layer.Parameters.Sum(p => p.Length));
        Assert.Equal(layer.Parameters.Count, layer.Parameters.Select(p => p.Name).Distinct().Count());
    }
}
