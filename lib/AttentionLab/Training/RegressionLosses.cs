using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>L = mean of (y − target)²; ∂y = 2·(y − target)/n.</summary>
public static class SquaredErrorLoss
{
    /// <summary>The loss.</summary>
    /// <param name="y">Any shape.</param>
    /// <param name="target">The same shape.</param>
    /// <returns>The mean, and what <see cref="Backward"/> needs.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static (float Loss, ElementLoss Saved) Forward(Tensor y, Tensor target) => ElementLoss.Mean(y, target, (value, wanted) =>
    {
        double difference = (double)value - wanted;
        return (difference * difference, 2 * difference);
    });

    /// <summary>∂L/∂y.</summary>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <param name="scale">Gradient of what the loss goes into; 1/n when n batches accumulate.</param>
    /// <returns>dy, shaped like y.</returns>
    public static Tensor Backward(ElementLoss saved, float scale = 1) => saved.Backward(scale);
}

/// <summary>
/// L = mean of −t·log σ(x) − (1−t)·log(1−σ(x)) for a target t from 0 to 1; ∂x = (σ(x) − t)/n. Computed from the logit,
/// so that a confident mistake costs |x| and not ∞. For yes or no, such as a click, of which <see cref="Models.TargetAttention"/> and
/// <see cref="Models.FactorizationMachine"/> give the logit.
/// </summary>
public static class BinaryCrossEntropyLoss
{
    /// <summary>The loss in nats.</summary>
    /// <param name="logits">Any shape.</param>
    /// <param name="target">The same shape, from 0 to 1.</param>
    /// <returns>The mean, and what <see cref="Backward"/> needs.</returns>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public static (float Loss, ElementLoss Saved) Forward(Tensor logits, Tensor target) => ElementLoss.Mean(logits, target, (x, t) =>
        (Math.Max(x, 0.0) - (double)x * t + Math.Log(1 + Math.Exp(-Math.Abs((double)x))), 1 / (1 + Math.Exp(-(double)x)) - t));

    /// <summary>∂L/∂logits.</summary>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <param name="scale">Gradient of what the loss goes into; 1/n when n batches accumulate.</param>
    /// <returns>dLogits, shaped like the logits.</returns>
    public static Tensor Backward(ElementLoss saved, float scale = 1) => saved.Backward(scale);
}

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
