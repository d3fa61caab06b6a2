using System.Runtime.CompilerServices;

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

    /// <summary>Inner length of a block.</summary>
    private const int InnerBlock = 512;

    /// <summary>Columns of a block at most: with <see cref="InnerBlock"/> 768 KB of B.</summary>
    private const int BlockColumns = 384;

    /// <summary>So few tiles of rows meet one strip after the other: the copy of it serves once, and then leaves room.</summary>
    private const int FewTiles = 2;

    /// <summary>
    /// The same where B is in strips already: these lie one behind the other, so that while one is used the next is asked for. Without it MiniLM took
    /// 1.17 times as long for a text of 32 pieces.
    /// </summary>
    private const int FewPackedTiles = 11;

    /// <summary>
    /// Tiles of rows of a transposed A that are copied at once: 96 rows. One whose rows are short is read where it lies: a block of it stays in the second
    /// cache, and a cache line serves three tiles.
    /// </summary>
    private const int GroupTiles = 16;

    /// <summary>Cache lines that so many rows lie in, one below the other.</summary>
    private const int GroupLines = GroupTiles * TileRows / Scratch.LineFloats + 1;

    /// <summary>Floats from one copied tile of A to the next.</summary>
    private const int TileFloats = TileRows * InnerBlock + Scratch.LineFloats;

    /// <summary>Parts for each thread at least, if there are strips and tiles enough: one thread may be late.</summary>
    private const int PartsPerThread = 2;

    /// <summary>So many rows of B ahead of the tile that reads it where it lies, memory is asked for.</summary>
    private const int DirectAhead = 16;

    /// <summary>The same for strips that are packed already.</summary>
    private const int PackedAhead = 32;

    /// <summary>
    /// So many numbers ahead where a strip that is packed already meets one tile only, which asks for every line: 8 KB. Up to six rows times 2048² took
    /// 1.1 to 1.35 times as long with a line of each row of the next strip asked for.
    /// </summary>
    private const int StreamAhead = 2048;

    /// <summary>How many pieces of at most <paramref name="most"/> a length has.</summary>
    private static int Pieces(int length, int most) => (length + most - 1) / most;

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

        /// <summary>Does all of a product.</summary>
        public static void Multiply(in Product product)
        {
            BlockJob<V, W> job = new() { _of = product, _tiles = Pieces(product.Rows, TileRows), _strips = Pieces(product.Columns, W.Count) };
            long work = (long)product.Rows * product.Inner * product.Columns;
            int parts = work < Workers.SmallWork || Workers.Count == 1 || Workers.Inside ? 1 : PartsPerThread * Workers.Count;
            job._columnParts = Math.Min(Math.Max(Pieces(product.Columns, BlockColumns), parts), job._strips);
            job._rowParts = Math.Min(Pieces(parts, job._columnParts), job._tiles);
            Workers.Run(ref job, job._rowParts * job._columnParts, work);
        }

        public readonly void Run(int part)
        {
            int firstTile = Cut(_tiles, part / _columnParts, _rowParts), endTile = Cut(_tiles, part / _columnParts + 1, _rowParts);
            int first = Cut(_strips, part % _columnParts, _columnParts), end = Cut(_strips, part % _columnParts + 1, _columnParts);
            int blocks = Pieces((end - first) * W.Count, HasFewTiles(firstTile, endTile) ? W.Count : BlockColumns), piece = EvenPiece(_of.Inner, InnerBlock);
            for (int block = 0; block < blocks; block++)
            {
                int firstStrip = first + Cut(end - first, block, blocks), endStrip = first + Cut(end - first, block + 1, blocks);
                for (int p = 0; p < _of.Inner; p += piece)
                {
                    Multiply(firstTile, endTile, firstStrip, endStrip, p, Math.Min(piece, _of.Inner - p));
                }
            }
        }

        /// <summary>Cache lines of a row of a strip.</summary>
        private static int StripLines => Math.Max(1, W.Count / Scratch.LineFloats);

        private readonly bool HasFewTiles(int first, int end) => end - first <= (_of.Strips == null ? FewTiles : FewPackedTiles);

        /// <summary>Some rows of A times one block of B.</summary>
        private readonly void Multiply(int firstTile, int endTile, int firstStrip, int endStrip, int p, int depth)
        {
            bool write = p == 0 && !_of.Add, last = p + depth == _of.Inner;
            float* packed = _of.Strips == null ? Scratch.Of(Scratch.B, (endStrip - firstStrip) * W.Count * depth) : null;
            for (int t = firstTile; t < endTile; t++)
            {
                int row = Row(t), tall = Row(t + 1) - row, group = (t - firstTile) % GroupTiles;
                float* a = _of.A + row * _of.ARow + p * _of.AInner;
                float* next = Next(t + (_of.AInner > ShortRow ? GroupTiles - group : 1), firstTile, endTile, p, depth);
                nint aRow = _of.ARow, aInner = _of.AInner;
                if (aInner > ShortRow)
                {
                    float* copied = Scratch.Of(Scratch.A, GroupTiles * TileFloats);
                    if (group == 0)
                    {
                        PackColumns(a, copied, t, Math.Min(t + GroupTiles, endTile), depth);
                    }

                    a = copied + group * TileFloats;
                    (aRow, aInner) = (1, TileRows);
                }

                for (int s = firstStrip; s < endStrip; s++)
                {
                    int column = s * W.Count, valid = Math.Min(W.Count, _of.Columns - column), walk = s - firstStrip;
                    float* c = _of.C + (nint)row * _of.Columns + column, b, copy = null;
                    nint bInner = W.Count;
                    Ahead ahead = AheadInA(a, aRow, aInner, next, walk, walk + group * (endStrip - firstStrip));
                    if (_of.Strips != null)
                    {
                        b = _of.Strips + (nint)column * _of.Inner + (nint)p * W.Count;
                        ahead = AheadInStrips(b, depth, t - firstTile, HasFewTiles(firstTile, endTile), ahead);
                    }
                    else
                    {
                        b = packed + (nint)(s - firstStrip) * W.Count * depth;
                        if (t == firstTile)
                        {
                            float* from = _of.B + p * _of.BInner + column * _of.BColumn;
                            if (valid == W.Count && _of.BColumn == 1)
                            {
                                copy = t + 1 < endTile ? b : null;
                                b = from;
                                bInner = _of.BInner;
                                ahead = new(from + DirectAhead * bInner, 2 * bInner, bInner + W.Count / 2);
                            }
                            else
                            {
                                PackStrip<V>(from, _of.BInner, _of.BColumn, b, depth, valid, StripRegisters);
                            }
                        }
                    }

                    if (valid == W.Count && _of.Strips != null && endTile - firstTile == 1)
                    {
                        Tile<W, Streaming>(tall, a, aRow, aInner, b, bInner, c, _of.Columns, depth, write, new(b + StreamAhead, W.Count, 0));
                    }
                    else if (valid == W.Count)
                    {
                        Tile<W, Asking>(tall, a, aRow, aInner, b, bInner, c, _of.Columns, depth, write, ahead, copy);
                    }
                    else
                    {
                        float* edge = Scratch.Of(Scratch.Edge, TileRows * W.Count);
                        Tile<W, Asking>(tall, a, aRow, aInner, b, bInner, edge, W.Count, depth, write: true, ahead);
                        CopyCorner(edge, W.Count, c, _of.Columns, tall, valid, write);
                    }
                }

                if (last && _of.Ending.DoesSomething)
                {
                    _of.Ending.Apply<V>(_of.C, _of.Columns, row, row + tall, firstStrip * W.Count, Math.Min(endStrip * W.Count, _of.Columns));
                }
            }
        }

        /// <summary>Where a tile begins: all are equally high, or one row less.</summary>
        private readonly int Row(int tile) => Cut(_of.Rows, tile, _tiles);

        /// <summary>Some tiles of a transposed A, each into [p][TileRows]; <paramref name="from"/> is the first of their numbers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void PackColumns(float* from, float* to, int firstTile, int endTile, int depth)
        {
            int* rows = stackalloc int[GroupTiles + 1];
            for (int t = firstTile; t <= endTile; t++)
            {
                rows[t - firstTile] = Row(t) - Row(firstTile);
            }

            // Whole registers where they can be read: what is too much is overwritten by the next p, or lies between two tiles.
            int reach = Pieces(TileRows, V.Count) * V.Count, tiles = endTile - firstTile, readable = _of.Rows - Row(firstTile);
            for (int p = 0; p < depth; p++, from += _of.AInner, to += TileRows)
            {
                float* tile = to;
                for (int t = 0; t < tiles; t++, tile += TileFloats)
                {
                    int row = rows[t];
                    if (row + reach <= readable)
                    {
                        for (int j = 0; j < TileRows; j += V.Count)
                        {
                            V.Store(V.Load(from + row + j), tile + j);
                        }
                    }
                    else
                    {
                        for (int i = row; i < rows[t + 1]; i++)
                        {
                            tile[i - row] = from[i];
                        }
                    }
                }
            }
        }
    }
}
