using AttentionLab.Course.Experiments;

namespace AttentionLab.Course.Tests.Experiments;

public class KeysSeenTests
{
    [Fact]
    public void OfRandom_ScaleZero_SeesAllKeys_HugeScale_One()
    {
        Assert.All(KeysSeen.OfRandom(keys: 8, size: 4, scale: 0, queries: 20, seed: 1), seen => Assert.Equal(8, seen, 1e-5));
        Assert.All(KeysSeen.OfRandom(keys: 8, size: 4, scale: 1e4, queries: 20, seed: 1), seen => Assert.InRange(seen, 1, 1.5));
        Assert.Equal(20, KeysSeen.OfRandom(keys: 8, size: 4, scale: 1, queries: 20, seed: 1).Length);
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, 0, 1)]
    [InlineData(1, 1, 0)]
    public void OfRandom_SizeBelowOne_IsRefused(int keys, int size, int queries) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => KeysSeen.OfRandom(keys, size, 1, queries, 1));
}
