namespace AttentionLab.Kernels;

/// <summary>As <see cref="IElements"/>, with a loop of its own: around it stands what is made once for all numbers (<see cref="IFunction{V}"/>).</summary>
internal interface IElementLoop
{
    /// <summary>Reads, computes and writes numbers <paramref name="first"/> … <paramref name="end"/> − 1.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="end">The first that is not done.</param>
    void Over<V>(int first, int end)
        where V : struct, ILanes<V>;
}
