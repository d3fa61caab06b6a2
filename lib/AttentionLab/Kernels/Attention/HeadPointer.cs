using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// A <see cref="HeadSpan{T}"/> in pinned memory, which a job for other threads may hold: all heads of a batch, or, after <see cref="Of"/>, one of them.
/// </summary>
/// <param name="first">The first number.</param>
/// <param name="layout">Where the heads lie.</param>
internal readonly unsafe struct HeadPointer(float* first, HeadLayout layout)
{
    /// <summary>Where a row of one head begins.</summary>
    public float* this[nint row] => first + row * layout.Row;

    /// <summary>Numbers from one row to the next.</summary>
    public nint Step => layout.Row;

    /// <summary>The first <paramref name="width"/> numbers of a row of one head.</summary>
    public Span<float> Row(nint row, int width) => new(this[row], width);

    /// <summary>One head.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public HeadPointer Of(int batch, int head) => new(first + (nint)batch * layout.Batch + (nint)head * layout.Head, layout);

    /// <summary>One head of so many rows, the last first.</summary>
    public HeadPointer Reversed(int rows) => new(this[rows - 1], layout with { Row = -layout.Row });
}
