using AttentionLab.Tensors;

namespace AttentionLab.Training;

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
