namespace AttentionLab.Kernels;

/// <summary>An operation over the rows of a matrix, written once for every register width. Holds pointers and sizes only.</summary>
internal interface IRowKernel
{
    /// <summary>Does rows <paramref name="first"/> to <paramref name="end"/> − 1.</summary>
    /// <param name="part">Which part of the call this is, for sums over rows; see <see cref="RowParts"/>.</param>
    /// <param name="first">The first row.</param>
    /// <param name="end">The row after the last.</param>
    void Run<V>(int part, int first, int end)
        where V : struct, ILanes<V>;
}
