using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class ReduceTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void SumAndAddRows_AwkwardLength_AgreeWithLoops(int n)
    {
        float[] x = Inputs.Gaussian(6, 3 * n), rows = new float[n];
        Assert.Equal(x.Sum(v => (double)v), Reduce.Sum(x), 1e-4);
        Reduce.AddRows(x, rows, 3, n);
        for (int j = 0; j < n; j++)
        {
            Assert.Equal((double)x[j] + x[n + j] + x[2 * n + j], rows[j], 1e-5);
        }
    }

    [Fact]
    public void SquareSum_NumbersNoFloatCanSquare_IsSummedInDouble()
    {
        Assert.Equal(2e76, Reduce.SquareSum([1e38f, -1e38f]), 1e70);
        Assert.Equal(2e-80, Reduce.SquareSum([1e-40f, -1e-40f]), 1e-82);
        Assert.Equal(0, Reduce.SquareSum([]));
    }
}
