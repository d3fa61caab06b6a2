using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

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

    /// <summary>Rows of A in a block: 8 tiles of 12, 16 of 6. With <see cref="InnerOuter"/> they fill a quarter of 1 MB.</summary>
    private const int RowBlock = 96;

    /// <summary>Inner length of a block of A: 2 pieces. With 4, or with 16 MB of B at once, 2048 × 2048 × 2048 took 1.03 times as long.</summary>
    private const int InnerOuter = 2 * InnerBlock;

    /// <summary>
    /// The same for up to <see cref="FewStrips"/> strips: fewer tiles would not be enough
    /// to ask for all of the next block (1.03 times as long at 2048 × 8192 × 128).
    /// </summary>
    private const int InnerOuterOfFewStrips = 4 * InnerBlock;

    /// <summary>160 columns at 512 bits.</summary>
    private const int FewStrips = 5;

    /// <summary>Floats of B that are used at once: 8 MB.</summary>
    private const int StripFloats = 2 << 20;

    /// <summary>Strips of B that one part of the copying copies: their rows are 512 bytes together.</summary>
    private const int PackStrips = 4;

    /// <summary>
    /// Up to so many rows B is read where it lies, if its rows lie together: measured
    /// against a copy at 8, 16, 24 and 64 rows (1.5, 1.4, 1.35, 1.05 times as fast).
    /// </summary>
    private const int DirectRows = 64;

    /// <summary>So many rows of B ahead of the tile that reads it where it lies, memory is asked for: 8 to 64 measured alike.</summary>
    private const int DirectAhead = 16;

    /// <summary>Up to so many rows each part copies the strips of B that it needs, into its own cache: they serve two blocks of rows at most.</summary>
    private const int OwnCopyRows = 2 * RowBlock;

    /// <summary>Columns that a part has at least, so that the copy of A that it makes serves often enough.</summary>
    private const int PartColumns = 256;

    /// <summary>Parts that few rows are cut into, if there are columns enough.</summary>
    private const int PartsAtLeast = 4;

    /// <summary>Copying a number takes about as long as so many multiply-adds.</summary>
    private const int CopyWork = 16;

    /// <summary>Rows of a register tile: 2 × 12 sums, two registers of B and one of A fit 32 registers, 2 × 6 fit 16.</summary>
    internal static int TileRows => Vector512.IsHardwareAccelerated || AdvSimd.IsSupported ? 12 : 6;

    /// <summary>Multiplies with a part of B's columns at a time, whose strips stay in the last cache meanwhile; null: they must be copied first.</summary>
    private static unsafe void Blocks<V>(ref BlockJob<V> job, float* strips)
        where V : struct, ILanes<V>
    {
        int width = 2 * V.Count, columns = job.Columns, most = Math.Max(width, StripFloats / job.Inner / width * width);
        for (int j0 = 0; j0 < columns; j0 += most)
        {
            int wide = Math.Min(most, columns - j0);
            float* packed = strips + (nint)j0 * job.Inner;
            if (strips == null)
            {
                packed = Scratch.Of(Scratch.B, Pieces(wide, width) * width * job.Inner);
                Pack<V>(job.B + j0 * job.BColumn, job.BInner, job.BColumn, packed, job.Inner, wide);
            }

            job.Multiply(packed, j0, wide);
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

        /// <summary>b_pj = B[p·BInner + j·BColumn]; not used if B is in strips.</summary>
        public float* B;
        public nint BInner;
        public nint BColumn;

        /// <summary>(Rows, Columns), row-major.</summary>
        public float* C;
        public int Rows;
        public int Inner;
        public int Columns;
        public bool Add;
        public Ending Ending;

        private float* _strips;
        private int _firstColumn, _endColumn, _rowParts, _columnParts;

        /// <summary>
        /// C's columns from <paramref name="firstColumn"/> on, <paramref name="columns"/>
        /// of them, whose strips of B are given; null: each part copies what it needs.
        /// </summary>
        public void Multiply(float* strips, int firstColumn, int columns)
        {
            // A second thread gets half of the rows only if their blocks are even in number; few rows are split by columns.
            int tiles = Pieces(Rows, TileRows), blocks = Pieces(tiles, RowBlock / TileRows);
            _strips = strips;
            (_firstColumn, _endColumn) = (firstColumn, firstColumn + columns);
            _rowParts = blocks > 1 ? blocks + blocks % 2 : 1;
            _columnParts = Math.Min(Pieces(PartsAtLeast, _rowParts), Pieces(columns, PartColumns));
            long work = (long)Rows * Inner * columns;
            if (work < Workers.SmallWork)
            {
                (_rowParts, _columnParts) = (blocks, 1);
            }

            Workers.Run(ref this, _rowParts * _columnParts, work);
        }

        /// <summary>One block of rows times a range of strips.</summary>
        public readonly void Run(int part)
        {
            int width = 2 * V.Count, tiles = Pieces(Rows, TileRows), strips = Pieces(_endColumn - _firstColumn, width);
            int firstRow = Cut(tiles, part / _columnParts, _rowParts) * TileRows;
            int endRow = Math.Min(Cut(tiles, part / _columnParts + 1, _rowParts) * TileRows, Rows);
            int firstStrip = Cut(strips, part % _columnParts, _columnParts), endStrip = Cut(strips, part % _columnParts + 1, _columnParts);
            int outer = EvenPiece(Inner, endStrip - firstStrip <= FewStrips ? InnerOuterOfFewStrips : InnerOuter);
            for (int p = 0; p < Inner; p += outer)
            {
                int deep = Math.Min(outer, Inner - p), piece = EvenPiece(deep, InnerBlock);
                RowsOfA block = new(Scratch.Of(Scratch.A, RowBlock * Stride * Pieces(deep, piece)), firstRow, endRow);
                PackRows<V>(A + firstRow * RowStep + p * InnerStep, RowStep, InnerStep, block.Packed, endRow - firstRow, Rows - firstRow, deep, piece);
                Ahead nextRows = NextRows(firstRow, endRow, p, outer, piece);
                for (int s = firstStrip; s < endStrip; s++)
                {
                    int column = _firstColumn + s * width, valid = Math.Min(width, _endColumn - column);
                    if (_strips != null)
                    {
                        Strip strip = new(_strips + (nint)s * width * Inner + (nint)p * width, width, column, valid);
                        RowsTimesStrip(block, strip, deep, piece, !Add && p == 0, ref nextRows);
                    }
                    else if (BColumn == 1 && valid == width && Rows <= DirectRows)
                    {
                        float* from = B + p * BInner + column;
                        Ahead nextStrip = Ahead.Across(from + DirectAhead * BInner, BInner, deep, width, piece);
                        RowsTimesStrip(block, new(from, BInner, column, valid), deep, piece, !Add && p == 0, ref nextStrip);
                    }
                    else
                    {
                        float* strip = Scratch.Of(Scratch.B, width * InnerOuterOfFewStrips), from = B + p * BInner + column * BColumn;
                        PackStrip<V>(from, BInner, BColumn, strip, deep, valid);
                        Ahead nextStrip = BColumn == 1
                            ? Ahead.Across(from + width, BInner, s + 1 < endStrip ? deep : 0, width, piece)
                            : Ahead.Along(from + width * BColumn, BColumn, s + 1 < endStrip ? width : 0, deep, piece);
                        RowsTimesStrip(block, new(strip, width, column, valid), deep, piece, !Add && p == 0, ref nextStrip);
                    }

                    if (p + deep == Inner && Ending.DoesSomething)
                    {
                        Ending.Apply<V>(C, Columns, firstRow, endRow, column, column + valid);
                    }
                }
            }
        }

        /// <summary>A block of rows times one strip, inner piece by inner piece.</summary>
        private readonly void RowsTimesStrip(in RowsOfA block, in Strip strip, int inner, int piece, bool write, ref Ahead ahead)
        {
            int width = 2 * V.Count, firstRow = block.First, endRow = block.End, valid = strip.Valid;
            nint bInner = strip.Step;
            float* a = block.Packed, b = strip.B;
            float* edge = stackalloc float[12 * width];
            for (int p = 0; p < inner; p += piece, a += RowBlock * Stride, b += piece * bInner, write = false)
            {
                int depth = Math.Min(piece, inner - p), tall;
                for (int i = firstRow; i < endRow; i += tall)
                {
                    tall = TallestTile(endRow - i);
                    float* c = C + (nint)i * Columns + strip.Column;
                    if (p == 0)
                    {
                        Ahead.Tile(c + width, Columns, tall);
                    }

                    float* next = ahead.Next(out nint nextStep);
                    int within = (i - firstRow) % TileRows;
                    float* tile = a + (nint)(i - firstRow - within) * Stride + within * (InnerStep == 1 ? Stride : 1);
                    if (valid == width)
                    {
                        Tile<V>(tall, tile, InnerStep == 1, b, bInner, c, Columns, depth, write, next, nextStep);
                    }
                    else
                    {
                        Tile<V>(tall, tile, InnerStep == 1, b, bInner, edge, width, depth, write: true, next, nextStep);
                        CopyCorner(edge, width, c, Columns, tall, valid, write);
                    }
                }
            }
        }

        /// <summary>What of A will be copied next: the next inner block of these rows, or else the first one of the rows below.</summary>
        private readonly Ahead NextRows(int firstRow, int endRow, int p, int outer, int piece)
        {
            bool below = p + outer >= Inner;
            int rows = below ? Math.Min(endRow - firstRow, Rows - endRow) : endRow - firstRow, length = below ? outer : Math.Min(outer, Inner - p - outer);
            float* from = below ? A + endRow * RowStep : A + firstRow * RowStep + (p + outer) * InnerStep;
            return InnerStep == 1 ? Ahead.Along(from, RowStep, rows, length, piece) : Ahead.Across(from, InnerStep, length, rows, piece);
        }

        private static int Cut(int count, int part, int parts) => (int)((long)count * part / parts);
    }

    /// <summary>Rows First … End − 1 of A, copied.</summary>
    private readonly unsafe struct RowsOfA(float* packed, int first, int end)
    {
        public float* Packed => packed;

        public int First => first;

        public int End => end;
    }

    /// <summary>A strip of B from <c>Column</c> on, of which <c>Valid</c> columns exist; its rows are <c>Step</c> numbers apart.</summary>
    private readonly unsafe struct Strip(float* b, nint step, int column, int valid)
    {
        public float* B => b;

        public nint Step => step;

        public int Column => column;

        public int Valid => valid;
    }

    private static int TallestTile(int rows) => rows >= TileRows ? TileRows : rows >= 4 ? 4 : 1;

    /// <summary>A tile of that many rows from copied A (see <see cref="PackRows{V}"/>) and one strip of B.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Tile<V>(
        int rows, float* a, bool byRows, float* b, nint bInner, float* c, nint cStride, int depth, bool write, float* next, nint nextStep)
        where V : struct, ILanes<V>
    {
        nint aRow = byRows ? Stride : 1, aInner = byRows ? 1 : TileRows;
        switch (rows)
        {
            case 12: Tile12<V>(a, aRow, aInner, b, bInner, c, cStride, depth, write, next, nextStep); break;
            case 6: Tile6<V>(a, aRow, aInner, b, bInner, c, cStride, depth, write, next, nextStep); break;
            case 4: Tile4<V>(a, aRow, aInner, b, bInner, c, cStride, depth, write, next, nextStep); break;
            default: Tile1<V>(a, aInner, b, bInner, c, depth, write); break;
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
