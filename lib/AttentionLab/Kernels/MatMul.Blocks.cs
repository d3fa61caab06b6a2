using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <summary>
/// The fast path of <see cref="MatMul"/>: B is copied into strips two registers wide, A into blocks of rows, so that
/// every number comes from the nearest cache that can hold it (Goto and van de Geijn 2008).
/// </summary>
/// <remarks>
/// From the outside in: the strips of B lie in the last-level cache; up to 96 rows of A in the second; 320 rows of one
/// strip of B in the first or second; a tile of C in registers. The rows of one strip of C stay near while the inner
/// dimension runs: reading C anew for each inner block costs a quarter at 2048.
/// </remarks>
public static partial class MatMul
{
    /// <summary>Inner length of the pieces that a tile walks at once. 320 × 32 floats of B are 40 KB; 256 to 384 measured alike.</summary>
    internal const int InnerBlock = 320;

    /// <summary>Distance between two rows of copied A: 16 more than the block, so that 12 rows do not share a cache set.</summary>
    internal const int Stride = InnerBlock + 16;

    /// <summary>Rows of A in a block: 8 tiles of 12, 16 of 6. With <see cref="InnerOuter"/> they fill half of 1 MB.</summary>
    private const int RowBlock = 96;

    /// <summary>Inner length of a block of A: 4 pieces.</summary>
    private const int InnerOuter = 4 * InnerBlock;

    /// <summary>Floats of B that are copied at once: 16 MB.</summary>
    private const int StripFloats = 4 << 20;

    /// <summary>Strips of B that one part of the copying copies: their rows are 512 bytes together.</summary>
    private const int PackStrips = 4;

    /// <summary>Multiply-adds below which waking a second thread costs more than it saves.</summary>
    private const long ParallelWork = 1 << 21;

    /// <summary>Copying a number takes about as long as so many multiply-adds.</summary>
    private const int CopyWork = 16;

    /// <summary>Rows of a register tile: 2 × 12 sums, two registers of B and one of A fit 32 registers, 2 × 6 fit 16.</summary>
    internal static int TileRows => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported ? 12 : 6;

