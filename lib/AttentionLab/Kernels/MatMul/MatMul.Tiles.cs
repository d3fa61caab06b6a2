using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// The register tile of <see cref="MatMul"/>: the only loop that counts. A tile of C stays in registers while the
/// product walks along the inner dimension; each number of A is used for all registers of a row of B, each register of B for all rows.
/// </summary>
public static partial class MatMul
{
    /// <summary>
    /// The tests of R are constants for the just-in-time compiler. A pointer to every third row is kept, since an address may be a pointer plus one index.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void Tile<W, R, L, M>(
        float* first, nint aRow, nint aInner, float* strip, nint bInner, float* c, nint cRow, int depth, bool write, in Ahead ahead, float* copy, int count)
        where W : struct, ITileRow<W>
        where R : struct, ITileRows
        where L : struct, ILayout
        where M : struct, IMemory
    {
        float* asked = ahead.From;
        for (; count > 0; count--, first += M.IsCopied ? GroupTile : R.Count * aRow, c += R.Count * cRow, asked += Scratch.LineFloats)
        {
            W x0 = W.All(0), x1 = x0, x2 = x0, x3 = x0, x4 = x0, x5 = x0, x6 = x0, x7 = x0, x8 = x0, x9 = x0, x10 = x0, x11 = x0;
            float* a0 = first, a3 = a0 + 3 * aRow, a6 = a0 + 6 * aRow, a9 = a0 + 9 * aRow, b = strip, next = asked, other = next + ahead.Beside;
            int left = depth;
            float* end = c + R.Count * cRow, asking = c;
            for (; M.IsFarInC && W.Registers <= 2 && asking != end; asking += cRow)
            {
                Prefetch.Line(asking);
            }

            // What asks for nothing must not even call: the compiler keeps no more than about a thousand variables in registers, those of calls among them.
            nint inner = L.IsByRows ? 1 : M.IsCopied ? TileRows : aInner, one = L.IsByRows ? aRow : 1, two = 2 * one, nextStep = ahead.Step;
            for (; R.Count <= TileRows && M.Lines == 0 && W.Count > 2 && left >= 4 && (!M.IsFar || copy == null); left -= 4)
            {
                nint bRow = M.IsCopied ? W.Count : bInner;
                AddProducts<W, R, L>(a0, a3, one, two, W.Load(b), ref x0, ref x1, ref x2, ref x3, ref x4, ref x5);
                AddProducts<W, R, L>(a0 + inner, a3 + inner, one, two, W.Load(b + bRow), ref x0, ref x1, ref x2, ref x3, ref x4, ref x5);
                AddProducts<W, R, L>(a0 + 2 * inner, a3 + 2 * inner, one, two, W.Load(b + 2 * bRow), ref x0, ref x1, ref x2, ref x3, ref x4, ref x5);
                AddProducts<W, R, L>(a0 + 3 * inner, a3 + 3 * inner, one, two, W.Load(b + 3 * bRow), ref x0, ref x1, ref x2, ref x3, ref x4, ref x5);
                if (M.IsFarInC && W.Registers > 2 && asking != end)
                {
                    Prefetch.Line(asking);
                    if (W.Count > 2 * Scratch.LineFloats)
                    {
                        Prefetch.Line(asking + Scratch.LineFloats);
                        Prefetch.Line(asking + 2 * Scratch.LineFloats);
                        Prefetch.Line(asking + 3 * Scratch.LineFloats);
                    }

                    asking += cRow;
                }

                if (M.IsFar)
                {
                    Prefetch.Line(next);
                    Prefetch.Line(other);
                    Prefetch.Line(next + nextStep);
                    Prefetch.Line(other + nextStep);
                    next += 2 * nextStep;
                    other += 2 * nextStep;
                }

                a0 += 4 * inner;
                a3 += 4 * inner;
                b += 4 * bRow;
            }

            for (; left > 0; left--)
            {
                W row = W.Load(b);
                if (M.IsFar && copy != null)
                {
                    W.Store(row, copy);
                    copy += W.Count;
                }

                AddProducts<W, R, L>(a0, a3, one, two, row, ref x0, ref x1, ref x2, ref x3, ref x4, ref x5);
                if (R.Count > 6)
                {
                    x6.AddProduct(a6[0], row);
                }

                if (R.Count > 7)
                {
                    x7.AddProduct(a6[one], row);
                }

                if (R.Count > 8)
                {
                    x8.AddProduct(a6[two], row);
                    x9.AddProduct(a9[0], row);
                    x10.AddProduct(a9[one], row);
                    x11.AddProduct(a9[two], row);
                    a9 += inner;
                }

                if (R.Count > 6)
                {
                    a6 += inner;
                }

                a0 += inner;
                a3 += inner;
                b += bInner;
                if (M.Lines > 0)
                {
                    Prefetch.Line(next);
                    if (M.Lines > 1 && W.Count > Scratch.LineFloats)
                    {
                        Prefetch.Line(next + Scratch.LineFloats);
                    }

                    if (M.Lines > 2 && W.Count > 2 * Scratch.LineFloats)
                    {
                        Prefetch.Line(next + 2 * Scratch.LineFloats);
                        Prefetch.Line(next + 3 * Scratch.LineFloats);
                    }

                    next += nextStep;
                }
                else if (M.IsFar)
                {
                    Prefetch.Line(next);
                    float* turn = next + nextStep;
                    next = other;
                    other = turn;
                }
            }

            Finish(c, x0, write);
            if (R.Count > 1)
            {
                Finish(c + cRow, x1, write);
            }

            if (R.Count > 2)
            {
                Finish(c + 2 * cRow, x2, write);
            }

            if (R.Count > 3)
            {
                Finish(c + 3 * cRow, x3, write);
            }

            if (R.Count > 4)
            {
                Finish(c + 4 * cRow, x4, write);
            }

            if (R.Count > 5)
            {
                Finish(c + 5 * cRow, x5, write);
            }

            if (R.Count > 6)
            {
                Finish(c + 6 * cRow, x6, write);
            }

            if (R.Count > 7)
            {
                Finish(c + 7 * cRow, x7, write);
            }

            if (R.Count > 8)
            {
                Finish(c + 8 * cRow, x8, write);
                Finish(c + 9 * cRow, x9, write);
                Finish(c + 10 * cRow, x10, write);
                Finish(c + 11 * cRow, x11, write);
            }
        }
    }

    /// <summary>One step of up to six rows, the numbers of A at distances that are constants as far as they can be.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddProducts<W, R, L>(
        float* a, float* a3, nint one, nint two, W row, ref W x0, ref W x1, ref W x2, ref W x3, ref W x4, ref W x5)
        where W : struct, ITileRow<W>
        where R : struct, ITileRows
        where L : struct, ILayout
    {
        a3 = L.IsByRows ? a3 : a + 3;
        x0.AddProduct(a[0], row);
        if (R.Count > 1)
        {
            x1.AddProduct(a[one], row);
        }

        if (R.Count > 2)
        {
            x2.AddProduct(a[two], row);
        }

        if (R.Count > 3)
        {
            x3.AddProduct(a3[0], row);
        }

        if (R.Count > 4)
        {
            x4.AddProduct(a3[one], row);
        }

        if (R.Count > 5)
        {
            x5.AddProduct(a3[two], row);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Finish<W>(float* c, W row, bool write)
        where W : struct, ITileRow<W> => W.Store(write ? row : row + W.Load(c), c);
}
