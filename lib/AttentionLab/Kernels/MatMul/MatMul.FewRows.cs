using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>Few rows times a large B: B is read once, where it lies, and the time is little more than that of reading it.</summary>
public static partial class MatMul
{
    /// <summary>From so many rows on the tiles are faster: they read B once for four rows.</summary>
    private const int FewRows = 4;

    /// <summary>Columns of one part. The hardware fetches ahead only within long runs: 512 columns took 1.2 times as long.</summary>
    private const int FewColumns = 2048;

    /// <summary>Rows of B that are added to a row of C at once: 8, a power of two apart, would need more places in a cache set than it has.</summary>
    private const int RowsAtOnce = 4;

    /// <summary>So many rows of B ahead of those in use, memory is asked for.</summary>
    private const int RowsAhead = 16;

    /// <summary>A row of B up to so long is short.</summary>
    private const int ShortRow = 128;

    /// <summary>The same for a transposed B, which tiles would have to turn. Short rows are turned sooner than sums are added up across registers.</summary>
    private static int FewRowsOfDots(int inner) => inner > ShortRow ? 17 : 5;

    /// <summary>A part is a range of columns.</summary>
    private unsafe struct FewRowsJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public Product Of;

        public readonly void Run(int part)
        {
            int first = part * FewColumns, end = Math.Min(first + FewColumns, Of.Columns);
            for (int i = 0; i < Of.Rows && !Of.Add; i++)
            {
                new Span<float>(Of.C + (nint)i * Of.Columns + first, end - first).Clear();
            }

            if (Of.BColumn == 1)
            {
                for (int p = 0; p < Of.Inner; p += RowsAtOnce)
                {
                    FetchRows(Of.B + p * Of.BInner + first, Of.BInner, end - first);
                    for (int i = 0; i < Of.Rows; i++)
                    {
                        float* a = Of.A + i * Of.ARow + p * Of.AInner, c = Of.C + (nint)i * Of.Columns + first;
                        AddRowsOfB(a, Of.B + p * Of.BInner + first, c, Math.Min(RowsAtOnce, Of.Inner - p), end - first);
                    }
                }
            }
            else
            {
                AddDots(first, end);
            }

            if (Of.Ending.DoesSomething)
            {
                Of.Ending.Apply<V>(Of.C, Of.Columns, 0, Of.Rows, first, end);
            }
        }

        /// <summary>Asks for rows of B that come soon, if they are so short that the hardware does not see where the reading goes.</summary>
        private static void FetchRows(float* b, nint step, int length)
        {
            b += RowsAhead * step;
            for (int r = 0; r < RowsAtOnce && length <= ShortRow; r++, b += step)
            {
                for (int j = 0; j < length; j += Scratch.LineFloats)
                {
                    Prefetch.Line(b + j);
                }
            }
        }

        /// <summary>c_j += Σ_p a_p·b_pj for some rows of B.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddRowsOfB(float* a, float* b, float* c, int rows, int columns)
        {
            int j = 0;
            if (rows == RowsAtOnce)
            {
                V a0 = V.All(a[0]), a1 = V.All(a[Of.AInner]), a2 = V.All(a[2 * Of.AInner]), a3 = V.All(a[3 * Of.AInner]);
                nint one = Of.BInner, two = 2 * Of.BInner;
                float* b3 = b + 3 * Of.BInner;
                for (; j + V.Count <= columns; j += V.Count)
                {
                    V x = V.MultiplyAdd(a0, V.Load(b + j), V.Load(c + j)), y = a1 * V.Load(b + one + j);
                    x = V.MultiplyAdd(a2, V.Load(b + two + j), x);
                    y = V.MultiplyAdd(a3, V.Load(b3 + j), y);
                    V.Store(x + y, c + j);
                }
            }

            for (int p = 0; p < rows; p++)
            {
                V value = V.All(a[p * Of.AInner]);
                int k = j;
                for (; k + V.Count <= columns; k += V.Count)
                {
                    V.Store(V.MultiplyAdd(value, V.Load(b + p * Of.BInner + k), V.Load(c + k)), c + k);
                }

                for (; k < columns; k++)
                {
                    c[k] += a[p * Of.AInner] * b[p * Of.BInner + k];
                }
            }
        }

        /// <summary>B transposed: each element of C is a dot product of two rows; four rows of B at a time, as long as they are in the first cache.</summary>
        private readonly void AddDots(int first, int end)
        {
            int j = first;
            for (; j + RowsAtOnce <= end; j += RowsAtOnce)
            {
                FetchRows(Of.B + j * Of.BColumn, Of.BColumn, Of.Inner);
                for (int i = 0; i < Of.Rows; i += 2)
                {
                    float* a = Of.A + i * Of.ARow, b = Of.B + j * Of.BColumn, c = Of.C + (nint)i * Of.Columns + j;
                    if (i + 1 < Of.Rows)
                    {
                        AddDots<Rows2>(a, b, c);
                    }
                    else
                    {
                        AddDots<Rows1>(a, b, c);
                    }
                }
            }

            for (; j < end; j++)
            {
                for (int i = 0; i < Of.Rows; i++)
                {
                    ReadOnlySpan<float> a = new(Of.A + i * Of.ARow, Of.Inner), b = new(Of.B + j * Of.BColumn, Of.Inner);
                    Of.C[(nint)i * Of.Columns + j] += Dot.Forward(a, b);
                }
            }
        }

        /// <summary>c_ij += a_i·b_j for one or two rows of A and four rows of B.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddDots<R>(float* a, float* b, float* c)
            where R : struct, ITileRows
        {
            V s0 = V.All(0), s1 = s0, s2 = s0, s3 = s0, t0 = s0, t1 = s0, t2 = s0, t3 = s0;
            float* next = a + Of.ARow, b1 = b + Of.BColumn, b2 = b1 + Of.BColumn, b3 = b2 + Of.BColumn, sums = stackalloc float[2 * RowsAtOnce];
            int p = 0;
            for (; p + V.Count <= Of.Inner; p += V.Count)
            {
                V x = V.Load(a + p), y0 = V.Load(b + p), y1 = V.Load(b1 + p), y2 = V.Load(b2 + p), y3 = V.Load(b3 + p);
                s0 = V.MultiplyAdd(x, y0, s0);
                s1 = V.MultiplyAdd(x, y1, s1);
                s2 = V.MultiplyAdd(x, y2, s2);
                s3 = V.MultiplyAdd(x, y3, s3);
                if (R.Count > 1)
                {
                    x = V.Load(next + p);
                    t0 = V.MultiplyAdd(x, y0, t0);
                    t1 = V.MultiplyAdd(x, y1, t1);
                    t2 = V.MultiplyAdd(x, y2, t2);
                    t3 = V.MultiplyAdd(x, y3, t3);
                }
            }

            V.StoreSums(s0, s1, s2, s3, sums);
            V.StoreSums(t0, t1, t2, t3, sums + RowsAtOnce);
            for (int r = 0; r < R.Count; r++, a = next, c += Of.Columns, sums += RowsAtOnce)
            {
                for (int q = p; q < Of.Inner; q++)
                {
                    sums[0] += a[q] * b[q];
                    sums[1] += a[q] * b1[q];
                    sums[2] += a[q] * b2[q];
                    sums[3] += a[q] * b3[q];
                }

                for (int i = 0; i < RowsAtOnce; i++)
                {
                    c[i] += sums[i];
                }
            }
        }
    }
}
