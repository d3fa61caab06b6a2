using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>Few rows times a B whose rows are short, as those of a head are: sums stay in registers, for what a step costs beside them counts.</content>
public static partial class MatMul
{
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
                else
                {
                    AddRowsApart<M>(x, width);
                }
            }
        }

        /// <summary>
        /// The same for one row of A: rows of B far apart have sums of their own. One chain of them would wait for itself, and memory that is read in several
        /// places at once comes 1.2 to 1.4 times as fast.
        /// </summary>
        private readonly void AddRowsApart<M>(ShortSum x, int width)
            where M : struct, IMemory
        {
            bool inFour = ManyRegisters && !M.IsFar;
            int pieces = width / Four<V>.Count, places = (inFour ? 4 : 2) / pieces, count = Of.Inner / places, done = places * count;
            nint a = count * Of.AInner, b = count * Of.BInner;
            ShortSum At(int place, int piece) => new() { A = x.A + place * a, B = x.B + place * b + piece * Four<V>.Count, C = x.C + piece * Four<V>.Count };
            if (inFour)
            {
                AddShortSums(x, pieces == 2 ? At(0, 1) : At(1, 0), pieces == 2 ? At(1, 0) : At(2, 0), pieces == 2 ? At(1, 1) : At(3, 0), count);
            }
            else
            {
                AddShortSums<M>(x, pieces == 2 ? At(0, 1) : At(1, 0), Of.AInner, Of.BInner, count);
            }

            if (done < Of.Inner)
            {
                AddRowsOfB<Rows1, Near>(x.A + done * Of.AInner, x.B + done * Of.BInner, x.C, Of.Inner - done, width, default);
            }
        }

        /// <summary>C += Σ a·b for as many columns as four registers hold.</summary>
        private struct ShortSum
        {
            public float* A, B, C;
        }

        /// <summary>Two sums side by side: of two rows of A, of two pieces of the columns, or of two places in B.</summary>
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

        /// <summary>Four sums side by side, of places in B and pieces of the columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void AddShortSums(ShortSum first, ShortSum second, ShortSum third, ShortSum fourth, int count)
        {
            Four<V> x = Four<V>.All(0), y = x, z = x, w = x;
            nint aStep = Of.AInner, bStep = Of.BInner;
            float* a0 = first.A, a1 = second.A, a2 = third.A, a3 = fourth.A, b0 = first.B, b1 = second.B, b2 = third.B, b3 = fourth.B;
            for (; count > 0; count--)
            {
                x.AddProduct(*a0, Four<V>.Load(b0));
                y.AddProduct(*a1, Four<V>.Load(b1));
                z.AddProduct(*a2, Four<V>.Load(b2));
                w.AddProduct(*a3, Four<V>.Load(b3));
                a0 += aStep;
                a1 += aStep;
                a2 += aStep;
                a3 += aStep;
                b0 += bStep;
                b1 += bStep;
                b2 += bStep;
                b3 += bStep;
            }

            Four<V>.Store(Four<V>.Load(first.C) + x, first.C);
            Four<V>.Store(Four<V>.Load(second.C) + y, second.C);
            Four<V>.Store(Four<V>.Load(third.C) + z, third.C);
            Four<V>.Store(Four<V>.Load(fourth.C) + w, fourth.C);
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
    }
}
