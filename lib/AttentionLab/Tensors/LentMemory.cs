using System.Runtime.CompilerServices;

namespace AttentionLab.Tensors;

/// <summary>
/// Memory that was handed out and then let go of: somebody may hold it still, and write to it. It is known as long as it lives; when nobody holds it any
/// longer it comes back once, so that what was written last is not lost.
/// </summary>
internal sealed class LentMemory
{
    private static readonly ConditionalWeakTable<float[], Return> Returns = [];

    /// <summary>Holds on until the finalizer has run: memory is never neither lent nor returned.</summary>
    private readonly WeakReference<float[]> _lent;
    private volatile float[]? _returned;

    /// <summary>Lets go of memory that somebody else may hold.</summary>
    /// <param name="memory">The memory.</param>
    public LentMemory(float[] memory)
    {
        _lent = new(memory, trackResurrection: true);
        Returns.AddOrUpdate(memory, new(this, memory));
    }

    /// <summary>Whether it came back: nobody else holds it.</summary>
    public bool IsReturned => _returned is not null;

    /// <summary>The memory.</summary>
    public float[] Memory => _returned ?? (_lent.TryGetTarget(out float[]? memory) ? memory : _returned!);

    /// <summary>Is garbage when the memory is.</summary>
    private sealed class Return(LentMemory to, float[] memory)
    {
        ~Return() => to._returned = memory;
    }
}
