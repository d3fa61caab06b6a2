using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class HeadsTests
{
    [Fact]
    public void Split_EveryElement_LandsWhereTheFormulaSays()
    {
        Tensor x = new(Inputs.Gaussian(1, 2 * 3 * 8), 2, 3, 8), y = Heads.Split(x, 4);
        Assert.Equal([2, 4, 3, 2], y.Shape.ToArray());
        for (int b = 0; b < 2; b++)
        {
            for (int h = 0; h < 4; h++)
            {
                for (int t = 0; t < 3; t++)
                {
                    Assert.Equal(x[b, t, 2 * h], y[b, h, t, 0]);
                    Assert.Equal(x[b, t, 2 * h + 1], y[b, h, t, 1]);
                }
            }
        }
    }

    [Fact]
    public void Merge_AfterSplit_GivesTheSameBack()
    {
        Tensor x = new(Inputs.Gaussian(1, 2 * 5 * 12), 2, 5, 12);
        Compare.Close(Heads.Merge(Heads.Split(x, 3)), x, 0, "x");
    }

    [Fact]
    public void Split_ReshapeAlone_WouldDiffer()
    {
        Tensor x = new(Inputs.Gaussian(1, 3 * 8), 3, 8);
        Assert.NotEqual(x.Reshape(1, 4, 3, 2).Values, Heads.Split(x, 4).Values);
    }

    [Fact]
    public void Split_HeadsThatDoNotDivide_AreRefused() =>
        Assert.Contains("3 heads do not divide its width 8", Assert.Throws<ArgumentException>(() => Heads.Split(new Tensor(2, 8), 3)).Message);
}
