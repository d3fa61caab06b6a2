using System.Numerics;

namespace AttentionLab.Kernels;

/// <summary>
/// Matrix product C = A·B, c_ij = Σ_p a_ip·b_pj, and its two transposed forms A·Bᵀ and Aᵀ·B, which are what the
/// backward of A·B needs: ∂L/∂A = ∂L/∂C·Bᵀ, ∂L/∂B = Aᵀ·∂L/∂C.
/// </summary>
/// <remarks>
/// All matrices are row-major; C is always (rows, columns) and the sum runs over <c>inner</c>.
/// With <c>add</c> the product is added to what C holds. C shares no memory with A or B; that is refused.
/// The backward is in MatMul.Backward.cs, the fast path in MatMul.Operands.cs (which way to go), MatMul.Blocks.cs (the loops and the division among
/// threads), MatMul.Groups.cs (the loops for CPUs with 16 registers), MatMul.Packed.cs (those for a packed B), MatMul.Packing.cs (how A and B are copied),
/// MatMul.Ahead.cs (what is asked for early), MatMul.Tiles.cs (the loop over registers) and MatMul.FewRows.cs.
/// </remarks>
public static partial class MatMul
{
    /// <summary>C = A·B by three loops.</summary>
    /// <param name="a">(rows, inner).</param>
    /// <param name="b">(inner, columns).</param>
    /// <param name="c">(rows, columns), overwritten, or added to.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="inner">Length of the sum.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="add">Add to C instead of overwriting it.</param>
    /// <exception cref="ArgumentException">A span's length is not the product of its sizes, or the result shares memory with what it is made of.</exception>
    public static void Reference<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int rows, int inner, int columns, bool add = false)
        where T : IFloatingPointIeee754<T>
    {
        Check<T>(a, b, c, rows, inner, columns, Form.NN);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                T sum = T.Zero;
                for (int p = 0; p < inner; p++)
                {
                    sum += a[i * inner + p] * b[p * columns + j];
                }

                c[i * columns + j] = add ? c[i * columns + j] + sum : sum;
            }
        }
    }

    /// <summary>C = A·Bᵀ by three loops.</summary>
    /// <param name="a">(rows, inner).</param>
    /// <param name="b">(columns, inner).</param>
    /// <param name="c">(rows, columns), overwritten, or added to.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="inner">Length of the sum.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="add">Add to C instead of overwriting it.</param>
    /// <exception cref="ArgumentException">A span's length is not the product of its sizes, or the result shares memory with what it is made of.</exception>
    public static void ReferenceNT<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int rows, int inner, int columns, bool add = false)
        where T : IFloatingPointIeee754<T>
    {
        Check<T>(a, b, c, rows, inner, columns, Form.NT);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                T sum = T.Zero;
                for (int p = 0; p < inner; p++)
                {
                    sum += a[i * inner + p] * b[j * inner + p];
                }

                c[i * columns + j] = add ? c[i * columns + j] + sum : sum;
            }
        }
    }

    /// <summary>C = Aᵀ·B by three loops.</summary>
    /// <param name="a">(inner, rows).</param>
    /// <param name="b">(inner, columns).</param>
    /// <param name="c">(rows, columns), overwritten, or added to.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="inner">Length of the sum.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="add">Add to C instead of overwriting it.</param>
    /// <exception cref="ArgumentException">A span's length is not the product of its sizes, or the result shares memory with what it is made of.</exception>
    public static void ReferenceTN<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, Span<T> c, int rows, int inner, int columns, bool add = false)
        where T : IFloatingPointIeee754<T>
    {
        Check<T>(a, b, c, rows, inner, columns, Form.TN);
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                T sum = T.Zero;
                for (int p = 0; p < inner; p++)
                {
                    sum += a[p * rows + i] * b[p * columns + j];
                }

                c[i * columns + j] = add ? c[i * columns + j] + sum : sum;
            }
        }
    }

    /// <summary>C = A·B, fast.</summary>
    /// <inheritdoc cref="Reference{T}"/>
    public static void Forward(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, bool add = false) =>
        Forward(a, b, c, rows, inner, columns, default, add);

    /// <summary>C = A·B, fast, and more done with each piece of C as soon as it is finished.</summary>
    /// <param name="a">(rows, inner).</param>
    /// <param name="b">(inner, columns).</param>
    /// <param name="c">(rows, columns), overwritten, or added to.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="inner">Length of the sum.</param>
    /// <param name="columns">Columns of C.</param>
    /// <param name="epilogue">Bias, activation and residual.</param>
    /// <param name="add">Add the product to what C holds, before the epilogue.</param>
    /// <exception cref="ArgumentException">A span's length is not the product of its sizes, or A, B or the residual overlaps C.</exception>
    public static void Forward(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, Epilogue epilogue, bool add = false)
    {
        Check<float>(a, b, c, rows, inner, columns, Form.NN);
        epilogue.Check(c, columns);
        Product of = new() { ARow = inner, AInner = 1, BInner = columns, BColumn = 1, Rows = rows, Inner = inner, Columns = columns, Add = add };
        Operands work = new() { A = a, B = b, C = c, Epilogue = epilogue, Of = of };
        Simd.Run(ref work);
    }

    /// <summary>C = A·B with a B that was copied before, fast: f(A·B + bias) + residual.</summary>
    /// <param name="a">(rows, inner).</param>
    /// <param name="b">(inner, columns).</param>
    /// <param name="c">(rows, columns), overwritten, or added to.</param>
    /// <param name="rows">Rows of C.</param>
    /// <param name="epilogue">Bias, activation and residual; default for none.</param>
    /// <param name="add">Add the product to what C holds, before the epilogue.</param>
    /// <exception cref="ArgumentException">A span's length is not the product of its sizes, or A, B or the residual overlaps C.</exception>
    public static unsafe void Forward(ReadOnlySpan<float> a, PackedMatrix b, Span<float> c, int rows, Epilogue epilogue = default, bool add = false)
    {
        int inner = b.Inner, columns = b.Columns;
        Sizes.Require(a.Length, rows, inner, "a", "rows", "b.Inner");
        Sizes.Require(c.Length, rows, columns, "c", "rows", "b.Columns");
        Sizes.RequireApart<float>(c, a, "c", "a");
        epilogue.Check(c, columns);
        Product of = new() { ARow = inner, AInner = 1, Strips = b.Strips, Rows = rows, Inner = inner, Columns = columns, Add = add };
        Operands work = new() { A = a, C = c, Epilogue = epilogue, Of = of };
        Simd.Run(ref work);
        GC.KeepAlive(b);
    }

    /// <summary>C = A·Bᵀ, fast.</summary>
    /// <inheritdoc cref="ReferenceNT{T}"/>
    public static void ForwardNT(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, bool add = false) =>
        ForwardNT(a, b, c, rows, inner, columns, default, add);

    /// <summary>C = A·Bᵀ with B (columns, inner), fast, and more done with each piece of C as soon as it is finished.</summary>
    /// <inheritdoc cref="Forward(ReadOnlySpan{float}, ReadOnlySpan{float}, Span{float}, int, int, int, Epilogue, bool)"/>
    public static void ForwardNT(
        ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, Epilogue epilogue, bool add = false)
    {
        Check<float>(a, b, c, rows, inner, columns, Form.NT);
        epilogue.Check(c, columns);
        Product of = new() { ARow = inner, AInner = 1, BInner = 1, BColumn = inner, Rows = rows, Inner = inner, Columns = columns, Add = add };
        Operands work = new() { A = a, B = b, C = c, Epilogue = epilogue, Of = of };
        Simd.Run(ref work);
    }

    /// <summary>C = Aᵀ·B, fast.</summary>
    /// <inheritdoc cref="ReferenceTN{T}"/>
    public static void ForwardTN(ReadOnlySpan<float> a, ReadOnlySpan<float> b, Span<float> c, int rows, int inner, int columns, bool add = false)
    {
        Check<float>(a, b, c, rows, inner, columns, Form.TN);
        Product of = new() { ARow = 1, AInner = rows, BInner = columns, BColumn = 1, Rows = rows, Inner = inner, Columns = columns, Add = add };
        Operands work = new() { A = a, B = b, C = c, Of = of };
        Simd.Run(ref work);
    }

    /// <summary>Which of A and B is transposed, in the letters of BLAS.</summary>
    private enum Form
    {
        NN,
        NT,
        TN,
    }

    private static void Check<T>(ReadOnlySpan<T> a, ReadOnlySpan<T> b, ReadOnlySpan<T> c, int rows, int inner, int columns, Form form)
    {
        if (form == Form.TN)
        {
            Sizes.Require(a.Length, inner, rows, "a", "inner", "rows");
        }
        else
        {
            Sizes.Require(a.Length, rows, inner, "a", "rows", "inner");
        }

        if (form == Form.NT)
        {
            Sizes.Require(b.Length, columns, inner, "b", "columns", "inner");
        }
        else
        {
            Sizes.Require(b.Length, inner, columns, "b", "inner", "columns");
        }

        Sizes.Require(c.Length, rows, columns, "c");
        Sizes.RequireApart(c, a, "c", "a");
        Sizes.RequireApart(c, b, "c", "b");
    }
}
