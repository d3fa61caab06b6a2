using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Tensors;

public class TensorTests
{
    [Fact]
    public void New_AnyRank_CountsItsValues()
    {
        Assert.Equal(5, new Tensor(5).Length);
        Assert.Equal(120, new Tensor(2, 3, 4, 5).Length);
        Assert.Equal((24, 5), (new Tensor(2, 3, 4, 5).Rows, new Tensor(2, 3, 4, 5).Columns));
        Assert.Equal((3, 0), (new Tensor(3, 0).Rows, new Tensor(3, 0).Columns));
    }

    [Fact]
    public void New_BadShape_SaysWhy()
    {
        Assert.Contains("rank 0", Error(() => new Tensor(Array.Empty<int>())));
        Assert.Contains("rank 5", Error(() => new Tensor(1, 1, 1, 1, 1)));
        Assert.Contains("negative size", Error(() => new Tensor(2, -1)));
        Assert.Contains("holds more than", Error(() => new Tensor(100_000, 100_000)));
        Assert.Equal(0, new Tensor(100_000, 100_000, 0).Length);
        Assert.Contains("values holds 3 numbers but shape (2, 2) needs 4", Error(() => new Tensor(new float[3], 2, 2)));
        Assert.Contains("(3, 2) needs 6", Error(() => new Tensor(2, 2).Reshape(3, 2)));
    }

    [Fact]
    public void Index_OutsideOrOfOtherRank_NamesTheShape()
    {
        Tensor x = new(2, 3);
        Assert.Contains("index (2, 0) lies outside shape (2, 3)", Assert.Throws<ArgumentOutOfRangeException>(() => x[2, 0]).Message);
        Assert.Contains("1 indices were given but shape (2, 3) has rank 2", Error(() => x[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => x.Row(2)[0]);
    }

    [Fact]
    public void Reshape_SharesAndCopyDoesNot()
    {
        Tensor x = new(2, 3), view = x.Reshape(3, 2), copy = x.Copy();
        view[0, 1] = 7;
        Assert.Equal(7, x[0, 1]);
        Assert.Equal(0, copy[0, 1]);
    }

    [Fact]
    public void FromRows_UnequalRows_SaysWhich()
    {
        Assert.Contains("row 1 has 1 numbers but row 0 has 2", Error(() => Tensor.FromRows([1, 2], [3])));
        Assert.Throws<ArgumentException>(() => Tensor.FromRows());
        Assert.Equal([1, 2, 3, 4], Tensor.FromRows([1, 2], [3, 4]).Values);
    }

    [Fact]
    public void FromRows_NoRow_SaysWhich() => Assert.Contains("row 1 is null but", Error(() => Tensor.FromRows([1, 2], null!)));

    [Theory, InlineData(double.NaN), InlineData(double.PositiveInfinity), InlineData(-1), InlineData(1e39)]
    public void Gaussian_DeviationThatIsNone_IsRefused(double deviation)
    {
        Assert.Contains("deviation is", Assert.Throws<ArgumentOutOfRangeException>(() => Tensor.Gaussian(new CounterRandom(1), deviation, 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Linear(1, 2, new CounterRandom(1), deviation: deviation));
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearnedPositions(2, 2, new CounterRandom(1), deviation));
    }

    [Fact]
    public void Gaussian_SameSeed_IsTheSame() =>
        Assert.Equal(Tensor.Gaussian(new CounterRandom(1), 2, 3, 4).Values, Tensor.Gaussian(new CounterRandom(1), 2, 3, 4).Values);

    [Fact]
    public void ToString_SmallAndLarge_ShowsShapeAndValues()
    {
        Assert.Equal("Tensor (1, 2) [1.5, 2]", Tensor.FromRows([1.5f, 2]).ToString());
        Assert.Equal("Tensor (4, 5)", new Tensor(4, 5).ToString());
    }

    private static string Error(Func<object> action) => Assert.Throws<ArgumentException>(action).Message;
}
