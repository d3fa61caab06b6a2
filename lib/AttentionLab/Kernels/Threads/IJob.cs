namespace AttentionLab.Kernels;

/// <summary>
/// A large kernel call, cut into parts that any thread may run in any order. The cut depends on the sizes alone and no
/// two parts write to the same number, so that the result is the same, bit by bit, for every <see cref="Workers.Count"/>.
/// </summary>
internal interface IJob
{
    /// <summary>Does one part.</summary>
    /// <param name="part">0 … parts − 1.</param>
    void Run(int part);
}
