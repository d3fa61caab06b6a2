using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// What attention does with strips: matrices two or four registers wide (or narrower, as part of a wider one) where every lane is a query.
/// Nothing crosses lanes.
/// </summary>
internal static unsafe class Strips
{
    /// <summary>
    /// Registers of the widest strip. Where there are 32, a tile of 6 rows of four reads 10 numbers or registers for its 24 products, one of 12 rows of two
    /// reads 14: attention took 1.11 to 1.16 times as long on a CPU that reads 1.1 registers of 512 bits a cycle.
    /// </summary>
    public static int Registers => MatMul.ManyRegisters ? 4 : 2;

    /// <summary>Lanes of a strip that so many queries begin: two registers for those that fit in them, as four would be half empty.</summary>
    public static int Width<V>(int queries)
        where V : struct, ILanes<V> => (queries > 2 * V.Count ? Registers : 2) * V.Count;

    /// <summary>Rows of the highest tile.</summary>
    public static int Tall<W>()
        where W : struct, ITileRow<W> => MatMul.ManyRegisters ? 24 / W.Registers : 6;

    /// <summary>
    /// Writes or adds C = A·B for a strip B (inner, registers of <typeparamref name="W"/>); a_rp = a[r·aRow + p·aInner], rows of B and C are bInner and cRow
    /// apart. Each tile asks for memory <paramref name="ahead"/> meanwhile, a line further than the tile before, where CPUs have registers for it: with 16 the
    /// asking costs more than it saves.
    /// </summary>
    public static void Product<W>(
        float* a, nint aRow, nint aInner, float* b, nint bInner, float* c, nint cRow, int rows, int inner, bool write, in MatMul.Ahead ahead = default)
        where W : struct, ITileRow<W>
    {
        MatMul.Ahead asked = ahead;
        while (rows > 0)
        {
            // Eight rows at once, where they fit, are faster than six and two.
            int tall = rows >= Tall<W>() ? Tall<W>() : rows <= 8 ? rows : 6, count = rows / tall;
            if (!MatMul.ManyRegisters || asked.Tiles <= 0)
            {
                MatMul.Tile<W, MatMul.Near>(tall, a, aRow, aInner, b, bInner, c, cRow, inner, write, count: count);
            }
            else
            {
                count = Math.Min(count, asked.Tiles);
                MatMul.Tile<W, MatMul.Asking>(tall, a, aRow, aInner, b, bInner, c, cRow, inner, write, asked, count: count);
                asked = asked.Further(count);
            }

            int done = count * tall;
            rows -= done;
            a += done * aRow;
            c += done * cRow;
        }
    }

    /// <summary>Each lane of some rows times its factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ScaleLanes<V>(float* x, int width, int rows, V factorX, V factorY)
        where V : struct, ILanes<V>
    {
        for (; rows > 0; rows--, x += width)
        {
            V.Store(V.Load(x) * factorX, x);
            V.Store(V.Load(x + V.Count) * factorY, x + V.Count);
        }
    }

    /// <summary>Turns a strip (columns, lanes), whose rows are <paramref name="width"/> apart, back to <paramref name="count"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreRows<V>(float* strip, int width, float* to, nint toRow, int columns, int count)
        where V : struct, ILanes<V>
    {
        for (int r = 0; r < count; r += 4, to += 4 * toRow, strip += 4)
        {
            int rows = Math.Min(4, count - r), c = 0;
            for (; rows == 4 && c <= columns - V.Count; c += V.Count)
            {
                V.Transpose4(strip + c * width, width, to + c, toRow);
            }

            for (; V.Count > Lanes4.Count && rows == 4 && c <= columns - Lanes4.Count; c += Lanes4.Count)
            {
                Lanes4.Transpose4(strip + c * width, width, to + c, toRow);
            }

            for (; c < columns; c++)
            {
                for (int i = 0; i < rows; i++)
                {
                    to[i * toRow + c] = strip[c * width + i];
                }
            }
        }
    }
}
