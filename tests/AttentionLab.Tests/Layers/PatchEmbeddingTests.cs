using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class PatchEmbeddingTests
{
    public static TheoryData<string> Cases => Golden.Names("patch_embedding");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("patch_embedding", name);
        PatchEmbedding layer = new((int)g.Number("patch"), (int)g.Number("pixels"), 5, new CounterRandom(1));
        g.Load(layer.Parameters);
        (Tensor y, PatchEmbedding.Saved saved) = layer.Forward(g.Input("x"));
        g.Output("output", y);
        g.Gradient("x", layer.Backward(g.Input("d:output"), saved));
        g.Finish(layer.Parameters);
    }

    [Fact]
    public void Backward_AgainstDifferences_Agrees()
    {
        PatchEmbedding layer = new(2, 1, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 1, 4, 2, 1);
        PatchEmbedding.Saved saved = default;
        LayerProof.Differences([x], layer.Parameters, () => { (Tensor y, saved) = layer.Forward(x); return y; }, dy => [layer.Backward(dy, saved)]);
    }

    [Fact]
    public void Forward_PatchDoesNotDivide_IsRefused() => Assert.Contains(
        "squares of 3 do not divide 8 × 8",
        Assert.Throws<ArgumentException>(() => new PatchEmbedding(3, 1, 4, new CounterRandom(1)).Forward(new Tensor(1, 8, 8, 1))).Message);
}
