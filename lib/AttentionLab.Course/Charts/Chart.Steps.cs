using System.Text.Json.Nodes;

namespace AttentionLab.Course.Charts;

public static partial class Chart
{
    private const int SliderHeight = 84, MenuHeight = 48;

    /// <summary>
    /// Figures of one kind behind a slider: title, summary and data follow it. All are computed beforehand, so the slider works
    /// without a kernel. The axes and the colour scale are those that show every step: only so can steps be compared by eye.
    /// </summary>
    /// <param name="label">What the slider changes: "d_k".</param>
    /// <param name="steps">At least two, each with what the slider shows there ("64"), and as many series each.</param>
    /// <param name="active">Number of the step to begin with, from 0.</param>
    /// <param name="sameScale">False lets every step have its own axes and colours: for steps of different units. Axes of equal units are shared all the
    /// same.</param>
    /// <exception cref="ArgumentException">Steps differ in kind or number of series, or share a name.</exception>
    public static Figure Slider(string label, IReadOnlyList<(string Step, Figure Figure)> steps, int active = 0, bool sameScale = true)
    {
        CheckSteps(label, steps, active);
        JsonArray stops =
            [.. steps.Select((step, i) => (JsonNode)new JsonObject { ["label"] = PlotText.Encode(step.Step), ["method"] = "animate", ["args"] = Animate(i) })];
        return Stepped(steps, active, sameScale, SliderHeight, "sliders", new JsonObject
        {
            ["active"] = active,
            ["steps"] = stops,
            ["currentvalue"] = new JsonObject { ["prefix"] = PlotText.Encode(label) + " = ", ["xanchor"] = "left" },
            ["x"] = 0,
            ["len"] = 1,
            ["y"] = 1,
            ["yanchor"] = "bottom",
            ["pad"] = new JsonObject { ["t"] = 0, ["b"] = 14, ["l"] = 8, ["r"] = 16 },
            ["transition"] = new JsonObject { ["duration"] = 0 },
        });
    }

    /// <summary>The same behind a list to choose from: for steps that have no order.</summary>
    /// <param name="label">What the list changes: "scoring".</param>
    /// <param name="steps">At least two; see <see cref="Slider"/>.</param>
    /// <param name="active">Number of the step to begin with, from 0.</param>
    /// <param name="sameScale">False lets every step have its own axes and colours.</param>
    /// <exception cref="ArgumentException">As for <see cref="Slider"/>.</exception>
    public static Figure Dropdown(string label, IReadOnlyList<(string Step, Figure Figure)> steps, int active = 0, bool sameScale = true)
    {
        CheckSteps(label, steps, active);
        JsonArray buttons =
            [.. steps.Select(
                (step, i) => (JsonNode)new JsonObject { ["label"] = PlotText.Encode($"{label}: {step.Step}"), ["method"] = "animate", ["args"] = Animate(i) })];
        return Stepped(steps, active, sameScale, MenuHeight, "updatemenus", new JsonObject
        {
            ["type"] = "dropdown",
            ["active"] = active,
            ["buttons"] = buttons,
            ["x"] = 0,
            ["xanchor"] = "left",
            ["y"] = 1,
            ["yanchor"] = "bottom",
            ["pad"] = new JsonObject { ["b"] = 8 },
        });
    }

