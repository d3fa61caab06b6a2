using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>The loops for a B that lies in strips already, one strip after the other; all tiles of a group of rows meet a piece of it in turn.</content>
public static partial class MatMul
{
    /// <summary>
    /// Tiles of rows of a group: 132 rows of A, in the second cache with the piece of B in use and the next one. Tiles that met six strips in turn took 1.1 to
    /// 1.2 times as long for 128 rows.
    /// </summary>
    private const int PackedTiles = 22;

    /// <summary>
    /// From so many groups on (528 rows) strips are met in blocks: 1000 to 4000 rows took 1.06 to 1.2 times as long in groups, 512 rows 0.97 to 1 times.
    /// </summary>
    private const int ManyGroups = 4;

    /// <summary>
    /// Rows of B in a piece that two tiles meet if a row has four lines: it stays in the first cache with the next one. These tiles wait for memory, and pieces
    /// of <see cref="InnerBlock"/> rows took 1.3 to 1.6 times as long for 7 to 11 rows. From three tiles on, and with narrower registers, they compute longer
    /// than they wait, and longer pieces are faster.
    /// </summary>
    private const int PairDepth = 64;

    /// <summary>Cache lines of a row of a strip from which on <see cref="PairDepth"/> holds.</summary>
    private const int PairLines = 4;

    /// <summary>
    /// A tile that meets a strip alone asks for what lies so many numbers ahead: 8 KB. Up to six rows times 2048² took 1.1 to 1.35 times as long with a line
    /// of each row of the next strip asked for.
    /// </summary>
    private const int StreamAhead = 2048;

    private unsafe partial struct BlockJob<V, W>
    {
        /// <summary>Some rows of A times some strips.</summary>
        private readonly void MultiplyPacked(int firstTile, int endTile, int firstStrip, int endStrip)
        {
            // The order of a sum hangs on the whole product, not on a part of the work.
            int depth = EvenPiece(_of.Inner, _tiles == 2 && PackedLines == PairLines ? PairDepth : InnerBlock);
            int groups = Pieces(endTile - firstTile, PackedTiles);
            firstStrip += MultiplyRowByStrips(firstStrip, endStrip, depth);
            for (int group = 0; group < groups; group++)
            {
                int first = firstTile + Cut(endTile - firstTile, group, groups), end = firstTile + Cut(endTile - firstTile, group + 1, groups);
                for (int strip = firstStrip; strip < endStrip; strip++)
                {
                    for (int p = 0; p < _of.Inner; p += depth)
                    {
                        for (int tile = first; tile < end; tile++)
                        {
                            MultiplyPacked(strip, p, Math.Min(depth, _of.Inner - p), tile, tile - first, end - first);
                        }
                    }
                }
            }
        }

