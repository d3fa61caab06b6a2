namespace AttentionLab.Benchmarks;

/// <summary>One system's entry in a contest.</summary>
/// <param name="System">Name in the table.</param>
/// <param name="Run">One repetition, writing its result to <paramref name="Result"/>.</param>
/// <param name="Result">Where the result lies after a run.</param>
internal sealed record Contender(string System, Action Run, float[] Result)
{
    /// <summary>Name that bars use: "ORT" for every version and operator of it. The system's name if not given.</summary>
    public string Family { get; init; } = System;

    /// <summary>Not ours: counts for "ratio to the best rival".</summary>
    public bool IsRival { get; init; }

    /// <summary>
    /// The least that any program must do (a copy of the same memory): its time is 100 % of the limit where multiply-adds are not what counts.
    /// </summary>
    public bool IsFloor { get; init; }

    /// <summary>What the result must equal; null for what ours computes. Empty for nothing (a floor computes nothing).</summary>
    public float[]? Expected { get; init; }

    /// <summary>Brings a result that was written in another layout to <see cref="Result"/>; not timed.</summary>
    public Action? BeforeComparison { get; init; }

    /// <summary>Seconds of one repetition out of so many, by the contender's own clock (another process); null to use ours.</summary>
    public Func<int, double>? OwnClock { get; init; }

    /// <summary>Work of this contender where it differs from the contest's; null for the same.</summary>
    public double? Flops { get; init; }

    /// <summary>Threads where they differ from the contest's; null for the same.</summary>
    public int? Threads { get; init; }

    /// <summary>Too slow to be part of every round: three samples before the rounds.</summary>
    public bool IsSlow { get; init; }
}

/// <summary>The same work done by several systems.</summary>
/// <param name="Workload">Name in the table, with the shape.</param>
/// <param name="Flops">Work counted as multiply and add; 0 where that says nothing.</param>
/// <param name="Contenders">Ours first.</param>
/// <param name="Bars">What ours must reach.</param>
/// <param name="Check">Throws <see cref="WrongResultException"/> if ours is not what
/// the plain reference computes; the others are then compared with ours.</param>
internal sealed record Contest(string Workload, double Flops, IReadOnlyList<Contender> Contenders, IReadOnlyList<Bar> Bars, Action<float[]> Check) : IDisposable
{
    /// <summary>Facts for the reader below the table; none if empty.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Repetitions before results are compared: more than one where each repetition goes on from the last.</summary>
    public int Warmups { get; init; } = 1;

    /// <summary>Largest error between two systems, relative to the largest value: they sum in different orders.</summary>
    public double Agreement { get; init; } = 2e-4;

    /// <summary>Frees what the contenders hold outside of managed memory.</summary>
    public Action? Release { get; init; }

    /// <inheritdoc/>
    public void Dispose() => Release?.Invoke();
}

/// <summary>A contest by name; its inputs and rivals are made when it is run.</summary>
/// <param name="Group">What <c>--only</c> selects.</param>
/// <param name="Workload">Name in the table.</param>
/// <param name="Make">Makes it.</param>
internal sealed record Entry(string Group, string Workload, Func<Contest> Make);

/// <summary>A system computed something else: no time of the contest is shown.</summary>
/// <param name="message">Who differs from whom, where and by how much.</param>
internal sealed class WrongResultException(string message) : Exception(message);

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

    /// <summary>The same numbers in double precision, for the plain reference.</summary>
    public static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
        {
            wide[i] = values[i];
        }

        return wide;
    }
}
