namespace AttentionLab.Kernels;

/// <content>What is a constant in the code of a tile: where its numbers lie, and how many rows it has.</content>
public static partial class MatMul
{
    /// <summary>Where the numbers of a tile lie.</summary>
    internal interface IMemory
    {
        /// <summary>Whether memory must be asked early.</summary>
        static virtual bool IsFar => false;

        /// <summary>Lines, one behind the other, that are asked for with each step; 0 for one of two walks in turns.</summary>
        static virtual int Lines => 0;

        /// <summary>Whether numbers of a row of A lie together.</summary>
        static virtual bool IsByRows => false;

        /// <summary>Whether numbers of a column of A lie together.</summary>
        static virtual bool IsByColumns => false;

        /// <summary>Whether A and B are copied so that the tile reads both from the first number to the last.</summary>
        static virtual bool IsCopied => false;

        /// <summary>Whether memory is asked for a tile of C before its sums are made.</summary>
        static virtual bool IsFarInC => false;
    }

    /// <summary>A line of one of two walks is asked for with each step.</summary>
    internal readonly struct Asking : IMemory
    {
        public static bool IsFar => true;
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

    /// <summary>
    /// The same, and A lies by rows. With distances that are constants, and four steps written out, one of 6 × 2 registers takes 25 instructions
    /// for its 12 products, not 27: CPUs that take four a cycle, or two programs on one core, would wait for instructions and not for products.
    /// </summary>
    internal readonly struct NearRows : IMemory
    {
        public static bool IsByRows => true;
    }

    /// <summary>The same, and C is far.</summary>
    private readonly struct NearRowsOfGroup : IMemory
    {
        public static bool IsByRows => true;

        public static bool IsFarInC => true;
    }

    /// <summary>A lies by columns.</summary>
    internal readonly struct NearColumns : IMemory
    {
        public static bool IsByColumns => true;
    }

    /// <summary>A and B are copied, and C is far.</summary>
    private readonly struct Copied : IMemory
    {
        public static bool IsByColumns => true;

        public static bool IsCopied => true;

        public static bool IsFarInC => true;
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
