using AttentionLab.Course.Charts;

namespace AttentionLab.Course.Tests.Charts;

/// <summary>Who looks at whom, as lines between two columns of words.</summary>
public class LinksTests
{
    [Fact]
    public void Links_EveryWeight_IsOneLineOfItsStrength_AndSaysItself()
    {
        Figure figure = Chart.Links(["apple", "tree"], new[,] { { 0.8f, 0.2f }, { 0.01f, 0.99f } }, "t", "s", "looks", "is looked at");
        int[] lines = [.. figure.Data.Take(5).Select(trace => trace!["x"]!.AsArray().Count / 3)];
        Assert.Equal([0, 1, 0, 0, 2], lines);
        Assert.Equal([0, -1], figure.Data[1]!["y"]!.AsArray().Take(2).Select(y => (int)y!));
        Assert.Equal(["apple → apple: 0.80", "apple → tree: 0.20", "tree → tree: 0.99"], figure.Data[5]!["text"]!.AsArray().Select(text => (string)text!));
        Assert.Equal("apple looks at: apple 0.80, tree 0.20", (string)figure.Data[6]!["customdata"]![0]!);
        Assert.Equal("tree is looked at by: tree 0.99, apple 0.20", (string)figure.Data[7]!["customdata"]![1]!);
    }

    [Theory]
    [InlineData(2, 0.5f, "weights is 2 × 2 but there are 3 tokens")]
    [InlineData(3, 1.5f, "weights holds 1.5")]
    [InlineData(3, float.NaN, "weights holds NaN")]
    [InlineData(3, -0.1f, "weights holds -0.1")]
    public void Links_WrongWeights_AreNamed(int size, float weight, string fault)
    {
        float[,] weights = new float[size, size];
        weights[1, 0] = weight;
        Assert.StartsWith(fault, Assert.Throws<ArgumentException>(() => Chart.Links(["a", "b", "c"], weights, "t", "s", "l", "r")).Message);
    }
}
