using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Course.Experiments;

/// <summary>
/// softmax(Q·Kᵀ/√D)·V of one head as three programmers would write it, from slow to less slow; all keep the scores. The library's own ways,
/// <see cref="Attend"/> and <see cref="FlashAttend"/>, continue the row.
/// </summary>
public static class AttentionLoops
{
    /// <summary>Rows and columns of C that are made together: eight sums, four queries by two keys.</summary>
    private const int TileRows = 4, TileColumns = 2;

    /// <summary>C (rows, columns) = A (rows, inner) · B, where number (p, j) of B stands at p·step + j·column.</summary>
    private delegate void Product(float[] a, float[] b, float[] c, int rows, int inner, int columns, int step, int column);

    /// <summary>Each number of each product by one loop: a sum waits for the sum before it.</summary>
    /// <param name="query">(T, D).</param>
    /// <param name="key">(T, D).</param>
    /// <param name="value">(T, D).</param>
    /// <returns>(T, D).</returns>
    public static Tensor Plain(Tensor query, Tensor key, Tensor value) => Attend(query, key, value, OneSum);

    /// <summary>
    /// Tiles of four rows by two columns: eight sums that need not wait for each other, and each number that is read is used two or four times.
    /// </summary>
    /// <inheritdoc cref="Plain"/>
    /// <exception cref="ArgumentException">T is no multiple of 4, or D is odd.</exception>
    public static Tensor Blocked(Tensor query, Tensor key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(query);
        return query.Rows % TileRows == 0 && query.Columns % TileColumns == 0
            ? Attend(query, key, value, Tiles)
            : throw new ArgumentException($"query is {Tensor.Describe(query.Shape)} but tiles are {TileRows} by {TileColumns}: pass a multiple of {TileRows} "
                + $"rows and an even width.");
    }

    /// <summary>One row at a time with wide registers (SIMD): several multiply-adds in one instruction, but each number that is read is used once.</summary>
    /// <inheritdoc cref="Plain"/>
    public static Tensor Rows(Tensor query, Tensor key, Tensor value) => Attend(query, key, value, (a, b, c, rows, inner, columns, step, _) =>
    {
        RowWork work = new() { A = a, B = b, C = c, Rows = rows, Inner = inner, Columns = columns, Dots = step == 1 };
        Simd.Run(ref work);
    });

    private static Tensor Attend(Tensor query, Tensor key, Tensor value, Product product)
    {
        (int tokens, int dim) = (query.Rows, query.Columns);
        Tensor weights = new(tokens, tokens), output = new(tokens, dim);
        product(query.Values, key.Values, weights.Values, tokens, dim, tokens, 1, dim);
        float scale = 1 / MathF.Sqrt(dim);
        for (int i = 0; i < weights.Length; i++)
        {
            weights.Values[i] *= scale;
        }

        Softmax.Reference<float>(weights.Span, weights.Span, tokens, tokens);
        product(weights.Values, value.Values, output.Values, tokens, tokens, dim, dim, 1);
        return output;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OneSum(float[] a, float[] b, float[] c, int rows, int inner, int columns, int step, int column)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                float sum = 0;
                for (int p = 0; p < inner; p++)
                {
                    sum += a[i * inner + p] * b[p * step + j * column];
                }

                c[i * columns + j] = sum;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tiles(float[] a, float[] b, float[] c, int rows, int inner, int columns, int step, int column)
    {
        for (int i = 0; i < rows; i += TileRows)
        {
            ReadOnlySpan<float> a0 = a.AsSpan(i * inner, inner), a1 = a.AsSpan((i + 1) * inner, inner);
            ReadOnlySpan<float> a2 = a.AsSpan((i + 2) * inner, inner), a3 = a.AsSpan((i + 3) * inner, inner);
            for (int j = 0; j < columns; j += TileColumns)
            {
                float s00 = 0, s01 = 0, s10 = 0, s11 = 0, s20 = 0, s21 = 0, s30 = 0, s31 = 0;
                for (int p = 0; p < inner; p++)
                {
                    int at = p * step + j * column;
                    (float b0, float b1) = (b[at], b[at + column]);
                    (s00, s01) = (s00 + a0[p] * b0, s01 + a0[p] * b1);
                    (s10, s11) = (s10 + a1[p] * b0, s11 + a1[p] * b1);
                    (s20, s21) = (s20 + a2[p] * b0, s21 + a2[p] * b1);
                    (s30, s31) = (s30 + a3[p] * b0, s31 + a3[p] * b1);
                }

                (c[i * columns + j], c[i * columns + j + 1]) = (s00, s01);
                (c[(i + 1) * columns + j], c[(i + 1) * columns + j + 1]) = (s10, s11);
                (c[(i + 2) * columns + j], c[(i + 2) * columns + j + 1]) = (s20, s21);
                (c[(i + 3) * columns + j], c[(i + 3) * columns + j + 1]) = (s30, s31);
            }
        }
    }

    private struct RowWork : IWide
    {
        public float[] A, B, C;
        public int Rows, Inner, Columns;

        /// <summary>Whether B's columns lie in memory as rows: then a number of C is a product of two rows, else a row of C is a sum of rows of B.</summary>
        public bool Dots;

        public readonly void Run<V>()
            where V : struct, ILanes<V>
        {
            for (int i = 0; i < Rows; i++)
            {
                if (Dots)
                {
                    RowTimesRows<V>(A.AsSpan(i * Inner, Inner), B, C.AsSpan(i * Columns, Columns));
                }
                else
                {
                    SumOfRows<V>(A.AsSpan(i * Inner, Inner), B, C.AsSpan(i * Columns, Columns));
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowTimesRows<V>(ReadOnlySpan<float> row, ReadOnlySpan<float> rows, Span<float> to)
        where V : struct, ILanes<V>
    {
        ref float a = ref MemoryMarshal.GetReference(row), b = ref MemoryMarshal.GetReference(rows);
        for (int j = 0; j < to.Length; j++)
        {
            V lanes = V.All(0);
            int c = 0, start = j * row.Length;
            for (; c <= row.Length - V.Count; c += V.Count)
            {
                lanes = V.MultiplyAdd(V.Load(ref a, c), V.Load(ref b, start + c), lanes);
            }

            float sum = V.Sum(lanes);
            for (; c < row.Length; c++)
            {
                sum += row[c] * rows[start + c];
            }

            to[j] = sum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumOfRows<V>(ReadOnlySpan<float> weights, ReadOnlySpan<float> rows, Span<float> to)
        where V : struct, ILanes<V>
    {
        ref float b = ref MemoryMarshal.GetReference(rows), y = ref MemoryMarshal.GetReference(to);
        to.Clear();
        for (int j = 0; j < weights.Length; j++)
        {
            V weight = V.All(weights[j]);
            int c = 0, start = j * to.Length;
            for (; c <= to.Length - V.Count; c += V.Count)
            {
                V.Store(V.MultiplyAdd(weight, V.Load(ref b, start + c), V.Load(ref y, c)), ref y, c);
            }

            for (; c < to.Length; c++)
            {
                to[c] += weights[j] * rows[start + c];
            }
        }
    }
}
