using AttentionLab.Tensors;

namespace AttentionLab.Layers;

/// <summary>
/// Between one wide row a token, (B,T,H·D), and one matrix a head, (B,H,T,D). Head h owns the columns h·D … h·D+D−1.
/// </summary>
/// <remarks>
/// This is a reshape <em>and</em> a transpose: a reshape alone would hand head h a run of tokens instead of a run of
/// columns. Each is the other's inverse and the other's backward.
/// </remarks>
public static class Heads
{
    /// <summary>(B,T,H·D) → (B,H,T,D); (T,H·D) counts as B = 1.</summary>
    /// <param name="x">(B,T,H·D) or (T,H·D).</param>
    /// <param name="heads">H, a divisor of the last dimension.</param>
    /// <exception cref="ArgumentException">The rank is not 2 or 3, or H does not divide the width.</exception>
    public static Tensor Split(Tensor x, int heads)
    {
        ShapeCheck.Rank(x, 2, 3, "Heads.Split", "(B,T,H·D) or (T,H·D)");
        if (heads < 1 || x.Columns % heads != 0)
        {
            throw new ArgumentException(
                $"x is {Tensor.Describe(x.Shape)} but {heads} heads do not divide its width {x.Columns}: choose a width that is a multiple of the heads.",
                nameof(heads));
        }

        return Split(x, heads, 0, x.Columns);
    }

    /// <summary>(B,H,T,D) → (B,T,H·D).</summary>
    /// <param name="x">(B,H,T,D).</param>
    /// <exception cref="ArgumentException">The rank is not 4.</exception>
    public static Tensor Merge(Tensor x)
    {
        ShapeCheck.Rank(x, 4, 4, "Heads.Merge", "(B,H,T,D)");
        int batch = x.Shape[0], heads = x.Shape[1], tokens = x.Shape[2], size = x.Shape[3];
        Tensor y = Workspace.Rent(batch, tokens, Kernels.Sizes.Product("a merged row", ("H", heads), ("D", size)));
        ReadOnlySpan<float> from = x.Span;
        Span<float> to = y.Span;
        for (int row = 0; row < batch * tokens; row++)
        {
            (int b, int t) = (row / tokens, row % tokens);
            for (int h = 0; h < heads; h++)
            {
                from.Slice(((b * heads + h) * tokens + t) * size, size).CopyTo(to[((row * heads + h) * size)..]);
            }
        }

        return y;
    }

    /// <summary>The heads that own the columns <paramref name="first"/> … <paramref name="first"/> + <paramref name="width"/> − 1 of x.</summary>
    internal static Tensor Split(Tensor x, int heads, int first, int width)
    {
        int batch = x.Rank == 3 ? x.Shape[0] : 1, tokens = x.Shape[^2], columns = x.Columns, size = width / heads;
        Tensor y = Workspace.Rent(batch, heads, tokens, size);
        ReadOnlySpan<float> from = x.Span;
        Span<float> to = y.Span;
        for (int row = 0; row < batch * tokens; row++)
        {
            (int b, int t) = (row / tokens, row % tokens);
            for (int h = 0; h < heads; h++)
            {
                from.Slice(row * columns + first + h * size, size).CopyTo(to[(((b * heads + h) * tokens + t) * size)..]);
            }
        }

        return y;
    }
}
