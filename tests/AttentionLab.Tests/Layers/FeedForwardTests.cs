using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class FeedForwardTests
{
    public static TheoryData<string> Cases => Golden.Names("feedforward");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("feedforward", name);
        FeedForward layer = new((int)g.Number("channels"), (int)g.Number("hidden"), new CounterRandom(1), Enum.Parse<Activation>(g.Text("activation")!));
        g.Load(layer.Parameters);
        (Tensor y, FeedForward.Saved saved) = layer.Forward(g.Input("x"));
        g.Output("output", y);
        g.Gradient("x", layer.Backward(g.Input("d:output"), saved));
        g.Finish(layer.Parameters);
    }

    [Theory, InlineData(Activation.Gelu), InlineData(Activation.GeluTanh)]
    public void Backward_AgainstDifferences_Agrees(Activation activation)
    {
        FeedForward layer = new(4, 6, new CounterRandom(1), activation);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 4);
        FeedForward.Saved saved = default;
        LayerProof.Differences([x], layer.Parameters, () => { (Tensor y, saved) = layer.Forward(x); return y; }, dy => [layer.Backward(dy, saved)]);
    }

    [Fact]
    public void Infer_InPlace_EqualsForward()
    {
        FeedForward layer = new(5, 9, new CounterRandom(1), Activation.Gelu);
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 3, 5), y = layer.Forward(x).Y;
        layer.Infer(x.Span, x.Span, new float[6 * 9]);
        Compare.Same(x.Span, y.Span, "y");
    }
}
