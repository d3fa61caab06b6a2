using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Cosine of the angle between two vectors, cos(a, b) = a·b / (‖a‖·‖b‖), in [−1, 1] up to rounding.
/// A zero vector has no direction: its cosine with anything is 0, and so is its gradient.
/// </summary>
public static class CosineSimilarity
{
    /// <summary>cos(a, b) by loops.</summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static T Reference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IFloatingPointIeee754<T>
    {
        T dot = Dot.Reference(a, b);
        T norms = T.Sqrt(Dot.Reference(a, a)) * T.Sqrt(Dot.Reference(b, b));
        return norms == T.Zero ? T.Zero : dot / norms;
    }

    /// <summary>cos(a, b), fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static float Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        float dot = Dot.Forward(a, b);
        float norms = MathF.Sqrt(Dot.Forward(a, a)) * MathF.Sqrt(Dot.Forward(b, b));
        return norms == 0 ? 0 : dot / norms;
    }

    /// <summary>Cosine of every row of A with every row of B, by loops.</summary>
    /// <param name="a">(rows, inner).</param>
    /// <param name="b">(columns, inner).</param>
    /// <param name="c">(rows, columns), overwritten.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="inner">Length of a vector.</param>
    /// <param name="columns">Rows of B.</param>
    public static void PairsReference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int rows, int inner, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckPairs(a.Length, b.Length, c.Length, rows, inner, columns);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                c[i * columns + j] = Reference(a.Slice(i * inner, inner), b.Slice(j * inner, inner));
            }
        }
    }

    /// <summary>Cosine of every row of A with every row of B: one matrix product, then rows and columns divided by the norms.</summary>
    /// <inheritdoc cref="PairsReference{T}"/>
    public static void Pairs(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns)
    {
        CheckPairs(a.Length, b.Length, c.Length, rows, inner, columns);
        MatMul.ForwardNT(a, b, c, rows, inner, columns);
        for (int j = 0; j < columns; j++)
        {
            float inverse = InverseNorm(b.Slice(j * inner, inner));
            for (int i = 0; i < rows; i++)
            {
                c[i * columns + j] *= inverse;
            }
        }

        for (int i = 0; i < rows; i++)
        {
            Span<float> row = c.Slice(i * columns, columns);
            Multiply.Scale(row, InverseNorm(a.Slice(i * inner, inner)), row);
        }
    }

    /// <summary>
    /// Backward of c = cos(a, b): ∂c/∂a = (b/‖b‖ − c·a/‖a‖)/‖a‖, the part of b's direction that is orthogonal to a; the same for b.
    /// </summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <param name="dc">∂L/∂c.</param>
    /// <param name="da">∂L/∂a (n), overwritten.</param>
    /// <param name="db">∂L/∂b (n), overwritten.</param>
    public static void BackwardReference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, T dc, Span<T> da, Span<T> db)
        where T : IFloatingPointIeee754<T>
    {
        T c = Reference(a, b), aa = Dot.Reference(a, a), bb = Dot.Reference(b, b);
        T norms = T.Sqrt(aa) * T.Sqrt(bb);
        Sizes.RequireSame(da.Length, a.Length, "da", "a");
        Sizes.RequireSame(db.Length, b.Length, "db", "b");
        for (int i = 0; i < a.Length; i++)
        {
            da[i] = norms == T.Zero ? T.Zero : dc * (b[i] / norms - c * a[i] / aa);
            db[i] = norms == T.Zero ? T.Zero : dc * (a[i] / norms - c * b[i] / bb);
        }
    }

    /// <summary>Backward of c = cos(a, b), fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float dc, Span<float> da, Span<float> db)
    {
        float c = Forward(a, b), aa = Dot.Forward(a, a), bb = Dot.Forward(b, b);
        float norms = MathF.Sqrt(aa) * MathF.Sqrt(bb);
        if (norms == 0)
        {
            Sizes.RequireSame(da.Length, a.Length, "da", "a");
            Sizes.RequireSame(db.Length, b.Length, "db", "b");
            da.Clear();
            db.Clear();
            return;
        }

        Multiply.Scale(b, dc / norms, da);
        Multiply.AddScaled(a, -dc * c / aa, da);
        Multiply.Scale(a, dc / norms, db);
        Multiply.AddScaled(b, -dc * c / bb, db);
    }

    private static void CheckPairs(int a, int b, int c, int rows, int inner, int columns)
    {
        Sizes.Require(a, rows, inner, "a", "rows", "inner");
        Sizes.Require(b, columns, inner, "b", "columns", "inner");
        Sizes.Require(c, rows, columns, "c");
    }

    private static float InverseNorm(ReadOnlySpan<float> x)
    {
        float norm = MathF.Sqrt(Dot.Forward(x, x));
        return norm == 0 ? 0 : 1 / norm;
    }
}
