using AttentionLab.Models;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Models;

public class PoolingTests
{
    [Fact]
    public void RowsBackward_ShapesThatDoNotFit_NamesBoth()
    {
        Assert.Contains(
            "dy is (2, 4) but", Assert.Throws<ArgumentException>(() => Pooling.RowsBackward(new Tensor(2, 4), [0], new Tensor(1, 8))).Message);
        Assert.Contains(
            "dy is (2, 4) but", Assert.Throws<ArgumentException>(() => Pooling.RowsBackward(new Tensor(2, 4), [0], new Tensor(3, 4))).Message);
    }
}
