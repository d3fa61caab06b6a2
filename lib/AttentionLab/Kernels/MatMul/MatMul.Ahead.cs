using System.Runtime.CompilerServices;

namespace AttentionLab.Kernels;

/// <content>Asking for memory before it is needed.</content>
public static partial class MatMul
{
    /// <summary>So many strips ask for the rows of the next tile, each for two, so many apart.</summary>
    private const int RowPairs = TileRows / 2;

    /// <summary>So many steps ahead a tile asks for the short rows of a transposed A.</summary>
    private const int TurnedAhead = 16;

    /// <summary>With each of its steps a tile asks for a cache line, in turns of two walks beside each other.</summary>
    /// <param name="from">Where the first begins.</param>
    /// <param name="step">Numbers to the next line of a walk.</param>
    /// <param name="beside">Numbers from the first walk to the other.</param>
    /// <param name="tiles">So many tiles may ask, each for lines behind those of the tile before.</param>
    internal readonly unsafe struct Ahead(float* from, nint step, nint beside, int tiles = 1)
    {
        public float* From => from;

        public nint Step => step;

        public nint Beside => beside;

        public int Tiles => tiles;

        /// <summary>What is left when so many tiles have asked.</summary>
        public Ahead Further(int done) => new(from + done * Scratch.LineFloats, step, beside, tiles - done);
    }

    private unsafe partial struct BlockJob<V, W>
    {
        /// <summary>What of A is asked for while a tile meets the strip <paramref name="walk"/> of a block.</summary>
        /// <param name="a">The tile's rows.</param>
        /// <param name="aRow">Distance between them.</param>
        /// <param name="aInner">Distance along them.</param>
        /// <param name="next">What is needed next.</param>
        /// <param name="walk">Strips of the block that the tile has met.</param>
        /// <param name="line">Strips that all tiles of the copied group have met.</param>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly Ahead AheadInA(float* a, nint aRow, nint aInner, float* next, int walk, int line)
        {
            if (aInner == 1)
            {
                return new(next + walk % RowPairs * aRow, 2, RowPairs * aRow);
            }

            if (_of.AInner <= ShortRow)
            {
                return new(a + TurnedAhead * aInner, 2 * aInner, aInner);
            }

            return line < GroupLines ? new(next + line * Scratch.LineFloats, 2 * _of.AInner, _of.AInner) : new(a, 0, 0);
        }

        /// <summary>Asks for a run of rows of a transposed A; without, products took up to 1.1 times as long.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void AskForRows(float* from, int count)
        {
            for (int i = 0; i < RunOfRows; i++, from += _of.AInner)
            {
                for (int j = 0; j < count + Scratch.LineFloats - 1; j += Scratch.LineFloats)
                {
                    Prefetch.Line(from + j);
                }
            }
        }

        /// <summary>What of A is needed next: a tile below, or else the first one of the next inner block, or of the first.</summary>
        private readonly float* Next(int tile, int firstTile, int endTile, int p, int depth)
        {
            bool below = tile < endTile;
            int inner = below ? p : p + depth < _of.Inner ? p + depth : 0;
            return _of.A + Row(below ? tile : firstTile) * _of.ARow + inner * _of.AInner;
        }
    }
}
