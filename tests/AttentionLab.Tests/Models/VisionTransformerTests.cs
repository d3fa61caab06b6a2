using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Tests.Layers;

namespace AttentionLab.Tests.Models;

public class VisionTransformerTests
{
    [Fact]
    public void ForwardAndBackward_AgainstPyTorch_Agree()
    {
        Golden g = Golden.Read("vision", "vision transformer");
        VisionTransformer model = new(6, new(2, 1, 3), 1, Usual(6) with { Hidden = 9 }, new CounterRandom(1));
        g.Load(model.Parameters);
        (Tensor logits, VisionTransformer.Saved saved) = model.Forward(g.Input("x"));
        g.Output("logits", logits);
        g.Gradient("x", model.Backward(g.Input("d:logits"), saved));
        g.Finish(model.Parameters.Where(p => !p.Name.EndsWith("key.bias", StringComparison.Ordinal)), "layers.0.attention.key.bias");
    }

    [Fact]
    public void Backward_AgainstDifferences_Agrees()
    {
        VisionTransformer model = new(4, new(2, 1, 3), 1, Usual(4) with { Hidden = 5, Dropout = 0.2 }, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 4, 4, 1);
        VisionTransformer.Saved saved = default;
        LayerProof.Differences(
            [x], [.. model.Parameters.Where(p => !p.Name.EndsWith("key.bias", StringComparison.Ordinal))],
            () => { (Tensor y, saved) = model.Forward(x, new CounterRandom(5)); return y; }, dy => [model.Backward(dy, saved)]);
    }

    [Fact]
    public void Forward_FirstLayer_EveryPatchSeesEveryPatch()
    {
        VisionTransformer model = new(8, new(2, 1, 10), 1, Usual(8) with { Hidden = 16 }, new CounterRandom(1));
        Tensor weights = model.Forward(Tensor.Gaussian(new CounterRandom(2), 1, 1, 8, 8, 1)).Saved.Layers.Weights()[0];
        Assert.Equal([1, 2, 16, 16], weights.Shape.ToArray());
        Assert.All(weights.Values, w => Assert.True(w > 0));
    }

    /// <summary>Two heads, and the paper's choices.</summary>
    private static LayerOptions Usual(int channels) => new(channels, 2) { PreNorm = true, Activation = Activation.Gelu };
}
