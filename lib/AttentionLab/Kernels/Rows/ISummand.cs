namespace AttentionLab.Kernels;

/// <summary>What is summed over the numbers of a row: an operator that <see cref="Reduce.Over"/> puts into its loop. Holds pointers and factors.</summary>
internal interface ISummand
{
    /// <summary>Adds the terms of the numbers i … i + V.Count − 1 to a register of sums.</summary>
    /// <param name="i">The first of them.</param>
    /// <param name="sum">The sums so far.</param>
    V Add<V>(int i, V sum)
        where V : struct, ILanes<V>;
}
