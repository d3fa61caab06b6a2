using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <summary>How <see cref="MatMul"/> copies A and B into the order in which the tiles read them.</summary>
public static partial class MatMul
{
    /// <summary>Copying a number takes about as long as so many multiply-adds.</summary>
    private const int CopyWork = 16;

    /// <summary>So many rows of B ahead of the one that is copied, memory is asked for.</summary>
    private const int CopyAhead = 8;

    /// <summary>Strips of B that one part of the copying copies: their rows are 512 bytes together.</summary>
    private const int PackStrips = 4;

    /// <summary>
    /// So many rows of a transposed A are copied for one tile before the next: what is written lies together. A row for all tiles, and then the next,
    /// took twice as long.
    /// </summary>
    private const int RunOfRows = 8;

    /// <summary>Copies the whole of B (inner, columns) into strips some registers wide; b_pj = from[p·innerStep + j·columnStep].</summary>
    internal static unsafe void Pack<V>(float* from, nint innerStep, nint columnStep, float* to, int inner, int columns, int registers = 2)
        where V : struct, ILanes<V>
    {
        PackJob<V> job = new()
        {
            From = from,
            To = to,
            InnerStep = innerStep,
            ColumnStep = columnStep,
            Inner = inner,
            Columns = columns,
            Registers = registers,
        };
        Workers.Run(ref job, Pieces(Pieces(columns, registers * V.Count), PackStrips), (long)inner * columns * CopyWork);
    }

    /// <summary>B (Inner, Columns) into strips; each part copies <see cref="PackStrips"/> of them.</summary>
    private unsafe struct PackJob<V> : IJob
        where V : struct, ILanes<V>
    {
        public float* From;
        public float* To;
        public nint InnerStep;
        public nint ColumnStep;
        public int Inner;
        public int Columns;
        public int Registers;

        public readonly void Run(int part)
        {
            int width = Registers * V.Count, first = part * PackStrips * width, end = Math.Min(first + PackStrips * width, Columns);
            int full = ColumnStep == 1 ? first + (end - first) / width * width : first;
            CopyStrips<V>(From + first, InnerStep, To + (nint)first * Inner, (nint)width * Inner, Inner, (full - first) / width, Registers);
            for (int column = full; column < end; column += width)
            {
                PackStrip<V>(From + column * ColumnStep, InnerStep, ColumnStep, To + (nint)column * Inner, Inner, Math.Min(width, end - column), Registers);
            }
        }
    }

    /// <summary>Whole strips of a B whose rows lie together: row by row, since memory answers faster along a row than across.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void CopyStrips<V>(float* from, nint innerStep, float* to, nint stripStep, int inner, int strips, int registers)
        where V : struct, ILanes<V>
    {
        int width = registers * V.Count;
        for (; inner > 0 && strips > 0; inner--, from += innerStep, to += width)
        {
            float* row = from, strip = to;
            for (int s = 0; s < strips; s++, row += width, strip += stripStep)
            {
                Prefetch.Line(row + CopyAhead * innerStep);
                for (int j = 0; j < width; j += V.Count)
                {
                    V.Store(V.Load(row + j), strip + j);
                }
            }
        }
    }

    /// <summary>
    /// A (inner, valid) strip of B into contiguous rows some registers wide, zeros beyond <paramref name="valid"/>; b_pj = from[p·bInner + j·bColumn].
    /// Nothing is written that does not stay: weights may be packed again while other threads read them.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static unsafe void PackStrip<V>(float* from, nint bInner, nint bColumn, float* strip, int inner, int valid, int registers = 2)
        where V : struct, ILanes<V>
    {
        int width = registers * V.Count, steps = bColumn == 1 ? 1 : 4, whole = 0, quads = 0, p = 0;
        if (bColumn == 1 || bInner == 1)
        {
            whole = valid / V.Count * V.Count;
            quads = Math.Max(whole, valid / Lanes4.Count * Lanes4.Count);
        }

        for (; quads > 0 && p <= inner - steps; p += steps)
        {
            float* first = from + p * bInner, row = strip + p * width;
            int j = 0;
            for (; j < whole; j += V.Count)
            {
                Turn<V>(first + j * bColumn, bColumn, row + j, width);
            }

            for (; j < quads; j += Lanes4.Count)
            {
                Turn<Lanes4>(first + j * bColumn, bColumn, row + j, width);
            }

            for (; j < valid; j++)
            {
                for (int i = 0; i < steps; i++)
                {
                    row[i * width + j] = first[i * bInner + j * bColumn];
                }
            }
        }

        for (; p < inner; p++)
        {
            for (int j = 0; j < valid; j++)
            {
                strip[p * width + j] = from[p * bInner + j * bColumn];
            }
        }

        for (; valid < width && inner > 0; inner--, strip += width)
        {
            int j = valid;
            for (; j % V.Count != 0; j++)
            {
                strip[j] = 0;
            }

            for (; j < width; j += V.Count)
            {
                V.Store(V.All(0), strip + j);
            }
        }
    }

