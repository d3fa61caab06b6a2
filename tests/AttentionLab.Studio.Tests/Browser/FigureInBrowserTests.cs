using AttentionLab.Course.Charts;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>What a figure shows in notebook hosts other than ours: its HTML in a page that knows nothing of charts, without a network.</summary>
public sealed class FigureInBrowserTests(BrowserFixture browser)
{
    private static readonly string Plotly = new StreamReader(typeof(Figure).Assembly.GetManifestResourceStream("plotly.min.js")
        ?? throw new InvalidOperationException("plotly.js is not in the library: it was built without Node.")).ReadToEnd();

    /// <summary>One figure of every kind.</summary>
    public static TheoryData<string> Kinds => [.. SampleFigures.All.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Figure_OfAnyKind_IsDrawn(string kind)
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(SampleFigures.All[kind], "first", Plotly));
        string drawn = Assert.Single(await DrawnAsync(page, 1));
        Assert.Matches(@"^([1-9]\d*)/\1$", drawn);
        Assert.Equal(SampleFigures.All[kind].Summary, await page.Page.Locator("#first > p").InnerTextAsync());
        Assert.Empty(page.Errors);
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task TwoFigures_WithOneBundle_AreBothDrawn()
    {
        await using WatchedPage page =
            await ShowAsync(FigureHtml.Write(SampleFigures.All["lines"], "first", Plotly) + FigureHtml.Write(SampleFigures.All["heatmap"], "second", null));
        Assert.Equal(["1/1", "1/1"], await DrawnAsync(page, 2));
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Figure_BeforeTheOneThatBringsTheBundle_WaitsForIt()
    {
        await using WatchedPage page =
            await ShowAsync(FigureHtml.Write(SampleFigures.All["lines"], "first", null) + FigureHtml.Write(SampleFigures.All["heatmap"], "second", Plotly));
        Assert.Equal(["1/1", "1/1"], await DrawnAsync(page, 2));
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Figure_BesideAnAmdLoader_IsNotCaughtByIt()
    {
        await using WatchedPage page = await ShowAsync(
            "<script>window.define = function () { window.caught = true; }; window.define.amd = {};</script>"
                + FigureHtml.Write(SampleFigures.All["lines"], "first", Plotly));
        Assert.Equal(["1/1"], await DrawnAsync(page, 1));
        Assert.False(await page.Page.EvaluateAsync<bool>("!!window.caught"));
    }

    [Fact]
    public async Task Figure_WithoutPlotlyOrNetwork_SaysItsFindingInWords()
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(SampleFigures.All["lines"], "first", null));
        Assert.Equal(SampleFigures.All["lines"].Summary, await page.Page.Locator("#first > p").First.InnerTextAsync());
        await page.Page.WaitForFunctionAsync("() => window.attentionFigureAsked");

        // The page knows that it asked before the request is told here.
        await Patience.UntilAsync(() => page.Foreign.Count > 0);

        Assert.Equal(["https://cdn.plot.ly/plotly-cartesian-4.1.1.min.js"], page.Foreign);
    }

