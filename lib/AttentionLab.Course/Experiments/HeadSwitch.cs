using AttentionLab.Layers;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// Switches one head off for as long as it is in use: the rows of W_O that read this head are zero, so its output reaches nobody
/// (Michel et al. 2019, "Are sixteen heads really better than one?"). All other heads do what they did in this layer.
/// <code>
/// using (HeadSwitch.Off(model.Bert.Encoder.Layers.Layers[1].Attention, head: 2)) { … }
/// </code>
/// </summary>
public sealed class HeadSwitch : IDisposable
{
    private readonly Tensor _weight;
    private readonly float[] _kept;
    private readonly int _start;

    private HeadSwitch(Tensor weight, int start, int length)
    {
        (_weight, _start) = (weight, start);
        Span<float> rows = weight.Span.Slice(start, length);
        _kept = rows.ToArray();
        rows.Clear();
    }

    /// <summary>Zeroes one head's rows of W_O; disposing puts them back.</summary>
    /// <param name="attention">The layer.</param>
    /// <param name="head">0 to H−1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such head.</exception>
    public static HeadSwitch Off(MultiHeadAttention attention, int head)
    {
        ArgumentNullException.ThrowIfNull(attention);
        if ((uint)head >= (uint)attention.HeadCount)
        {
            throw new ArgumentOutOfRangeException(
                nameof(head), $"head is {head} but the layer has the heads 0 to {attention.HeadCount - 1}: choose one of them.");
        }

        int length = attention.Output.Inputs / attention.HeadCount * attention.Output.Outputs;
        return new(attention.Output.Weight.Value, head * length, length);
    }

    /// <summary>Switches the head on again.</summary>
    public void Dispose() => _kept.CopyTo(_weight.Span[_start..]);
}
