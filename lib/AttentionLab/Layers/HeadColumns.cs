using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Heads where a projection writes them: side by side in the columns <paramref name="First"/> … of a (B,T,width) or (T,width) matrix,
/// head h in <paramref name="Size"/> columns. Kernels read them there; nothing is split or merged.
/// </summary>
/// <param name="Matrix">(B,T,width) or (T,width).</param>
/// <param name="First">First column of head 0.</param>
/// <param name="Heads">H.</param>
/// <param name="Size">D.</param>
internal readonly record struct HeadColumns(Tensor Matrix, int First, int Heads, int Size)
{
    /// <summary>B.</summary>
    public int Batch => Matrix.Rank == 3 ? Matrix.Shape[0] : 1;

    /// <summary>T.</summary>
    public int Tokens => Matrix.Shape[^2];

    /// <summary>From the first number of head 0 on.</summary>
    public Span<float> Span => Matrix.Length == 0 ? [] : Matrix.Span[First..];

    /// <summary>Where the heads lie in <see cref="Span"/>.</summary>
    public HeadLayout Layout => HeadLayout.Merged(Tokens, Size, Matrix.Columns);

    /// <summary>(B,H,T,D), a copy.</summary>
    public Tensor Split() => Layers.Heads.Split(Matrix, Heads, First, Heads * Size);
}

/// <summary>What one attention of a layer is computed from: queries, keys and values where the projections wrote them, mask and scale.</summary>
/// <param name="Query">(B,T_q,H·D) columns.</param>
/// <param name="Key">(B,T_k,H·D) columns.</param>
/// <param name="Value">(B,T_k,H·D_v) columns.</param>
/// <param name="Mask">Who may look at whom; null for everybody.</param>
/// <param name="Scale">Factor of the scores.</param>
internal readonly record struct HeadInput(HeadColumns Query, HeadColumns Key, HeadColumns Value, AttentionMask? Mask, float Scale)
{
    /// <summary>As kernels take it.</summary>
    public AttendInput<float> Kernel => new()
    {
        Q = new(Query.Span, Query.Layout),
        K = new(Key.Span, Key.Layout),
        V = new(Value.Span, Value.Layout),
        Sizes = new(Query.Batch, Query.Heads, Query.Tokens, Key.Tokens, Query.Size, Value.Size),
        Scale = Scale,
        Mask = Mask is null ? default : Mask.OfAll(),
        Bias = Mask?.BiasValues is { } bias ? bias.Span : default,
    };
}
