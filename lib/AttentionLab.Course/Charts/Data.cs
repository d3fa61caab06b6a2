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

/// <summary>Points of <see cref="Chart.Scatter"/> in one colour.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="X">First coordinates.</param>
/// <param name="Y">As many second coordinates.</param>
public sealed record PointSet(string Name, IReadOnlyList<double> X, IReadOnlyList<double> Y)
{
    /// <summary>What stands beside each point; none if null.</summary>
    public IReadOnlyList<string>? Labels { get; init; }
}

/// <summary>An arrow of <see cref="Chart.Arrows"/>, to (<paramref name="X"/>, <paramref name="Y"/>).</summary>
/// <param name="Name">What stands at its tip.</param>
/// <param name="X">First coordinate of the tip.</param>
/// <param name="Y">Second coordinate of the tip.</param>
public sealed record Arrow(string Name, double X, double Y)
{
    /// <summary>First coordinate of the tail.</summary>
    public double FromX { get; init; }

    /// <summary>Second coordinate of the tail.</summary>
    public double FromY { get; init; }

    /// <summary>Draw it dashed: a result beside what it is made of.</summary>
    public bool Dash { get; init; }
}

/// <summary>Bars of <see cref="Chart.Bars"/> in one colour.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Categories">What stands under the bars.</param>
/// <param name="Values">As many heights.</param>
public sealed record BarSet(string Name, IReadOnlyList<string> Categories, IReadOnlyList<double> Values)
{
    /// <summary>Half the length of the error bar on each bar, 0 or more; none if null.</summary>
    public IReadOnlyList<double>? Errors { get; init; }
}

/// <summary>Values whose distribution <see cref="Chart.Histogram"/> shows.</summary>
/// <param name="Name">What the legend says.</param>
/// <param name="Values">At least one.</param>
public sealed record Sample(string Name, IReadOnlyList<double> Values);
