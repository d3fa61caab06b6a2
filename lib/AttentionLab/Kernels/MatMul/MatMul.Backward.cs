using System.Numerics;

namespace AttentionLab.Kernels;

/// <content>The backward: two products.</content>
public static partial class MatMul
{
    /// <summary>Backward of C = A·B by loops: ∂L/∂A = ∂L/∂C·Bᵀ is overwritten, ∂L/∂B = Aᵀ·∂L/∂C is added to, as gradients of parameters are.</summary>
    /// <param name="a">A of the forward, (rows, inner).</param>
    /// <param name="b">B of the forward, (inner, columns).</param>
    /// <param name="dc">∂L/∂C, (rows, columns).</param>
    /// <param name="da">∂L/∂A, (rows, inner), overwritten.</param>
    /// <param name="db">∂L/∂B, (inner, columns), added to.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="inner">Length of the sum.</param>
    /// <param name="columns">Columns of C.</param>
    /// <exception cref="ArgumentException">A span's length is not the product of its sizes, or the result shares memory with what it is made of.</exception>
    public static void BackwardReference<T>(
        ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> dc, Span<T> da, Span<T> db, int rows, int inner, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckBackward(a, b, dc, da, db, rows, inner, columns);
        ReferenceNT(dc, b, da, rows, columns, inner);
        ReferenceTN(a, dc, db, inner, rows, columns, add: true);
    }

    /// <summary>Backward of C = A·B, fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, ReadOnlySpan<float> dc, Span<float> da, Span<float> db, int rows, int inner, int columns)
    {
        CheckBackward<float>(a, b, dc, da, db, rows, inner, columns);
        ForwardNT(dc, b, da, rows, columns, inner);
        ForwardTN(a, dc, db, inner, rows, columns, add: true);
    }

    private static void CheckBackward<T>(
        ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> dc, ReadOnlySpan<T> da, ReadOnlySpan<T> db, int rows, int inner, int columns)
    {
        Sizes.Require(a.Length, rows, inner, "a", "rows", "inner");
        Sizes.Require(b.Length, inner, columns, "b", "inner", "columns");
        Sizes.Require(dc.Length, rows, columns, "dc");
        Sizes.Require(da.Length, rows, inner, "da", "rows", "inner");
        Sizes.Require(db.Length, inner, columns, "db", "inner", "columns");
        Sizes.RequireApart(da, a, "da", "a");
        Sizes.RequireApart(da, b, "da", "b");
        Sizes.RequireApart(da, dc, "da", "dc");
        Sizes.RequireApart(db, a, "db", "a");
        Sizes.RequireApart(db, dc, "db", "dc");
        Sizes.RequireApart(db, da, "db", "da");
    }
}
