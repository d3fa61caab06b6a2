using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace AttentionLab.Kernels;

/// <summary>
/// The fast path of <see cref="MatMul"/>: B is copied into strips two registers wide, A into padded rows, block by
/// block, so that every number comes from the nearest cache that can hold it (Goto and van de Geijn 2008).
/// </summary>
/// <remarks>
/// From the outside in: a block of B (InnerOuter × columns) lies in the last-level cache; 96 rows of A in the second;
/// 320 rows of one strip of B in the first; a tile of C in registers. The 96 rows of one strip of C stay in the first
/// cache while the inner dimension runs: reading C anew for each inner block costs a quarter at 2048.
/// </remarks>
public static partial class MatMul
{
    /// <summary>Inner length of the pieces that a tile walks at once. 320 × 32 floats of B are 40 KB; 256 to 384 measured alike.</summary>
    internal const int InnerBlock = 320;

    /// <summary>Distance between two rows of copied A: 16 more than the block, so that 12 rows do not share a cache set.</summary>
    internal const int Stride = InnerBlock + 16;

    /// <summary>Rows of A that are copied at once: 8 tiles of 12, 16 of 6. With <see cref="InnerOuter"/> they fill most of 1 MB.</summary>
    private const int RowBlock = 96;

    /// <summary>Inner length after which C is written: 6 pieces.</summary>
    private const int InnerOuter = 6 * InnerBlock;

    /// <summary>Columns of B that are copied at once; 2048 × <see cref="InnerOuter"/> floats are 15 MB.</summary>
    private const int ColumnBlock = 2048;

    /// <summary>With fewer rows than this a copy of B would be used too seldom to pay.</summary>
    private const int FewRows = 6;

    /// <summary>Rows of a register tile: 2 × 12 sums, two registers of B and one of A fit 32 registers, 2 × 6 fit 16.</summary>
    internal static int TileRows => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported ? 12 : 6;

