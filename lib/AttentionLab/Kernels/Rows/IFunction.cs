namespace AttentionLab.Kernels;

/// <summary>
/// A function of one register whose constants stand in registers: made before a loop, used within. A constant that is written within a loop is read
/// from memory in every round, and the reads cost more than the arithmetic.
/// </summary>
/// <typeparam name="V">The register.</typeparam>
internal interface IFunction<V>
    where V : struct, ILanes<V>
{
    /// <summary>f(x) in every lane.</summary>
    V Of(V x);
}
