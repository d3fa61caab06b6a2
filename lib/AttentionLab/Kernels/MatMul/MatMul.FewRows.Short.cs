using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>Few rows times a B whose rows are short, as those of a head are: sums stay in registers, for what a step costs beside them counts.</content>
public static partial class MatMul
{
    /// <summary>So many numbers of B (16 KB) stay in the first cache while rows of A meet them.</summary>
    private const int NearNumbers = 4096;

    private unsafe partial struct FewRowsJob<V>
    {
        /// <summary>
        /// Whether a B of short rows is asked for early. One row of A reads it from the first number to the last, which the machine sees by itself:
        /// asking for it as well took 1.2 times as long.
        /// </summary>
        /// <param name="width">Numbers of each row that are read one after the other.</param>
        /// <param name="row">Numbers of a row.</param>
        private readonly bool AsksForShortRows(int width, int row) => row <= ShortRow && (Of.Rows > 1 || width < row);

        /// <summary>c_ij += Σ_p a_ip·b_pj as far as columns fill four registers: all of B for some columns, then for the next.</summary>
        /// <returns>How many columns are done.</returns>
        private readonly int AddShortRowsOfB(int first, int columns)
        {
            int done = 0;
            for (int width; done + Four<V>.Count <= columns; done += width)
            {
                width = Of.Rows == 1 && done + 2 * Four<V>.Count <= columns ? 2 * Four<V>.Count : Four<V>.Count;
                if (AsksForShortRows(width, Of.Columns))
                {
                    AddShortRowsOfB<Asking>(first + done, width);
                }
                else
                {
                    AddShortRowsOfB<Near>(first + done, width);
                }
            }

            return done;
        }

        /// <summary>The same for as many columns as four registers hold, or eight.</summary>
        private readonly void AddShortRowsOfB<M>(int column, int width)
            where M : struct, IMemory
        {
            for (int i = 0; i < Of.Rows; i += 2)
            {
                float* a = Of.A + i * Of.ARow, b = Of.B + column, sums = Of.C + (nint)i * Of.Columns + column;
                ShortSum x = new() { A = a, B = b, C = sums };
                if (i + 1 < Of.Rows)
                {
                    AddShortSums<M>(x, x with { A = a + Of.ARow, C = sums + Of.Columns }, Of.AInner, Of.BInner, Of.Inner);
                }
                else if (width > Four<V>.Count)
                {
                    AddShortSums<M>(x, x with { B = b + Four<V>.Count, C = sums + Four<V>.Count }, Of.AInner, Of.BInner, Of.Inner);
                }
                else
                {
                    // Every second row of B has sums of its own: one chain of them would wait for itself.
                    AddShortSums<M>(x, x with { A = a + Of.AInner, B = b + Of.BInner }, 2 * Of.AInner, 2 * Of.BInner, Of.Inner / 2);
                    if (Of.Inner % 2 != 0)
                    {
                        int last = Of.Inner - 1;
                        AddRowsOfB<Rows1, Near>(a + last * Of.AInner, b + last * Of.BInner, sums, 1, Four<V>.Count, default);
                    }
                }
            }
        }

        /// <summary>C += Σ a·b for as many columns as four registers hold.</summary>
        private struct ShortSum
        {
            public float* A, B, C;
        }

        /// <summary>Two sums side by side: of two rows of A, of two pieces of the columns, or of every second row of B.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddShortSums<M>(ShortSum first, ShortSum second, nint aStep, nint bStep, int count)
            where M : struct, IMemory
        {
            Four<V> x = Four<V>.All(0), y = x;
            nint ahead = RowsAhead * Of.BInner;
            for (float* a = first.A, other = second.A, b = first.B, under = second.B; count > 0; count--)
            {
                if (M.IsFar)
                {
                    Fetch(b + ahead);
                }

                if (M.IsFar && b != under)
                {
                    Fetch(under + ahead);
                }

                x.AddProduct(*a, Four<V>.Load(b));
                y.AddProduct(*other, Four<V>.Load(under));
                a += aStep;
                other += aStep;
                b += bStep;
                under += bStep;
            }

            Four<V>.Store(Four<V>.Load(first.C) + x, first.C);
            Four<V>.Store(Four<V>.Load(second.C) + y, second.C);
        }

        /// <summary>Asks for as many numbers as four registers hold.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void Fetch(float* b)
        {
            Prefetch.Line(b);
            if (V.Count >= 8)
            {
                Prefetch.Line(b + Scratch.LineFloats);
            }

            if (V.Count >= 16)
            {
                Prefetch.Line(b + 2 * Scratch.LineFloats);
                Prefetch.Line(b + 3 * Scratch.LineFloats);
            }
        }

        /// <summary>B transposed: each element of C is a dot product of two rows. So many rows of B at a time as are near while all of A meets them.</summary>
        private readonly void AddDots(int first, int end)
        {
            int block = Math.Max(NearNumbers / Math.Max(Of.Inner, 1) / RowsAtOnce, 1) * RowsAtOnce, fours = end - (end - first) % RowsAtOnce;
            for (int j = first; j < fours; j += block)
            {
                int count = Math.Min(block, fours - j);
                for (int i = 0; i < Of.Rows; i += 2)
                {
                    float* a = Of.A + i * Of.ARow, b = Of.B + j * Of.BColumn, c = Of.C + (nint)i * Of.Columns + j;
                    if (i + 1 < Of.Rows)
                    {
                        AddDots<Rows2>(a, b, c, count, asks: i == 0 && AsksForShortRows(Of.Inner, Of.Inner));
                    }
                    else
                    {
                        AddDots<Rows1>(a, b, c, count, asks: i == 0 && AsksForShortRows(Of.Inner, Of.Inner));
                    }
                }
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

        /// <summary>c_ij += a_i·b_j for one or two rows of A and some rows of B, four at a time.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddDots<R>(float* a, float* b, float* c, int count, bool asks)
            where R : struct, ITileRows
        {
            float* other = a + Of.ARow, sums = stackalloc float[RowsAtOnce];
            nint row = Of.BColumn, ahead = RowsAhead * row;
            int inner = Of.Inner, whole = inner - inner % V.Count, fours = inner - inner % Four<V>.Count;
            for (; count > 0; count -= RowsAtOnce, b += RowsAtOnce * row, c += RowsAtOnce)
            {
                Four<V> x = Four<V>.All(0), y = x;
                for (int p = 0; p < fours; p += Four<V>.Count)
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

                for (int p = fours; p < whole; p += V.Count)
                {
                    AddProducts<R>(a + p, other + p, b + p, row, ref x, ref y);
                }

                x.StoreSums(sums);
                AddSums(a, b, whole, sums, c);
                if (R.Count > 1)
                {
                    y.StoreSums(sums);
                    AddSums(other, b, whole, sums, c + Of.Columns);
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
        private readonly void AddSums(float* a, float* b, int first, float* sums, float* c)
        {
            for (int i = 0; first < Of.Inner && i < RowsAtOnce; i++)
            {
                for (int p = first; p < Of.Inner; p++)
                {
                    sums[i] += a[p] * b[i * Of.BColumn + p];
                }
            }

            Lanes4.Store(Lanes4.Load(c) + Lanes4.Load(sums), c);
        }
    }
}
