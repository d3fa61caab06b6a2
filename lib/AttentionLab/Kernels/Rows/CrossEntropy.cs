using System.Numerics;
using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Cross-entropy of softmax(logits) with the right answers, the mean over the rows that count:
/// L = 1/n·Σ_i [ ℓ_i − (1−ε)·x_i,target − ε/V·Σ_j x_ij ] with ℓ = log-sum-exp and ε the label smoothing (Szegedy et al. 2016).
/// </summary>
/// <remarks>A row whose target is <c>ignored</c> adds nothing and gets gradient 0. If all rows are ignored the loss is 0.</remarks>
public static class CrossEntropy
{
    /// <summary>The target that means "does not count", as PyTorch.</summary>
    public const int Ignored = -100;

    /// <summary>The loss by loops.</summary>
    /// <param name="logits">(rows, classes).</param>
    /// <param name="targets">(rows): a class, or <paramref name="ignored"/>.</param>
    /// <param name="losses">(rows), the loss of each row before the mean; empty if not wanted.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="classes">Number of classes, V.</param>
    /// <param name="smoothing">ε in [0, 1].</param>
    /// <param name="ignored">The target of rows that do not count.</param>
    /// <returns>The mean over the rows that count.</returns>
    /// <exception cref="ArgumentException">A span's length does not fit, or the smoothing lies outside [0, 1].</exception>
    /// <exception cref="ArgumentOutOfRangeException">A target is neither a class nor <paramref name="ignored"/>.</exception>
    public static T Reference<T>(ReadOnlySpan<T> logits, ReadOnlySpan<int> targets, Span<T> losses, int rows, int classes, T smoothing, int ignored = Ignored)
        where T : IFloatingPointIeee754<T>
    {
        int count = Check(logits.Length, targets, losses.Length, rows, classes, double.CreateChecked(smoothing), ignored);
        Span<T> logSumExp = new T[1];
        T total = T.Zero, n = T.CreateChecked(classes);
        for (int i = 0; i < rows; i++)
        {
            T loss = T.Zero;
            if (targets[i] != ignored)
            {
                ReadOnlySpan<T> row = logits.Slice(i * classes, classes);
                LogSumExp.Reference(row, logSumExp, 1, classes);
                loss = (T.One - smoothing) * (logSumExp[0] - row[targets[i]]);
                for (int j = 0; j < classes && smoothing != T.Zero; j++)
                {
                    loss += smoothing / n * (logSumExp[0] - row[j]);
                }
            }

            total += loss;
            if (!losses.IsEmpty)
            {
                losses[i] = loss;
            }
        }

        return count == 0 ? T.Zero : total / T.CreateChecked(count);
    }

    /// <summary>The loss, fast; the rows are summed in double.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static float Forward(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, Span<float> losses, int rows, int classes, float smoothing = 0, int ignored = Ignored)
    {
        int count = Check(logits.Length, targets, losses.Length, rows, classes, smoothing, ignored);
        return Rows(logits, targets, losses, default, 0, smoothing, ignored, count);
    }

    /// <summary>Backward by loops: ∂L/∂x_ij = (softmax(x_i)_j − (1−ε)·[j = target] − ε/V) / n, and 0 in ignored rows.</summary>
    /// <param name="logits">Of the forward (rows, classes).</param>
    /// <param name="targets">Of the forward (rows).</param>
    /// <param name="dLoss">∂/∂L of what comes after, usually 1.</param>
    /// <param name="dLogits">∂/∂logits (rows, classes), overwritten; may be the memory of <paramref name="logits"/>.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="smoothing">ε of the forward.</param>
    /// <param name="ignored">Of the forward.</param>
    /// <exception cref="ArgumentException">A span's length does not fit.</exception>
    public static void BackwardReference<T>(
        ReadOnlySpan<T> logits, ReadOnlySpan<int> targets, T dLoss, Span<T> dLogits, int rows, int classes, T smoothing, int ignored = Ignored)
        where T : IFloatingPointIeee754<T>
    {
        int count = Check(logits.Length, targets, 0, rows, classes, double.CreateChecked(smoothing), ignored);
        Sizes.Require(dLogits.Length, rows, classes, "dLogits", "rows", "classes");
        Softmax.Reference(logits, dLogits, rows, classes);
        for (int at = 0; at < dLogits.Length; at++)
        {
            int i = at / classes;
            T wanted = smoothing / T.CreateChecked(classes) + (at % classes == targets[i] ? T.One - smoothing : T.Zero);
            dLogits[at] = targets[i] == ignored ? T.Zero : dLoss * (dLogits[at] - wanted) / T.CreateChecked(count);
        }
    }

