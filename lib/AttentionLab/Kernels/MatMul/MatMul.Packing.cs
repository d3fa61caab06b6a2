using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>How <see cref="MatMul"/> copies A and B into the order in which the tiles read them.</summary>
public static partial class MatMul
{
    /// <summary>Copies the whole of B (inner, columns) into strips; b_pj = from[p·innerStep + j·columnStep].</summary>
    internal static unsafe void Pack<V>(float* from, nint innerStep, nint columnStep, float* to, int inner, int columns)
        where V : struct, ILanes<V>
    {
        PackJob<V> job = new() { From = from, To = to, InnerStep = innerStep, ColumnStep = columnStep, Inner = inner, Columns = columns };
        Workers.Run(ref job, Pieces(Pieces(columns, 2 * V.Count), PackStrips), (long)inner * columns * CopyWork);
    }

    /// <summary>B (Inner, Columns) into strips two registers wide; each part copies <see cref="PackStrips"/> of them.</summary>
    private unsafe struct PackJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public float* From;
        public float* To;
        public nint InnerStep;
        public nint ColumnStep;
        public int Inner;
        public int Columns;

        public readonly void Run(int part)
        {
            int width = 2 * V.Count, first = part * PackStrips * width, end = Math.Min(first + PackStrips * width, Columns);
            int full = ColumnStep == 1 ? first + (end - first) / width * width : first;
            CopyRows(first, full);
            for (int column = full; column < end; column += width)
            {
                PackStrip<V>(From + column * ColumnStep, InnerStep, ColumnStep, To + (nint)column * Inner, Inner, Math.Min(width, end - column));
            }
        }

        /// <summary>Whole strips of a B whose rows lie together: row by row, since memory answers faster along a row than across.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void CopyRows(int first, int end)
        {
            int width = 2 * V.Count;
            for (int p = 0; p < Inner && first < end; p++)
            {
                float* from = From + p * InnerStep, to = To + (nint)first * Inner + (nint)p * width;
                for (int column = first; column < end; column += width, to += (nint)width * Inner)
                {
                    V.Store(V.Load(from + column), to);
                    V.Store(V.Load(from + column + V.Count), to + V.Count);
                }
            }
        }
    }

    /// <summary>
    /// A (inner, valid) strip of B into contiguous rows two registers wide, zeros beyond <paramref name="valid"/>; b_pj = from[p·bInner + j·bColumn].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void PackStrip<V>(float* from, nint bInner, nint bColumn, float* strip, int inner, int valid)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count;
        if (valid == width && bColumn == 1)
        {
            for (; inner > 0; inner--, from += bInner, strip += width)
            {
                V.Store(V.Load(from), strip);
                V.Store(V.Load(from + V.Count), strip + V.Count);
            }
        }
        else if (valid == width && bInner == 1)
        {
            for (; inner >= 4; inner -= 4, from += 4, strip += 4 * width)
            {
                V.Transpose4(from, bColumn, strip, width);
                V.Transpose4(from + V.Count * bColumn, bColumn, strip + V.Count, width);
            }
        }

        for (; inner > 0; inner--, from += bInner, strip += width)
        {
            for (int j = 0; j < width; j++)
            {
                strip[j] = j < valid ? from[j * bColumn] : 0;
            }
        }
    }

    /// <summary>
    /// A block of A, cut into inner pieces of RowBlock·Stride floats each. Where a row of A lies together (aInner = 1) it stays
    /// so, at a distance of <see cref="Stride"/> from the next. Where a column does (aRow = 1), each tile of rows becomes a strip
    /// [p][TileRows]. Either way the copy runs along memory.
    /// </summary>
    /// <param name="from">First element of the block.</param>
    /// <param name="aRow">Distance between rows in A.</param>
    /// <param name="aInner">Distance along a row in A.</param>
    /// <param name="block">The copy.</param>
    /// <param name="rows">Rows of the block.</param>
    /// <param name="readable">Rows of A from the first of the block on: so many can be read.</param>
    /// <param name="inner">Inner length of the block.</param>
    /// <param name="piece">Inner length of a piece.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void PackRows<V>(float* from, nint aRow, nint aInner, float* block, int rows, int readable, int inner, int piece)
        where V : struct, ILanes<V>
    {
        for (int p = 0; p < inner; p += piece, block += RowBlock * Stride)
        {
            int depth = Math.Min(piece, inner - p);
            float* source = from + p * aInner;
            for (int i = 0; aInner == 1 && i < rows; i++)
            {
                new ReadOnlySpan<float>(source + i * aRow, depth).CopyTo(new Span<float>(block + (nint)i * Stride, depth));
            }

            if (aInner != 1)
            {
                PackColumns<V>(source, aInner, block, depth, rows, readable);
            }
        }
    }

    /// <summary>A piece of a transposed A: tile by tile into [p][TileRows].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void PackColumns<V>(float* from, nint step, float* to, int depth, int rows, int readable)
        where V : struct, ILanes<V>
    {
        // Whole registers where they can be read: what is too much is overwritten by the next p, or lies between two tiles.
        int reach = Pieces(TileRows, V.Count) * V.Count;
        for (; depth > 0; depth--, from += step, to += TileRows)
        {
            float* tile = to;
            for (int i = 0; i < rows; i += TileRows, tile += TileRows * Stride)
            {
                if (i + reach <= readable)
                {
                    for (int j = 0; j < TileRows; j += V.Count)
                    {
                        V.Store(V.Load(from + i + j), tile + j);
                    }
                }
                else
                {
                    for (int j = 0; j < Math.Min(TileRows, rows - i); j++)
                    {
                        tile[j] = from[i + j];
                    }
                }
            }
        }
    }
}
