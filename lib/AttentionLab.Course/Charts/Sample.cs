namespace AttentionLab.Course.Charts;

/// <summary>Values whose distribution <see cref="Chart.Histogram"/> shows.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Values">At least one.</param>
public sealed record Sample(string Name, IReadOnlyList<double> Values);
