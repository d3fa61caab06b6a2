using AttentionLab.Kernels;

namespace AttentionLab.Tests.Kernels;

/// <summary>Score + bias = 2·P·x, and no x of finite scores and biases leaves the range of float.</summary>
public class ScoreUnitsTests
{
    private const float Highest = 1152921504606846976; // 2⁶⁰

    [Theory]
    [InlineData(0f, 1f), InlineData(0.125f, 1f), InlineData(-0.7f, 1f), InlineData(1f, 1f), InlineData(1.0000001f, 2f), InlineData(-1.5f, 2f)]
    [InlineData(2f, 4f), InlineData(3f, 4f), InlineData(1000f, 1024f), InlineData(Highest / 2, Highest), InlineData(Highest, Highest)]
    [InlineData(float.MaxValue, Highest), InlineData(float.MinValue, Highest)]
    [InlineData(float.PositiveInfinity, Highest), InlineData(float.NegativeInfinity, Highest), InlineData(float.NaN, 1f)]
    public void Make_AnyScale_TakesThePowerOfTwoFromItOn(float scale, float power)
    {
        ScoreUnits units = new(scale);
        Assert.Equal(power, units.Power);
        Assert.Equal(scale, units.Query * 2 * units.Power);
        Assert.Equal(1, units.Bias * 2 * units.Power);
        Assert.Equal(2 * power * Math.Log2(Math.E), units.Base2, power * 1e-6);
    }

    [Theory, InlineData(0.125f), InlineData(1f), InlineData(1.5f), InlineData(3f), InlineData(1000f), InlineData(Highest / 2)]
    public void Make_LargestScoreAndBias_StayFiniteTogether(float scale)
    {
        // The largest q·k whose score is a float, and the largest bias.
        ScoreUnits units = new(scale);
        float product = scale < 1 ? float.MaxValue : float.MaxValue / scale;
        Assert.True(float.IsFinite(units.Query * product + units.Bias * float.MaxValue));
    }
}
