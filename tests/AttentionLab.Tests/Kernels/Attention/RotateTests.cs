using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class RotateTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void ForwardAndBackward_AwkwardLength_AgreeWithReference(int half)
    {
        int size = 2 * half;
        float[] cos = new float[5 * half], sin = new float[5 * half], x = Inputs.Gaussian(1, 5 * size), y = new float[5 * size];
        double[] expected = new double[5 * size];
        Rotate.Angles(cos, sin, 5, size);
        Rotate.Forward(x, cos, sin, y, 5, size);
        Rotate.Reference<double>(Inputs.Widen(x), Inputs.Widen(cos), Inputs.Widen(sin), expected, 5, size);
        Compare.Close(y, expected, Tolerances.Kernel, "y");
        Rotate.Backward(x, cos, sin, y, 5, size);
        Rotate.BackwardReference<double>(Inputs.Widen(x), Inputs.Widen(cos), Inputs.Widen(sin), expected, 5, size);
        Compare.Close(y, expected, Tolerances.Kernel, "∂L/∂x");
    }

    [Fact]
    public void BackwardReference_AgainstDifferences_Agrees()
    {
        float[] c = new float[6], s = new float[6];
        Rotate.Angles(c, s, 3, 4);
        double[] cos = Inputs.Widen(c), sin = Inputs.Widen(s), x = Inputs.GaussianDouble(1, 12), dy = Inputs.GaussianDouble(2, 12), y = new double[12];
        double[] dx = new double[12];
        Rotate.BackwardReference<double>(dy, cos, sin, dx, 3, 4);
        double[] numerical = Numerical.Gradient(x, () =>
        {
            Rotate.Reference<double>(x, cos, sin, y, 3, 4);
            return Numerical.Weighted(y, dy);
        });
        Compare.Close(dx, numerical, Tolerances.Numerical, "∂L/∂x");
    }

    [Fact]
    public void Forward_ThenBackward_ReturnsTheInput()
    {
        float[] cos = new float[7 * 9], sin = new float[7 * 9], x = Inputs.Gaussian(1, 7 * 18), y = [.. x];
        Rotate.Angles(cos, sin, 7, 18);
        Rotate.Forward(y, cos, sin, y, 7, 18);
        Assert.NotEqual(x, y);
        Rotate.Backward(y, cos, sin, y, 7, 18);
        Compare.Close(y, x, Tolerances.Kernel, "there and back");
    }

    [Fact]
    public void Angles_OddSize_IsRefused() =>
        Assert.Contains("choose an even head size", Assert.Throws<ArgumentException>(() => Rotate.Angles(new float[4], new float[4], 2, 5)).Message);
}
