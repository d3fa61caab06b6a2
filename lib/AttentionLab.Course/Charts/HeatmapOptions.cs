namespace AttentionLab.Course.Charts;

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