    /// <summary>Backward, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, float dLoss, Span<float> dLogits, int rows, int classes, float smoothing = 0,
        int ignored = Ignored)
    {
        int count = Check(logits.Length, targets, 0, rows, classes, smoothing, ignored);
        Sizes.Require(dLogits.Length, rows, classes, "dLogits", "rows", "classes");
        Rows(logits, targets, default, dLogits, dLoss, smoothing, ignored, count);
    }

    /// <summary>Loss and gradient at once: the exponentials, most of the time of either, are computed only once.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    /// <returns>The loss, as <see cref="Forward"/>.</returns>
    public static float ForwardBackward(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, float dLoss, Span<float> dLogits, int rows, int classes, float smoothing = 0,
        int ignored = Ignored)
    {
        int count = Check(logits.Length, targets, 0, rows, classes, smoothing, ignored);
        Sizes.Require(dLogits.Length, rows, classes, "dLogits", "rows", "classes");
        return Rows(logits, targets, default, dLogits, dLoss, smoothing, ignored, count);
    }

    /// <summary>The rows on several threads; their losses are added in order, in double.</summary>
    private static unsafe float Rows(
        ReadOnlySpan<float> logits, ReadOnlySpan<int> targets, Span<float> losses, Span<float> dLogits, float dLoss, float smoothing, int ignored, int count)
    {
        int rows = targets.Length, classes = rows == 0 ? 0 : logits.Length / rows;
        if (losses.IsEmpty)
        {
            losses = new(Scratch.Of(Scratch.Rows, rows), rows);
        }

        fixed (float* from = logits, to = dLogits, each = losses)
        fixed (int* wanted = targets)
        {
            RowParts.Run(new LossRows(from, wanted, each, to, classes, smoothing, dLoss / count, ignored), rows, RowParts.Count(rows, classes, effort: 4));
        }

        double total = 0;
        foreach (float loss in losses)
        {
            total += loss;
        }

        return count == 0 ? 0 : (float)(total / count);
    }

    /// <summary>Checks, and counts the rows that are not ignored.</summary>
    private static int Check(int logits, ReadOnlySpan<int> targets, int losses, int rows, int classes, double smoothing, int ignored)
    {
        Sizes.Require(logits, rows, classes, "logits", "rows", "classes");
        Sizes.Require(targets.Length, rows, 1, "targets", "rows", "one column");
        Sizes.Require(losses, losses == 0 ? 0 : rows, 1, "losses", "rows", "one column");
        if (!(smoothing is >= 0 and <= 1))
        {
            throw new ArgumentException(FormattableString.Invariant($"smoothing is {smoothing} but it is a share of the probability: pass 0 to 1."));
        }

        return Counted(targets, classes, ignored);
    }

    /// <summary>How many rows count; each of them must have a class.</summary>
    internal static int Counted(ReadOnlySpan<int> targets, int classes, int ignored = Ignored)
    {
        int count = 0;
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] == ignored)
            {
                continue;
            }

            count++;
            if ((uint)targets[i] >= (uint)classes)
            {
                throw new ArgumentOutOfRangeException(
                    nameof(targets),
                    $"targets[{i}] is {targets[i]} but the logits have classes 0 to {classes - 1}: correct it, or pass {ignored} for a row that does not "
                    + "count.");
            }
        }

        return count;
    }

    /// <summary>The loss of each row, and its gradient if <paramref name="dLogits"/> is not null.</summary>
    private readonly unsafe struct LossRows(float* logits, int* targets, float* losses, float* dLogits, int classes, float smoothing, float factor, int ignored)
        : IRowKernel
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run<V>(int part, int first, int end)
            where V : struct, ILanes<V>
        {
            int n = classes;
            for (int row = first; row < end; row++)
            {
                float* x = logits + (nint)row * n, to = dLogits == null ? null : dLogits + (nint)row * n;
                if (targets[row] == ignored)
                {
                    losses[row] = 0;
                    new Span<float>(to, to == null ? 0 : n).Clear();
                    continue;
                }

                float wanted = x[targets[row]], mean = smoothing == 0 ? 0 : Reduce.Sum<V>(x, n) / n;
                float logSumExp = to == null ? LogSumExp.Row<V>(x, n) : Gradient<V>(x, to, n, targets[row]);
                losses[row] = (1 - smoothing) * (logSumExp - wanted) + (smoothing == 0 ? 0 : smoothing * (logSumExp - mean));
            }
        }

        /// <summary>Writes the gradient of a row and returns its log-sum-exp.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private float Gradient<V>(float* x, float* to, int n, int target)
            where V : struct, ILanes<V>
        {
            float shift = Softmax.Shift<V>(x, n), sum = Softmax.Exponentials<V>(x, to, n, shift), spread = -factor * smoothing / n;
            V scales = V.All(factor / sum), spreads = V.All(spread);
            int i = 0;
            for (; i <= n - V.Count; i += V.Count)
            {
                V.Store(V.MultiplyAdd(V.Load(to + i), scales, spreads), to + i);
            }

            for (; i < n; i++)
            {
                to[i] = to[i] * (factor / sum) + spread;
            }

            to[target] -= factor * (1 - smoothing);
            return shift + MathF.Log(sum);
        }
    }
}
