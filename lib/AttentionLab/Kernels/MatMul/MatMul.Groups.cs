using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>
/// The loops for CPUs with 16 registers: a group of rows of A is copied, too, and lies in the second cache; a strip of B lies in the first while all tiles of
/// the group meet it (Goto and van de Geijn 2008). Such CPUs often have second caches of 512 KB or less, in which rows a power of two apart push each other
/// out, and a tile of half as many sums waits for memory twice as often.
/// </content>
public static partial class MatMul
{
    /// <summary>Rows of B that a group meets at once: a strip of them fills 24 KB of the first cache. 256 and 512 measured alike or slower.</summary>
    private const int GroupDepth = 384;

    /// <summary>Columns of a part at most: A is copied once for so many.</summary>
    private const int GroupColumns = 2048;

    /// <summary>Fewer columns than this do not repay the copy of A.</summary>
    private const int FewestGroupColumns = 128;

    /// <summary>Tiles of a group: 132 rows of A, 203 KB.</summary>
    private const int TilesOfGroup = 22;

    /// <summary>Floats from one copied tile of A to the next: a line more, so that they do not meet in the same places of a cache.</summary>
    private const int GroupTile = TileRows * GroupDepth + Scratch.LineFloats;

    /// <summary>Strips of B that are copied together, when the first of them is needed, since their rows are 512 bytes; the epilogue follows them.</summary>
    private const int StripsAtOnce = 8;

    private unsafe partial struct BlockJob<V, W>
    {
        /// <summary>Whether groups of rows of A are copied. That holds for the whole product: it decides in which order a sum is made.</summary>
        private readonly bool IsGrouped => !ManyRegisters && _tiles > FewTiles && _of.Columns >= FewestGroupColumns;

        /// <summary>The same for copied strips of B.</summary>
        private static int GroupStrip => W.Count * GroupDepth + Scratch.LineFloats;

        /// <summary>Some rows of A times some strips of B.</summary>
        private readonly void MultiplyGroups(int firstTile, int endTile, int firstStrip, int endStrip)
        {
            int depth = EvenPiece(_of.Inner, GroupDepth), groups = Pieces(endTile - firstTile, TilesOfGroup), count = groups * Pieces(_of.Inner, depth);
            for (int i = 0; i < count; i++)
            {
                int at = i % groups, p = i / groups * depth;
                int first = firstTile + Cut(endTile - firstTile, at, groups), end = firstTile + Cut(endTile - firstTile, at + 1, groups);
                MultiplyGroup(new(first, end, p, Math.Min(depth, _of.Inner - p)), firstStrip, endStrip, copiesB: _of.Strips == null && at == 0);
            }
        }

        /// <summary>Some tiles, and the rows of B that they meet.</summary>
        private readonly record struct Group(int FirstTile, int EndTile, int P, int Depth);

        private readonly void MultiplyGroup(Group group, int firstStrip, int endStrip, bool copiesB)
        {
            if (_tiles <= TilesOfGroup && _of.AInner == 1)
            {
                MultiplyGroup<FarInC>(group, _of.A + Row(group.FirstTile) * _of.ARow + group.P, _of.ARow, 1, firstStrip, endStrip, copiesB);
                return;
            }

            float* copied = Scratch.Of(Scratch.A, TilesOfGroup * GroupTile);
            CopyTiles(group, copied);
            MultiplyGroup<Copied>(group, copied, 1, TileRows, firstStrip, endStrip, copiesB);
        }

        /// <summary>A group, its rows of A copied or where they lie.</summary>
        private readonly void MultiplyGroup<M>(Group group, float* a, nint aRow, nint aInner, int firstStrip, int endStrip, bool copiesB)
            where M : struct, IMemory
        {
            int tiles = group.EndTile - group.FirstTile, depth = group.Depth, firstRow = Row(group.FirstTile), endRow = Row(group.EndTile);

            // Tiles of one height go in one call.
            int highTiles = Math.Clamp(_higher - group.FirstTile, 0, tiles);
            Group higher = group with { EndTile = group.FirstTile + highTiles }, lower = group with { FirstTile = higher.EndTile };
            bool isPacked = _of.Strips != null;
            nint step = isPacked ? (nint)W.Count * _of.Inner : GroupStrip;
            float* b = isPacked ? _of.Strips + firstStrip * step + group.P * W.Count : Scratch.Of(Scratch.B, (endStrip - firstStrip) * GroupStrip);
            bool write = group.P == 0 && !_of.Add, ends = group.P + depth == _of.Inner && _of.Ending.DoesSomething;
            for (int first = firstStrip; first < endStrip; first += StripsAtOnce, b += StripsAtOnce * step)
            {
                int end = Math.Min(first + StripsAtOnce, endStrip);
                if (copiesB)
                {
                    CopyStrips(group, b, first, end);
                }

                float* from = b;
                for (int strip = first; strip < end; strip++, from += step)
                {
                    MultiplyTiles<M>(higher, a, aRow, aInner, from, strip, write);
                    MultiplyTiles<M>(lower, a + (M.IsCopied ? highTiles * GroupTile : highTiles * (_height + 1) * aRow), aRow, aInner, from, strip, write);
                }

                if (ends)
                {
                    _of.Ending.Apply<V>(_of.C, _of.Columns, firstRow, endRow, first * W.Count, Math.Min(end * W.Count, _of.Columns));
                }
            }
        }

