using AttentionLab.Course.Exercises;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Exercises;

public class VerifyTests
{
    [Fact]
    public void Equal_SameNumbersInOtherContainers_Agree()
    {
        Assert.Equal(
            "✓ By hand and by name agree: 4 numbers.", Verify.Equal(new double[] { 1, 2, 3, 4 }, Tensor.Matrix(new float[,] { { 1, 2 }, { 3, 4.00001f } })));
        Assert.Equal("✓ By hand and by name agree.", Verify.Equal(0.5, 0.5f));
    }

    [Fact]
    public void Equal_Different_ThrowsWithBoth()
    {
        string message = Assert.Throws<InvalidOperationException>(() => Verify.Equal(new double[] { 1, 2 }, new float[] { 1, 2.1f })).Message;
        Assert.Contains("(1, 2)", message);
        Assert.Contains("2.0999999", message);
        Assert.Throws<InvalidOperationException>(() => Verify.Equal(double.NaN, float.NaN));
        Assert.Contains("3 numbers", Assert.Throws<InvalidOperationException>(() => Verify.Equal(new float[3], new float[2])).Message);
        Assert.Contains("String", Assert.Throws<ArgumentException>(() => Verify.Equal("half", 0.5)).Message);
    }
}
