using System.Diagnostics;

namespace AttentionLab.Kernels;

/// <content>What is a constant in the code of a tile, and the choice of that code: where its numbers lie, and how many rows it has.</content>
public static partial class MatMul
{
    /// <summary>
    /// Writes, or adds to, up to 8 or exactly 12 rows of C, one <typeparamref name="W"/> wide: c_ij = Σ_p a[i·aRow + p·aInner] · b[p·bInner + j].
    /// A may lie anywhere, copied or not, transposed or not, but one of its distances is 1. <typeparamref name="M"/> says how far away the numbers are.
    /// </summary>
    /// <param name="rows">1 … 8 or 12; each makes code of its own.</param>
    /// <param name="a">First element of A.</param>
    /// <param name="aRow">Distance between its rows.</param>
    /// <param name="aInner">Distance along its rows.</param>
    /// <param name="b">First row of B.</param>
    /// <param name="bInner">Distance between its rows.</param>
    /// <param name="c">First row of C.</param>
    /// <param name="cRow">Distance between its rows.</param>
    /// <param name="depth">Length of the sum.</param>
    /// <param name="write">Overwrite C instead of adding to it.</param>
    /// <param name="ahead">What to ask memory for meanwhile.</param>
    /// <param name="count">Tiles, one below the other; each asks for lines behind those of the tile before.</param>
    /// <param name="copy">Where the rows of B are left one behind the other for the tiles below, or null.</param>
    internal static unsafe void Tile<W, M>(
        int rows, float* a, nint aRow, nint aInner, float* b, nint bInner, float* c, nint cRow, int depth, bool write, in Ahead ahead = default,
        float* copy = null, int count = 1)
        where W : struct, ITileRow<W>
        where M : struct, IMemory
    {
        if (aInner == 1)
        {
            Tile<W, ByRows, M>(rows, a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count);
        }
        else
        {
            Debug.Assert(aRow == 1, "A lies neither by rows nor by columns.");
            Tile<W, ByColumns, M>(rows, a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count);
        }
    }

    private static unsafe void Tile<W, L, M>(
        int rows, float* a, nint aRow, nint aInner, float* b, nint bInner, float* c, nint cRow, int depth, bool write, in Ahead ahead, float* copy, int count)
        where W : struct, ITileRow<W>
        where L : struct, ILayout
        where M : struct, IMemory
    {
        switch (rows)
        {
            case 12: Tile<W, Rows12, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            case 8: Tile<W, Rows8, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            case 7: Tile<W, Rows7, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            case 6: Tile<W, Rows6, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            case 5: Tile<W, Rows5, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            case 4: Tile<W, Rows4, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            case 3: Tile<W, Rows3, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            case 2: Tile<W, Rows2, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
            default: Tile<W, Rows1, L, M>(a, aRow, aInner, b, bInner, c, cRow, depth, write, ahead, copy, count); break;
        }
    }

    /// <summary>Where the numbers of a tile lie.</summary>
    internal interface IMemory
    {
        /// <summary>Whether memory must be asked early.</summary>
        static virtual bool IsFar => false;

        /// <summary>Lines, one behind the other, that are asked for with each step; 0 for one of two walks in turns.</summary>
        static virtual int Lines => 0;

        /// <summary>Whether A and B are copied so that the tile reads both from the first number to the last.</summary>
        static virtual bool IsCopied => false;

        /// <summary>Whether memory is asked for a tile of C before its sums are made, or while they are.</summary>
        static virtual bool IsFarInC => false;
    }

    /// <summary>A line of one of two walks is asked for with each step.</summary>
    internal readonly struct Asking : IMemory
    {
        public static bool IsFar => true;
    }

    /// <summary>The same, and a row of C with every fourth step.</summary>
    private readonly struct AskingInC : IMemory
    {
        public static bool IsFar => true;

        public static bool IsFarInC => true;
    }

    /// <summary>As much of B is asked for as a step uses, up to four lines.</summary>
    internal readonly struct Asking4 : IMemory
    {
        public static bool IsFar => true;

        public static int Lines => 4;
    }

    /// <summary>The same for half of four lines: another tile asks for the rest.</summary>
    private readonly struct Asking2 : IMemory
    {
        public static bool IsFar => true;

        public static int Lines => 2;
    }

    /// <summary>The same for a quarter of four lines.</summary>
    private readonly struct Asking1 : IMemory
    {
        public static bool IsFar => true;

        public static int Lines => 1;
    }

    /// <summary>All numbers are near: nothing is asked for and nothing copied.</summary>
    internal readonly struct Near : IMemory
    {
    }

    /// <summary>The same, but C is far.</summary>
    private readonly struct FarInC : IMemory
    {
        public static bool IsFarInC => true;
    }

    /// <summary>A and B are copied, and C is far.</summary>
    private readonly struct Copied : IMemory
    {
        public static bool IsCopied => true;

        public static bool IsFarInC => true;
    }

    /// <summary>
    /// How A lies. With distances that are constants, and four steps written out, a tile of 6 × 2 registers takes 25 instructions for its 12 products, not 27:
    /// CPUs that take four a cycle, or two programs on one core, would wait for instructions and not for products.
    /// </summary>
    private interface ILayout
    {
        /// <summary>Whether numbers of a row lie together; else those of a column do.</summary>
        static abstract bool IsByRows { get; }
    }

    private readonly struct ByRows : ILayout
    {
        public static bool IsByRows => true;
    }

    private readonly struct ByColumns : ILayout
    {
        public static bool IsByRows => false;
    }

    /// <summary>How many rows a tile has.</summary>
    private interface ITileRows
    {
        static abstract int Count { get; }
    }

    private readonly struct Rows1 : ITileRows
    {
        public static int Count => 1;
    }

    private readonly struct Rows2 : ITileRows
    {
        public static int Count => 2;
    }

    private readonly struct Rows3 : ITileRows
    {
        public static int Count => 3;
    }

    private readonly struct Rows4 : ITileRows
    {
        public static int Count => 4;
    }

    private readonly struct Rows5 : ITileRows
    {
        public static int Count => 5;
    }

    private readonly struct Rows6 : ITileRows
    {
        public static int Count => 6;
    }

    private readonly struct Rows7 : ITileRows
    {
        public static int Count => 7;
    }

    private readonly struct Rows8 : ITileRows
    {
        public static int Count => 8;
    }

    private readonly struct Rows12 : ITileRows
    {
        public static int Count => 12;
    }
}
