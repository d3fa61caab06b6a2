using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class DecoderLayerTests
{
    private static readonly string[] ZeroGradients = ["layer.attention.key.bias", "layer.cross.key.bias"];

    public static TheoryData<string> Cases => Golden.Names("decoder_layer");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("decoder_layer", name);
        DecoderLayer layer = new(
            new((int)g.Number("channels"), (int)g.Number("heads"))
            {
                Hidden = (int)g.Number("hidden"),
                PreNorm = g.Flag("pre"),
                Activation = Enum.Parse<Activation>(g.Text("activation")!),
            },
            new CounterRandom(1));
        g.Load(layer.Parameters);
        (Tensor y, DecoderLayer.Saved saved) = layer.Forward(g.Input("x"), g.Input("memory"), AttentionMask.Causal, g.Keys());
        g.Output("output", y);
        (Tensor dx, Tensor dMemory) = layer.Backward(g.Input("d:output"), saved);
        g.Gradient("x", dx);
        g.Gradient("memory", dMemory);
        g.Finish(layer.Parameters.Where(p => !ZeroGradients.Contains(p.Name)), ZeroGradients);
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Backward_AgainstDifferences_Agrees(bool preNorm)
    {
        DecoderLayer layer = new(
            new(4, 2) { Hidden = 5, PreNorm = preNorm, Activation = Activation.Gelu, Dropout = 0.3 }, new CounterRandom(1), memoryChannels: 3);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 4), memory = Tensor.Gaussian(new CounterRandom(3), 1, 4, 3);
        DecoderLayer.Saved saved = default;
        LayerProof.Differences(
            [x, memory], [.. layer.Parameters.Where(p => !ZeroGradients.Contains(p.Name))],
            () => { (Tensor y, saved) = layer.Forward(x, memory, AttentionMask.Causal, random: new CounterRandom(5)); return y; },
            dy => { (Tensor dx, Tensor dMemory) = layer.Backward(dy, saved); return [dx, dMemory]; });
    }

    [Theory, InlineData(false), InlineData(true)]
    public void BackwardOfTwoLayers_AgainstDifferences_AddsTheirSharesOfTheMemory(bool preNorm)
    {
        DecoderLayers layers = new(2, new(4, 2) { Hidden = 5, PreNorm = preNorm, Activation = Activation.Gelu }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 1, 3, 4), memory = Tensor.Gaussian(new CounterRandom(3), 1, 1, 4, 4);
        DecoderLayers.Saved saved = default;
        LayerProof.Differences(
            [x, memory], [.. layers.Parameters.Where(p => !p.Name.EndsWith("key.bias", StringComparison.Ordinal))],
            () => { (Tensor y, saved) = layers.Forward(x, memory); return y; },
            dy => { (Tensor dx, Tensor dMemory) = layers.Backward(dy, saved); return [dx, dMemory]; });
    }

    [Fact]
    public void Forward_LaterTokenChanged_EarlierOutputsStay()
    {
        DecoderLayer layer = new(new(8, 2) { Hidden = 16 }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 6, 8), memory = Tensor.Gaussian(new CounterRandom(3), 1, 4, 8);
        Tensor before = layer.Forward(x, memory, AttentionMask.Causal).Y;
        x.Row(4).Fill(9);
        Tensor after = layer.Forward(x, memory, AttentionMask.Causal).Y;
        Assert.True(before.Span[..32].SequenceEqual(after.Span[..32]));
        Assert.False(before.Span[32..].SequenceEqual(after.Span[32..]));
    }
}
