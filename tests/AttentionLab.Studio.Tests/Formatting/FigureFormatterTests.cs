using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;
using Microsoft.DotNet.Interactive.Formatting;

namespace AttentionLab.Studio.Tests.Formatting;

public class FigureFormatterTests
{
    private static readonly Figure Figure = Chart.Lines([new Series("loss", [1, 2], [3, 4])], "The loss rises", "From 3 to 4.", "step", "loss (nats)");

    [Fact]
    public void RealFormatter_Html_IsADivAndAScript()
    {
        string html = Figure.ToDisplayString("text/html");
        Assert.StartsWith("<div id=\"figure-", html);
        Assert.Contains("From 3 to 4.", html);
        Assert.Contains("<script>", html);
    }

    [Fact]
    public void RealFormatter_PlainText_IsTheFinding() => Assert.Equal("The loss rises\nFrom 3 to 4.", Figure.ToDisplayString("text/plain"));

    [Fact]
    public void RealFormatter_PlotlyMimeType_IsTheJson() =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Figure.ToJson()), JsonNode.Parse(Figure.ToDisplayString("application/vnd.plotly.v1+json"))));

    [Fact]
    public void Html_WithNodeAtBuild_FirstFigureOfTheProcessBringsPlotly() =>
        Assert.Equal(File.Exists(Path.Combine(Repository.Root, "lib", "npm", "dist", "plotly.min.js")), typeof(Figure).Assembly.GetManifestResourceNames()
            .Contains("plotly.min.js"));
}
