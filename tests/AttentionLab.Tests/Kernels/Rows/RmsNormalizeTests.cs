using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

public class RmsNormalizeTests
{
    public static TheoryData<string> Cases =>
        [.. Golden.Names("normalization").Select(row => row.Data).Where(name => name.StartsWith("rms", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("normalization", name);
        Tensor x = g.Input("x"), y = new(x.Shape), dx = new(x.Shape), dGamma = new(x.Columns);
        ReadOnlySpan<float> gamma = g.Input("gamma").Span, dy = g.Input("d:output").Span;
        float[] inverse = new float[x.Rows];
        RmsNormalize.Forward(x.Span, gamma, y.Span, inverse, x.Rows, x.Columns, (float)g.Number("epsilon"));
        RmsNormalize.Backward(x.Span, gamma, inverse, dy, dx.Span, dGamma.Span, x.Rows, x.Columns);
        g.Output("output", y);
        g.Gradient("x", dx);
        g.Gradient("gamma", dGamma);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n)
    {
        const int rows = 3;
        float[] x = Inputs.Gaussian(1, rows * n, 2), gamma = Inputs.Gaussian(2, n), dy = Inputs.Gaussian(3, rows * n);
        float[] y = new float[x.Length], inverse = new float[rows], dx = new float[x.Length], dGamma = Inputs.Gaussian(4, n);
        double[] ey = new double[x.Length], ei = new double[rows], edx = new double[x.Length], eg = Inputs.Widen(dGamma);
        RmsNormalize.Forward(x, gamma, y, inverse, rows, n);
        RmsNormalize.Backward(x, gamma, inverse, dy, dx, dGamma, rows, n);
        RmsNormalize.Reference<double>(Inputs.Widen(x), Inputs.Widen(gamma), ey, ei, rows, n, Normalize.Epsilon);
        RmsNormalize.BackwardReference<double>(Inputs.Widen(x), Inputs.Widen(gamma), ei, Inputs.Widen(dy), edx, eg, rows, n);
        Compare.Close(y, ey, Tolerances.Kernel, "y");
        Compare.Close(dGamma, eg, Tolerances.Chain, "∂L/∂γ");
        if (n > 1)
        {
            // One number alone is ±γ: its gradient is rounding around 0.
            Compare.Close(dx, edx, Tolerances.Chain, "∂L/∂x");
        }
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        const int rows = 4, n = 3;
        double[] x = Inputs.GaussianDouble(1, rows * n), gamma = Inputs.GaussianDouble(2, n), dy = Inputs.GaussianDouble(4, rows * n);
        double[] y = new double[x.Length], inverse = new double[rows], dx = new double[x.Length], dGamma = new double[n];
        double Loss()
        {
            RmsNormalize.Reference<double>(x, gamma, y, inverse, rows, n, 0.1);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        RmsNormalize.BackwardReference<double>(x, gamma, inverse, dy, dx, dGamma, rows, n);
        Compare.Close(dx, Numerical.Gradient(x, Loss), Tolerances.Numerical, "∂L/∂x");
        Compare.Close(dGamma, Numerical.Gradient(gamma, Loss), Tolerances.Numerical, "∂L/∂γ");
    }

    [Fact]
    public void Forward_WrongLength_NamesBothSides() => Assert.Contains(
        "gamma holds 2", Assert.Throws<ArgumentException>(() => RmsNormalize.Forward(new float[6], new float[2], new float[6], [], 2, 3)).Message);
}
