using System.Text.Json.Nodes;
using AttentionLab.Course.Charts;
using AttentionLab.Studio.Tests.Browser;
using Microsoft.DotNet.Interactive;
using Microsoft.DotNet.Interactive.Formatting;
using Microsoft.Playwright;
using Plotly.NET;
using Plotly.NET.Interactive;

namespace AttentionLab.PlotlyNet.Tests;

/// <summary>What a notebook shows of a chart. Formatters belong to the whole process, so these tests stand in one class.</summary>
public sealed class ChartDisplayTests(BrowserFixture browser)
{
    [Fact]
    public async Task Chart_AsACellsResult_IsDrawnOfflineAndEscaped()
    {
        string html = Shown(Charts.Line(Charts.Hostile, 1, double.NaN, 3, 4)).Single(shown => shown.MimeType == "text/html").Value;
        await using WatchedPage page = await browser.OpenAsync(width: 400);
        await page.Page.SetContentAsync($"<!doctype html><meta charset=\"utf-8\"><body style=\"color: rgb(30, 30, 30)\">{WithBundle(html)}</body>");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.attention-figure .main-svg .cartesianlayer .subplot')");
        Assert.Equal(["1/1"], await page.DrawnTracesAsync());
        Assert.False(await page.Page.EvaluateAsync<bool>("!!window.hacked"));
        Assert.Equal("rgb(30, 30, 30)", await page.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.xtick text')).fill"));
        Assert.Equal(400, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(page.Foreign);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Slider_ThatWentThroughPlotlyNet_Moves()
    {
        string html = Shown(SampleFigures.All["slider"].ToGenericChart()).Single(shown => shown.MimeType == "text/html").Value;
        await using WatchedPage page = await browser.OpenAsync(width: 700);
        await page.Page.SetContentAsync($"<!doctype html><meta charset=\"utf-8\"><body>{WithBundle(html)}</body>");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.attention-figure .main-svg .cartesianlayer .subplot')");
        await page.Page.GetByRole(AriaRole.Slider).PressAsync("ArrowRight");
        await Assertions.Expect(page.Page.Locator(".attention-figure > p")).ToHaveTextAsync("Second step.");
        Assert.Equal("4,5,6", await page.Page.EvaluateAsync<string>("document.querySelector('.attention-plot')._fullData[0].y.join()"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Registration_BehindPlotlyNetInteractives_Wins()
    {
        using var kernel = new CompositeKernel();
        await ((IKernelExtension)new FormatterKernelExtension()).OnLoadAsync(kernel);
        GenericChart chart = Charts.Heatmap();
        Assert.Contains("require", chart.ToDisplayString("text/html"));

        FormattedValue[] shown = Shown(chart);
        Assert.Equal([FigureFormatterSource.PlotlyMimeType, "text/html"], shown.Select(value => value.MimeType));
        Assert.Equal("heatmap", (string?)JsonNode.Parse(shown[0].Value)!["data"]![0]!["type"]);
        Assert.Contains("attention-figure", shown[1].Value);
        Assert.DoesNotContain("require", shown[1].Value[..200]);
        Assert.Equal(chart.Described().ToPlainText(), chart.ToDisplayString("text/plain"));
    }

    private static FormattedValue[] Shown(GenericChart chart)
    {
        ChartDisplay.Register();
        return [.. FormattedValue.CreateManyFromObject(chart)];
    }

    /// <summary>The library sends plotly.js with the first figure of a process only.</summary>
    private static string WithBundle(string html)
    {
        string plotly = new StreamReader(typeof(AttentionLab.Course.Charts.Figure).Assembly.GetManifestResourceStream("plotly.min.js")!).ReadToEnd();
        return $"<script>{plotly}</script>{html}";
    }
}
