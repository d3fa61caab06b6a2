namespace AttentionLab.Course.Charts;

/// <summary>A line of <see cref="Chart.Lines"/>. A NaN in <paramref name="Y"/> is a gap in the line.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="X">Where the points are.</param>
/// <param name="Y">As many values.</param>
public sealed record Series(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>Lower edge of a band around the line, as many as <see cref="X"/>; with <see cref="High"/>.</summary>
    public IReadOnlyList<double>? Low { get; init; }

    /// <summary>Upper edge of the band.</summary>
    public IReadOnlyList<double>? High { get; init; }

    /// <summary>Draw it dashed: a bound, a theory, a control.</summary>
    public bool Dash { get; init; }

    /// <summary>Mark the points.</summary>
    public bool Markers { get; init; }
}
