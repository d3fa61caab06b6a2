using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>
/// What attention does with strips: matrices two registers wide (or half as wide, as part of a wider one) where every lane is a query.
/// Nothing crosses lanes.
/// </summary>
internal static unsafe class Strips
{
    /// <summary>Rows of the highest tile two registers wide.</summary>
    public static int Tall => MatMul.ManyRegisters ? 12 : 6;

    /// <summary>
    /// Writes or adds C = A·B for a strip B (inner, 2 registers); a_rp = a[r·aRow + p·aInner], rows of B and C are bInner and cRow apart. Each tile asks
    /// for memory <paramref name="ahead"/> meanwhile, a line further than the tile before, where CPUs have registers for it: with 16 the asking costs more
    /// than it saves.
    /// </summary>
    public static void Product<V>(
        float* a, nint aRow, nint aInner, float* b, nint bInner, float* c, nint cRow, int rows, int inner, bool write, in MatMul.Ahead ahead = default)
        where V : struct, ILanes<V>
    {
        MatMul.Ahead asked = ahead;
        while (rows > 0)
        {
            // Eight rows at once, where they fit, are faster than six and two.
            int tall = rows >= Tall ? Tall : rows <= 8 ? rows : 6, count = rows / tall;
            if (!MatMul.ManyRegisters && aInner == 1)
            {
                MatMul.Tile<Two<V>, MatMul.NearRows>(tall, a, aRow, aInner, b, bInner, c, cRow, inner, write, count: count);
            }
            else if (!MatMul.ManyRegisters && aRow == 1)
            {
                MatMul.Tile<Two<V>, MatMul.NearColumns>(tall, a, aRow, aInner, b, bInner, c, cRow, inner, write, count: count);
            }
            else if (!MatMul.ManyRegisters || asked.From == null)
            {
                MatMul.Tile<Two<V>, MatMul.Near>(tall, a, aRow, aInner, b, bInner, c, cRow, inner, write, count: count);
            }
            else
            {
                MatMul.Tile<Two<V>, MatMul.Asking>(tall, a, aRow, aInner, b, bInner, c, cRow, inner, write, asked, count: count);
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

    /// <summary>Turns a strip (columns, lanes) back to <paramref name="count"/> rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void StoreRows<V>(float* strip, float* to, nint toRow, int columns, int count)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        for (int r = 0; r < count; r += 4, to += 4 * toRow, strip += 4)
        {
            int rows = Math.Min(4, count - r), c = 0;
            for (; rows == 4 && c <= columns - V.Count; c += V.Count)
            {
                V.Transpose4(strip + c * width, width, to + c, toRow);
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
