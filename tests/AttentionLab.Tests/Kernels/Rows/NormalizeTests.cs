using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

public class NormalizeTests
{
    public static TheoryData<string> Cases =>
        [.. Golden.Names("normalization").Select(row => row.Data).Where(name => name.StartsWith("layer", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("normalization", name);
        Tensor x = g.Input("x"), y = new(x.Shape), dx = new(x.Shape), dGamma = new(x.Columns), dBeta = new(x.Columns);
        float[] mean = new float[x.Rows], inverse = new float[x.Rows];
        Normalize.Forward(x.Span, g.Input("gamma").Span, g.Input("beta").Span, y.Span, mean, inverse, x.Columns, (float)g.Number("epsilon"));
        Normalize.Backward(x.Span, g.Input("gamma").Span, mean, inverse, g.Input("d:output").Span, dx.Span, dGamma.Span, dBeta.Span);
        g.Output("output", y);
        g.Gradient("x", dx);
        g.Gradient("gamma", dGamma);
        g.Gradient("beta", dBeta);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n)
    {
        const int rows = 3;
        float[] x = Inputs.Gaussian(1, rows * n, 2), gamma = Inputs.Gaussian(2, n), beta = Inputs.Gaussian(3, n), dy = Inputs.Gaussian(4, rows * n);
        float[] y = new float[x.Length], mean = new float[rows], inverse = new float[rows], dx = new float[x.Length], dGamma = Inputs.Gaussian(5, n);
        float[] dBeta = Inputs.Gaussian(6, n);
        double[] ey = new double[x.Length], em = new double[rows], ei = new double[rows], edx = new double[x.Length], eg = Inputs.Widen(dGamma);
        double[] eb = Inputs.Widen(dBeta);

        Normalize.Forward(x, gamma, beta, y, mean, inverse, n);
        Normalize.Backward(x, gamma, mean, inverse, dy, dx, dGamma, dBeta);
        Normalize.Reference<double>(Inputs.Widen(x), Inputs.Widen(gamma), Inputs.Widen(beta), ey, em, ei, n, Normalize.Epsilon);
        Normalize.BackwardReference<double>(Inputs.Widen(x), Inputs.Widen(gamma), em, ei, Inputs.Widen(dy), edx, eg, eb);

        Compare.Close(y, ey, Tolerances.Kernel, "y");
        Compare.Close(dGamma, eg, Tolerances.Chain, "∂L/∂γ");
        Compare.Close(dBeta, eb, Tolerances.Kernel, "∂L/∂β");
        if (n > 1)
        {
            // A row of one number is always β: its gradient is rounding around 0 times r ≈ 300.
            Compare.Close(mean, em, Tolerances.Kernel, "mean");
            Compare.Close(dx, edx, Tolerances.Chain, "∂L/∂x");
        }
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        const int rows = 2, n = 6;
        double[] x = Inputs.GaussianDouble(1, rows * n), gamma = Inputs.GaussianDouble(2, n), beta = Inputs.GaussianDouble(3, n);
        double[] dy = Inputs.GaussianDouble(4, rows * n);
        double[] y = new double[x.Length], mean = new double[rows], inverse = new double[rows], dx = new double[x.Length], dGamma = new double[n];
        double[] dBeta = new double[n];
        double Loss()
        {
            Normalize.Reference<double>(x, gamma, beta, y, mean, inverse, n, 0.1);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        Normalize.BackwardReference<double>(x, gamma, mean, inverse, dy, dx, dGamma, dBeta);
        Compare.Close(dx, Numerical.Gradient(x, Loss), Tolerances.Numerical, "∂L/∂x");
        Compare.Close(dGamma, Numerical.Gradient(gamma, Loss), Tolerances.Numerical, "∂L/∂γ");
        Compare.Close(dBeta, Numerical.Gradient(beta, Loss), Tolerances.Numerical, "∂L/∂β");
    }

    [Fact]
    public void Forward_ShiftedAndScaledRow_GivesTheSame()
    {
        float[] x = Inputs.Gaussian(7, 40), moved = [.. x.Select(v => 5 * v + 100)], gamma = new float[40], beta = new float[40], y = new float[40];
        float[] z = new float[40];
        Array.Fill(gamma, 1);
        Normalize.Forward(x, gamma, beta, y, [], [], 40, 0);
        Normalize.Forward(moved, gamma, beta, z, [], [], 40, 0);
        Compare.Close(z, y, 2e-5, "LayerNorm(5x + 100)");
    }

    [Fact]
    public void Forward_NaN_SpoilsItsRowOnly()
    {
        float[] x = Inputs.Gaussian(8, 66), one = new float[33], y = new float[66];
        x[40] = float.NaN;
        Normalize.Forward(x, one, one, y, [], [], 33);
        Assert.All(y[..33], v => Assert.False(float.IsNaN(v)));
        Assert.All(y[33..], v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void Forward_GammaOfOtherLength_NamesBothSides()
    {
        var error = Assert.Throws<ArgumentException>(() => Normalize.Forward(new float[6], new float[2], new float[3], new float[6], [], [], 3));
        Assert.Contains("gamma holds 2", error.Message);
        Assert.Throws<ArgumentException>(
            () => Normalize.Backward(new float[6], new float[3], [], new float[2], new float[6], new float[6], new float[3], new float[3]));
    }
}
