namespace AttentionLab.Tests;

public class PlaceholderTests
{
    [Fact]
    public void Starts_Always_Passes() => Assert.Equal(2, 1 + 1);
}
