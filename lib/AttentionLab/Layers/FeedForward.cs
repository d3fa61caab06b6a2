using System.Buffers;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// y = f(x·W₁ + b₁)·W₂ + b₂ on every token by itself: C → hidden → C (Vaswani et al. 2017, eq. 2, where f is ReLU).
/// </summary>
/// <param name="channels">C, width of x and y.</param>
/// <param name="hidden">Width between the two maps; 4·C in the paper.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="activation">f.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class FeedForward(int channels, int hidden, CounterRandom random, Activation activation = Activation.Relu, string name = "feedforward")
{
    /// <summary>W₁, b₁: C → hidden.</summary>
    public Linear Expand { get; } = new(channels, hidden, random, name: $"{name}.expand");

    /// <summary>W₂, b₂: hidden → C.</summary>
    public Linear Contract { get; } = new(hidden, channels, random, name: $"{name}.contract");

    /// <summary>f.</summary>
    public Activation Activation => activation;

    /// <summary>Of both maps.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Expand.Parameters, .. Contract.Parameters];

    /// <summary>y = f(x·W₁ + b₁)·W₂ + b₂.</summary>
    /// <param name="x">(…, C).</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The last dimension of x is not C.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x)
    {
        ShapeCheck.Columns(x, channels, nameof(FeedForward), nameof(channels));
        (Tensor before, Linear.Saved expand) = Expand.Forward(x);
        Tensor after = Workspace.Rent(before.Shape);
        activation.Forward(before.Span, after.Span);
        (Tensor y, Linear.Saved contract) = Contract.Forward(after);
        return (y, new Saved(expand, before, contract));
    }

    /// <summary>The same, keeping nothing.</summary>
    /// <param name="x">(rows, C).</param>
    /// <param name="y">(rows, C), overwritten; may be the memory of x.</param>
    /// <param name="work">rows × hidden numbers of scratch space.</param>
    /// <exception cref="ArgumentException">The lengths do not belong to the same number of rows.</exception>
    public void Infer(ReadOnlySpan<float> x, Span<float> y, Span<float> work)
    {
        Expand.Infer(x, work);
        activation.Forward(work, work);
        Contract.Infer(work, y);
    }

    /// <summary>The same for a tensor, a block of rows after the other: the wide middle never exists as a whole.</summary>
    /// <param name="x">(…, C).</param>
    /// <returns>y, shaped like x.</returns>
    /// <exception cref="ArgumentException">The last dimension of x is not C.</exception>
    public Tensor Infer(Tensor x)
    {
        ShapeCheck.Columns(x, channels, nameof(FeedForward), nameof(channels));
        Tensor y = new(x.Shape);
        int block = Math.Min(256, Math.Max(1, x.Rows));
        float[] work = ArrayPool<float>.Shared.Rent(block * hidden);
        for (int row = 0; row < x.Rows; row += block)
        {
            int rows = Math.Min(block, x.Rows - row);
            Infer(x.Span.Slice(row * channels, rows * channels), y.Span.Slice(row * channels, rows * channels), work.AsSpan(0, rows * hidden));
        }

        ArrayPool<float>.Shared.Return(work);
        return y;
    }

    /// <summary>Adds to the gradients of both maps and returns dx.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        Tensor dHidden = Contract.Backward(dy, saved.Contract);
        activation.Backward(saved.Hidden.Span, dHidden.Span, dHidden.Span);
        Tensor dx = Expand.Backward(dHidden, saved.Expand);
        Workspace.Return(dHidden);
        return dx;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="Expand">Of the first map.</param>
    /// <param name="Hidden">Before f, (…, hidden).</param>
    /// <param name="Contract">Of the second map.</param>
    public readonly record struct Saved(Linear.Saved Expand, Tensor Hidden, Linear.Saved Contract);
}
