namespace AttentionLab.Course.Charts;

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
