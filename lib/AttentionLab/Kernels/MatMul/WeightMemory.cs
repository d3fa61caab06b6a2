using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace AttentionLab.Kernels;

/// <summary>
/// One piece of memory for all packed weights of a model, in pages of 2 MB where Linux has them: while it is in use, matrices that are packed on this thread
/// lie in it one behind the other. A short text takes little more time than reading the weights once, and with pages of 4 KB the processor has to find
/// 10 000 of them for the 43 MB of a MiniLM.
/// </summary>
internal sealed unsafe class WeightMemory : IDisposable
{
    [ThreadStatic]
    private static WeightMemory? t_current;

    private readonly WeightMemory? _before;
    private readonly float[] _block;
    private readonly long _end;
    private long _next;

    /// <summary>Memory for so many numbers; what does not fit lies by itself. Dispose it when all is packed: the matrices keep it.</summary>
    /// <param name="floats">How many.</param>
    public WeightMemory(long floats)
    {
        _block = floats + LargePages.Floats > Array.MaxLength ? [] : GC.AllocateUninitializedArray<float>((int)floats + LargePages.Floats, pinned: true);
        (_next, _end) = (LargePages.Floats - Start / sizeof(float) % LargePages.Floats, _block.Length);
        (_before, t_current) = (t_current, this);
        LargePages.Ask(Start + (nint)_next * sizeof(float), (nint)(_end - _next) * sizeof(float));
    }

    private nint Start => (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_block));

    /// <summary>Pinned memory from the start of a cache line, not cleared.</summary>
    /// <param name="floats">How many.</param>
    /// <returns>What must be kept alive, and the first number in it.</returns>
    public static (float[] Block, int First) Take(int floats)
    {
        if (t_current is { } memory && memory._next + floats <= memory._end)
        {
            int first = (int)memory._next;
            memory._next += (floats + Scratch.LineFloats - 1) / Scratch.LineFloats * Scratch.LineFloats;
            return (memory._block, first);
        }

        float[] own = GC.AllocateUninitializedArray<float>(floats + Scratch.LineFloats, pinned: true);
        return (own, (int)(Scratch.Aligned(own) - (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(own))));
    }

    /// <inheritdoc/>
    public void Dispose() => t_current = _before;
}
