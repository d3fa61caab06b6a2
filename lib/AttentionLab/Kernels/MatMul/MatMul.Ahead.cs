using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace AttentionLab.Kernels;

/// <content>Asking for memory before it is needed.</content>
public static partial class MatMul
{
    /// <summary>
    /// A rectangle of A or B that will be copied next. Each tile walks over a little of it, one step with each of its own,
    /// and asks for the cache lines there, so that they arrive while the tile computes.
    /// </summary>
    private unsafe struct Ahead
    {
        private float* _from;
        private nint _step, _beside, _beyond;
        private int _wide, _walks, _done;

        /// <summary>The inner dimension lies along the rows: one walk a row.</summary>
        public static Ahead Along(float* from, nint rowStep, int rows, int length, int piece) =>
            new() { _from = from, _step = Pieces(length, piece), _beside = rowStep, _wide = Math.Max(rows, 0), _walks = Math.Max(rows, 0) };

        /// <summary>The inner dimension lies across: one walk down each column of cache lines, piece by piece.</summary>
        public static Ahead Across(float* from, nint innerStep, int length, int columns, int piece)
        {
            int lines = Pieces(Math.Max(columns, 0), Scratch.LineFloats);
            return new()
            {
                _from = from,
                _step = innerStep,
                _beside = Scratch.LineFloats,
                _beyond = piece * innerStep,
                _wide = lines,
                _walks = lines * Pieces(length, piece),
            };
        }

        /// <summary>Where the next tile begins to ask, and how far it goes with each step.</summary>
        public float* Next(out nint step)
        {
            if (_done >= _walks)
            {
                step = 0;
                return _from;
            }

            (int beyond, int beside) = Math.DivRem(_done++, _wide);
            step = _step;
            return _from + beside * _beside + beyond * _beyond;
        }

        /// <summary>Asks for a tile of C that is written soon.</summary>
        public static void Tile(float* c, nint cStride, int rows)
        {
            for (int i = 0; i < rows; i++)
            {
                Fetch(c + i * cStride);
                Fetch(c + i * cStride + Scratch.LineFloats);
            }
        }
    }

    /// <summary>Asks for a cache line; where .NET has no such instruction (Arm) the hardware must guess.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void Fetch(float* address)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch1(address);
        }
    }
}
