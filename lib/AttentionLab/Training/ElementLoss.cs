using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>What the backward of a loss that compares number with number needs.</summary>
/// <param name="Slopes">∂L/∂y, shaped like y.</param>
public readonly record struct ElementLoss(Tensor Slopes)
{
    internal Tensor Backward(float scale)
    {
        Tensor d = new(Slopes.Shape);
        Multiply.Scale(Slopes.Span, scale, d.Span);
        return d;
    }

    internal static (float Loss, ElementLoss Saved) Mean(Tensor y, Tensor target, Func<float, float, (double Loss, double Slope)> loss)
    {
        ArgumentNullException.ThrowIfNull(y);
        ArgumentNullException.ThrowIfNull(target);
        if (!y.Shape.SequenceEqual(target.Shape))
        {
            throw new ArgumentException(
                $"y is {Tensor.Describe(y.Shape)} but target {Tensor.Describe(target.Shape)}: compare tensors of one shape.", nameof(target));
        }

        Tensor slopes = new(y.Shape);
        double total = 0;
        for (int i = 0; i < y.Length; i++)
        {
            (double one, double slope) = loss(y.Values[i], target.Values[i]);
            total += one;
            slopes.Values[i] = (float)(slope / y.Length);
        }

        return ((float)(total / Math.Max(1, y.Length)), new ElementLoss(slopes));
    }
}
