namespace AttentionLab.Course.Charts;

/// <summary>Points of <see cref="Chart.Scatter"/> in one colour.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="X">First coordinates.</param>
/// <param name="Y">As many second coordinates.</param>
public sealed record PointSet(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>What stands beside each point; none if null.</summary>
    public IReadOnlyList<string>? Labels { get; init; }
}