    /// <summary>The active step's figure, a frame for each step, and the control between title and plot, at a height that fits the longest title.</summary>
    private static Figure Stepped(IReadOnlyList<(string Step, Figure Figure)> steps, int active, bool sameScale, int controlHeight, string controlName,
        JsonObject control)
    {
        int titleHeight = steps.Max(step => Page.TopMargin(step.Figure.Title));
        int plotHeight = steps.Max(step => step.Figure.Layout["height"]!.GetValue<int>() - Page.TopMargin(step.Figure.Title));
        Extent extent = steps.Aggregate(Extent.None, (all, step) => all.And(step.Figure.Extent));
        (double low, double high) = (steps.Min(step => Colour(step.Figure, "cmin")), steps.Max(step => Colour(step.Figure, "cmax")));

        JsonArray frames = [];
        JsonObject layout = [];
        for (int i = 0; i < steps.Count; i++)
        {
            JsonObject own = (JsonObject)steps[i].Figure.Layout.DeepClone();
            bool shared = sameScale || own["yaxis"]?["scaleanchor"] is not null;
            if (shared)
            {
                ShareScale(own, extent, low, high);
            }

            if (i == active)
            {
                layout = (JsonObject)own.DeepClone();
            }

            // A frame brings what differs from step to step: title, axes, colours, names of panels.
            foreach (string part in own.Select(part => part.Key).ToArray())
            {
                if (shared && own[part] is JsonObject axis)
                {
                    // plotly has stretched the shared range to equal units; setting it again would undo that.
                    axis.Remove("range");
                }

                if (part is not ("title" or "annotations" or "coloraxis") && !part.StartsWith("xaxis", StringComparison.Ordinal)
                    && !part.StartsWith("yaxis", StringComparison.Ordinal))
                {
                    own.Remove(part);
                }
            }

            JsonArray data = (JsonArray)steps[i].Figure.Data.DeepClone();
            JsonArray traces = [.. Enumerable.Range(0, data.Count).Select(trace => (JsonNode)trace)];
            frames.Add(new JsonObject { ["name"] = $"{i}", ["data"] = data, ["layout"] = own, ["traces"] = traces });
        }

        layout["margin"]!["t"] = titleHeight + controlHeight;
        layout["height"] = titleHeight + controlHeight + plotHeight;
        layout["meta"]!["titles"] = new JsonArray([.. steps.Select(step => (JsonNode)step.Figure.Title)]);
        layout["meta"]!["summaries"] = new JsonArray([.. steps.Select(step => (JsonNode)step.Figure.Summary)]);
        layout[controlName] = new JsonArray(control);
        Figure first = steps[active].Figure;
        return new Figure(first.Kind, first.Title, first.Summary, (JsonArray)first.Data.DeepClone(), layout, extent) { Frames = frames };
    }

    private static void CheckSteps(string label, IReadOnlyList<(string Step, Figure Figure)> steps, int active)
    {
        Page.Require(label, nameof(label), "a label for what its steps change");
        if (steps.Count < 2)
        {
            throw new ArgumentException($"steps has {steps.Count} step but a choice needs two: pass more, or show the figure itself.", nameof(steps));
        }

        if (active < 0 || active >= steps.Count)
        {
            throw new ArgumentException($"active is {active} but the steps are 0 to {steps.Count - 1}: pass one of them.", nameof(active));
        }

        (string firstName, Figure first) = steps[0];
        foreach ((string name, Figure figure) in steps)
        {
            if (figure.Kind != first.Kind || figure.Data.Count != first.Data.Count || figure.Frames is not null)
            {
                throw new ArgumentException(
                    $"step {name} is {Describe(figure)} but step {firstName} is {Describe(first)}: give every step the same kind of figure with as many "
                    + "series.", nameof(steps));
            }

            if (steps.Count(step => step.Step == name) > 1)
            {
                throw new ArgumentException($"two steps are called {name}: give each its own name.", nameof(steps));
            }
        }

        static string Describe(Figure figure) => $"{figure.Kind} with {figure.Data.Count} traces{(figure.Frames is null ? "" : " and steps of its own")}";
    }

    private static double Colour(Figure figure, string end) => figure.Layout["coloraxis"]?[end]?.GetValue<double>() ?? double.NaN;

    private static void ShareScale(JsonObject layout, Extent extent, double low, double high)
    {
        if (layout["coloraxis"] is JsonObject colours)
        {
            if (low <= high) // a figure made elsewhere may leave the ends to plotly
            {
                SetColours(colours, low, high);
            }

            return;
        }

        if (layout["xaxis"] is JsonObject xAxis && layout["yaxis"] is JsonObject yAxis)
        {
            SetAxes(layout, (JsonObject)xAxis.DeepClone(), (JsonObject)yAxis.DeepClone(), extent);
        }
    }

    private static JsonArray Animate(int step) => new(
        new JsonArray($"{step}"),
        new JsonObject
        {
            ["mode"] = "immediate",
            ["frame"] = new JsonObject { ["duration"] = 0, ["redraw"] = true },
            ["transition"] = new JsonObject { ["duration"] = 0 }
        });
}
