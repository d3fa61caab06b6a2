namespace AttentionLab.Kernels;

/// <summary>Work that is written once for every register width; <see cref="Simd.Run"/> chooses the width.</summary>
internal interface IWide
{
    /// <summary>Does the work with registers of this width.</summary>
    void Run<V>()
        where V : struct, ILanes<V>;
}
