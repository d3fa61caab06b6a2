namespace AttentionLab.Kernels;

/// <summary>
/// The fast path of <see cref="MatMul"/>: a block of B is copied into strips as wide as a tile, and rows of A are read where they lie, so that every
/// number comes from the nearest cache that can hold it (after Goto and van de Geijn 2008, who copy A as well).
/// </summary>
/// <remarks>
/// From the outside in: a block of B lies in the second cache; 6 rows of A in the first, for all strips of the block; a tile of C in registers.
/// Six rows can be read where they lie even if they are a power of two apart: a set of the first cache has places for eight. Twelve would push each other out.
/// </remarks>
public static partial class MatMul
{
    /// <summary>Rows of a tile at most.</summary>
    private const int TileRows = 6;

    /// <summary>Rows of a tile half as wide, where there are registers for it: so many rows meet B once, and few columns are no half empty tile.</summary>
    private const int TallTileRows = 8;

    /// <summary>Inner length of a block.</summary>
    private const int InnerBlock = 512;

    /// <summary>Columns of a block at most: with <see cref="InnerBlock"/> 512 KB of B. With 768 KB, products of 1024³ took up to 1.08 times as long.</summary>
    private const int BlockColumns = 256;

    /// <summary>So few tiles of rows meet one strip after the other: the copy of it serves once, and then leaves room.</summary>
    private const int FewTiles = 2;

    /// <summary>Inner length of a block that so few tiles meet: a strip of it stays in the first cache.</summary>
    private const int FewDepth = 128;

    /// <summary>
    /// So many columns ahead of such a strip the same rows of B are asked for: they come in long runs, and from 128 pages, which the machine finds without
    /// searching. Asking for rows below took 8 rows times 2048² 1.5 times as long.
    /// </summary>
    private const int FewAhead = 128;

    /// <summary>
    /// Tiles of rows of a transposed A that are copied at once: 96 or 128 rows. One whose rows are short is read where it lies: a block of it stays in the
    /// second cache, and a cache line serves three tiles.
    /// </summary>
    private const int GroupTiles = 16;

    /// <summary>Parts for each thread at least, if there are strips and tiles enough: one thread may be late.</summary>
    private const int PartsPerThread = 2;

    /// <summary>So many rows of B ahead of the tile that reads it where it lies, memory is asked for.</summary>
    private const int DirectAhead = 16;

    /// <summary>
    /// A C of so many numbers (512 KB) is asked for while its sums are made, where tiles are four registers wide: short sums leave no time to wait for it.
    /// </summary>
    private const int FarC = 1 << 17;

    /// <summary>How many pieces of at most <paramref name="most"/> a length has.</summary>
    internal static int Pieces(int length, int most) => (length + most - 1) / most;

    /// <summary>The length of equal pieces of a length, at most <paramref name="most"/> each: a short last piece would run slower.</summary>
    private static int EvenPiece(int length, int most) => Pieces(length, Pieces(length, most));

    /// <summary>Where one of as many even pieces of a count begins.</summary>
    private static int Cut(int count, int part, int parts) => (int)((long)count * part / parts);

