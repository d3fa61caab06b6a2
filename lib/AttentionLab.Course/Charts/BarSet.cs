namespace AttentionLab.Course.Charts;

/// <summary>Bars of <see cref="Chart.Bars"/> in one colour.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Categories">What stands under the bars.</param>
/// <param name="Values">As many heights.</param>
public sealed record BarSet(string Name, IReadOnlyList<string> Categories, IReadOnlyList<double> Values)
{
    /// <summary>Half the length of the error bar on each bar, 0 or more; none if null.</summary>
    public IReadOnlyList<double>? Errors { get; init; }
}
