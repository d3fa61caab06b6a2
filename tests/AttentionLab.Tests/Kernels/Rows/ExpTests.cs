using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class ExpTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLength_AgreesWithReference(int n)
    {
        float[] x = Inputs.Gaussian(1, n, 10), y = new float[n];
        Exp.Forward(x, y);
        for (int i = 0; i < n; i++)
        {
            Check.That(Math.Abs(y[i] / Math.Exp(x[i]) - 1) < 3e-7, $"exp({x[i]:R}) = {y[i]:R}");
        }
    }

    [Fact]
    public void Forward_WholeRange_StaysWithinItsUlp()
    {
        float[] x = new float[200_001], y = new float[x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = -86.6f + i * (88.7f + 86.6f) / (x.Length - 1);
        }

        Exp.Forward(x, y);
        double worst = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Math.Exp(x[i]);
            worst = Math.Max(worst, Math.Abs(y[i] - exact) / (float.BitIncrement((float)exact) - (float)exact));
        }

        Assert.InRange(worst, 0, 1.2);
    }

    [Fact]
    public void Forward_Extremes_AreZeroInfinityOrNaN()
    {
        float[] x =
        [
            0, -0f, 1000, -1000, float.PositiveInfinity, float.NegativeInfinity, float.NaN, 88.8f, -87, 88.7f, float.MaxValue, float.MinValue, float.Epsilon,
            1e30f, -1e30f, 2, 3
        ];
        float[] y = new float[x.Length];
        Exp.Forward(x, y);
        Assert.Equal([1, 1, float.PositiveInfinity, 0, float.PositiveInfinity, 0, float.NaN, float.PositiveInfinity, 0], y[..9]);
        Assert.Equal(1, y[9] / MathF.Exp(88.7f), 1e-6);
        Assert.Equal([float.PositiveInfinity, 0, 1, float.PositiveInfinity, 0], y[10..15]);
    }

    [Fact]
    public void Forward_NaNWithAnyBits_StaysNaN()
    {
        float[] x = new float[35], y = new float[35];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = BitConverter.Int32BitsToSingle((i % 2 == 0 ? 0x7FC00001 : unchecked((int)0xFF800000)) + 37 * i + 1);
        }

        Exp.Forward(x, y);
        Assert.All(y, v => Assert.True(float.IsNaN(v)));
        Softmax.Forward(x, y, 5, 7);
        Assert.All(y, v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void Backward_AgainstReferenceAndDifferences_Agrees()
    {
        double[] x = Inputs.GaussianDouble(2, 37), dy = Inputs.GaussianDouble(3, 37), y = new double[37], dx = new double[37];
        double Loss()
        {
            Exp.Reference<double>(x, y);
            return Numerical.Weighted(y, dy);
        }

        Loss();
        Exp.BackwardReference<double>(y, dy, dx);
        float[] fast = new float[37];
        Exp.Backward([.. y.Select(v => (float)v)], [.. dy.Select(v => (float)v)], fast);
        Compare.Close(fast, dx, Tolerances.Kernel, "SIMD");
        Compare.Close(dx, Numerical.Gradient(x, Loss), Tolerances.Numerical, "∂L/∂x");
    }

    [Fact]
    public void Forward_LengthsDiffer_Throws() =>
        Assert.Contains("y holds 3 numbers but x holds 2", Assert.Throws<ArgumentException>(() => Exp.Forward(new float[2], new float[3])).Message);
}
