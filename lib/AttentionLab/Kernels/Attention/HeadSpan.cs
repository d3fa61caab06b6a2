namespace AttentionLab.Kernels;

/// <summary>The heads of a batch in one span: numbers, and where in them each head lies.</summary>
/// <param name="values">All numbers.</param>
/// <param name="layout">Where the heads lie in <paramref name="values"/>.</param>
public readonly ref struct HeadSpan<T>(ReadOnlySpan<T> values, HeadLayout layout)
{
    /// <summary>All numbers.</summary>
    public ReadOnlySpan<T> Values { get; } = values;

    /// <summary>Where the heads lie in <see cref="Values"/>.</summary>
    public HeadLayout Layout { get; } = layout;

    /// <summary>Row <paramref name="row"/> of one head.</summary>
    /// <param name="batch">0 … B−1.</param>
    /// <param name="head">0 … H−1.</param>
    /// <param name="row">0 … T−1.</param>
    /// <param name="width">D.</param>
    public ReadOnlySpan<T> Row(int batch, int head, int row, int width) => Values.Slice(Layout.At(batch, head, row), width);

    /// <summary>The first rows of one head as one matrix, if they stand one after the other.</summary>
    internal ReadOnlySpan<T> Rows(int batch, int head, int rows, int width) =>
        rows * width == 0 ? default : Values.Slice(Layout.At(batch, head, 0), rows * width);
}
