using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Training;

/// <summary>
/// L = mean over the counted rows of −Σ_j q_j·log softmax(logits)_j, where q puts 1 − ε on the target and spreads ε
/// over all V classes (label smoothing, Szegedy et al. 2016, §7). Rows whose target is <see cref="CrossEntropy.Ignored"/> do not count.
/// </summary>
public static class CrossEntropyLoss
{
    /// <summary>The loss in nats.</summary>
    /// <param name="logits">(…, V).</param>
    /// <param name="targets">One class a row, or <see cref="CrossEntropy.Ignored"/>.</param>
    /// <param name="smoothing">ε.</param>
    /// <returns>The mean, and what <see cref="Backward"/> needs.</returns>
    /// <exception cref="ArgumentException">There are not as many targets as rows.</exception>
    public static (float Loss, Saved Saved) Forward(Tensor logits, ReadOnlySpan<int> targets, float smoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(logits);
        float loss = CrossEntropy.Forward(logits.Span, targets, [], logits.Rows, logits.Columns, smoothing);
        return (loss, new Saved(logits, targets.ToArray(), smoothing));
    }

    /// <summary>∂L/∂logits = (softmax(logits) − q)/(number of counted rows).</summary>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <param name="scale">Gradient of what the loss goes into; 1/n when n batches accumulate.</param>
    /// <returns>dLogits, shaped like the logits.</returns>
    public static Tensor Backward(Saved saved, float scale = 1)
    {
        Tensor d = Workspace.Rent(saved.Logits.Shape);
        CrossEntropy.Backward(saved.Logits.Span, saved.Targets, scale, d.Span, d.Rows, d.Columns, saved.Smoothing);
        return d;
    }

    /// <summary><see cref="Forward"/> and <see cref="Backward"/> at once: exponentials are computed once, and the gradient takes the logits' place.</summary>
    /// <param name="logits">(…, V); overwritten by ∂L/∂logits.</param>
    /// <param name="targets">One class a row, or <see cref="CrossEntropy.Ignored"/>.</param>
    /// <param name="scale">Gradient of what the loss goes into.</param>
    /// <param name="smoothing">ε.</param>
    /// <returns>The mean in nats.</returns>
    /// <exception cref="ArgumentException">There are not as many targets as rows.</exception>
    public static float ForwardBackward(Tensor logits, ReadOnlySpan<int> targets, float scale = 1, float smoothing = 0)
    {
        ArgumentNullException.ThrowIfNull(logits);
        return CrossEntropy.ForwardBackward(logits.Span, targets, scale, logits.Span, logits.Rows, logits.Columns, smoothing);
    }

    /// <summary>Share of the counted rows whose largest logit, of equal ones the first, is the target's; NaN if none counts. A row with NaN is wrong.</summary>
    /// <param name="logits">(…, V).</param>
    /// <param name="targets">One class a row, or <see cref="CrossEntropy.Ignored"/>.</param>
    /// <exception cref="ArgumentException">There are not as many targets as rows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a class nor <see cref="CrossEntropy.Ignored"/>.</exception>
    public static double Accuracy(Tensor logits, ReadOnlySpan<int> targets)
    {
        ArgumentNullException.ThrowIfNull(logits);
        if (targets.Length != logits.Rows)
        {
            throw new ArgumentException(
                $"logits is {Tensor.Describe(logits.Shape)} but there are {targets.Length} targets: give one for each of the {logits.Rows} rows.",
                nameof(targets));
        }

        int right = 0, counted = CrossEntropy.Counted(targets, logits.Columns);
        for (int row = 0; row < targets.Length; row++)
        {
            right += targets[row] != CrossEntropy.Ignored && IsLargest(logits.Row(row), targets[row]) ? 1 : 0;
        }

        return (double)right / counted;
    }

    /// <summary>Nothing compares with NaN: wherever it stands, the answer is no.</summary>
    private static bool IsLargest(ReadOnlySpan<float> scores, int target)
    {
        for (int j = 0; j < scores.Length; j++)
        {
            if (!(j < target ? scores[j] < scores[target] : scores[j] <= scores[target]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="Logits">(…, V).</param>
    /// <param name="Targets">One a row.</param>
    /// <param name="Smoothing">ε.</param>
    public readonly record struct Saved(Tensor Logits, int[] Targets, float Smoothing);
}
