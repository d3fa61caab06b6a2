using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// The mixing half of S²-MLPv2: x·W_in + b gives three branches of C channels; the first is shifted with the first axis
/// first, the second with the second axis first, the third stays; split attention mixes them; a last linear map
/// follows (Yu et al. 2021, "S²-MLPv2: improved spatial-shift MLP architecture for vision", §3.2).
/// </summary>
/// <param name="channels">C.</param>
/// <param name="random">Source of the initial weights; it moves on.</param>
/// <param name="pooling">Of the split attention.</param>
/// <param name="name">Prefix of the parameters' names.</param>
public sealed class S2Block(int channels, CounterRandom random, SplitPooling pooling = SplitPooling.Mean, string name = "s2")
{
    /// <summary>C → 3·C.</summary>
    public Linear Expand { get; } = new(
        channels, Kernels.Sizes.Product(nameof(S2Block), ("3", 3), (nameof(channels), channels)), random, name: $"{name}.expand");

    /// <summary>Over the three branches.</summary>
    public SplitAttention Split { get; } = new(channels, random, 3, pooling, $"{name}.split");

    /// <summary>C → C.</summary>
    public Linear Output { get; } = new(channels, channels, random, name: $"{name}.output");

    /// <summary>Of all parts.</summary>
    public IReadOnlyList<Parameter> Parameters => [.. Expand.Parameters, .. Split.Parameters, .. Output.Parameters];

    /// <summary>One mixing step.</summary>
    /// <param name="x">(B, W, H, C).</param>
    /// <returns>y, shaped like x; <c>Saved.Split.Weights</c> is (B, 3, C).</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public (Tensor Y, Saved Saved) Forward(Tensor x)
    {
        ShapeCheck.Rank(x, 4, 4, nameof(S2Block), "(B, W, H, C)");
        ShapeCheck.Columns(x, channels, nameof(S2Block), nameof(channels));
        (Tensor wide, Linear.Saved expand) = Expand.Forward(x);
        Tensor[] branches = Cut(wide);
        branches[0] = SpatialShift.Forward(branches[0], firstAxisFirst: true);
        branches[1] = SpatialShift.Forward(branches[1], firstAxisFirst: false);
        (Tensor mixed, SplitAttention.Saved split) = Split.Forward(branches);
        (Tensor y, Linear.Saved output) = Output.Forward(mixed);
        return (y, new Saved(expand, split, output));
    }

    /// <summary>Adds to the gradients of all parts and returns dx.</summary>
    /// <param name="dy">Shaped like y.</param>
    /// <param name="saved">From <see cref="Forward"/>.</param>
    /// <returns>dx, shaped like x.</returns>
    /// <exception cref="ArgumentException">dy has not the shape of the output.</exception>
    public Tensor Backward(Tensor dy, Saved saved)
    {
        IReadOnlyList<Tensor> branches = Split.Backward(Output.Backward(dy, saved.Output), saved.Split);
        Tensor dWide = Join([SpatialShift.Backward(branches[0], firstAxisFirst: true), SpatialShift.Backward(branches[1], firstAxisFirst: false), branches[2]]);
        return Expand.Backward(dWide, saved.Expand);
    }

    private Tensor[] Cut(Tensor wide)
    {
        Tensor[] parts = [ShapeCheck.WithColumns(wide, channels), ShapeCheck.WithColumns(wide, channels), ShapeCheck.WithColumns(wide, channels)];
        for (int row = 0; row < wide.Rows; row++)
        {
            for (int k = 0; k < 3; k++)
            {
                wide.Row(row).Slice(k * channels, channels).CopyTo(parts[k].Row(row));
            }
        }

        return parts;
    }

    private Tensor Join(Tensor[] parts)
    {
        Tensor wide = ShapeCheck.WithColumns(parts[0], 3 * channels);
        for (int row = 0; row < wide.Rows; row++)
        {
            for (int k = 0; k < 3; k++)
            {
                parts[k].Row(row).CopyTo(wide.Row(row)[(k * channels)..]);
            }
        }

        return wide;
    }

    /// <summary>What the backward needs.</summary>
    /// <param name="Expand">Of the first map.</param>
    /// <param name="Split">Of the split attention.</param>
    /// <param name="Output">Of the last map.</param>
    public readonly record struct Saved(Linear.Saved Expand, SplitAttention.Saved Split, Linear.Saved Output);
}
