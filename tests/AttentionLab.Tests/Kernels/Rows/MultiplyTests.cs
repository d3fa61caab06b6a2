using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class MultiplyTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void All_AwkwardLength_AgreeWithLoops(int n)
    {
        float[] a = Inputs.Gaussian(1, n), b = Inputs.Gaussian(2, n), product = new float[n], scaled = new float[n], wide = new float[n], sum = [.. b];
        Multiply.Forward(a, b, product);
        Multiply.Scale(a, 1.5f, scaled);
        Multiply.ScaleInDouble(a, 1.5, wide);
        Multiply.AddScaled(a, 1.5f, sum);
        for (int i = 0; i < n; i++)
        {
            Assert.Equal(a[i] * b[i], product[i]);
            Assert.Equal(a[i] * 1.5f, scaled[i]);
            Assert.Equal(a[i] * 1.5f, wide[i]);
            Assert.Equal((double)b[i] + 1.5 * a[i], sum[i], 1e-6);
        }
    }

    [Fact]
    public void ScaleInDouble_FactorThatNoFloatHolds_GivesTheProduct()
    {
        float[] y = new float[2];
        Multiply.ScaleInDouble([1e-40f, -1e-40f], 1e40, y);
        Assert.Equal(1, y[0], 1e-4f);
        Assert.Equal(-1, y[1], 1e-4f);
    }

    [Fact]
    public void All_LengthsDiffer_NameBoth()
    {
        Action[] calls =
        [
            () => Multiply.Forward(new float[3], new float[3], new float[2]), () => Multiply.Scale(new float[3], 1, new float[2]),
            () => Multiply.ScaleInDouble(new float[3], 1, new float[2]), () => Multiply.AddScaled(new float[3], 1, new float[2]),
        ];
        Assert.All(calls, call => Assert.StartsWith("y holds 2 numbers", Assert.Throws<ArgumentException>(call).Message));
        Assert.StartsWith("b holds 2 numbers", Assert.Throws<ArgumentException>(() => Multiply.Forward(new float[3], new float[2], new float[3])).Message);
    }
}