    /// <summary>Writes or adds A·B to C; a_ip = a[i·aRow + p·aInner], b_pj = b[p·bInner + j·bColumn], so one source serves all transposes.</summary>
    private static unsafe void Blocks<V>(ReadOnlySpan<float> a, int aRow, int aInner, ReadOnlySpan<float> b, int bInner, int bColumn, Span<float> c, int rows, int inner, int columns, bool add)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        fixed (float* pa = a, pb = b, pc = c)
        {
            for (int j0 = 0; j0 < columns; j0 += ColumnBlock)
            {
                int wide = Math.Min(ColumnBlock, columns - j0), strips = (wide + width - 1) / width;
                int outer = EvenPiece(inner, InnerOuter);
                for (int p0 = 0; p0 < inner; p0 += outer)
                {
                    int deep = Math.Min(outer, inner - p0), depth = EvenPiece(deep, InnerBlock);
                    float* packedB = Scratch.Of(Scratch.B, strips * width * deep);
                    for (int s = 0; s < strips; s++)
                    {
                        float* from = pb + (nint)p0 * bInner + (nint)(j0 + s * width) * bColumn;
                        PackStrip<V>(from, bInner, bColumn, packedB + (nint)s * width * deep, deep, Math.Min(width, wide - s * width));
                    }

                    for (int i0 = 0; i0 < rows; i0 += RowBlock)
                    {
                        int tall = Math.Min(RowBlock, rows - i0);
                        float* packedA = Scratch.Of(Scratch.A, RowBlock * Stride * ((deep + depth - 1) / depth));
                        PackRows(pa + (nint)i0 * aRow + (nint)p0 * aInner, aRow, aInner, packedA, tall, deep, depth);
                        RowBlockTimesStrips<V>(packedA, packedB, pc + (nint)i0 * columns + j0, columns, tall, deep, depth, wide, add || p0 > 0);
                    }
                }
            }
        }
    }

    /// <summary>96 rows of A times all strips of B: strip by strip, and within a strip inner block by inner block.</summary>
    private static unsafe void RowBlockTimesStrips<V>(float* a, float* b, float* c, int cStride, int rows, int inner, int piece, int columns, bool add)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count, tileRows = TileRows;
        float* edge = stackalloc float[12 * width];
        for (int j = 0; j < columns; j += width)
        {
            for (int p = 0; p < inner; p += piece)
            {
                int depth = Math.Min(piece, inner - p), valid = Math.Min(width, columns - j);
                float* strip = b + (nint)j * inner + (nint)p * width;
                bool write = p == 0 && !add;
                float* block = a + (nint)(p / piece) * RowBlock * Stride;
                for (int i = 0; i < rows; i += tileRows)
                {
                    float* tileA = block + (nint)i * Stride, tileC = c + (nint)i * cStride + j;
                    int tall = Math.Min(tileRows, rows - i);
                    if (valid == width && tall == tileRows)
                    {
                        Tile<V>(tileA, strip, tileC, cStride, depth, write);
                    }
                    else
                    {
                        Tile<V>(tileA, strip, edge, width, depth, write: true);
                        CopyCorner(edge, width, tileC, cStride, tall, valid, write);
                    }
                }
            }
        }
    }

    /// <summary>Adds (tile rows, depth)·(depth, 2 registers) to C, or writes it there; rows of A are <see cref="Stride"/> apart, B is a packed strip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Tile<V>(float* a, float* b, float* c, nint cStride, int depth, bool write)
        where V : struct, ILanes<V>
    {
        if (Vector512.IsHardwareAccelerated || AdvSimd.IsSupported)
        {
            Tile12<V>(a, b, c, cStride, depth, write);
        }
        else
        {
            Tile6<V>(a, b, c, cStride, depth, write);
        }
    }

    /// <summary>Few rows: each is a sum of rows of B, or of dot products where B is transposed; nothing is copied.</summary>
    private static unsafe void FewRowsTimes<V>(ReadOnlySpan<float> a, int aRow, int aInner, ReadOnlySpan<float> b, int bInner, int bColumn, Span<float> c, int rows, int inner, int columns, bool add)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        if (!add)
        {
            c.Clear();
        }

        fixed (float* pa = a, pb = b, pc = c)
        {
            for (int i = 0; i < rows; i++)
            {
                int j = 0;
                float* row = pa + (nint)i * aRow, target = pc + (nint)i * columns;
                if (bColumn == 1)
                {
                    for (; j + width <= columns; j += width)
                    {
                        RowTile<V>(row, aInner, pb + j, bInner, target + j, inner);
                    }
                }

                for (; j < columns; j++)
                {
                    if (aInner == 1 && bInner == 1)
                    {
                        target[j] += Dot.Forward(a.Slice(i * aRow, inner), b.Slice(j * bColumn, inner));
                        continue;
                    }

                    float sum = 0;
                    for (int p = 0; p < inner; p++)
                    {
                        sum += row[(nint)p * aInner] * pb[(nint)p * bInner + (nint)j * bColumn];
                    }

                    target[j] += sum;
                }
            }
        }
    }

    /// <summary>The length of equal pieces of a length, at most <paramref name="most"/> each: a short last piece would run slower.</summary>
    private static int EvenPiece(int length, int most)
    {
        int pieces = (length + most - 1) / most;
        return (length + pieces - 1) / pieces;
    }

    /// <summary>A (inner, valid) strip of B into contiguous rows two registers wide, zeros beyond <paramref name="valid"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void PackStrip<V>(float* from, int bInner, int bColumn, float* strip, int inner, int valid)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        for (; inner > 0; inner--, from += bInner, strip += width)
        {
            if (bColumn == 1 && valid == width)
            {
                V.Store(V.Load(from), strip);
                V.Store(V.Load(from + V.Count), strip + V.Count);
                continue;
            }

            for (int j = 0; j < width; j++)
            {
                strip[j] = j < valid ? from[(nint)j * bColumn] : 0;
            }
        }
    }

    /// <summary>Rows of A, cut into pieces, each row at a distance of <see cref="Stride"/>. Rows beyond are left as they are: their results are not used.</summary>
    private static unsafe void PackRows(float* from, int aRow, int aInner, float* block, int rows, int inner, int piece)
    {
        for (int p = 0; p < inner; p += piece, block += RowBlock * Stride)
        {
            int depth = Math.Min(piece, inner - p);
            float* source = from + (nint)p * aInner;
            if (aInner == 1)
            {
                for (int i = 0; i < rows; i++)
                {
                    new ReadOnlySpan<float>(source + (nint)i * aRow, depth).CopyTo(new Span<float>(block + i * Stride, depth));
                }
            }
            else
            {
                for (int q = 0; q < depth; q++)
                {
                    for (int i = 0; i < rows; i++)
                    {
                        block[i * Stride + q] = source[(nint)q * aInner + (nint)i * aRow];
                    }
                }
            }
        }
    }

    private static unsafe void CopyCorner(float* tile, int width, float* c, int cStride, int rows, int columns, bool write)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                c[(nint)i * cStride + j] = tile[i * width + j] + (write ? 0 : c[(nint)i * cStride + j]);
            }
        }
    }
}
