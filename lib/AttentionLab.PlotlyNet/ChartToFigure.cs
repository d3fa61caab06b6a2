using Newtonsoft.Json;
using Plotly.NET;
using CourseChart = AttentionLab.Course.Charts.Chart;
using CourseFigure = AttentionLab.Course.Charts.Figure;

namespace AttentionLab.PlotlyNet;

/// <summary>From a chart of Plotly.NET to a figure of the course.</summary>
public static class ChartToFigure
{
    /// <summary>Where <see cref="FigureToChart"/> puts the steps of a figure: <c>layout.meta.frames</c>.</summary>
    internal const string Frames = "frames";

    /// <summary>The chart as a figure of the course, with the course's title and the text that every figure has.</summary>
    /// <param name="chart">Any chart that plotly.js' cartesian bundle draws.</param>
    /// <param name="title">States the finding.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart.</param>
    /// <exception cref="ArgumentException">The chart has no trace, or one that the bundle cannot draw; or a text is missing.</exception>
    public static CourseFigure ToFigure(this GenericChart chart, string title, string summary)
    {
        ArgumentNullException.ThrowIfNull(title);
        return CourseChart.FromJson(ToJson(chart), title, summary);
    }

    /// <summary>
    /// The chart as a notebook shows it: with its own title, and with the text that it had as a figure of the course, else with what can be said of any chart.
    /// </summary>
    internal static CourseFigure Described(this GenericChart chart)
    {
        Layout layout = GenericChart.getLayout(chart);
        string[] traces = [.. GenericChart.getTraces(chart).Select(trace => $"{trace.type} {Member(trace, "name")}".Trim())];
        string? title = (Member(layout, "title") is DynamicObj.DynamicObj own ? Member(own, "text") : Member(layout, "title")) as string;
        string? summary = Member(layout, "meta") is DynamicObj.DynamicObj meta ? Member(meta, "summary") as string : null;
        return CourseChart.FromJson(
            ToJson(chart),
            string.IsNullOrWhiteSpace(title) ? "Chart without a title" : null,
            summary ?? $"Nobody has described this chart yet. It draws: {string.Join(", ", traces)}. "
                + "ToFigure(title, summary) gives it a title and a line of text.");
    }

    /// <summary>
    /// Plotly's JSON, as <see cref="GenericChart.toFigureJson"/> writes it but for three things: NaN and ∞ are gaps (null) and not words, the template that
    /// Plotly.NET puts into every chart is left out (it fixes the colours of a light page,
    /// and takes a tenth of a second), and the steps stand where plotly.js looks for them.
    /// </summary>
    internal static string ToJson(GenericChart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        DynamicObj.DynamicObj layout = GenericChart.getLayout(chart);
        object? frames = null;
        if (Member(layout, "template") is Template template && template.StructurallyEquals(ChartTemplates.plotly))
        {
            layout = Without(layout, "template");
        }

        if (Member(layout, "meta") is DynamicObj.DynamicObj meta && Member(meta, Frames) is { } kept)
        {
            frames = kept;
            layout = Without(layout, "meta");
            layout.SetProperty("meta", Without(meta, Frames));
        }

        using StringWriter text = new();
        using (GapWriter writer = new(text))
        {
            JsonSerializer.Create(Globals.JSON_CONFIG).Serialize(writer, new { data = GenericChart.getTraces(chart), layout, frames });
        }

        return text.ToString();
    }

    private static object? Member(DynamicObj.DynamicObj owner, string name) => owner.TryGetPropertyValue(name)?.Value;

    private static DynamicObj.DynamicObj Without(DynamicObj.DynamicObj source, string name)
    {
        DynamicObj.DynamicObj copy = new();
        foreach ((string key, object value) in source.GetProperties(true).Where(member => member.Key != name))
        {
            copy.SetProperty(key, value);
        }

        return copy;
    }

    /// <summary>JSON has no word for a number that is none; plotly.js draws a null as a gap.</summary>
    private sealed class GapWriter(TextWriter text) : JsonTextWriter(text)
    {
        public override void WriteValue(double value)
        {
            if (double.IsFinite(value))
            {
                base.WriteValue(value);
            }
            else
            {
                WriteNull();
            }
        }

        public override void WriteValue(float value)
        {
            if (float.IsFinite(value))
            {
                base.WriteValue(value);
            }
            else
            {
                WriteNull();
            }
        }
    }
}
