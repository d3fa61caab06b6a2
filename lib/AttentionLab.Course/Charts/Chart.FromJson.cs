using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    private const int GuestHeight = 420;

    /// <summary>The kinds of trace that the course's copy of plotly.js draws: its "cartesian" bundle.</summary>
    internal static readonly string[] Drawable =
        ["bar", "box", "contour", "heatmap", "histogram", "histogram2d", "histogram2dcontour", "image", "pie", "scatter", "scatterternary", "violin"];

    /// <summary>
    /// A figure from Plotly's JSON, wherever that was made. It gets what every figure of the course has: a text for someone who cannot see it,
    /// a width that follows the page, the page's own colours of text and grid, and (if it brings no colours or template) the course's palette.
    /// </summary>
    /// <param name="json"><c>data</c>, <c>layout</c> and, if it has steps, <c>frames</c>; what <see cref="Figure.ToJson"/> writes comes back as it was.</param>
    /// <param name="title">States the finding; null keeps the title that the JSON has. In a figure with steps: of the step shown first.</param>
    /// <param name="summary">One line of text for someone who cannot see the chart. In a figure with steps: of the step shown first.</param>
    /// <exception cref="ArgumentException">No JSON of a figure, no trace in it, a kind of trace that cannot be drawn, or a text is missing.</exception>
    public static Figure FromJson(string json, string? title, string summary)
    {
        Page.Require(summary, nameof(summary), "one line of text for someone who cannot see it");
        JsonObject figure = ParseFigure(json);
        JsonArray data = Take<JsonArray>(figure, "", "data") ?? [], frames = Take<JsonArray>(figure, "", "frames") ?? [];
        JsonObject layout = Take<JsonObject>(figure, "", "layout") ?? [], meta = Take<JsonObject>(layout, "layout.", "meta") ?? [];
        layout["meta"] = meta;
        CheckTraces(data, frames);

        string? ownKind = Word(meta["kind"]), ownTitle = Word(layout["title"]) ?? Word((layout["title"] as JsonObject)?["text"]);
        string plainTitle = title ?? Plain(ownTitle ?? "");
        Page.Require(plainTitle, nameof(title), "a title that states the finding");
        layout["title"] = Page.Title(plainTitle);
        if (title is null)
        {
            layout["title"]!["text"] = ownTitle;
        }

        FitPage(layout, meta, plainTitle, own: ownKind is not null);
        if (ownKind is null && layout["template"] is null)
        {
            UsePalette(data, layout);
        }

        NameShownStep(layout, meta, frames, plainTitle, summary);
        string kind = ownKind ?? "plotly: " + string.Join(", ", data.Select(KindOf));
        return new Figure(kind, plainTitle, summary, data, layout, RangesOf(layout)) { Frames = frames.Count > 0 ? frames : null };
    }

    private static JsonObject ParseFigure(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonNode.Parse(json) as JsonObject
                ?? throw new ArgumentException("json is no object but a figure is one, with data and layout: pass the whole figure.", nameof(json));
        }
        catch (JsonException problem)
        {
            throw new ArgumentException($"json is not JSON ({problem.Message.TrimEnd('.')}): pass a figure, with data and layout.", nameof(json), problem);
        }
    }

    private static T? Take<T>(JsonObject owner, string path, string name)
        where T : JsonNode
    {
        JsonNode? part = owner[name];
        owner.Remove(name);
        return part is null or T ? (T?)part
            : throw new ArgumentException(
                $"{path}{name} is {part.GetValueKind()} but a figure's is {(typeof(T) == typeof(JsonArray) ? "an array" : "an object")}: correct the JSON.");
    }

    private static void CheckTraces(JsonArray data, JsonArray frames)
    {
        if (data.Count == 0)
        {
            throw new ArgumentException("The chart has no trace: there is nothing to draw. Add data to it first.");
        }

        for (int i = 0; i < data.Count; i++)
        {
            if (data[i] is not JsonObject || !Drawable.Contains(KindOf(data[i])))
            {
                throw new ArgumentException(
                    $"data[{i}] is {(data[i] is JsonObject ? $"a trace '{KindOf(data[i])}'" : "no trace")} but the plotly.js that works offline here "
                    + $"draws {string.Join(", ", Drawable)}: "
                    + "make one of these (without WebGL), or save the chart as a page of its own.");
            }
        }

        foreach (JsonObject frame in frames.OfType<JsonObject>())
        {
            (JsonArray changed, JsonArray? at) = (frame["data"] as JsonArray ?? [], frame["traces"] as JsonArray);
            for (int i = 0; i < changed.Count; i++)
            {
                int trace = at is null || i >= at.Count ? i : (int)(Number(at[i]) ?? -1);
                if (trace < 0 || trace >= data.Count || KindOf(changed[i]) != KindOf(data[trace]))
                {
                    string there = trace >= 0 && trace < data.Count ? $"is '{KindOf(data[trace])}'" : "does not exist";
                    throw new ArgumentException(
                        $"A step changes trace {trace} as '{KindOf(changed[i])}' but that trace {there}: add traces behind those that steps change, and take "
                        + "none away.");
                }
            }
        }
    }

    private static string KindOf(JsonNode? trace) => Word((trace as JsonObject)?["type"]) ?? "scatter";

    /// <summary>A fixed width becomes the widest, so that the figure fits a telephone; title and controls get their room.</summary>
    private static void FitPage(JsonObject layout, JsonObject meta, string title, bool own)
    {
        if (Number(layout["width"]) is double width)
        {
            meta["maxWidth"] ??= width;
        }

        layout.Remove("width");
        layout["autosize"] = true;
        JsonObject margin = layout["margin"] as JsonObject ?? [];
        int controls = !own ? 0 : layout["sliders"] is not null ? SliderHeight : layout["updatemenus"] is not null ? MenuHeight : 0;
        double given = Number(margin["t"]) ?? 0, top = Math.Max(given, Page.TopMargin(title) + controls);
        layout["height"] = (int)((Number(layout["height"]) ?? GuestHeight) + (own ? top - given : 0));
        margin["t"] = top;
        layout["margin"] = margin;
    }

    /// <summary>Where the figure chose no colours: the course's, those of numbers by their signs.</summary>
    private static void UsePalette(JsonArray data, JsonObject layout)
    {
        layout["colorway"] ??= Palette.Colorway();
        layout["colorscale"] ??= new JsonObject
        {
            ["sequential"] = Palette.Sequential,
            ["sequentialminus"] = Palette.Sequential,
            ["diverging"] = Palette.Diverging()
        };
        foreach (JsonObject trace in data.Where(trace => KindOf(trace) is "contour" or "heatmap" or "histogram2d" or "histogram2dcontour").Cast<JsonObject>())
        {
            if (trace["colorscale"] is null && trace["coloraxis"] is null)
            {
                // Without this word these kinds take plotly's rainbow.
                trace["autocolorscale"] ??= true;
            }
        }
    }

    /// <summary>Title and summary of the step that a slider or a list shows first, where it comes back to it.</summary>
    private static void NameShownStep(JsonObject layout, JsonObject meta, JsonArray frames, string title, string summary)
    {
        JsonNode? control = (layout["sliders"] as JsonArray ?? layout["updatemenus"] as JsonArray)?.FirstOrDefault();
        int active = (int)(Number((control as JsonObject)?["active"]) ?? 0);
        if (meta["titles"] is JsonArray titles && meta["summaries"] is JsonArray summaries && active < Math.Min(titles.Count, summaries.Count)
            && active < frames.Count)
        {
            (titles[active], summaries[active]) = (title, summary);
            if ((frames[active] as JsonObject)?["layout"] is JsonObject changed)
            {
                changed["title"] = layout["title"]!.DeepClone();
            }
        }
    }

    private static Extent RangesOf(JsonObject layout)
    {
        (double left, double right) = Range("xaxis");
        (double bottom, double top) = Range("yaxis");
        return new Extent(left, right, bottom, top);

        (double, double) Range(string axis) =>
            (layout[axis] as JsonObject)?["range"] is JsonArray { Count: 2 } range && Number(range[0]) is double low && Number(range[1]) is double high
            ? (Math.Min(low, high), Math.Max(low, high))
            : (double.NaN, double.NaN);
    }

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static double? Number(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture) : null;

    /// <summary>A title without plotly's few tags.</summary>
    private static string Plain(string title) => WebUtility.HtmlDecode(Markup().Replace(title, " ")).Trim();

    [GeneratedRegex("</?(?:b|i|sub|sup|br|em|strong)\\s*/?>", RegexOptions.IgnoreCase)]
    private static partial Regex Markup();
}