    /// <summary>Copies B into strips, a part of its columns at a time, and multiplies; b_pj = b[p·bInner + j·bColumn].</summary>
    private static unsafe void Blocks<V>(ref BlockJob<V> job, float* b, int bInner, int bColumn)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count, columns = job.Columns, most = Math.Max(width, StripFloats / job.Inner / width * width);
        for (int j0 = 0; j0 < columns; j0 += most)
        {
            int wide = Math.Min(most, columns - j0), strips = Pieces(wide, width);
            float* packed = Scratch.Of(Scratch.B, strips * width * job.Inner);
            Pack<V>(b + (nint)j0 * bColumn, bInner, bColumn, packed, job.Inner, wide);
            job.Multiply(packed, j0, wide);
        }
    }

    /// <summary>Runs the parts of a job, on several threads if there is enough to do.</summary>
    private static void Share<TJob>(ref TJob job, int parts, long work)
        where TJob : unmanaged, IJob
    {
        if (parts > 1 && work >= ParallelWork)
        {
            Workers.Run(ref job, parts);
            return;
        }

        for (int part = 0; part < parts; part++)
        {
            job.Run(part);
        }
    }

    /// <summary>How many pieces of at most <paramref name="most"/> a length has.</summary>
    private static int Pieces(int length, int most) => (length + most - 1) / most;

    /// <summary>The length of equal pieces of a length, at most <paramref name="most"/> each: a short last piece would run slower.</summary>
    private static int EvenPiece(int length, int most) => Pieces(length, Pieces(length, most));

    /// <summary>A·B with B in strips: what each part of the work needs to know. A part is a block of rows times a range of strips.</summary>
    private unsafe struct BlockJob<V> : IJob
        where V : struct, ILanes<V>
    {
        /// <summary>a_ip = A[i·RowStep + p·InnerStep].</summary>
        public float* A;
        public nint RowStep;
        public nint InnerStep;

        /// <summary>(Rows, Columns), row-major.</summary>
        public float* C;
        public int Rows;
        public int Inner;
        public int Columns;
        public bool Add;
        public Ending Ending;

        private float* _strips;
        private int _firstColumn, _endColumn, _rowParts, _columnParts;

        /// <summary>C's columns from <paramref name="firstColumn"/> on, <paramref name="columns"/> of them, whose strips of B are given.</summary>
        public void Multiply(float* strips, int firstColumn, int columns)
        {
            // A second thread gets half of the rows only if their blocks are even in number; few rows are split by columns.
            int tiles = Pieces(Rows, TileRows), blocks = Pieces(tiles, RowBlock / TileRows);
            _strips = strips;
            (_firstColumn, _endColumn) = (firstColumn, firstColumn + columns);
            _rowParts = blocks > 1 ? blocks + blocks % 2 : 1;
            _columnParts = Math.Min(Pieces(6, _rowParts), Pieces(columns, 2 * V.Count));
            long work = (long)Rows * Inner * columns;
            if (work < ParallelWork)
            {
                (_rowParts, _columnParts) = (blocks, 1);
            }

            Share(ref this, _rowParts * _columnParts, work);
        }

        /// <summary>One block of rows times a range of strips.</summary>
        public readonly void Run(int part)
        {
            int width = 2 * V.Count, tiles = Pieces(Rows, TileRows), strips = Pieces(_endColumn - _firstColumn, width);
            int firstRow = Cut(tiles, part / _columnParts, _rowParts) * TileRows, endRow = Math.Min(Cut(tiles, part / _columnParts + 1, _rowParts) * TileRows, Rows);
            int firstStrip = Cut(strips, part % _columnParts, _columnParts), endStrip = Cut(strips, part % _columnParts + 1, _columnParts);
            int outer = EvenPiece(Inner, InnerOuter);
            for (int p = 0; p < Inner; p += outer)
            {
                int deep = Math.Min(outer, Inner - p), piece = EvenPiece(deep, InnerBlock);
                float* rows = Scratch.Of(Scratch.A, RowBlock * Stride * Pieces(deep, piece));
                PackRows<V>(A + firstRow * RowStep + p * InnerStep, RowStep, InnerStep, rows, endRow - firstRow, Rows - firstRow, deep, piece);
                Ahead ahead = After(firstRow, endRow, p, outer, (endStrip - firstStrip) * Pieces(deep, piece) * Pieces(endRow - firstRow, TileRows));
                for (int s = firstStrip; s < endStrip; s++)
                {
                    float* strip = _strips + (nint)s * width * Inner + (nint)p * width;
                    RowsTimesStrip(rows, strip, firstRow, endRow, _firstColumn + s * width, deep, piece, !Add && p == 0, ref ahead);
                    if (p + deep == Inner && Ending.DoesSomething)
                    {
                        Ending.Apply<V>(C, Columns, firstRow, endRow, _firstColumn + s * width, Math.Min(_firstColumn + (s + 1) * width, _endColumn));
                    }
                }
            }
        }

        /// <summary>A block of rows times one strip, inner piece by inner piece.</summary>
        private readonly void RowsTimesStrip(float* a, float* b, int firstRow, int endRow, int column, int inner, int piece, bool write, ref Ahead ahead)
        {
            int width = 2 * V.Count, valid = Math.Min(width, _endColumn - column);
            float* edge = stackalloc float[12 * width];
            for (int p = 0; p < inner; p += piece, a += RowBlock * Stride, b += piece * width, write = false)
            {
                int depth = Math.Min(piece, inner - p), tall;
                for (int i = firstRow; i < endRow; i += tall)
                {
                    tall = TallestTile(endRow - i);
                    float* c = C + (nint)i * Columns + column;
                    if (p == 0)
                    {
                        Ahead.NextStrip(c + width, Columns, tall);
                    }

                    ahead.NextRows();
                    int within = (i - firstRow) % TileRows;
                    float* tile = a + (nint)(i - firstRow - within) * Stride + within * (InnerStep == 1 ? Stride : 1);
                    if (valid == width)
                    {
                        Tile<V>(tall, tile, InnerStep == 1, b, c, Columns, depth, write);
                    }
                    else
                    {
                        Tile<V>(tall, tile, InnerStep == 1, b, edge, width, depth, write: true);
                        CopyCorner(edge, width, c, Columns, tall, valid, write);
                    }
                }
            }
        }

        /// <summary>What of A will be copied next: the next inner block of these rows, or else the first one of the rows below.</summary>
        private readonly Ahead After(int firstRow, int endRow, int p, int outer, int tiles)
        {
            bool below = p + outer >= Inner;
            int rows = below ? Math.Min(endRow - firstRow, Rows - endRow) : endRow - firstRow, length = below ? outer : Math.Min(outer, Inner - p - outer);
            float* from = below ? A + endRow * RowStep : A + firstRow * RowStep + (p + outer) * InnerStep;
            return InnerStep == 1 ? new(from, RowStep, rows, length, tiles) : new(from, InnerStep, length, rows, tiles);
        }

        private static int Cut(int count, int part, int parts) => (int)((long)count * part / parts);
    }

    /// <summary>
    /// Asks for memory that will be needed soon: the rows of A that come next, a few lines with each tile, and the next
    /// strip of C. Without it the product waits for memory at the start of each block.
    /// </summary>
    private unsafe struct Ahead(float* from, nint step, int count, int length, int tiles)
    {
        private const int Line = 16;
        private readonly int _linesPerTile = Pieces(Pieces(length, Line) * Math.Max(count, 0), Math.Max(tiles, 1));
        private int _row, _at;

        public void NextRows()
        {
            if (!Sse.IsSupported)
            {
                return;
            }

            for (int line = 0; line < _linesPerTile && _row < count; line++)
            {
                Sse.Prefetch1(from + _row * step + _at);
                _at += Line;
                if (_at >= length)
                {
                    (_row, _at) = (_row + 1, 0);
                }
            }
        }

        public static void NextStrip(float* c, nint cStride, int rows)
        {
            for (int i = 0; Sse.IsSupported && i < rows; i++)
            {
                Sse.Prefetch1(c + i * cStride);
                Sse.Prefetch1(c + i * cStride + Line);
            }
        }
    }

    private static int TallestTile(int rows) => rows >= TileRows ? TileRows : rows >= 4 ? 4 : 1;

    /// <summary>A tile of that many rows from copied A (see <see cref="PackRows{V}"/>) and one strip of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Tile<V>(int rows, float* a, bool byRows, float* b, float* c, nint cStride, int depth, bool write)
        where V : struct, ILanes<V>
    {
        nint aRow = byRows ? Stride : 1, aInner = byRows ? 1 : TileRows;
        switch (rows)
        {
            case 12: Tile12<V>(a, aRow, aInner, b, 2 * V.Count, c, cStride, depth, write); break;
            case 6: Tile6<V>(a, aRow, aInner, b, 2 * V.Count, c, cStride, depth, write); break;
            case 4: Tile4<V>(a, aRow, aInner, b, 2 * V.Count, c, cStride, depth, write); break;
            default: Tile1<V>(a, aInner, b, 2 * V.Count, c, depth, write); break;
        }
    }

    /// <summary>Adds (tile rows, depth)·(depth, 2 registers) to C, or writes it there; rows of A are <see cref="Stride"/> apart, B is a packed strip.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static unsafe void Tile<V>(float* a, float* b, float* c, nint cStride, int depth, bool write)
        where V : struct, ILanes<V> => Tile<V>(TileRows, a, byRows: true, b, c, cStride, depth, write);

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
