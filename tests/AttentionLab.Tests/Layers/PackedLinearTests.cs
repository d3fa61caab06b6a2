using AttentionLab.Kernels;
using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Tests.Layers;

public class PackedLinearTests
{
    [Theory, InlineData(1, 5, 3), InlineData(7, 16, 33), InlineData(40, 65, 100), InlineData(0, 4, 4)]
    public void Infer_AnySize_EqualsForward(int rows, int inputs, int outputs)
    {
        foreach (bool bias in (bool[])[true, false])
        {
            Linear linear = Random(new(inputs, outputs, new CounterRandom(1), bias));
            Tensor x = Tensor.Gaussian(new CounterRandom(2), 1, rows, inputs);
            float[] y = Inputs.Gaussian(3, rows * outputs);
            new PackedLinear(linear).Infer(x.Span, y);
            Compare.Close(y, linear.Forward(x).Y.Span, Tolerances.Kernel, $"bias {bias}");
        }
    }

    [Fact]
    public void Infer_SeveralMaps_SideBySide()
    {
        Linear a = Random(new(6, 4, new CounterRandom(1))), b = new(6, 3, new CounterRandom(2), bias: false), c = Random(new(6, 5, new CounterRandom(3)));
        Tensor x = Tensor.Gaussian(new CounterRandom(4), 1, 9, 6), y = new(9, 12);
        new PackedLinear(a, b, c).Infer(x.Span, y.Span);
        (Tensor ya, Tensor yb, Tensor yc) = (a.Forward(x).Y, b.Forward(x).Y, c.Forward(x).Y);
        for (int row = 0; row < 9; row++)
        {
            Compare.Close(y.Row(row)[..4], ya.Row(row), Tolerances.Kernel, "first");
            Compare.Close(y.Row(row)[4..7], yb.Row(row), Tolerances.Kernel, "second");
            Compare.Close(y.Row(row)[7..], yc.Row(row), Tolerances.Kernel, "third");
        }
    }

    [Fact]
    public void Infer_Add_IsAResidual()
    {
        Linear linear = Random(new(6, 4, new CounterRandom(1)));
        Tensor x = Tensor.Gaussian(new CounterRandom(4), 1, 9, 6), y = Tensor.Gaussian(new CounterRandom(5), 1, 9, 4);
        Tensor expected = y + linear.Forward(x).Y;
        new PackedLinear(linear).Infer(x.Span, y.Span, add: true);
        Compare.Close(y, expected, Tolerances.Kernel, "y");
    }

    [Fact]
    public void Refresh_ChangedWeights_AreCopiedOnlyThen()
    {
        Linear linear = Random(new(6, 4, new CounterRandom(1)));
        PackedLinear packed = new(linear);
        Tensor x = Tensor.Gaussian(new CounterRandom(4), 1, 9, 6), before = linear.Forward(x).Y, y = new(9, 4);
        linear.Weight.Value.Span.Reverse();
        linear.Bias!.Value.Span.Fill(3);
        packed.Infer(x.Span, y.Span);
        Compare.Close(y, before, Tolerances.Kernel, "the copy");
        packed.Refresh();
        packed.Infer(x.Span, y.Span);
        Compare.Close(y, linear.Forward(x).Y, Tolerances.Kernel, "the new copy");
    }

    [Fact]
    public void Infer_WrongLengths_NameBothSides()
    {
        PackedLinear packed = new(new Linear(6, 4, new CounterRandom(1)));
        Assert.Contains("rows of 6 to rows of 4", Assert.Throws<ArgumentException>(() => packed.Infer(new float[12], new float[9])).Message);
        Assert.Contains(
            "add in a step of its own", Assert.Throws<ArgumentException>(() => packed.Infer(new float[6], new float[4], Nonlinearity.Relu, add: true)).Message);
        Assert.Contains(
            "6 inputs",
            Assert.Throws<ArgumentException>(() => new PackedLinear(new Linear(5, 1, new CounterRandom(1)), new Linear(6, 1, new CounterRandom(1)))).Message);
        Assert.Throws<ArgumentException>(() => new PackedLinear());
    }

    private static Linear Random(Linear linear)
    {
        new CounterRandom(77).FillGaussian(linear.Bias is null ? [] : linear.Bias.Value.Span, 0, 1);
        return linear;
    }
}
