namespace AttentionLab.Kernels;

/// <content>Asking for memory before it is needed.</content>
public static partial class MatMul
{
    /// <summary>With each of its steps a tile asks for a cache line, in turns of two walks beside each other.</summary>
    /// <param name="from">Where the first begins.</param>
    /// <param name="step">Numbers to the next line of a walk.</param>
    /// <param name="beside">Numbers from the first walk to the other.</param>
    internal readonly unsafe struct Ahead(float* from, nint step, nint beside)
    {
        public float* From => from;

        public nint Step => step;

        public nint Beside => beside;
    }
}