    /// <summary>A register of a row of B, or, where numbers of a column lie together, of four rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Turn<L>(float* from, nint bColumn, float* row, int width)
        where L : struct, ILanes<L>
    {
        if (bColumn == 1)
        {
            L.Store(L.Load(from), row);
        }
        else
        {
            L.Transpose4(from, bColumn, row, width);
        }
    }

    private unsafe partial struct BlockJob<V, W>
    {
        /// <summary>Some tiles of a transposed A, each into [p][TallestTile]; <paramref name="from"/> is the first of their numbers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void PackColumns(float* from, float* to, int firstTile, int endTile, int depth, int tileFloats)
        {
            int tall = TallestTile, lanes = Math.Min(V.Count, Lanes8.Count), reach = Pieces(tall, lanes) * lanes;
            for (int p = 0; p < depth; p += RunOfRows, from += RunOfRows * _of.AInner, to += RunOfRows * tall)
            {
                float* tile = to;
                int run = Math.Min(RunOfRows, depth - p);
                AskForRows(from + 2 * RunOfRows * _of.AInner, Row(endTile) - Row(firstTile));
                for (int t = firstTile; t < endTile; t++, tile += tileFloats)
                {
                    int row = Row(t);
                    float* a = from + row - Row(firstTile);
                    if (row + reach > _of.Rows)
                    {
                        PackNumbers(a, _of.AInner, tile, tall, Row(t + 1) - row, run);
                    }
                    else if (V.Count > Lanes8.Count)
                    {
                        PackRegisters<Lanes8>(a, _of.AInner, tile, tall, run);
                    }
                    else
                    {
                        PackRegisters<V>(a, _of.AInner, tile, tall, run);
                    }
                }
            }
        }

        /// <summary>
        /// Some rows of a transposed A for one tile, in registers about as long as a tile is high: what is too much is overwritten by the next row, or lies
        /// between two tiles.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void PackRegisters<L>(float* from, nint aInner, float* tile, int tall, int depth)
            where L : struct, ILanes<L>
        {
            for (; depth > 0; depth--, from += aInner, tile += tall)
            {
                for (int j = 0; j < tall; j += L.Count)
                {
                    L.Store(L.Load(from + j), tile + j);
                }
            }
        }

        /// <summary>The same where so much may not be read.</summary>
        private static void PackNumbers(float* from, nint aInner, float* tile, int tall, int rows, int depth)
        {
            for (; depth > 0; depth--, from += aInner, tile += tall)
            {
                for (int i = 0; i < rows; i++)
                {
                    tile[i] = from[i];
                }
            }
        }
    }

    /// <summary>What of a tile lies within C, to where it belongs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static unsafe void CopyCorner<V>(float* tile, int width, float* c, int cStride, int rows, int columns, bool write)
        where V : struct, ILanes<V>
    {
        for (; rows > 0; rows--, tile += width, c += cStride)
        {
            int j = 0;
            for (; j + V.Count <= columns; j += V.Count)
            {
                V.Store(write ? V.Load(tile + j) : V.Load(tile + j) + V.Load(c + j), c + j);
            }

            for (; j + Lanes4.Count <= columns; j += Lanes4.Count)
            {
                Lanes4.Store(write ? Lanes4.Load(tile + j) : Lanes4.Load(tile + j) + Lanes4.Load(c + j), c + j);
            }

            for (; j < columns; j++)
            {
                c[j] = tile[j] + (write ? 0 : c[j]);
            }
        }
    }
}
