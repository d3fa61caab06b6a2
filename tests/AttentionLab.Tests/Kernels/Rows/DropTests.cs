using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

public class DropTests
{
    [Theory, MemberData(nameof(Inputs.Lengths), MemberType = typeof(Inputs))]
    public void Forward_AwkwardLengthAndStart_DrawsTheReferencesMask(int n)
    {
        for (ulong start = 0; start < 4; start++)
        {
            CounterRandom fast = new(7, 3) { Position = start }, plain = new(7, 3) { Position = start };
            float[] x = Inputs.Gaussian(1, n), y = new float[n], expected = new float[n];
            Drop.Forward(x, y, 0.3, fast);
            Drop.Reference<float>(x, expected, 0.3, plain);
            Compare.Same(y, expected, $"start {start}");
            Assert.Equal(start + (ulong)n, fast.Position);
        }
    }

    [Fact]
    public void Forward_ManyElements_KeepsTheShareAndTheMean()
    {
        float[] x = new float[100_000], y = new float[x.Length];
        Array.Fill(x, 1);
        Drop.Forward(x, y, 0.25, new CounterRandom(1));
        Assert.Equal(0.25, y.Count(v => v == 0) / 1e5, 0.005);
        Assert.Equal(1, y.Average(), 0.01);
        Assert.All(y, v => Assert.True(v is 0 or 1 / 0.75f));
    }

    [Theory, InlineData(-0.1), InlineData(1.0), InlineData(double.NaN)]
    public void Forward_RateOutside_IsRefused(double rate) =>
        Assert.Contains(
            "a share from 0 to below 1",
            Assert.Throws<ArgumentOutOfRangeException>(() => Drop.Forward(new float[2], new float[2], rate, new CounterRandom(1))).Message);
}
