using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Kernels;

public class LogSumExpTests
{
    public static TheoryData<string> Cases =>
        [.. Golden.Names("losses").Select(row => row.Data).Where(name => Golden.Read("losses", name).Has("x"))];

    [Theory, MemberData(nameof(Cases))]
    public void ForwardAndBackward_AgainstPyTorch_Agree(string name)
    {
        Golden g = Golden.Read("losses", name);
        Tensor x = g.Input("x"), y = new(x.Rows), dx = new(x.Shape);
        LogSumExp.Forward(x.Span, y.Span, x.Rows, x.Columns);
        LogSumExp.Backward(x.Span, y.Span, g.Input("d:output").Span, dx.Span, x.Rows, x.Columns);
        g.Output("output", y);
        g.Gradient("x", dx);
        g.Done();
    }

    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n)
    {
        float[] x = Inputs.Gaussian(1, 3 * n, 4), y = new float[3], dy = Inputs.Gaussian(2, 3), dx = new float[3 * n];
        double[] ey = new double[3], edx = new double[3 * n];
        LogSumExp.Forward(x, y, 3, n);
        LogSumExp.Reference<double>(Inputs.Widen(x), ey, 3, n);
        LogSumExp.Backward(x, y, dy, dx, 3, n);
        LogSumExp.BackwardReference<double>(Inputs.Widen(x), ey, Inputs.Widen(dy), edx, 3, n);
        Compare.Close(y, ey, Tolerances.Kernel, "ℓ");
        Compare.Close(dx, edx, Tolerances.Kernel, "∂L/∂x");
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        double[] x = Inputs.GaussianDouble(5, 15), y = new double[3], dy = [0.3, -1, 2], dx = new double[15];
        double Loss()
        {
            LogSumExp.Reference<double>(x, y, 3, 5);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        LogSumExp.BackwardReference<double>(x, y, dy, dx, 3, 5);
        Compare.Close(dx, Numerical.Gradient(x, Loss), Tolerances.Numerical, "∂ℓ/∂x");
    }

    [Fact]
    public void Forward_Extremes_NeverOverflow()
    {
        float[] y = new float[5];
        const float inf = float.PositiveInfinity;
        LogSumExp.Forward([1e4f, 1e4f, -1e4f, -1e4f, -inf, -inf, inf, 1, float.NaN, 1], y, 5, 2);
        Assert.Equal(1e4 + Math.Log(2), y[0], 1e-3);
        Assert.Equal(-1e4 + Math.Log(2), y[1], 1e-3);
        Assert.Equal(-inf, y[2]);
        Assert.Equal(inf, y[3]);
        Assert.True(float.IsNaN(y[4]));
        LogSumExp.Forward([inf, float.NaN, float.NaN, inf], y.AsSpan(0, 2), 2, 2);
        Assert.All(y[..2], v => Assert.True(float.IsNaN(v)));
    }
}
