using System.Runtime.CompilerServices;
using AttentionLab.Kernels;
using AttentionLab.Tensors;

namespace AttentionLab.Words;

/// <summary>
/// A vector for each word while <see cref="SkipGramTraining"/> moves them. A row starts at a cache line and is filled up with zeros, which stay zero: no
/// register straddles two lines.
/// </summary>
internal sealed unsafe class SkipGramTable
{
    private readonly int _rows, _channels;
    private readonly float[] _memory;
    private readonly float* _first;

    /// <summary>Zeros.</summary>
    /// <param name="rows">Words.</param>
    /// <param name="channels">C.</param>
    /// <exception cref="ArgumentException">An array cannot hold as many numbers.</exception>
    public SkipGramTable(int rows, int channels)
    {
        (_rows, _channels) = (rows, channels);
        Width = (channels + Scratch.LineFloats - 1) / Scratch.LineFloats * Scratch.LineFloats;
        _memory = GC.AllocateArray<float>(Sizes.Product("skip-gram", ("words", rows), ("channels", Width)) + Scratch.LineFloats, pinned: true);
        _first = Scratch.Aligned(_memory);
    }

    /// <summary>Numbers of a row, with the zeros.</summary>
    public int Width { get; }

    /// <summary>All rows.</summary>
    public Span<float> All => new(_first, _rows * Width);

    /// <summary>One row, with the zeros.</summary>
    public Span<float> Row(int word) => new(_first + (nint)word * Width, Width);

    /// <summary>The vector in a row.</summary>
    public Span<float> Vector(int word) => Row(word)[.._channels];

    /// <summary>Asks memory for a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Fetch(int word)
    {
        float* row = _first + (nint)word * Width;
        for (int i = 0; i < Width; i += Scratch.LineFloats)
        {
            Prefetch.Line(row + i);
        }
    }

    /// <summary>A copy of the vectors, (V, C).</summary>
    public Tensor Copy()
    {
        Tensor copy = new(_rows, _channels);
        for (int word = 0; word < _rows; word++)
        {
            Vector(word).CopyTo(copy.Row(word));
        }

        return copy;
    }
}
