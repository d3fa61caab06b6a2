using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Cosine of the angle between two vectors, cos(a, b) = a·b / (‖a‖·‖b‖), in [−1, 1] up to rounding.
/// A zero vector has no direction: its cosine with anything is 0, and so is its gradient.
/// </summary>
/// <remarks>
/// The cosine does not depend on lengths, so none may be too large or too small for it:
/// the reference divides by the largest number first, the fast path sums in double.
/// </remarks>
public static class CosineSimilarity
{
    /// <summary>cos(a, b) by loops.</summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static T Reference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        (T largestA, T rootA) = Norm(a);
        (T largestB, T rootB) = Norm(b);
        T cosine = T.Zero;
        for (int i = 0; i < a.Length && largestA != T.Zero && largestB != T.Zero; i++)
        {
            cosine += a[i] / largestA / rootA * (b[i] / largestB / rootB);
        }

        return cosine;
    }

    /// <summary>cos(a, b), fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static float Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        double norms = Length(a) * Length(b);
        return norms == 0 ? 0 : (float)(Dot.InDouble(a, b) / norms);
    }

    /// <summary>Cosine of every row of A with every row of B, by loops.</summary>
    /// <param name="a">(rows, inner).</param>
    /// <param name="b">(columns, inner).</param>
    /// <param name="c">(rows, columns), overwritten.</param>
    /// <param name="rows">Rows of A.</param>
    /// <param name="inner">Length of a vector.</param>
    /// <param name="columns">Rows of B.</param>
    /// <exception cref="ArgumentException">A span's length is not the product of its sizes, or C shares memory with A or B.</exception>
    public static void PairsReference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int rows, int inner, int columns)
        where T : IFloatingPointIeee754<T>
    {
        CheckPairs(a, b, c, rows, inner, columns);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                c[i * columns + j] = Reference(a.Slice(i * inner, inner), b.Slice(j * inner, inner));
            }
        }
    }

    /// <summary>Cosine of every row of A with every row of B: one matrix product of the unit vectors.</summary>
    /// <inheritdoc cref="PairsReference{T}"/>
    public static void Pairs(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns)
    {
        CheckPairs<float>(a, b, c, rows, inner, columns);
        Span<float> unitA = Scratch.Span(Scratch.DirectionsA, a.Length), unitB = Scratch.Span(Scratch.DirectionsB, b.Length);
        for (int i = 0; i < rows; i++)
        {
            Unit(a.Slice(i * inner, inner), unitA.Slice(i * inner, inner));
        }

        for (int j = 0; j < columns; j++)
        {
            Unit(b.Slice(j * inner, inner), unitB.Slice(j * inner, inner));
        }

        MatMul.ForwardNT(unitA, unitB, c, rows, inner, columns);
    }

    /// <summary>y = x/‖x‖, the direction of x; zeros stay zeros.</summary>
    /// <param name="x">(n).</param>
    /// <param name="y">(n), overwritten; may be the memory of <paramref name="x"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void Unit(ReadOnlySpan<float> x, Span<float> y)
    {
        Sizes.RequireSame(y.Length, x.Length, "y", "x");
        Multiply.ScaleInDouble(x, Moments.InverseRoot(Reduce.SquareSum(x)), y);
    }

    /// <summary>‖x‖, which may be more than a float holds.</summary>
    internal static double Length(ReadOnlySpan<float> x) => Math.Sqrt(Reduce.SquareSum(x));

    /// <summary>
    /// Backward of c = cos(a, b): ∂c/∂a = (b/‖b‖ − c·a/‖a‖)/‖a‖, the part of b's direction that is orthogonal to a; the same for b.
    /// </summary>
    /// <param name="a">(n).</param>
    /// <param name="b">(n).</param>
    /// <param name="dc">∂L/∂c.</param>
    /// <param name="da">∂L/∂a (n), overwritten; may be the memory of <paramref name="a"/>.</param>
    /// <param name="db">∂L/∂b (n), overwritten; may be the memory of <paramref name="b"/>.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public static void BackwardReference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, T dc, Span<T> da, Span<T> db)
        where T : IFloatingPointIeee754<T>
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        Sizes.RequireSame(da.Length, a.Length, "da", "a");
        Sizes.RequireSame(db.Length, a.Length, "db", "a");
        T c = Reference(a, b);
        (T largestA, T rootA) = Norm(a);
        (T largestB, T rootB) = Norm(b);
        bool directed = largestA != T.Zero && largestB != T.Zero;
        for (int i = 0; i < a.Length; i++)
        {
            (T unitA, T unitB) = directed ? (a[i] / largestA / rootA, b[i] / largestB / rootB) : (T.Zero, T.Zero);
            da[i] = directed ? dc * (unitB - c * unitA) / largestA / rootA : T.Zero;
            db[i] = directed ? dc * (unitA - c * unitB) / largestB / rootB : T.Zero;
        }
    }

    /// <summary>Backward of c = cos(a, b), fast.</summary>
    /// <inheritdoc cref="BackwardReference{T}"/>
    public static void Backward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, float dc, Span<float> da, Span<float> db)
    {
        Sizes.RequireSame(b.Length, a.Length, "b", "a");
        Sizes.RequireSame(da.Length, a.Length, "da", "a");
        Sizes.RequireSame(db.Length, a.Length, "db", "a");
        double inverseA = Moments.InverseRoot(Reduce.SquareSum(a)), inverseB = Moments.InverseRoot(Reduce.SquareSum(b));
        double c = Dot.InDouble(a, b) * inverseA * inverseB;
        double factorA = inverseB == 0 ? 0 : dc * inverseA, factorB = inverseA == 0 ? 0 : dc * inverseB;
        for (int i = 0; i < a.Length; i++)
        {
            (double unitA, double unitB) = (a[i] * inverseA, b[i] * inverseB);
            da[i] = (float)(factorA * (unitB - c * unitA));
            db[i] = (float)(factorB * (unitA - c * unitB));
        }
    }

    private static void CheckPairs<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, int rows, int inner, int columns)
    {
        Sizes.Require(a.Length, rows, inner, "a", "rows", "inner");
        Sizes.Require(b.Length, columns, inner, "b", "columns", "inner");
        Sizes.Require(c.Length, rows, columns, "c");
        Sizes.RequireApart(c, a, "c", "a");
        Sizes.RequireApart(c, b, "c", "b");
    }

    /// <summary>‖x‖ as m·√Σ(x_i/m)² with m = max |x_i|; a root of 1 and m = 0 for zeros.</summary>
    private static (T Largest, T Root) Norm<T>(ReadOnlySpan<T> x)
        where T : IFloatingPointIeee754<T>
    {
        T largest = T.Zero, squares = T.Zero;
        foreach (T value in x)
        {
            largest = T.Max(largest, T.Abs(value));
        }

        foreach (T value in x)
        {
            squares += largest == T.Zero ? T.Zero : value / largest * (value / largest);
        }

        return (largest, largest == T.Zero ? T.One : T.Sqrt(squares));
    }
}
