using AttentionLab.Kernels;
using AttentionLab.Tensors;
using AttentionLab.Training;

namespace AttentionLab.Tests.Training;

/// <summary>The share of right answers, where logits or targets are odd.</summary>
public sealed class CrossEntropyLossTests
{
    [Fact]
    public void Accuracy_SomeRight_IsTheirShareOfTheCountedRows()
    {
        Tensor logits = Tensor.Matrix(new float[,] { { 1, 3, 2 }, { 5, 4, 5 }, { 0, 0, 1 }, { 9, 0, 0 } });
        Assert.Equal(2.0 / 3, CrossEntropyLoss.Accuracy(logits, [1, 0, 1, CrossEntropy.Ignored]));
        Assert.Equal(1.0 / 4, CrossEntropyLoss.Accuracy(logits, [1, 2, 0, 1]));
        Assert.True(double.IsNaN(CrossEntropyLoss.Accuracy(new Tensor(1, 2), [CrossEntropy.Ignored])));
    }

    [Theory, InlineData(0), InlineData(1), InlineData(2)]
    public void Accuracy_RowWithNaN_IsWrong(int target)
    {
        for (int j = 0; j < 3; j++)
        {
            Tensor logits = new(1, 3);
            logits[0, target] = 1;
            Assert.Equal(1, CrossEntropyLoss.Accuracy(logits, [target]));
            logits[0, j] = float.NaN;
            Assert.Equal(0, CrossEntropyLoss.Accuracy(logits, [target]));
        }

        Assert.Equal(0, CrossEntropyLoss.Accuracy(new Tensor([float.NaN, float.NaN, float.NaN], 1, 3), [target]));
    }

    [Theory, InlineData(5), InlineData(2), InlineData(-7), InlineData(-1)]
    public void Accuracy_TargetThatIsNoClass_IsRefusedAsByTheLoss(int target)
    {
        int[] targets = [1, target];
        Tensor logits = new(2, 2);
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropyLoss.Accuracy(logits, targets));
        Assert.Equal("targets", error.ParamName);
        Assert.Equal(Assert.Throws<ArgumentOutOfRangeException>(() => CrossEntropyLoss.Forward(logits, targets)).Message, error.Message);
    }
}
