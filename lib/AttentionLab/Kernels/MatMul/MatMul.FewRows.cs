using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>Few rows times a large B: B is read once, where it lies, and the time is little more than that of reading it.</summary>
public static partial class MatMul
{
    /// <summary>From so many rows on the tiles are faster: they read B once for all rows, in narrow strips.</summary>
    private const int FewRows = 4;

    /// <summary>
    /// The same where a row of B is at least <see cref="LongRow"/> long and there are registers for four rows of A: the strips of a tile are then bits of
    /// pages far from each other.
    /// </summary>
    private const int FewRowsOfLong = 9;

    /// <summary>A row of B from so long on is long: two pages.</summary>
    private const int LongRow = 2048;

    /// <summary>Columns of one part at most. The hardware fetches ahead only within long runs: 512 columns took 1.2 times as long on one thread.</summary>
    private const int FewColumns = 2048;

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

    /// <summary>From so many rows on the tiles are faster.</summary>
    private static int FewRowsOfSums(int columns) => ManyRegisters && columns >= LongRow ? FewRowsOfLong : FewRows;

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
                // More than four rows of C, a power of two apart, would push rows of B out of their places in the first cache.
                bool apart = Of.Rows > 4;
                nint step = apart ? end - first + Scratch.LineFloats : Of.Columns;
                float* sums = apart ? Scratch.Of(Scratch.B, Of.Rows * (int)step) : Of.C + first;
                CopyRows(Of.C + first, Of.Columns, sums, step, apart ? Of.Rows : 0, end - first);

                if ((long)Of.Inner * Of.Columns < Far || Of.Columns <= ShortRow)
                {
                    AddRowsOfB<Near>(first, sums, step, end - first);
                }
                else
                {
                    AddRowsOfB<Asking>(first, sums, step, end - first);
                }

                CopyRows(sums, step, Of.C + first, Of.Columns, apart ? Of.Rows : 0, end - first);
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
        private readonly void AddRowsOfB<M>(int first, float* c, nint step, int columns)
            where M : struct, IMemory
        {
            if (Of.Columns <= ShortRow)
            {
                int done = AddShortRowsOfB(first, c, step, columns);
                first += done;
                c += done;
                columns -= done;
            }

            for (int p = 0; p < Of.Inner && columns > 0; p += RowsAtOnce)
            {
                FetchRows(Of.B + p * Of.BInner + first, Of.BInner, columns);
                float* a = Of.A + p * Of.AInner, b = Of.B + p * Of.BInner + first;
                int i = 0, rows = Math.Min(RowsAtOnce, Of.Inner - p);
                for (; ManyRegisters && i + 4 <= Of.Rows; i += 4)
                {
                    AddRowsOfB<Rows4, M>(a + i * Of.ARow, b, c + i * step, step, rows, columns, Asked(i, 4));
                }

                for (; i + 2 <= Of.Rows; i += 2)
                {
                    AddRowsOfB<Rows2, M>(a + i * Of.ARow, b, c + i * step, step, rows, columns, Asked(i, 2));
                }

                if (i < Of.Rows)
                {
                    AddRowsOfB<Rows1, M>(a + i * Of.ARow, b, c + i * step, step, rows, columns, Asked(i, 1));
                }
            }
        }

        /// <summary>Which of the next rows of B are asked for while some rows of A meet those in use: all of A together ask for each once.</summary>
        private readonly Range Asked(int row, int count) => (RowsAtOnce * row / Of.Rows)..(RowsAtOnce * (row + count) / Of.Rows);

        private static void CopyRows(float* from, nint fromStep, float* to, nint toStep, int rows, int columns)
        {
            for (int i = 0; i < rows; i++)
            {
                new ReadOnlySpan<float>(from + i * fromStep, columns).CopyTo(new Span<float>(to + i * toStep, columns));
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

        /// <summary>c_ij += Σ_p a_ip·b_pj for up to four rows of B, and for one, two or four rows of A while these are in registers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddRowsOfB<R, M>(float* a, float* b, float* c, nint step, int rows, int columns, Range asked)
            where R : struct, ITileRows
            where M : struct, IMemory
        {
            float* a1 = a + (R.Count > 1 ? Of.ARow : 0), a2 = a + (R.Count > 2 ? 2 * Of.ARow : 0), a3 = a2 + (R.Count > 2 ? Of.ARow : 0), c2 = c + 2 * step;
            int j = 0;
            if (rows == RowsAtOnce)
            {
                nint one = Of.AInner, two = 2 * one, three = 3 * one;
                V x0 = V.All(a[0]), x1 = V.All(a[one]), x2 = V.All(a[two]), x3 = V.All(a[three]);
                V y0 = V.All(a1[0]), y1 = V.All(a1[one]), y2 = V.All(a1[two]), y3 = V.All(a1[three]);
                V z0 = V.All(a2[0]), z1 = V.All(a2[one]), z2 = V.All(a2[two]), z3 = V.All(a2[three]);
                V w0 = V.All(a3[0]), w1 = V.All(a3[one]), w2 = V.All(a3[two]), w3 = V.All(a3[three]);
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
                    V x = V.Load(c + j), y = R.Count > 1 ? V.Load(c + step + j) : x;
                    V z = R.Count > 2 ? V.Load(c2 + j) : x, w = R.Count > 2 ? V.Load(c2 + step + j) : x;
                    x = V.MultiplyAdd(x2, u2, V.MultiplyAdd(x0, u0, x));
                    V.Store(x + V.MultiplyAdd(x3, u3, x1 * u1), c + j);
                    if (R.Count > 1)
                    {
                        y = V.MultiplyAdd(y2, u2, V.MultiplyAdd(y0, u0, y));
                        V.Store(y + V.MultiplyAdd(y3, u3, y1 * u1), c + step + j);
                    }

                    if (R.Count > 2)
                    {
                        z = V.MultiplyAdd(z2, u2, V.MultiplyAdd(z0, u0, z));
                        V.Store(z + V.MultiplyAdd(z3, u3, z1 * u1), c2 + j);
                        w = V.MultiplyAdd(w2, u2, V.MultiplyAdd(w0, u0, w));
                        V.Store(w + V.MultiplyAdd(w3, u3, w1 * u1), c2 + step + j);
                    }
                }
            }

            for (int i = 0; i < R.Count; i++, a += Of.ARow, c += step)
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
