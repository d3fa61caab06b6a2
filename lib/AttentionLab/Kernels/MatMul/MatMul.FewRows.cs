using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>Few rows times a large B: B is read once, where it lies, and the time is little more than that of reading it.</summary>
public static partial class MatMul
{
    /// <summary>A row of B from so long on is long: two pages.</summary>
    private const int LongRow = 2048;

    /// <summary>Columns of one part at most. The hardware fetches ahead only within long runs: 512 or 2048 columns took up to 1.2 times as long.</summary>
    private const int FewColumns = 4096;

    /// <summary>Columns of one part at least where there are threads for more parts; a multiple of any register.</summary>
    private const int FewestColumns = 512;

    /// <summary>Rows of B that are added to a row of C at once: 8, a power of two apart, would need more places in a cache set than it has.</summary>
    private const int RowsAtOnce = 4;

    /// <summary>So many rows of B ahead of those in use, memory is asked for.</summary>
    private const int RowsAhead = 32;

    /// <summary>From so many numbers on (8 MB) B is taken to come from memory; where it is near, asking for it costs up to a third of the time.</summary>
    private const int Far = 1 << 21;

    /// <summary>A row of B up to so long is short.</summary>
    private const int ShortRow = 128;

    /// <summary>From so many rows on the tiles are faster: they read B once for all rows.</summary>
    private static int FewRowsOfSums(int columns) => ManyRegisters ? 3 : columns > ShortRow ? MostLongRows + 1 : 4;

    /// <summary>The same for a transposed B, which tiles would have to turn. Short rows are turned sooner than sums are added up across registers.</summary>
    private static int FewRowsOfDots(int inner) => inner > ShortRow ? 17 : 5;

    /// <summary>A part is a range of columns.</summary>
    private unsafe partial struct FewRowsJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public Product Of;

        /// <summary>Columns of a part.</summary>
        private int _width;

        /// <summary>Does all of a product.</summary>
        public static void Multiply(in Product product)
        {
            long work = (long)product.Rows * product.Inner * product.Columns;
            int threads = work < Workers.SmallWork || Workers.Inside ? 1 : Workers.Count;
            int share = Pieces(Pieces(product.Columns, threads), FewestColumns) * FewestColumns;
            FewRowsJob<V> job = new() { Of = product, _width = Math.Min(share, FewColumns) };
            Workers.Run(ref job, Pieces(product.Columns, job._width), work);
        }

