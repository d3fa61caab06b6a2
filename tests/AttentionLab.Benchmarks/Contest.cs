namespace AttentionLab.Benchmarks;

/// <summary>One system's entry in a contest.</summary>
/// <param name="System">Name in the table.</param>
/// <param name="Run">One repetition, writing its result to <paramref name="Result"/>.</param>
/// <param name="Result">Where the result lies after a run.</param>
/// <param name="IsRival">Counts for "ratio to the best rival".</param>
internal sealed record Contender(string System, Action Run, float[] Result, bool IsRival)
{
    /// <summary>Brings a result that was written in another layout to <see cref="Result"/>; not timed.</summary>
    public Action? BeforeComparison { get; init; }
}

/// <summary>A bar: ours must be at least <paramref name="Ratio"/> times as fast as the best rival whose name starts with <paramref name="Rival"/>.</summary>
/// <param name="Rival">Start of the system's name; "" for the best rival of all.</param>
/// <param name="Ratio">Rival's time / our time.</param>
internal sealed record Bar(string Rival, double Ratio);

/// <summary>The same work done by several systems.</summary>
/// <param name="Name">Name in the table, with the shape.</param>
/// <param name="Group">What <c>--only</c> selects.</param>
/// <param name="Flops">Work counted as multiply and add; 0 where that says nothing.</param>
/// <param name="Bars">What ours must reach.</param>
/// <param name="PercentBar">Percent of the machine's limit that ours must reach; 0 for none.</param>
/// <param name="Contenders">Ours first.</param>
/// <param name="Check">Throws if the first contender's result is not what the plain reference computes; the others are then compared with it.</param>
internal sealed record Contest(string Name, string Group, double Flops, IReadOnlyList<Bar> Bars, double PercentBar, IReadOnlyList<Contender> Contenders, Action<float[]> Check);

/// <summary>Inputs that every contender shares, pinned so that native code may hold their address.</summary>
internal static class Inputs
{
    /// <summary>Zeros.</summary>
    public static float[] Zeros(int count) => GC.AllocateArray<float>(count, pinned: true);

    /// <summary>N(0, deviation²).</summary>
    public static float[] Gaussian(int count, ulong seed, double deviation = 1)
    {
        float[] values = Zeros(count);
        new Kernels.CounterRandom(seed).FillGaussian(values, 0, deviation);
        return values;
    }
}
