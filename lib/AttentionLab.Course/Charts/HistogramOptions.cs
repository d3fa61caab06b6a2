namespace AttentionLab.Course.Charts;

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