        public readonly void Run(int part)
        {
            int first = part * _width, end = Math.Min(first + _width, Of.Columns);
            for (int i = 0; i < Of.Rows && !Of.Add; i++)
            {
                new Span<float>(Of.C + (nint)i * Of.Columns + first, end - first).Clear();
            }

            if (Of.BColumn == 1)
            {
                // Two or three rows of A do not repay sums of their own where B is near.
                bool isNear = (long)Of.Inner * Of.Columns < Far;
                if (!ManyRegisters && Of.Columns > ShortRow && (Of.Rows > 3 || (Of.Rows > 1 && !isNear)))
                {
                    AddLongRowsOfB(first, end - first);
                }
                else if (!ManyRegisters || isNear || Of.Columns <= ShortRow)
                {
                    AddRowsOfB<Near>(first, end - first);
                }
                else
                {
                    AddRowsOfB<Asking>(first, end - first);
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

        /// <summary>c_ij += Σ_p a_ip·b_pj for columns from <paramref name="first"/> on, some rows of B at a time.</summary>
        private readonly void AddRowsOfB<M>(int first, int columns)
            where M : struct, IMemory
        {
            int done = Of.Columns <= ShortRow ? AddShortRowsOfB(first, columns) : 0;
            first += done;
            columns -= done;
            for (int p = AddEightRowsOfB(first, columns); p < Of.Inner && columns > 0; p += RowsAtOnce)
            {
                FetchRows(Of.B + p * Of.BInner + first, Of.BInner, columns);
                float* a = Of.A + p * Of.AInner, b = Of.B + p * Of.BInner + first, c = Of.C + first;
                int i = 0, rows = Math.Min(RowsAtOnce, Of.Inner - p);
                for (; i + 2 <= Of.Rows; i += 2)
                {
                    AddRowsOfB<Rows2, M>(a + i * Of.ARow, b, c + (nint)i * Of.Columns, rows, columns, Asked(i, 2));
                }

                if (i < Of.Rows)
                {
                    AddRowsOfB<Rows1, M>(a + i * Of.ARow, b, c + (nint)i * Of.Columns, rows, columns, Asked(i, 1));
                }
            }
        }

        /// <summary>
        /// c_j += Σ_p a_p·b_pj, eight long rows of B at a time, for one row of A: 0.5 to 0.9 times the time of four (512 rows of 2048 numbers: 1 to 1.1).
        /// </summary>
        /// <returns>How many rows of B are done.</returns>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly int AddEightRowsOfB(int first, int columns)
        {
            int whole = columns - columns % V.Count, p = 0;
            for (; Of.Rows == 1 && Of.Columns > ShortRow && p + 8 <= Of.Inner; p += 8)
            {
                float* a = Of.A + p * Of.AInner, b = Of.B + p * Of.BInner + first, c = Of.C + first;
                nint step = Of.AInner, row = Of.BInner;
                float* b3 = b + 3 * row, b6 = b3 + 3 * row;
                V x0 = V.All(a[0]), x1 = V.All(a[step]), x2 = V.All(a[2 * step]), x3 = V.All(a[3 * step]);
                V x4 = V.All(a[4 * step]), x5 = V.All(a[5 * step]), x6 = V.All(a[6 * step]), x7 = V.All(a[7 * step]);
                for (int j = 0; j < whole; j += V.Count)
                {
                    V even = V.Load(c + j), odd = x1 * V.Load(b + row + j);
                    even.AddProduct(x0, V.Load(b + j));
                    even.AddProduct(x2, V.Load(b + 2 * row + j));
                    odd.AddProduct(x3, V.Load(b3 + j));
                    even.AddProduct(x4, V.Load(b3 + row + j));
                    odd.AddProduct(x5, V.Load(b3 + 2 * row + j));
                    even.AddProduct(x6, V.Load(b6 + j));
                    odd.AddProduct(x7, V.Load(b6 + row + j));
                    V.Store(even + odd, c + j);
                }

                for (int j = whole; j < columns; j++)
                {
                    for (int i = 0; i < 8; i++)
                    {
                        c[j] += a[i * step] * b[i * row + j];
                    }
                }
            }

            return p;
        }

        /// <summary>Which of the next rows of B are asked for while some rows of A meet those in use: all of A together ask for each once.</summary>
        private readonly Range Asked(int row, int count) => (RowsAtOnce * row / Of.Rows)..(RowsAtOnce * (row + count) / Of.Rows);

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

        /// <summary>c_ij += Σ_p a_ip·b_pj for up to four rows of B, and for one or two rows of A while these are in registers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddRowsOfB<R, M>(float* a, float* b, float* c, int rows, int columns, Range asked)
            where R : struct, ITileRows
            where M : struct, IMemory
        {
            float* other = a + (R.Count > 1 ? Of.ARow : 0), below = c + Of.Columns;
            int j = 0;
            if (rows == RowsAtOnce)
            {
                nint one = Of.AInner, two = 2 * one, three = 3 * one;
                V x0 = V.All(a[0]), x1 = V.All(a[one]), x2 = V.All(a[two]), x3 = V.All(a[three]);
                V y0 = V.All(other[0]), y1 = V.All(other[one]), y2 = V.All(other[two]), y3 = V.All(other[three]);
                float* b1 = b + Of.BInner, b2 = b1 + Of.BInner, b3 = b2 + Of.BInner;
                float* next = b + (RowsAtOnce + asked.Start.Value) * Of.BInner;
                int ask = asked.End.Value - asked.Start.Value;
                for (; j + V.Count <= columns; j += V.Count)
                {
                    for (int r = 0; M.IsFar && r < ask; r++)
                    {
                        Prefetch.Line(next + r * Of.BInner + j);
                    }

                    V u0 = V.Load(b + j), u1 = V.Load(b1 + j), u2 = V.Load(b2 + j), u3 = V.Load(b3 + j);

                    // All of C is read before any is written: what lies a power of two behind a write is taken to depend on it.
                    V x = V.Load(c + j), y = R.Count > 1 ? V.Load(below + j) : x;
                    x = V.MultiplyAdd(x2, u2, V.MultiplyAdd(x0, u0, x));
                    V.Store(x + V.MultiplyAdd(x3, u3, x1 * u1), c + j);
                    if (R.Count > 1)
                    {
                        y = V.MultiplyAdd(y2, u2, V.MultiplyAdd(y0, u0, y));
                        V.Store(y + V.MultiplyAdd(y3, u3, y1 * u1), below + j);
                    }
                }
            }

            for (int i = 0; i < R.Count; i++, a += Of.ARow, c += Of.Columns)
            {
                for (int p = 0; p < rows; p++)
                {
                    float* row = b + p * Of.BInner;
                    V value = V.All(a[p * Of.AInner]);
                    int k = j;
                    for (; k + V.Count <= columns; k += V.Count)
                    {
                        V.Store(V.MultiplyAdd(value, V.Load(row + k), V.Load(c + k)), c + k);
                    }

                    for (; k < columns; k++)
                    {
                        c[k] += a[p * Of.AInner] * row[k];
                    }
                }
            }
        }
    }
}
