using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>Few rows times a transposed B: dot products, summed up across registers.</content>
public static partial class MatMul
{
    /// <summary>So many numbers of B (16 KB) stay in the first cache while rows of A meet them.</summary>
    private const int NearNumbers = 4096;

    private unsafe partial struct FewRowsJob<V>
    {
        /// <summary>B transposed: each element of C is a dot product of two rows.</summary>
        private readonly void AddDots(int first, int end)
        {
            int fours = end - (end - first) % RowsAtOnce, quarter = (fours - first) / RowsAtOnce;
            if (Of.Rows == 1 && Of.Inner <= ShortRow)
            {
                // Short rows, each read once: in four places at once, memory comes faster.
                AddDots<Rows1>(Of.A, Of.B + first * Of.BColumn, Of.C + first, quarter, apart: quarter, asks: false);
            }
            else
            {
                AddDotsNear(first, fours);
            }

            for (int j = fours; j < end; j++)
            {
                for (int i = 0; i < Of.Rows; i++)
                {
                    ReadOnlySpan<float> a = new(Of.A + i * Of.ARow, Of.Inner), b = new(Of.B + j * Of.BColumn, Of.Inner);
                    Of.C[(nint)i * Of.Columns + j] += Dot.Forward(a, b);
                }
            }
        }

        /// <summary>The same, so many rows of B at a time as are near while all of A meets them.</summary>
        private readonly void AddDotsNear(int first, int end)
        {
            int block = Math.Max(NearNumbers / Math.Max(Of.Inner, 1) / RowsAtOnce, 1) * RowsAtOnce;
            for (int j = first; j < end; j += block)
            {
                int fours = Math.Min(block, end - j) / RowsAtOnce;
                for (int i = 0; i < Of.Rows; i += 2)
                {
                    float* a = Of.A + i * Of.ARow, b = Of.B + j * Of.BColumn, c = Of.C + (nint)i * Of.Columns + j;
                    if (i + 1 < Of.Rows)
                    {
                        AddDots<Rows2>(a, b, c, fours, apart: 1, asks: i == 0 && AsksForShortRows(Of.Inner, Of.Inner));
                    }
                    else
                    {
                        AddDots<Rows1>(a, b, c, fours, apart: 1, asks: i == 0 && AsksForShortRows(Of.Inner, Of.Inner));
                    }
                }
            }
        }

        /// <summary>c_ij += a_i·b_j for one or two rows of A and so many times four rows of B, which lie one after the other or apart.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddDots<R>(float* a, float* b, float* c, int fours, nint apart, bool asks)
            where R : struct, ITileRows
        {
            float* other = a + Of.ARow, sums = stackalloc float[RowsAtOnce];
            nint row = apart * Of.BColumn, ahead = RowsAhead * Of.BColumn, step = apart == 1 ? RowsAtOnce : 1;
            int inner = Of.Inner, whole = inner - inner % V.Count, even = inner - inner % Four<V>.Count;
            for (; fours > 0; fours--, b += step * Of.BColumn, c += step)
            {
                Four<V> x = Four<V>.All(0), y = x;
                for (int p = 0; p < even; p += Four<V>.Count)
                {
                    float* next = b + p;
                    if (asks)
                    {
                        float* later = next + ahead;
                        Fetch(later);
                        Fetch(later + row);
                        Fetch(later + 2 * row);
                        Fetch(later + 3 * row);
                    }

                    AddProducts<R>(a + p, other + p, next, row, ref x, ref y);
                    AddProducts<R>(a + p + V.Count, other + p + V.Count, next + V.Count, row, ref x, ref y);
                    AddProducts<R>(a + p + 2 * V.Count, other + p + 2 * V.Count, next + 2 * V.Count, row, ref x, ref y);
                    AddProducts<R>(a + p + 3 * V.Count, other + p + 3 * V.Count, next + 3 * V.Count, row, ref x, ref y);
                }

                for (int p = even; p < whole; p += V.Count)
                {
                    AddProducts<R>(a + p, other + p, b + p, row, ref x, ref y);
                }

                x.StoreSums(sums);
                AddSums(a, b, row, whole, sums, c, apart);
                if (R.Count > 1)
                {
                    y.StoreSums(sums);
                    AddSums(other, b, row, whole, sums, c + Of.Columns, apart);
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void AddProducts<R>(float* a, float* other, float* b, nint row, ref Four<V> x, ref Four<V> y)
            where R : struct, ITileRows
        {
            Four<V> rows = new(V.Load(b), V.Load(b + row), V.Load(b + 2 * row), V.Load(b + 3 * row));
            x.AddProduct(V.Load(a), rows);
            if (R.Count > 1)
            {
                y.AddProduct(V.Load(other), rows);
            }
        }

        /// <summary>Adds what the registers summed up, and the products of the numbers that fill none.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void AddSums(float* a, float* b, nint row, int first, float* sums, float* c, nint apart)
        {
            for (int i = 0; first < Of.Inner && i < RowsAtOnce; i++)
            {
                for (int p = first; p < Of.Inner; p++)
                {
                    sums[i] += a[p] * b[i * row + p];
                }
            }

            if (apart == 1)
            {
                Lanes4.Store(Lanes4.Load(c) + Lanes4.Load(sums), c);
                return;
            }

            for (int i = 0; i < RowsAtOnce; i++)
            {
                c[i * apart] += sums[i];
            }
        }
    }
}
