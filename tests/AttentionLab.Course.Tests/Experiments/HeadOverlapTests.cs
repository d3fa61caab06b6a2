using AttentionLab.Course.Experiments;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Tests.Experiments;

public class HeadOverlapTests
{
    private static readonly Tensor Layer = new([1, 0, 0.5f, 0.5f, 0.25f, 0.75f, 0.5f, 0.5f], 1, 2, 2, 2);

    [Fact]
    public void Of_TwoHeads_SharesTheSmallerWeights()
    {
        float[,] overlap = HeadOverlap.Of([Layer]);
        Assert.Equal(1, overlap[0, 0]);
        Assert.Equal((0.25f + 1) / 2, overlap[0, 1]);
        Assert.Equal(overlap[0, 1], overlap[1, 0]);
        Assert.Equal(0.625, HeadOverlap.MeanOfPairs(overlap));
    }

    [Fact]
    public void Of_AQueryThatDoesNotCount_IsLeftOut() => Assert.Equal(0.25f, HeadOverlap.Of([Layer], new bool[,] { { true, false } })[0, 1]);

    [Fact]
    public void Of_TwoLayers_ComparesHeadsAcrossThem()
    {
        float[,] overlap = HeadOverlap.Of([Layer, Layer]);
        Assert.Equal((4, 1f, overlap[0, 1]), (overlap.GetLength(0), overlap[0, 2], overlap[0, 3]));
    }

    [Fact]
    public void Of_BadInput_NamesBothSides()
    {
        Assert.Contains("(2, 2)", Assert.Throws<ArgumentException>(() => HeadOverlap.Of([Layer, new Tensor(2, 2)])).Message);
        Assert.Contains("(1, 3)", Assert.Throws<ArgumentException>(() => HeadOverlap.Of([Layer], new bool[1, 3])).Message);
        Assert.Contains("at least one query", Assert.Throws<ArgumentException>(() => HeadOverlap.Of([Layer], new bool[1, 2])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => HeadOverlap.MeanOfPairs(new float[1, 1]));
    }

    [Fact]
    public void KeysSeen_EqualWeightsAndOneKey()
    {
        double[] seen = KeysSeen.Of(Tensor.FromRows([0.25f, 0.25f, 0.25f, 0.25f], [0, 1, 0, 0], [0.5f, 0, 0, 0.5f]));
        Assert.Equal([4, 1, 2], seen.Select(x => Math.Round(x, 6)));
    }
}
