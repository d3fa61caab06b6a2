namespace AttentionLab.Course.Charts;

/// <summary>What <see cref="Chart.Scatter"/> adds to points.</summary>
public sealed record ScatterOptions
{
    /// <summary>One unit is as long across as upwards: for maps, where distances are looked at.</summary>
    public bool EqualAxes { get; init; }

    /// <summary>Corners of a convex hull, in their order around it; it is shaded. Null for none.</summary>
    public IReadOnlyList<(double X, double Y)>? Hull { get; init; }

    /// <summary>What stands under 1, 2, 3… where the horizontal axis counts groups; null for numbers.</summary>
    public IReadOnlyList<string>? XNames { get; init; }
}
