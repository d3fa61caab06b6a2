namespace AttentionLab.Kernels;

/// <summary>What is done to each number by itself: an operator that <see cref="Elementwise"/> puts into its loop. Holds pointers and factors.</summary>
internal interface IElements
{
    /// <summary>Reads, computes and writes the numbers i … i + V.Count − 1.</summary>
    /// <param name="i">The first of them.</param>
    void At<V>(int i)
        where V : struct, ILanes<V>;
}
