namespace AttentionLab.Tests;

public class CheckTests
{
    [Fact]
    public void That_Fails_SaysWhyAndWritesNothingBefore()
    {
        int written = 0;
        string Value() => $"{++written}";
        Check.That(1 < 2, $"never {Value()}");
        Assert.Equal(0, written);
        Assert.Equal("value 1 of 2.50", Assert.ThrowsAny<Exception>(() => Check.That(2 < 1, $"value {Value()} of {2.5:F2}")).Message);
    }
}
