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
    private readonly (int Row, float[] Kept)[] _rows;

    private HeadSwitch(Tensor weight, IEnumerable<int> rows)
    {
        _weight = weight;
        _rows = [.. rows.Distinct().Select(row => (row, weight.Row(row).ToArray()))];
        foreach ((int row, _) in _rows)
        {
            weight.Row(row).Clear();
        }
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

        int size = attention.Output.Inputs / attention.HeadCount;
        return OffRows(attention, Enumerable.Range(head * size, size));
    }

    /// <summary>Zeroes some rows of W_O, of whatever heads; disposing puts them back. As many as a head has: a control for <see cref="Off"/>.</summary>
    /// <param name="attention">The layer.</param>
    /// <param name="rows">0 to H·d_v−1.</param>
    public static HeadSwitch OffRows(MultiHeadAttention attention, IEnumerable<int> rows)
    {
        ArgumentNullException.ThrowIfNull(attention);
        ArgumentNullException.ThrowIfNull(rows);
        return new(attention.Output.Weight.Value, rows);
    }

    /// <summary>Puts the rows back.</summary>
    public void Dispose()
    {
        foreach ((int row, float[] kept) in _rows)
        {
            kept.CopyTo(_weight.Row(row));
        }
    }
}
