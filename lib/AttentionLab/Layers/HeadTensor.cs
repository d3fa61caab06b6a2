using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// The heads of a batch in one tensor: matrices of their own in (B,H,T,D), or side by side in the columns <paramref name="First"/> … of a (B,T,width) or
/// (T,width) matrix, where a projection writes them: head h in <paramref name="Size"/> columns. Kernels read them there; nothing is split or merged.
/// </summary>
/// <param name="Values">All numbers.</param>
/// <param name="First">First column of head 0.</param>
/// <param name="Heads">H.</param>
/// <param name="Size">D.</param>
internal readonly record struct HeadTensor(Tensor Values, int First, int Heads, int Size)
{
    /// <summary>B.</summary>
    public int Batch => Values.Rank > 2 ? Values.Shape[0] : 1;

    /// <summary>T.</summary>
    public int Tokens => Values.Shape[^2];

    /// <summary>From the first number of head 0 on.</summary>
    public Span<float> Span => Values.Length == 0 ? [] : Values.Span[First..];

    /// <summary>Where the heads lie in <see cref="Span"/>.</summary>
    public HeadLayout Layout => AreMatrices ? HeadLayout.Split(Heads, Tokens, Size) : HeadLayout.Merged(Tokens, Size, Values.Columns);

    /// <summary>As kernels take them.</summary>
    public HeadSpan<float> HeadSpan => new(Span, Layout);

    private bool AreMatrices => Values.Rank == 4;

    /// <summary>All heads of (B,H,T,D); (B,T,D) and (T,D) count as one head.</summary>
    public static HeadTensor Of(Tensor x) => new(x, 0, x.Rank == 4 ? x.Shape[1] : 1, x.Columns);

    /// <summary>Rented room for as many heads of another size, which lie in the same way, but alone.</summary>
    public HeadTensor Rent(int size)
    {
        int width = AreMatrices ? size : Sizes.Product("a row of heads", ("H", Heads), ("D", size));
        return new(ShapeCheck.WithColumns(Values, width), 0, Heads, size);
    }

    /// <summary>(B,H,T,D), a copy.</summary>
    public Tensor Split() => Layers.Heads.Split(Values, Heads, First, Heads * Size);
}
