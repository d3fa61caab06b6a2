namespace AttentionLab.Kernels;

/// <content>What is a constant in the code of a tile: where its numbers lie, and how many rows it has.</content>
public static partial class MatMul
{
    /// <summary>Where the numbers of a tile lie.</summary>
    internal interface IMemory
    {
        /// <summary>Whether memory must be asked early.</summary>
        static abstract bool IsFar { get; }

        /// <summary>Lines, one behind the other, that are asked for with each step; 0 for one of two walks in turns.</summary>
        static abstract int Lines { get; }
    }

    /// <summary>A line of one of two walks is asked for with each step.</summary>
    internal readonly struct Asking : IMemory
    {
        public static bool IsFar => true;

        public static int Lines => 0;
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

    /// <summary>All numbers are near: nothing is asked for and nothing copied, which leaves a step of 6 × 2 registers a tenth faster.</summary>
    internal readonly struct Near : IMemory
    {
        public static bool IsFar => false;

        public static int Lines => 0;
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
