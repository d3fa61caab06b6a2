using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>Some rows times a B whose rows are long, where CPUs have 16 registers: B is read in long runs, and all of A meets it while it is in them.</content>
public static partial class MatMul
{
    /// <summary>So many rows at most.</summary>
    private const int MostLongRows = 16;

    /// <summary>Rows of sums are a line more than a multiple of so many numbers apart: a first cache of 8 ways has a place for each.</summary>
    private const int SumRow = 1024;

    private unsafe partial struct FewRowsJob<V>
    {
        /// <summary>
        /// c_ij += Σ_p a_ip·b_pj, some rows of B at a time. Sums lie together: rows of C that are a power of two apart would push each other out of the caches.
        /// </summary>
        private readonly void AddLongRowsOfB(int first, int columns)
        {
            int whole = Pieces(columns, Scratch.LineFloats) * Scratch.LineFloats, step = Pieces(columns, SumRow) * SumRow + Scratch.LineFloats, p = 0;
            float* c = Of.C + first, b = Of.B + first, sums = Scratch.Of(Scratch.B, Of.Rows * step), a = stackalloc float[MostLongRows * RowsAtOnce];
            for (int i = 0; i < Of.Rows; i++)
            {
                new Span<float>(c + (nint)i * Of.Columns, columns).CopyTo(new(sums + i * step, columns));
            }

            for (; p + RowsAtOnce <= Of.Inner; p += RowsAtOnce)
            {
                // Whole registers where there is something to read behind a row: what comes of that is in none of the sums that are kept.
                CopyOfA(p, RowsAtOnce, a);
                AddLongRowsOfB<Rows4>(a, b + p * Of.BInner, sums, step, p + RowsAtOnce < Of.Inner ? whole : columns);
            }

            for (; p < Of.Inner; p++)
            {
                CopyOfA(p, 1, a);
                AddLongRowsOfB<Rows1>(a, b + p * Of.BInner, sums, step, columns);
            }

            for (int i = 0; i < Of.Rows; i++)
            {
                new Span<float>(sums + i * step, columns).CopyTo(new(c + (nint)i * Of.Columns, columns));
            }
        }

        /// <summary>What of each row of A meets some rows of B.</summary>
        private readonly void CopyOfA(int p, int count, float* to)
        {
            for (int i = 0; i < Of.Rows; i++)
            {
                for (int k = 0; k < count; k++)
                {
                    *to++ = Of.A[i * Of.ARow + (p + k) * Of.AInner];
                }
            }
        }

        /// <summary>Adds what one or four rows of B give to all sums, and asks for the rows behind them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddLongRowsOfB<R>(float* a, float* b, float* sums, int step, int columns)
            where R : struct, ITileRows
        {
            nint one = R.Count > 1 ? Of.BInner : 0, two = 2 * one, three = 3 * one;
            float* next = b + R.Count * Of.BInner;
            int j = 0;
            for (; j + Two<V>.Count <= columns; j += Two<V>.Count, b += Two<V>.Count, next += Two<V>.Count, sums += Two<V>.Count)
            {
                Prefetch.Line(next);
                Prefetch.Line(next + one);
                Prefetch.Line(next + two);
                Prefetch.Line(next + three);
                Two<V> u0 = Two<V>.Load(b), u1 = Two<V>.Load(b + one), u2 = Two<V>.Load(b + two), u3 = Two<V>.Load(b + three);
                float* x = a, sum = sums;
                for (int i = Of.Rows; i > 0; i--, x += R.Count, sum += step)
                {
                    Two<V> y = Two<V>.Load(sum);
                    y.AddProduct(x[0], u0);
                    if (R.Count > 1)
                    {
                        y.AddProduct(x[1], u1);
                        y.AddProduct(x[2], u2);
                        y.AddProduct(x[3], u3);
                    }

                    Two<V>.Store(y, sum);
                }
            }

            for (; j < columns; j++, b++, sums++)
            {
                for (int i = 0; i < Of.Rows; i++)
                {
                    for (int k = 0; k < R.Count; k++)
                    {
                        sums[i * step] += a[i * R.Count + k] * b[k * one];
                    }
                }
            }
        }
    }
}
