using AttentionLab.Formatting;

namespace AttentionLab.Course.Charts;

/// <summary>Formatters of a <see cref="Figure"/>: HTML, plain text, and Plotly's JSON for a host that draws by itself.</summary>
public sealed class FigureFormatterSource : SelfFormatterSource
{
    /// <summary>The MIME type of Plotly's JSON.</summary>
    public const string PlotlyMimeType = "application/vnd.plotly.v1+json";

    /// <inheritdoc/>
    public override IEnumerable<object> CreateTypeFormatters() =>
    [
        .. base.CreateTypeFormatters(),
        new SelfFormatter(PlotlyMimeType, value => ((Figure)value).ToJson()),
    ];
}
