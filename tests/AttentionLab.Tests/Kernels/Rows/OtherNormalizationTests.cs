using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>RMS normalisation, and batch normalisation as contrast.</summary>
public class OtherNormalizationTests
{
    public static TheoryData<string> Cases =>
        [.. Golden.Names("normalization").Select(row => row.Data).Where(name => !name.StartsWith("layer", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("normalization", name);
        Tensor x = g.Input("x"), y = new(x.Shape), dx = new(x.Shape), dGamma = new(x.Columns), dBeta = new(x.Columns);
        ReadOnlySpan<float> gamma = g.Input("gamma").Span, dy = g.Input("d:output").Span;
        float epsilon = (float)g.Number("epsilon");
        if (g.Has("beta"))
        {
            float[] mean = new float[x.Columns], inverse = new float[x.Columns];
            BatchNormalize.Reference(x.Span, gamma, g.Input("beta").Span, y.Span, mean, inverse, x.Columns, epsilon);
            BatchNormalize.BackwardReference(x.Span, gamma, mean, inverse, dy, dx.Span, dGamma.Span, dBeta.Span);
            g.Gradient("beta", dBeta);
        }
        else
        {
            float[] inverse = new float[x.Rows];
            RmsNormalize.Forward(x.Span, gamma, y.Span, inverse, x.Rows, x.Columns, epsilon);
            RmsNormalize.Backward(x.Span, gamma, inverse, dy, dx.Span, dGamma.Span, x.Rows, x.Columns);
        }

        g.Output("output", y);
        g.Gradient("x", dx);
        g.Gradient("gamma", dGamma);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Rms_AwkwardLength_AgreesWithReference(int n)
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
        double[] x = Inputs.GaussianDouble(1, rows * n), gamma = Inputs.GaussianDouble(2, n), beta = Inputs.GaussianDouble(3, n);
        double[] dy = Inputs.GaussianDouble(4, rows * n);
        double[] y = new double[x.Length], mean = new double[n], inverse = new double[n], rowInverse = new double[rows], dx = new double[x.Length];
        double[] dGamma = new double[n], dBeta = new double[n];
        double Batch()
        {
            BatchNormalize.Reference<double>(x, gamma, beta, y, mean, inverse, n, 0.1);
            return Numerical.Weighted(y, dy);
        }

        Batch();
        BatchNormalize.BackwardReference<double>(x, gamma, mean, inverse, dy, dx, dGamma, dBeta);
        Compare.Close(dx, Numerical.Gradient(x, Batch), Tolerances.Numerical, "batch ∂L/∂x");
        Compare.Close(dGamma, Numerical.Gradient(gamma, Batch), Tolerances.Numerical, "batch ∂L/∂γ");
        Compare.Close(dBeta, Numerical.Gradient(beta, Batch), Tolerances.Numerical, "batch ∂L/∂β");

        double Rms()
        {
            RmsNormalize.Reference<double>(x, gamma, y, rowInverse, rows, n, 0.1);
            return Numerical.Weighted(y, dy);
        }

        Rms();
        dGamma = new double[n];
        RmsNormalize.BackwardReference<double>(x, gamma, rowInverse, dy, dx, dGamma, rows, n);
        Compare.Close(dx, Numerical.Gradient(x, Rms), Tolerances.Numerical, "RMS ∂L/∂x");
        Compare.Close(dGamma, Numerical.Gradient(gamma, Rms), Tolerances.Numerical, "RMS ∂L/∂γ");
    }

    [Fact]
    public void Batch_OtherRowChanged_ChangesThisRowAndLayerNormDoesNot()
    {
        double[] x = Inputs.GaussianDouble(5, 12), one = [1, 1, 1], zero = new double[3], a = new double[12], b = new double[12], m = new double[4];
        double[] r = new double[4];
        BatchNormalize.Reference<double>(x, one, zero, a, m.AsSpan(0, 3), r.AsSpan(0, 3), 3, 0);
        double[] c = new double[12], d = new double[12];
        Normalize.Reference<double>(x, one, zero, c, m, r, 3, 0);
        x[11] += 5;
        BatchNormalize.Reference<double>(x, one, zero, b, m.AsSpan(0, 3), r.AsSpan(0, 3), 3, 0);
        Normalize.Reference<double>(x, one, zero, d, m, r, 3, 0);
        Assert.NotEqual(a[2], b[2]);
        Assert.Equal(c[..9], d[..9]);
    }

    [Fact]
    public void Forward_WrongLength_NamesBothSides()
    {
        Assert.Contains(
            "gamma holds 2", Assert.Throws<ArgumentException>(() => RmsNormalize.Forward(new float[6], new float[2], new float[6], [], 2, 3)).Message);
        Assert.Throws<ArgumentException>(
            () => BatchNormalize.Reference<float>(new float[6], new float[3], new float[3], new float[6], new float[2], new float[3], 3, 0));
    }
}
