using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

/// <summary>Batch normalisation, which is here as contrast.</summary>
public class BatchNormalizeTests
{
    public static TheoryData<string> Cases =>
        [.. Golden.Names("normalization").Select(row => row.Data).Where(name => name.StartsWith("batch", StringComparison.Ordinal))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("normalization", name);
        Tensor x = g.Input("x"), y = new(x.Shape), dx = new(x.Shape), dGamma = new(x.Columns), dBeta = new(x.Columns);
        ReadOnlySpan<float> gamma = g.Input("gamma").Span, dy = g.Input("d:output").Span;
        float[] mean = new float[x.Columns], inverse = new float[x.Columns];
        BatchNormalize.Reference(x.Span, gamma, g.Input("beta").Span, y.Span, mean, inverse, x.Columns, (float)g.Number("epsilon"));
        BatchNormalize.BackwardReference(x.Span, gamma, mean, inverse, dy, dx.Span, dGamma.Span, dBeta.Span);
        g.Output("output", y);
        g.Gradient("x", dx);
        g.Gradient("gamma", dGamma);
        g.Gradient("beta", dBeta);
        g.Done();
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        const int rows = 4, n = 3;
        double[] x = Inputs.GaussianDouble(1, rows * n), gamma = Inputs.GaussianDouble(2, n), beta = Inputs.GaussianDouble(3, n);
        double[] dy = Inputs.GaussianDouble(4, rows * n), y = new double[x.Length], mean = new double[n], inverse = new double[n];
        double[] dx = new double[x.Length], dGamma = new double[n], dBeta = new double[n];
        double Loss()
        {
            BatchNormalize.Reference<double>(x, gamma, beta, y, mean, inverse, n, 0.1);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        BatchNormalize.BackwardReference<double>(x, gamma, mean, inverse, dy, dx, dGamma, dBeta);
        Compare.Close(dx, Numerical.Gradient(x, Loss), Tolerances.Numerical, "∂L/∂x");
        Compare.Close(dGamma, Numerical.Gradient(gamma, Loss), Tolerances.Numerical, "∂L/∂γ");
        Compare.Close(dBeta, Numerical.Gradient(beta, Loss), Tolerances.Numerical, "∂L/∂β");
    }

    [Fact]
    public void Reference_OtherRowChanged_ChangesThisRowAndLayerNormDoesNot()
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
    public void Reference_WrongLength_IsRefused() => Assert.Throws<ArgumentException>(
        () => BatchNormalize.Reference<float>(new float[6], new float[3], new float[3], new float[6], new float[2], new float[3], 3, 0));
}
