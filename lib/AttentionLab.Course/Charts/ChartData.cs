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

/// <summary>What <see cref="Chart.Heatmap"/> and <see cref="Chart.HeatmapGrid"/> can be told and rarely are.</summary>
public sealed record HeatmapOptions
{
    /// <summary>Write the numbers into the cells; null writes them into a single matrix of at most 150.</summary>
    public bool? Annotate { get; init; }

    /// <summary>Value of the lowest colour; numbers of both signs take the larger of −Min and Max for both ends. Null: the smallest number.</summary>
    public double? Min { get; init; }

    /// <summary>Value of the highest colour. Null: the largest number.</summary>
    public double? Max { get; init; }

    /// <summary>What the numbers are, with their unit, beside the colour scale.</summary>
    public string? ScaleTitle { get; init; }

    /// <summary>How many panels of a <see cref="Chart.HeatmapGrid"/> stand side by side; null for at most 4. With 5 and more the panels are small and bear no
    /// tick labels.</summary>
    public int? Across { get; init; }
}

/// <summary>How <see cref="Chart.Histogram"/> counts.</summary>
public sealed record HistogramOptions
{
    /// <summary>Number of bins, 1 or more.</summary>
    public int Bins { get; init; } = 40;

    /// <summary>Bins of equal ratio on a log axis.</summary>
    public bool LogX { get; init; }

    /// <summary>Each sample's bins sum to 100: for samples of different size.</summary>
    public bool Percent { get; init; }

    /// <summary>
    /// Left edge of the first bin; smaller values (zeros on a log axis too) are counted in that bin, as its pointer text says. Null: the smallest value.
    /// </summary>
    public double? Min { get; init; }

    /// <summary>Right edge of the last bin; larger values are counted in it. Null: the largest value.</summary>
    public double? Max { get; init; }

    /// <summary>Upright lines at values worth seeing: a threshold, a median, a mean. Each bears its name; what lies outside the bins stands at their
    /// edge.</summary>
    public IReadOnlyList<(string Name, double At)> Marks { get; init; } = [];
}

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