        /// <summary>
        /// One row of A times four strips at once: memory is read in four places, 1.2 to 2 times as fast as in one. Each sum has the order that a tile has.
        /// </summary>
        /// <returns>How many strips are done.</returns>
        private readonly int MultiplyRowByStrips(int firstStrip, int endStrip, int depth)
        {
            int strip = firstStrip, end = Math.Min(endStrip, _of.Columns / W.Count);
            for (; _of.Rows == 1 && strip + 4 <= end; strip += 4)
            {
                int column = strip * W.Count;
                for (int p = 0; p < _of.Inner; p += depth)
                {
                    float* b = _of.Strips + (nint)column * _of.Inner + (nint)p * W.Count;
                    MultiplyRow(_of.A + p, b, _of.C + column, Math.Min(depth, _of.Inner - p), write: p == 0 && !_of.Add);
                }

                if (_of.Ending.DoesSomething)
                {
                    _of.Ending.Apply<V>(_of.C, _of.Columns, 0, 1, column, column + 4 * W.Count);
                }
            }

            return strip - firstStrip;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void MultiplyRow(float* a, float* b0, float* c, int depth, bool write)
        {
            nint step = (nint)_of.Inner * W.Count;
            float* b1 = b0 + step, b2 = b1 + step, b3 = b2 + step;
            W x0 = W.All(0), x1 = x0, x2 = x0, x3 = x0;
            for (; depth > 0; depth--, a++)
            {
                x0.AddProduct(a[0], W.Load(b0));
                x1.AddProduct(a[0], W.Load(b1));
                x2.AddProduct(a[0], W.Load(b2));
                x3.AddProduct(a[0], W.Load(b3));
                b0 += W.Count;
                b1 += W.Count;
                b2 += W.Count;
                b3 += W.Count;
            }

            Finish(c, x0, write);
            Finish(c + W.Count, x1, write);
            Finish(c + 2 * W.Count, x2, write);
            Finish(c + 3 * W.Count, x3, write);
        }

        /// <summary>
        /// Whether many rows meet the strips, and each group of them would fetch all strips anew: a block of strips stays in the second cache instead, and all
        /// tiles meet it, as where B is copied. C then is fetched once for each piece, which long sums are worth only if B is far.
        /// </summary>
        private readonly bool MeetsBlocks => _of.Inner <= InnerBlock ? _tiles > ManyGroups * PackedTiles : _tiles > PackedTiles && IsFarB;

        private readonly bool IsFarB => (long)_of.Inner * _of.Columns >= Far;

        /// <summary>What the last tiles that meet a block ask for: the next block, each for a line of all its rows.</summary>
        /// <param name="b">Where the strip lies that the tile meets.</param>
        /// <param name="strips">Strips of the block.</param>
        /// <param name="line">Number of the line.</param>
        /// <param name="last">Whether no rows of B follow in the strip.</param>
        /// <param name="depth">Rows of the block.</param>
        private readonly Ahead AheadInStrips(float* b, int strips, int line, bool last, int depth)
        {
            nint step = last ? ((nint)strips * _of.Inner - _of.Inner + depth) * W.Count : (nint)depth * W.Count;
            return new(b + step + line * Scratch.LineFloats, 2 * W.Count, W.Count);
        }

        /// <summary>Cache lines of a row of a strip.</summary>
        private static int PackedLines => Math.Max(1, W.Count / Scratch.LineFloats);

        /// <summary>
        /// A tile that meets a piece of a strip. What the tiles after it need lies behind that piece: up to four of them ask for equal shares of it, one behind
        /// the other as they lie, so that memory is read while products are made.
        /// </summary>
        /// <param name="strip">Number of the strip.</param>
        /// <param name="p">First row of the piece.</param>
        /// <param name="depth">Its rows.</param>
        /// <param name="tile">Number of the tile.</param>
        /// <param name="turn">How many tiles met the piece before.</param>
        /// <param name="turns">How many meet it.</param>
        private readonly void MultiplyPacked(int strip, int p, int depth, int tile, int turn, int turns)
        {
            int row = Row(tile), tall = Row(tile + 1) - row, column = strip * W.Count, valid = Math.Min(W.Count, _of.Columns - column);
            int askers = Math.Min(turns >= 4 ? 4 : turns >= 2 ? 2 : 1, PackedLines), share = W.Count / askers;
            float* a = _of.A + row * _of.ARow + p, b = _of.Strips + (nint)column * _of.Inner + (nint)p * W.Count, c = _of.C + (nint)row * _of.Columns + column;
            float* edge = valid < W.Count ? Scratch.Of(Scratch.Edge, TallestTile * W.Count) : null, to = edge == null ? c : edge;
            Ahead ahead = new(b + (turns == 1 ? StreamAhead : (nint)depth * W.Count) + (nint)turn * depth * share, share, 0);
            nint cRow = edge == null ? _of.Columns : W.Count;
            bool write = p == 0 && !_of.Add, over = write || edge != null;
            switch (turn < askers ? PackedLines / askers : 0)
            {
                case 4: Tile<W, Asking4>(tall, a, _of.ARow, 1, b, W.Count, to, cRow, depth, over, ahead); break;
                case 2: Tile<W, Asking2>(tall, a, _of.ARow, 1, b, W.Count, to, cRow, depth, over, ahead); break;
                case 1: Tile<W, Asking1>(tall, a, _of.ARow, 1, b, W.Count, to, cRow, depth, over, ahead); break;
                case 0 when IsFarInC: Tile<W, FarInC>(tall, a, _of.ARow, 1, b, W.Count, to, cRow, depth, over); break;
                default: Tile<W, Near>(tall, a, _of.ARow, 1, b, W.Count, to, cRow, depth, over); break;
            }

            if (edge != null)
            {
                CopyCorner<V>(edge, W.Count, c, _of.Columns, tall, valid, write);
            }

            if (p + depth == _of.Inner && _of.Ending.DoesSomething)
            {
                _of.Ending.Apply<V>(_of.C, _of.Columns, row, row + tall, column, column + valid);
            }
        }
    }
}
