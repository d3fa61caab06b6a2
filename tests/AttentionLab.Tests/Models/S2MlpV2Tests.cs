using AttentionLab.Kernels;
using AttentionLab.Models;
using AttentionLab.Tensors;
using AttentionLab.Tests.Layers;

namespace AttentionLab.Tests.Models;

public class S2MlpV2Tests
{
    [Fact]
    public void ForwardAndBackward_AgainstPyTorch_Agree()
    {
        Golden g = Golden.Read("vision", "s2-mlpv2");
        S2MlpV2 model = new(new(2, 1, 3), 8, 1, 9, new CounterRandom(1));
        g.Load(model.Parameters);
        (Tensor logits, S2MlpV2.Saved saved) = model.Forward(g.Input("x"));
        g.Output("logits", logits);
        g.Gradient("x", model.Backward(g.Input("d:logits"), saved));
        g.Finish(model.Parameters);
    }

    [Fact]
    public void Backward_AgainstDifferences_Agrees()
    {
        S2MlpV2 model = new(new(2, 1, 3), 4, 1, 5, new CounterRandom(1), dropout: 0.2);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 4, 6, 1);
        S2MlpV2.Saved saved = default;
        LayerProof.Differences(
            [x], model.Parameters, () => { (Tensor y, saved) = model.Forward(x, new CounterRandom(5)); return y; }, dy => [model.Backward(dy, saved)]);
    }
}
