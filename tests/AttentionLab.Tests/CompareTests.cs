namespace AttentionLab.Tests;

/// <summary>The comparer itself: a test that cannot fail proves nothing.</summary>
public class CompareTests
{
    [Fact]
    public void Difference_OneOff_ReportsIndexValuesAndCount()
    {
        string? report = Compare.Difference([1, 2.5, 3, 4.1], [1, 2, 3, 4], 1e-3, out double error);
        Assert.Equal(0.125, error, 1e-12);
        Assert.Contains("worst at index 1: 2.5, expected 2", report);
        Assert.Contains("2 of 4 are off", report);
    }

    [Fact]
    public void Difference_NaNAndInfinity_MustMeetTheirLike()
    {
        Assert.Null(Compare.Difference([double.NaN, double.PositiveInfinity, 1], [double.NaN, double.PositiveInfinity, 1], 0, out _));
        Assert.NotNull(Compare.Difference([double.NaN, 1], [1, 1], 1e9, out _));
        Assert.NotNull(Compare.Difference([1, 1], [double.NaN, 1], 1e9, out _));
        Assert.NotNull(Compare.Difference([double.NegativeInfinity], [double.PositiveInfinity], 1e9, out _));
    }

    [Fact]
    public void Difference_Lengths_MustAgree() => Assert.NotNull(Compare.Difference([1], [1, 2], 1, out _));

    [Fact]
    public void Difference_AllZeros_IsAbsolute()
    {
        Assert.Null(Compare.Difference([0, 1e-9], [0, 0], 1e-8, out _));
        Assert.NotNull(Compare.Difference([0, 1e-7], [0, 0], 1e-8, out _));
    }

    [Fact]
    public void Same_OtherBits_NamesTheFirst()
    {
        Compare.Same([1, float.NaN, -0f], [1, float.NaN, -0f], "what");
        Assert.StartsWith("what: index 1 is 0, expected exactly -0", Assert.ThrowsAny<Exception>(() => Compare.Same([1, 0f, 3], [1, -0f, 4], "what")).Message);
        Assert.StartsWith("what: 1 values instead of 2", Assert.ThrowsAny<Exception>(() => Compare.Same([1], [1, 2], "what")).Message);
        float otherNaN = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(float.NaN) ^ 1);
        Assert.StartsWith("what: index 0 is NaN", Assert.ThrowsAny<Exception>(() => Compare.Same([otherNaN], [float.NaN], "what")).Message);
    }
}
