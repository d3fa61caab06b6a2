using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.FSharp.Collections;
using Plotly.NET;
using Plotly.NET.LayoutObjects;
using Plotly.NET.TraceObjects;
using PlotlyFigure = Plotly.NET.Figure;

namespace AttentionLab.PlotlyNet;

/// <summary>From a figure of the course to a chart of Plotly.NET.</summary>
public static class FigureToChart
{
    /// <summary>
    /// The figure as a chart that Plotly.NET's methods can change. Axes, legend, markers and lines are Plotly.NET's own types, so that a change of one
    /// property leaves the others. Plotly.NET has no frames: the steps of a slider travel in <c>layout.meta</c>, and <see cref="ChartToFigure.ToFigure"/>
    /// and a notebook with <see cref="ChartDisplay.Register"/> bring them back. A page that Plotly.NET itself writes shows the first step only.
    /// </summary>
    /// <param name="figure">Any figure of <see cref="AttentionLab.Course.Charts.Chart"/>.</param>
    public static GenericChart ToGenericChart(this Course.Charts.Figure figure)
    {
        ArgumentNullException.ThrowIfNull(figure);
        JsonObject json = JsonNode.Parse(figure.ToJson())!.AsObject();
        JsonObject layout = json["layout"]!.AsObject();
        if (json["frames"] is JsonArray frames)
        {
            layout["meta"]![ChartToFigure.Frames] = frames.DeepClone();
        }

        IEnumerable<Trace> traces = json["data"]!.AsArray().Select(trace => Fill(new Trace2D(trace!["type"]!.GetValue<string>()), trace.AsObject()));
        return GenericChart.fromFigure(PlotlyFigure.create(ListModule.OfSeq(traces), Fill(new Layout(), layout)));
    }

    private static T Fill<T>(T target, JsonObject members)
        where T : DynamicObj.DynamicObj
    {
        foreach ((string name, JsonNode? value) in members)
        {
            target.SetProperty(name, Value(name, value));
        }

        return target;
    }

    /// <param name="name">The member's name; in an array, the array's.</param>
    /// <param name="node">Its JSON.</param>
    private static object? Value(string name, JsonNode? node) => node switch
    {
        null => null,
        JsonObject members => Fill(Empty(name), members),
        JsonArray items => items.Select(item => Value(name, item)).ToArray(),
        _ => node.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number => Number(node),
            JsonValueKind kind => kind == JsonValueKind.True,
        },
    };

    private static object Number(JsonNode node) =>
        node.AsValue().TryGetValue(out int whole) ? (object)whole : double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);

    /// <summary>The type that Plotly.NET looks for under a name; it would overwrite an object of another type, not change it.</summary>
    private static DynamicObj.DynamicObj Empty(string name) => name.TrimEnd("0123456789".ToCharArray()) switch
    {
        "annotations" => new Annotation(),
        "buttons" => new UpdateMenuButton(),
        "coloraxis" => new ColorAxis(),
        "colorbar" => new ColorBar(),
        "currentvalue" => new SliderCurrentValue(),
        "error_x" or "error_y" => new Error(),
        "font" or "textfont" or "tickfont" => new Font(),
        "hoverlabel" => new Hoverlabel(),
        "legend" => new Legend(),
        "line" => new Line(),
        "margin" => new Margin(),
        "marker" => new Marker(),
        "pad" => new Padding(),
        "shapes" => new Shape(),
        "sliders" => new Slider(),
        "steps" => new SliderStep(),
        "title" => new Title(),
        "transition" => new Transition(),
        "updatemenus" => new UpdateMenu(),
        "xaxis" or "yaxis" => new LinearAxis(),
        _ => new DynamicObj.DynamicObj(),
    };
}
