using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class SoftmaxTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_AgreesWithReference(int n)
    {
        float[] x = Inputs.Gaussian(1, 3 * n, 3), y = new float[3 * n], dy = Inputs.Gaussian(2, 3 * n), dx = new float[3 * n];
        double[] expected = new double[3 * n], expectedGradient = new double[3 * n];
        Softmax.Forward(x, y, 3, n);
        Softmax.Reference<double>(Inputs.Widen(x), expected, 3, n);
        Compare.Close(y, expected, Tolerances.Kernel, "y");
        Softmax.Backward(y, dy, dx, 3, n);
        Softmax.BackwardReference<double>(expected, Inputs.Widen(dy), expectedGradient, 3, n);
        Compare.Close(dx, expectedGradient, Tolerances.Kernel, "∂L/∂x");
        Softmax.Forward(x, x, 3, n);
        Compare.Same(x, y, "in place");
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        double[] x = Inputs.GaussianDouble(3, 14), dy = Inputs.GaussianDouble(4, 14), y = new double[14], dx = new double[14];
        double Loss()
        {
            Softmax.Reference<double>(x, y, 2, 7);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        Softmax.BackwardReference<double>(y, dy, dx, 2, 7);
        Compare.Close(dx, Numerical.Gradient(x, Loss), Tolerances.Numerical, "∂L/∂x");
    }

    [Theory, InlineData(1000f), InlineData(-10_000f), InlineData(10_000f)]
    public void Forward_ShiftedRow_ChangesNothing(float shift)
    {
        float[] x = [1, 2, 3, -1, 0.5f], shifted = [.. x.Select(v => v + shift)], y = new float[5], z = new float[5];
        Softmax.Forward(x, y, 1, 5);
        Softmax.Forward(shifted, z, 1, 5);
        Compare.Close(z, y, 1e-6, "shift");
        Assert.Equal(1, y.Sum(), 1e-6);
    }

    [Theory, InlineData(5), InlineData(17), InlineData(33)]
    public void Forward_OnlyMinusInfinity_GivesZeros(int n)
    {
        float[] x = new float[n], y = Inputs.Gaussian(5, n);
        Array.Fill(x, float.NegativeInfinity);
        Softmax.Forward(x, y, 1, n);
        Assert.All(y, v => Assert.Equal(0, v));
        double[] z = new double[n];
        Softmax.Reference<double>(Inputs.Widen(x), z, 1, n);
        Assert.All(z, v => Assert.Equal(0, v));
    }

    [Theory, InlineData(float.NaN), InlineData(float.PositiveInfinity)]
    public void Forward_NaNOrInfinity_SpoilsItsRowOnly(float bad)
    {
        foreach (int at in new[] { 0, 16, 18, 32 })
        {
            float[] x = new float[3 * 33], y = new float[x.Length];
            Array.Fill(x, float.NegativeInfinity, 33, 33);
            x[33 + at] = bad;
            Softmax.Forward(x, y, 3, 33);
            double[] expected = new double[x.Length];
            Softmax.Reference<double>(Inputs.Widen(x), expected, 3, 33);
            for (int i = 0; i < y.Length; i++)
            {
                Assert.Equal(i / 33 == 1, float.IsNaN(y[i]));
                Assert.Equal(i / 33 == 1, double.IsNaN(expected[i]));
            }
        }
    }

    [Fact]
    public void Forward_FarBelowLargest_IsExactlyZeroNeverDenormal()
    {
        float[] x = new float[64], y = new float[64];
        for (int i = 0; i < 64; i++)
        {
            x[i] = -2 * i;
        }

        Softmax.Forward(x, y, 1, 64);
        Assert.All(y, v => Assert.True(v == 0 || float.IsNormal(v)));
        Assert.Equal(0, y[40]);
    }

    [Fact]
    public void Forward_WrongLength_Throws() =>
        Assert.Contains(
            "x holds 5 numbers but (rows, columns) = (2, 3) needs 6",
            Assert.Throws<ArgumentException>(() => Softmax.Forward(new float[5], new float[6], 2, 3)).Message);
}
