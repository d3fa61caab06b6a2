using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class LinearTests
{
    public static TheoryData<string> Cases => Golden.Names("linear");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("linear", name);
        Linear linear = new((int)g.Number("inputs"), (int)g.Number("outputs"), new CounterRandom(1), g.Flag("bias"));
        g.Load(linear.Parameters);
        (Tensor y, Linear.Saved saved) = linear.Forward(g.Input("x"));
        g.Output("output", y);
        g.Gradient("x", linear.Backward(g.Input("d:output"), saved));
        g.Finish(linear.Parameters);
    }

    [Fact]
    public void Backward_AgainstDifferences_Agrees()
    {
        Linear linear = new(5, 7, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 3, 5);
        Linear.Saved saved = default;
        LayerProof.Differences([x], linear.Parameters, () => { (Tensor y, saved) = linear.Forward(x); return y; }, dy => [linear.Backward(dy, saved)]);
    }

    [Fact]
    public void Backward_Twice_AccumulatesParameterGradients()
    {
        Linear linear = new(4, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 5, 4), dy = Tensor.Gaussian(new CounterRandom(3), 1, 5, 3);
        Linear.Saved saved = linear.Forward(x).Saved;
        Tensor once = linear.Backward(dy, saved);
        float[] weight = [.. linear.Weight.Gradient.Values], bias = [.. linear.Bias!.Gradient.Values];
        Tensor twice = linear.Backward(dy, saved);
        Compare.Close(linear.Weight.Gradient.Span, weight.Select(v => 2 * v).ToArray(), 1e-6, "weight");
        Compare.Close(linear.Bias.Gradient.Span, bias.Select(v => 2 * v).ToArray(), 1e-6, "bias");
        Compare.Same(twice.Span, once.Span, "the input's gradient does not accumulate");
    }

    [Fact]
    public void Infer_SameRows_EqualsForward()
    {
        Linear linear = new(5, 3, new CounterRandom(1));
        Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, 2, 4, 5);
        float[] y = new float[24];
        linear.Infer(x.Span, y);
        Compare.Same(y, linear.Forward(x).Y.Span, "y");
    }

    [Fact]
    public void Constructor_ManyInputs_StartsWithUnitVarianceOutputs()
    {
        Linear linear = new(400, 400, new CounterRandom(1));
        Tensor y = linear.Forward(Tensor.Gaussian(new CounterRandom(2), 1, 100, 400)).Y;
        Assert.Equal(1, y.Values.Average(v => (double)v * v), 0.05);
    }

    [Fact]
    public void Forward_WrongWidth_NamesBothSidesAndTheFix()
    {
        Linear linear = new(64, 8, new CounterRandom(1));
        string message = Assert.Throws<ArgumentException>(() => linear.Forward(new Tensor(2, 5, 32))).Message;
        Assert.Contains("x is (2, 5, 32) but Linear expects (…, 64): build it with inputs: 32, or check the embedding size.", message);
        message = Assert.Throws<ArgumentException>(() => linear.Backward(new Tensor(2, 5), linear.Forward(new Tensor(2, 64)).Saved)).Message;
        Assert.Contains("dy is (2, 5) but the output of Linear was (2, 8)", message);
        message = Assert.Throws<ArgumentException>(() => linear.Infer(new float[64], new float[16])).Message;
        Assert.Contains("pass whole rows", message);
    }
}
