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