        /// <summary>Tiles of one height times a strip.</summary>
        private readonly void MultiplyTiles<M>(Group of, float* a, nint aRow, nint aInner, float* b, int strip, bool write)
            where M : struct, IMemory
        {
            int row = Row(of.FirstTile), tall = Row(of.FirstTile + 1) - row, tiles = of.EndTile - of.FirstTile, depth = of.Depth;
            int column = strip * W.Count, valid = Math.Min(W.Count, _of.Columns - column);
            float* c = _of.C + (nint)row * _of.Columns + column;
            if (valid == W.Count)
            {
                Tile<W, M>(tall, a, aRow, aInner, b, W.Count, c, _of.Columns, depth, write, count: tiles);
                return;
            }

            float* edge = Scratch.Of(Scratch.Edge, TileRows * W.Count);
            for (; tiles > 0; tiles--, a += M.IsCopied ? GroupTile : tall * aRow, c += (nint)tall * _of.Columns)
            {
                Tile<W, M>(tall, a, aRow, aInner, b, W.Count, edge, W.Count, depth, write: true);
                CopyCorner<V>(edge, W.Count, c, _of.Columns, tall, valid, write);
            }
        }

        private readonly void CopyTiles(Group group, float* to)
        {
            float* from = _of.A + Row(group.FirstTile) * _of.ARow + group.P * _of.AInner;
            if (_of.AInner == 1)
            {
                PackRows(from, to, group.FirstTile, group.EndTile, group.Depth);
            }
            else
            {
                PackColumns(from, to, group.FirstTile, group.EndTile, group.Depth, GroupTile);
            }
        }

        private readonly void CopyStrips(Group group, float* to, int firstStrip, int endStrip)
        {
            float* from = _of.B + group.P * _of.BInner + firstStrip * W.Count * _of.BColumn;
            int whole = _of.BColumn == 1 ? Math.Min(endStrip, _of.Columns / W.Count) - firstStrip : 0;
            CopyStrips<V>(from, _of.BInner, to, GroupStrip, group.Depth, whole, W.Registers);
            for (int strip = firstStrip + whole; strip < endStrip; strip++)
            {
                int done = strip - firstStrip, valid = Math.Min(W.Count, _of.Columns - strip * W.Count);
                float* b = from + done * W.Count * _of.BColumn;
                PackStrip<V>(b, _of.BInner, _of.BColumn, to + done * GroupStrip, group.Depth, valid, W.Registers);
            }
        }

        /// <summary>Some tiles of an A whose rows lie together, each into [p][TileRows]; <paramref name="from"/> is the first of their numbers.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void PackRows(float* from, float* to, int firstTile, int endTile, int depth)
        {
            nint step = _of.ARow;
            int reach = Pieces(TileRows, V.Count) * V.Count, width = GroupTile;
            for (int t = firstTile; t < endTile; t++, to += width)
            {
                // Whole registers where they can be read: what is too much is overwritten by the next p, or lies between two tiles.
                int row = Row(t), tall = Row(t + 1) - row, p = 0;
                float* a = from + (row - Row(firstTile)) * step;
                for (; V.Count > 1 && p + 4 <= depth && row + reach <= _of.Rows; p += 4)
                {
                    for (int j = reach - V.Count; j >= 0; j -= V.Count)
                    {
                        V.Transpose4(a + j * step + p, step, to + p * TileRows + j, TileRows);
                    }
                }

                for (; p < depth; p++)
                {
                    for (int i = 0; i < tall; i++)
                    {
                        to[p * TileRows + i] = a[i * step + p];
                    }
                }
            }
        }
    }
}
