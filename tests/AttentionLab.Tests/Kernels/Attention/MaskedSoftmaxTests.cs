using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class MaskedSoftmaxTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int n)
    {
        foreach ((int rows, int columns) in new[] { (n, 7), (5, n), (n, n) })
        {
            foreach (int kind in new[] { 0, 1, 2, 3 })
            {
                float[] x = Inputs.Gaussian(1, rows * columns, 3), dy = Inputs.Gaussian(2, x.Length), y = new float[x.Length], dx = new float[x.Length];
                float[] bias = kind == 3 ? Inputs.Gaussian(3, x.Length) : [], dBias = new float[bias.Length];
                double[] ey = new double[x.Length], edx = new double[x.Length], edBias = new double[bias.Length];
                MaskedSoftmax.Forward(x, y, rows, columns, 0.4f, AttendTests.Mask(kind, rows, columns), bias);
                MaskedSoftmax.Reference<double>(Inputs.Widen(x), ey, rows, columns, 0.4f, AttendTests.Mask(kind, rows, columns), Inputs.Widen(bias));
                MaskedSoftmax.Backward(y, dy, dx, rows, columns, 0.4f, dBias);
                MaskedSoftmax.BackwardReference<double>(ey, Inputs.Widen(dy), edx, rows, columns, 0.4f, edBias);
                string what = $"({rows}, {columns}) kind {kind}: ";
                Compare.Close(y, ey, Tolerances.Kernel, what + "y");
                if (columns > 1)
                {
                    // With one key its weight is 1 whatever the score: the gradient is rounding around 0.
                    Compare.Close(dx, edx, Tolerances.Chain, what + "∂L/∂x");
                    Compare.Close(dBias, edBias, Tolerances.Chain, what + "∂L/∂bias");
                }
            }
        }
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        double[] x = Inputs.GaussianDouble(4, 12), bias = Inputs.GaussianDouble(5, 12), dy = Inputs.GaussianDouble(6, 12), y = new double[12];
        double[] dx = new double[12], dBias = new double[12];
        double Loss()
        {
            MaskedSoftmax.Reference<double>(x, y, 3, 4, 0.7, new() { Causal = true }, bias);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        MaskedSoftmax.BackwardReference<double>(y, dy, dx, 3, 4, 0.7, dBias);
        Compare.Close(dx, Numerical.Gradient(x, Loss), Tolerances.Numerical, "∂L/∂x");
        Compare.Close(dBias, Numerical.Gradient(bias, Loss), Tolerances.Numerical, "∂L/∂bias");
    }

    [Fact]
    public void Forward_HiddenScoreIsNaNOrInfinite_WeightIsZero()
    {
        float[] scores = [1, float.NaN, 2, float.PositiveInfinity, 3], weights = new float[5];
        MaskedSoftmax.Forward(scores, weights, 1, 5, 1, new AttendMask { Keys = [true, false, true, false, true] });
        Assert.Equal(0, weights[1]);
        Assert.Equal(0, weights[3]);
        Assert.Equal(1, weights.Sum(), 1e-6);
    }

    [Fact]
    public void Forward_MaskOfOtherLength_NamesBothSides()
    {
        float[] x = new float[6];
        var error = Assert.Throws<ArgumentException>(() => MaskedSoftmax.Forward(x, x, 2, 3, 1, new AttendMask { Keys = [true, false] }));
        Assert.Contains("mask.Keys holds 2", error.Message);
        Assert.Throws<ArgumentException>(() => MaskedSoftmax.Forward(x, x, 2, 3, 1, new AttendMask { Pairs = [true, false] }));
        Assert.Throws<ArgumentException>(() => MaskedSoftmax.Forward(x, x, 2, 3, 1, default, new float[5]));
    }
}