    /// <summary>A part of the work is a range of rows times a range of strips. The cut changes no result: each number of C is summed in one order.</summary>
    private unsafe partial struct BlockJob<V, W> : IJob
        where V : struct, ILanes<V>
        where W : struct, ITileRow<W>
    {
        private Product _of;
        private int _tiles, _strips, _rowParts, _columnParts;

        /// <summary>Rows of most tiles, and how many tiles, the first, have one more.</summary>
        private int _height, _higher;

        /// <summary>Does all of a product.</summary>
        public static void Multiply(in Product product)
        {
            BlockJob<V, W> job = new() { _of = product, _tiles = Pieces(product.Rows, TallestTile), _strips = Pieces(product.Columns, W.Count) };
            (job._height, job._higher) = Math.DivRem(product.Rows, job._tiles);
            long work = (long)product.Rows * product.Inner * product.Columns;
            int parts = work < Workers.SmallWork || Workers.Count == 1 || Workers.Inside ? 1 : PartsPerThread * Workers.Count;
            int most = job.IsGrouped ? GroupColumns : job.IsAcross ? FewColumns : job.MostColumns;

            // An A that is copied is copied for every range of columns: threads share its rows instead.
            int fewest = job.CopiesA ? 1 : parts;
            job._columnParts = Math.Min(Math.Max(Pieces(product.Columns, most), fewest), job._strips);
            job._rowParts = Math.Min(Pieces(parts, job._columnParts), job._tiles);
            Workers.Run(ref job, job._rowParts * job._columnParts, work);
        }

        public readonly void Run(int part)
        {
            int firstTile = Cut(_tiles, part / _columnParts, _rowParts), endTile = Cut(_tiles, part / _columnParts + 1, _rowParts);
            int first = Cut(_strips, part % _columnParts, _columnParts), end = Cut(_strips, part % _columnParts + 1, _columnParts);
            if (IsGrouped)
            {
                MultiplyGroups(firstTile, endTile, first, end);
            }
            else if (_of.Strips != null && !MeetsBlocks)
            {
                MultiplyPacked(firstTile, endTile, first, end);
            }
            else
            {
                MultiplyBlocks(firstTile, endTile, first, end);
            }
        }

        /// <summary>Some rows of A times some strips of B, block by block.</summary>
        private readonly void MultiplyBlocks(int firstTile, int endTile, int first, int end)
        {
            bool few = endTile - firstTile <= FewTiles, across = IsAcross;
            int blocks = across && endTile - firstTile == 1 ? 1 : Pieces((end - first) * W.Count, few ? W.Count : MostColumns);
            int depth = EvenPiece(_of.Inner, across ? FewDepth : MostInner), pieces = Pieces(_of.Inner, depth);
            for (int i = 0; i < blocks * pieces; i++)
            {
                (int block, int piece) = across ? (i % blocks, i / blocks) : (i / pieces, i % pieces);
                int firstStrip = first + Cut(end - first, block, blocks), endStrip = first + Cut(end - first, block + 1, blocks);
                Multiply(firstTile, endTile, firstStrip, endStrip, piece * depth, Math.Min(depth, _of.Inner - piece * depth));
            }
        }

        /// <summary>Whether A is transposed and its rows are long: it is copied, once for each block.</summary>
        private readonly bool CopiesA => _of.AInner > ShortRow;

        /// <summary>Columns of a block at most; a block as wide as two and half as deep meets twice as many columns with one copy of A.</summary>
        private readonly int MostColumns => CopiesA ? 2 * BlockColumns : BlockColumns;

        /// <summary>Inner length of a block at most. It hangs on the whole product, not on a part: it decides in which order a sum is made.</summary>
        private readonly int MostInner => CopiesA && _of.Columns > BlockColumns ? InnerBlock / 2 : InnerBlock;

        /// <summary>Rows of a tile at most: half as wide as others on the same CPU, it has registers for more.</summary>
        private static int TallestTile => ManyRegisters && W.Registers <= 2 ? TallTileRows : TileRows;

        /// <summary>Cache lines that a copied group's rows lie in, one below the other.</summary>
        private static int GroupLines => GroupTiles * TallestTile / Scratch.LineFloats + 1;

        /// <summary>Floats from one copied tile of A to the next.</summary>
        private static int TileFloats => TallestTile * InnerBlock + Scratch.LineFloats;

        /// <summary>
        /// Whether few tiles meet a B that is far away: they go across it from strip to strip, and then on to the rows below. That holds for the whole product,
        /// not for a part of the work: it decides in which order a sum is made.
        /// </summary>
        private readonly bool IsAcross => _of.BColumn == 1 && _tiles <= FewTiles
            && (_of.Columns >= LongRow || (long)_of.Inner * _of.Columns >= (TallestTile > TileRows ? Far / 2 : Far));

        private readonly bool IsFarInC => W.Registers > 2 && (long)_of.Rows * _of.Columns >= FarC;

        /// <summary>Some rows of A times one block of B.</summary>
        private readonly void Multiply(int firstTile, int endTile, int firstStrip, int endStrip, int p, int depth)
        {
            bool write = p == 0 && !_of.Add, last = p + depth == _of.Inner, across = IsAcross;
            int kept = endTile - firstTile == 1 ? 1 : endStrip - firstStrip;
            float* packed = _of.Strips != null ? null : Scratch.Of(Scratch.B, kept * W.Count * depth);
            for (int t = firstTile; t < endTile; t++)
            {
                int row = Row(t), tall = Row(t + 1) - row, group = (t - firstTile) % GroupTiles;
                float* a = _of.A + row * _of.ARow + p * _of.AInner;
                float* next = Next(t + (CopiesA ? GroupTiles - group : 1), firstTile, endTile, p, depth);
                nint aRow = _of.ARow, aInner = _of.AInner;
                if (CopiesA)
                {
                    float* copied = Scratch.Of(Scratch.A, GroupTiles * TileFloats);
                    if (group == 0)
                    {
                        PackColumns(a, copied, t, Math.Min(t + GroupTiles, endTile), depth, TileFloats);
                    }

                    a = copied + group * TileFloats;
                    (aRow, aInner) = (1, TallestTile);
                }

                for (int s = firstStrip; s < endStrip; s++)
                {
                    int column = s * W.Count, valid = Math.Min(W.Count, _of.Columns - column), walk = s - firstStrip;
                    float* c = _of.C + (nint)row * _of.Columns + column, b = packed + (nint)((s - firstStrip) % kept) * W.Count * depth, copy = null;
                    nint bInner = W.Count;
                    Ahead ahead = AheadInA(a, aRow, aInner, next, walk, walk + group * (endStrip - firstStrip));
                    if (_of.Strips != null)
                    {
                        b = _of.Strips + (nint)column * _of.Inner + (nint)p * W.Count;
                        ahead = endTile - t <= PackedLines ? AheadInStrips(b, endStrip - firstStrip, endTile - t - 1, last, depth) : ahead;
                    }
                    else if (t == firstTile)
                    {
                        float* from = _of.B + p * _of.BInner + column * _of.BColumn;
                        if (valid == W.Count && _of.BColumn == 1)
                        {
                            copy = t + 1 < endTile ? b : null;
                            b = from;
                            bInner = _of.BInner;
                            ahead = across ? new(from + FewAhead, bInner, 0) : new(from + DirectAhead * bInner, 2 * bInner, bInner + W.Count / 2);
                        }
                        else
                        {
                            PackStrip<V>(from, _of.BInner, _of.BColumn, b, depth, valid, W.Registers);
                        }
                    }

                    if (valid == W.Count && across && t == firstTile)
                    {
                        Tile<W, Asking4>(tall, a, aRow, aInner, b, bInner, c, _of.Columns, depth, write, ahead, copy);
                    }
                    else if (valid == W.Count && IsFarInC)
                    {
                        Tile<W, AskingInC>(tall, a, aRow, aInner, b, bInner, c, _of.Columns, depth, write, ahead, copy);
                    }
                    else if (valid == W.Count)
                    {
                        Tile<W, Asking>(tall, a, aRow, aInner, b, bInner, c, _of.Columns, depth, write, ahead, copy);
                    }
                    else
                    {
                        float* edge = Scratch.Of(Scratch.Edge, TallestTile * W.Count);
                        Tile<W, Asking>(tall, a, aRow, aInner, b, bInner, edge, W.Count, depth, write: true, ahead);
                        CopyCorner<V>(edge, W.Count, c, _of.Columns, tall, valid, write);
                    }
                }

                if (last && _of.Ending.DoesSomething)
                {
                    _of.Ending.Apply<V>(_of.C, _of.Columns, row, row + tall, firstStrip * W.Count, Math.Min(endStrip * W.Count, _of.Columns));
                }
            }
        }

        /// <summary>Where a tile begins.</summary>
        private readonly int Row(int tile) => tile * _height + Math.Min(tile, _higher);
    }
}
