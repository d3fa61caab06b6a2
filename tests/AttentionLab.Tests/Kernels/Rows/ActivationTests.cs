using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>ReLU and both forms of GELU.</summary>
public class ActivationTests
{
    public static TheoryData<string> Cases => Golden.Names("activations");

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("activations", name);
        Tensor x = g.Input("input"), dy = g.Input("d:output"), y = new(x.Shape), dx = new(x.Shape);
        Activation activation = Of(name);
        activation.Forward(x.Values, y.Values);
        activation.Backward(x.Values, dy.Values, dx.Values);
        g.Output("output", y);
        g.Gradient("input", dx);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n)
    {
        foreach (string name in new[] { "relu", "gelu", "gelu tanh" })
        {
            Activation activation = Of(name);
            float[] x = Inputs.Gaussian(1, n, 2), dy = Inputs.Gaussian(2, n), y = new float[n], dx = new float[n];
            double[] ey = new double[n], edx = new double[n];
            activation.Forward(x, y);
            activation.Backward(x, dy, dx);
            activation.Reference(Inputs.Widen(x), ey);
            activation.BackwardReference(Inputs.Widen(x), Inputs.Widen(dy), edx);
            Compare.Close(y, ey, Tolerances.Kernel, name);
            Compare.Close(dx, edx, Tolerances.Kernel, name + " ∂L/∂x");
        }
    }

    [Theory, InlineData("relu"), InlineData("gelu"), InlineData("gelu tanh")]
    public void BackwardReference_AgainstDifferences_Agrees(string name)
    {
        Activation activation = Of(name);
        double[] x = Inputs.GaussianDouble(3, 25, 2), dy = Inputs.GaussianDouble(4, 25), y = new double[25], dx = new double[25];
        activation.BackwardReference(x, dy, dx);
        double[] numerical = Numerical.Gradient(x, () =>
        {
            activation.Reference(x, y);
            return Numerical.Weighted(y, dy);
        });
        Compare.Close(dx, numerical, Tolerances.Numerical, name);
    }

    [Theory, InlineData("gelu"), InlineData("gelu tanh")]
    public void Forward_FarOut_OpensAndCloses(string name)
    {
        float[] x = [-1000, -30, -10, 10, 30, 1000, 0, -0f, 1e30f, -1e30f, 7, 8, 9, 10, 11, 12, 13], y = new float[17];
        Of(name).Forward(x, y);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.Equal(MathF.Max(x[i], 0), y[i], 1e-30f);
        }
    }

    [Fact]
    public void Gelu_WholeRange_KeepsItsErrors()
    {
        float[] x = new float[20_001], y = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = -10 + i * 0.001f;
        }

        double[] expected = new double[x.Length];
        Gelu.Forward(x, y);
        Gelu.Reference<double>(Inputs.Widen(x), expected);
        double worst = x.Select((_, i) => Math.Abs(y[i] - expected[i]) / Math.Max(1, Math.Abs(expected[i]))).Max();
        Assert.InRange(worst, 0, 4e-7);
        float[] ones = new float[x.Length];
        Array.Fill(ones, 1);
        Gelu.Backward(x, ones, y);
        Gelu.BackwardReference<double>(Inputs.Widen(x), Inputs.Widen(ones), expected);
        worst = y.Select((v, i) => Math.Abs(v - expected[i])).Max();
        Assert.InRange(worst, 0, 4e-7);
        Assert.All(y[..4000], v => Assert.Equal(0, v));
    }

    [Theory, InlineData("relu"), InlineData("gelu"), InlineData("gelu tanh")]
    public void Forward_NaN_StaysNaN(string name)
    {
        float[] x = new float[35], y = new float[35], dy = Inputs.Gaussian(1, 35);
        x[3] = x[34] = float.NaN;
        Of(name).Forward(x, y);
        Assert.Equal([3, 34], Enumerable.Range(0, 35).Where(i => float.IsNaN(y[i])));
        if (name != "relu")
        {
            Of(name).Backward(x, dy, y);
            Assert.Equal([3, 34], Enumerable.Range(0, 35).Where(i => float.IsNaN(y[i])));
        }
    }

    [Fact]
    public void Relu_Extremes_AreExact()
    {
        float[] y = new float[4], dx = new float[4];
        Relu.Forward([float.NegativeInfinity, float.PositiveInfinity, 0, -1], y);
        Relu.Backward([float.NegativeInfinity, float.PositiveInfinity, 0, -1], [1, 2, 3, 4], dx);
        Assert.Equal([0, float.PositiveInfinity, 0, 0], y);
        Assert.Equal([0, 2, 0, 0], dx);
    }

    [Fact]
    public void Forward_LengthsDiffer_Throws()
    {
        Assert.Throws<ArgumentException>(() => Relu.Forward(new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => Gelu.Forward(new float[2], new float[3]));
        Assert.Throws<ArgumentException>(() => Gelu.Backward(new float[2], new float[3], new float[2]));
    }

    private static Activation Of(string name) => name switch
    {
        _ when name.StartsWith("relu", StringComparison.Ordinal) =>
            new(
                (x, y) => Relu.Forward(x, y), (x, dy, dx) => Relu.Backward(x, dy, dx), (x, y) => Relu.Reference<double>(x, y),
                (x, dy, dx) => Relu.BackwardReference<double>(x, dy, dx)),
        _ => WithForm(name.Contains("tanh", StringComparison.Ordinal)),
    };

    private static Activation WithForm(bool tanh) => new(
        (x, y) => Gelu.Forward(x, y, tanh),
        (x, dy, dx) => Gelu.Backward(x, dy, dx, tanh),
        (x, y) => Gelu.Reference<double>(x, y, tanh),
        (x, dy, dx) => Gelu.BackwardReference<double>(x, dy, dx, tanh));

    private sealed record Activation(
        Action<float[], float[]> Forward,
        Action<float[], float[], float[]> Backward,
        Action<double[], double[]> Reference,
        Action<double[], double[], double[]> BackwardReference);
}
