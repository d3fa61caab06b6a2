using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>
/// Memory that kernels use within one call: one buffer a thread and purpose, aligned to a cache line, grown when a
/// call needs more and kept, so that nothing is allocated after the first call of a size.
/// </summary>
internal static unsafe class Scratch
{
    /// <summary>Copied rows of A.</summary>
    public const int A = 0;

    /// <summary>Copied strips of B, or sums that are not finished.</summary>
    public const int B = 1;

    /// <summary>Rows of Q, scaled or turned, and in a backward what belongs to them.</summary>
    public const int Query = 2;

    /// <summary>What Lightning Attention remembers of the tokens before a block, and V of the block below it, in strips.</summary>
    public const int State = 3;

    /// <summary>Rows of K, decayed.</summary>
    public const int Values = 4;

    /// <summary>A block of scores or weights.</summary>
    public const int Scores = 5;

    /// <summary>A block of the unfinished output, or of unfinished gradients.</summary>
    public const int Output = 6;

    /// <summary>A few numbers of each row: maxima and sums, losses, decays.</summary>
    public const int Rows = 7;

    /// <summary>Sums over rows, one row of them for each part of a call.</summary>
    public const int Columns = 8;

    /// <summary>X·Xᵀ of a matrix.</summary>
    public const int Gram = 9;

    /// <summary>Its square.</summary>
    public const int GramSquare = 10;

    /// <summary>A matrix that is not finished.</summary>
    public const int Next = 11;

    /// <summary>Bits of a mask.</summary>
    public const int Mask = 12;

    /// <summary>A tile of C that reaches beyond its last column.</summary>
    public const int Edge = 13;

    /// <summary>A block of the bias, turned.</summary>
    public const int Bias = 14;

    /// <summary>Directions of the rows of A.</summary>
    public const int DirectionsA = 15;

    /// <summary>Directions of the rows of B.</summary>
    public const int DirectionsB = 16;

    private const int Kernels = 17;

    /// <summary>Floats of a cache line.</summary>
    public const int LineFloats = 16;

    private static int s_purposes = Kernels;

    [ThreadStatic]
    private static float[]?[]? t_buffers;

    /// <summary>A purpose of the caller's own: a layer takes one for what it keeps while kernels run.</summary>
    public static int Reserve() => Interlocked.Increment(ref s_purposes) - 1;

    /// <summary><see cref="Of"/> as a span.</summary>
    public static Span<float> Span(int purpose, int length) => new(Of(purpose, length), length);

    /// <summary>
    /// At least <paramref name="length"/> floats, not cleared, aligned to 64 bytes, valid until the next call on this thread with the same purpose.
    /// </summary>
    /// <param name="purpose">One of the constants above, or from <see cref="Reserve"/>.</param>
    /// <param name="length">How many floats.</param>
    public static float* Of(int purpose, int length)
    {
        float[]?[] buffers = t_buffers is { } mine && purpose < mine.Length ? mine : Grown(purpose);
        float[]? buffer = buffers[purpose];
        if (buffer is null || buffer.Length < length + LineFloats)
        {
            buffers[purpose] = buffer = GC.AllocateUninitializedArray<float>(length + LineFloats, pinned: true);
        }

        return Aligned(buffer);
    }

    private static float[]?[] Grown(int purpose)
    {
        float[]?[] buffers = t_buffers ?? [];
        Array.Resize(ref buffers, Math.Max(purpose + 1, Kernels));
        return t_buffers = buffers;
    }

    /// <summary>The first cache line's start in a pinned array.</summary>
    /// <param name="buffer">Pinned; <see cref="LineFloats"/> longer than what is used.</param>
    public static float* Aligned(float[] buffer) => (float*)(((nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(buffer)) + 63) & ~63);
}
