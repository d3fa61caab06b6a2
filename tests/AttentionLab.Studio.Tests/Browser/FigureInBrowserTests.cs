using AttentionLab.Course.Charts;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>What a figure shows in notebook hosts other than ours: its HTML in a page that knows nothing of charts, without a network.</summary>
public sealed class FigureInBrowserTests(BrowserFixture browser)
{
    private static readonly string Plotly = new StreamReader(typeof(Figure).Assembly.GetManifestResourceStream("plotly.min.js")
        ?? throw new InvalidOperationException("plotly.js is not in the library: it was built without Node.")).ReadToEnd();

    private static readonly float[,] Weights = { { 0.7f, 0.2f, 0.1f }, { 0.1f, 0.8f, 0.1f }, { 0.3f, 0.3f, 0.4f } };

    private static readonly Series Line = new("loss", [1, 2, 4], [3, 2, 1]);

    /// <summary>One figure of every kind.</summary>
    public static TheoryData<string> Kinds => [.. Figures().Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Figure_OfAnyKind_IsDrawn(string kind)
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(Figures()[kind], "first", Plotly));
        string drawn = Assert.Single(await DrawnAsync(page, 1));
        Assert.Matches(@"^([1-9]\d*)/\1$", drawn);
        Assert.Equal(Figures()[kind].Summary, await page.Page.Locator("#first > p").InnerTextAsync());
        Assert.Empty(page.Errors);
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task TwoFigures_WithOneBundle_AreBothDrawn()
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(Figures()["lines"], "first", Plotly) + FigureHtml.Write(Figures()["heatmap"], "second", null));
        Assert.Equal(["1/1", "1/1"], await DrawnAsync(page, 2));
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Figure_BeforeTheOneThatBringsTheBundle_WaitsForIt()
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(Figures()["lines"], "first", null) + FigureHtml.Write(Figures()["heatmap"], "second", Plotly));
        Assert.Equal(["1/1", "1/1"], await DrawnAsync(page, 2));
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Figure_BesideAnAmdLoader_IsNotCaughtByIt()
    {
        await using WatchedPage page = await ShowAsync(
            "<script>window.define = function () { window.caught = true; }; window.define.amd = {};</script>" + FigureHtml.Write(Figures()["lines"], "first", Plotly));
        Assert.Equal(["1/1"], await DrawnAsync(page, 1));
        Assert.False(await page.Page.EvaluateAsync<bool>("!!window.caught"));
    }

    [Fact]
    public async Task Figure_WithoutPlotlyOrNetwork_SaysItsFindingInWords()
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(Figures()["lines"], "first", null));
        Assert.Equal(Figures()["lines"].Summary, await page.Page.Locator("#first > p").First.InnerTextAsync());
        await page.Page.WaitForFunctionAsync("() => window.attentionFigureAsked");

        // The page knows that it asked before the request is told here.
        await Patience.UntilAsync(() => page.Foreign.Count > 0);

        Assert.Equal(["https://cdn.plot.ly/plotly-cartesian-4.1.1.min.js"], page.Foreign);
    }

    [Fact]
    public async Task Slider_MovedByKey_ChangesChartAndWords()
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(Figures()["slider"], "first", Plotly));
        await DrawnAsync(page, 1);
        ILocator plot = page.Page.Locator(".attention-plot");
        await plot.FocusAsync();
        await plot.PressAsync("ArrowRight");
        await Assertions.Expect(page.Page.Locator("#first > p")).ToHaveTextAsync("Second step.");
        Assert.Equal("4,5,6", await page.Page.EvaluateAsync<string>("document.querySelector('.attention-plot')._fullData[0].y.join()"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_OfAFigure_HasThePagesColour(bool dark)
    {
        (string page, string text) = dark ? ("#1e1e1e", "rgb(212, 212, 212)") : ("#ffffff", "rgb(30, 30, 30)");
        await using WatchedPage watched = await ShowAsync(FigureHtml.Write(Figures()["lines"], "first", Plotly), $"background: {page}; color: {text}");
        await DrawnAsync(watched, 1);
        Assert.Equal(text, await watched.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.xtick text')).fill"));
    }

    private static Dictionary<string, Figure> Figures() => new()
    {
        ["lines"] = Chart.Lines([Line], "The loss falls", "From 3 to 1.", "step", "loss (nats)"),
        ["log lines"] = Chart.Lines([Line], "The loss falls", "From 3 to 1.", "step", "loss (nats)", logX: true, logY: true),
        ["heatmap"] = Chart.Heatmap(Weights, "The diagonal is largest", "0.7, 0.8 and 0.4.", "key", "query"),
        ["heatmap grid"] = Chart.HeatmapGrid([("head 1", Weights), ("head 2", Weights)], "Two heads agree", "Both look at themselves.", "key", "query"),
        ["scatter"] = Chart.Scatter([new PointSet("words", [0, 1], [1, 0])], "Two words", "Apart.", "x", "y"),
        ["arrows"] = Chart.Arrows([new Arrow("apple", 2, 2), new Arrow("phone", 4, 0)], "Two arrows", "At 45°.", "technology", "fruit"),
        ["bars"] = Chart.Bars([new BarSet("steps", ["none", "scaled"], [180, 93])], "Half the steps", "180 against 93.", "scale", "steps"),
        ["histogram"] = Chart.Histogram([new Sample("norm", [0.1, 0.2, 0.2, 0.3, 0.9])], "A long tail", "Most below 0.3.", "norm", "count"),
        ["slider"] = Chart.Slider("d", [("4", Chart.Lines([Line], "First", "First step.", "x", "y")), ("64", Chart.Lines([new Series("loss", [1, 2, 4], [4, 5, 6])], "Second", "Second step.", "x", "y"))]),
        ["list"] = Chart.Dropdown("scoring", [("dot", Chart.Lines([Line], "First", "First step.", "x", "y")), ("cosine", Chart.Lines([Line], "Second", "Second step.", "x", "y"))]),
    };

    private static async Task<string[]> DrawnAsync(WatchedPage page, int figures)
    {
        await page.Page.WaitForFunctionAsync("count => document.querySelectorAll('.attention-figure .main-svg .cartesianlayer .subplot').length >= count", figures);
        await page.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('.js-plotly-plot')].every(plot => plot._fullData && plot._fullLayout)");
        return await page.DrawnTracesAsync();
    }

    private async Task<WatchedPage> ShowAsync(string html, string style = "")
    {
        WatchedPage page = await browser.OpenAsync(width: 700);
        await page.Page.SetContentAsync($"<!doctype html><meta charset=\"utf-8\"><body style=\"{style}\">{html}</body>");
        return page;
    }
}