    /// <summary>Texts of a chart on a telephone: none lies on another, and all can be read.</summary>
    [Theory]
    [InlineData("panels", ".annotation text")]
    [InlineData("equal bars", ".bartext")]
    [InlineData("two equal bars", ".bartext")]
    public async Task Texts_400PixelsWide_DoNotMeet(string kind, string selector)
    {
        string[] tasks = ["successor", "partner", "self"];
        Figure figure = kind switch
        {
            "panels" => Chart.HeatmapGrid(
                [("sentence one, cosine", new float[3, 3]), ("sentence one, dot product", new float[3, 3]), ("divided by the root", new float[3, 3])], "Three",
                "Same.", "key", "query"),
            "equal bars" =>
                Chart.Bars([.. Enumerable.Range(0, 4).Select(i => new BarSet($"set {i}", tasks, [0.6931, 0.6931, 1.524]))], "Equal", "Same.", "task",
                    "loss (nats)"),
            _ => Chart.Bars([.. Enumerable.Range(0, 2).Select(i => new BarSet($"set {i}", tasks, [0.6931, 0.6931, 1.524]))], "Equal", "Same.", "task",
                "loss (nats)"),
        };
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(figure, "first", Plotly), width: 400);
        await DrawnAsync(page, 1);
        double[][] boxes = await page.Page.EvaluateAsync<double[][]>(
            "selector => [...document.querySelectorAll(selector)].map(text => { const box = text.getBoundingClientRect(); return [box.left, box.right, "
            + "box.top, box.bottom]; })", selector);
        Assert.True(boxes.Length >= 3);
        for (int i = 0; i < boxes.Length; i++)
        {
            double[] a = boxes[i];
            Assert.True(Math.Min(a[1] - a[0], a[3] - a[2]) >= 9, $"text {i} is {a[1] - a[0]:0.0} by {a[3] - a[2]:0.0} px");
            Assert.All(boxes.Skip(i + 1),
                b => Assert.True(b[0] >= a[1] || a[0] >= b[1] || b[2] >= a[3] || a[2] >= b[3], $"[{string.Join(' ', a)}] meets [{string.Join(' ', b)}]"));
        }
    }

    [Fact]
    public async Task Slider_MovedByKey_ChangesChartAndWords()
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(SampleFigures.All["slider"], "first", Plotly));
        await DrawnAsync(page, 1);
        ILocator slider = page.Page.GetByRole(AriaRole.Slider, new() { Name = "d" });
        await slider.PressAsync("ArrowRight");
        await Assertions.Expect(page.Page.Locator("#first > p")).ToHaveTextAsync("Second step.");
        await Assertions.Expect(page.Page.Locator(".attention-title")).ToHaveTextAsync("Second");
        Assert.Equal("64", await slider.GetAttributeAsync("aria-valuetext"));
        Assert.Equal("4,5,6", await page.Page.EvaluateAsync<string>("document.querySelector('.attention-plot')._fullData[0].y.join()"));
    }

    [Fact]
    public async Task Kinds_OfTrace_AreThoseThatTheBundleDraws()
    {
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(SampleFigures.All["lines"], "first", Plotly));
        await DrawnAsync(page, 1);
        Assert.Equal(Chart.Drawable, await page.Page.EvaluateAsync<string[]>("Object.keys(Plotly.PlotSchema.get().traces).sort()"));
    }

    [Theory]
    [InlineData("[[0,1]]", "rgb(0,32,76)", "rgb(255,233,69)")]
    [InlineData("[[-1,1]]", "#04285c", "#ffc77d")]
    public async Task Heatmap_MadeElsewhere_HasTheCoursesColours(string z, string lowest, string highest)
    {
        await using WatchedPage page =
            await ShowAsync(
                FigureHtml.Write(Chart.FromJson($$"""{ "data": [{ "type": "heatmap", "z": {{z}} }] }""", "Two cells", "Low and high."), "first", Plotly));
        await DrawnAsync(page, 1);
        string[] drawn = await page.Page.EvaluateAsync<string[]>("document.querySelector('.attention-plot')._fullData[0].colorscale.map(stop => stop[1])");
        Assert.Equal((lowest, highest), (drawn[0], drawn[^1]));
    }

    [Fact]
    public async Task Heatmaps_TooNarrowForTheirNumbers_LeaveThemOutUntilThereIsRoom()
    {
        Figure figure = Chart.HeatmapGrid([("one", new float[5, 5]), ("two", new float[5, 5]), ("three", new float[5, 5])], "Three", "Zeros.", "key", "query",
            options: new() { Annotate = true });
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(figure, "first", Plotly), width: 400);
        await DrawnAsync(page, 1);
        ILocator numbers = page.Page.Locator(".heatmap-label text");
        await Assertions.Expect(numbers).ToHaveCountAsync(75);
        ILocator shown = numbers.Locator("visible=true");
        await Assertions.Expect(shown).ToHaveCountAsync(0);
        await page.Page.SetViewportSizeAsync(1200, 900);
        await Assertions.Expect(shown).ToHaveCountAsync(75);
        await page.Page.SetViewportSizeAsync(400, 900);
        await Assertions.Expect(shown).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Heatmap_NumbersInCells_AreBlackOrWhite()
    {
        Figure figure = Chart.Heatmap(new[,] { { -1f, 0.4f, 1 } }, "Three numbers", "From -1 to 1.", "x", "y");
        await using WatchedPage page = await ShowAsync(FigureHtml.Write(figure, "first", Plotly));
        await DrawnAsync(page, 1);
        string[] fills = await page.Page.EvaluateAsync<string[]>(
            "[...document.querySelectorAll('.heatmap-label text')].map(text => text.textContent + ' ' + getComputedStyle(text).fill)");
        Assert.Equal(["−1.00 rgb(255, 255, 255)", "0.40 rgb(0, 0, 0)", "1.00 rgb(0, 0, 0)"], fills);
    }

    [Fact]
    public async Task Template_OfAFigureMadeElsewhere_Wins()
    {
        const string Json = """{"data":[{"y":[1,2]}],"layout":{"template":{"layout":{"font":{"color":"#ff0000"}}}}}""";
        await using WatchedPage page =
            await ShowAsync(FigureHtml.Write(Chart.FromJson(Json, "Red text", "It is red."), "first", Plotly), "color: rgb(30, 30, 30)");
        await DrawnAsync(page, 1);
        Assert.Equal("rgb(255, 0, 0)", await page.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.xtick text')).fill"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Text_OfAFigure_HasThePagesColour(bool dark)
    {
        (string page, string text) = dark ? ("#1e1e1e", "rgb(212, 212, 212)") : ("#ffffff", "rgb(30, 30, 30)");
        await using WatchedPage watched = await ShowAsync(FigureHtml.Write(SampleFigures.All["lines"], "first", Plotly), $"background: {page}; color: {text}");
        await DrawnAsync(watched, 1);
        Assert.Equal(text, await watched.Page.EvaluateAsync<string>("getComputedStyle(document.querySelector('.xtick text')).fill"));
    }

    private static async Task<string[]> DrawnAsync(WatchedPage page, int figures)
    {
        await page.Page.WaitForFunctionAsync("count => document.querySelectorAll('.attention-figure .main-svg .cartesianlayer .subplot').length >= count",
            figures);
        await page.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('.js-plotly-plot')].every(plot => plot._fullData && plot._fullLayout)");
        return await page.DrawnTracesAsync();
    }

    private async Task<WatchedPage> ShowAsync(string html, string style = "", int width = 700)
    {
        WatchedPage page = await browser.OpenAsync(width);
        await page.Page.SetContentAsync($"<!doctype html><meta charset=\"utf-8\"><body style=\"{style}\">{html}</body>");
        return page;
    }
}
