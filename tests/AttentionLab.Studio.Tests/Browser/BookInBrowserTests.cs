using AttentionLab.Studio.Tests.Book;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>How the book of the sample course looks, opened from disk in a real browser without a network.</summary>
public sealed class BookInBrowserTests(BrowserFixture browser) : IDisposable
{
    private readonly SampleBook _book = new(browser);

    public void Dispose() => _book.Dispose();

    [Fact]
    public async Task Chapter_FromDisk_DrawsEveryChartWithoutErrorOrForeignRequest()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        Assert.Equal(SampleCourse.Charts, await page.DrawChartsAsync());
        Assert.Equal(["1/1", "1/1", "2/2"], await page.DrawnTracesAsync());
        Assert.Equal(1, await page.Page.EvaluateAsync<int>("document.querySelectorAll('script[src$=\"plotly.min.js\"]').length"));
        Assert.Empty(page.Errors);
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Chart_Always_HasItsTitleAndItsLineOfText()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        await page.DrawChartsAsync();
        ILocator first = page.Page.Locator("figure.chart").First;
        Assert.Equal("Each word looks at itself </script>", await first.Locator(".chart-title").InnerTextAsync());
        Assert.Equal("The diagonal is largest: 0.7 and 0.9 <of 1>.", await first.Locator("figcaption").InnerTextAsync());
        Assert.Equal("The diagonal is largest: 0.7 and 0.9 <of 1>.", await first.Locator(".plot").GetAttributeAsync("aria-label"));
    }

    [Fact]
    public async Task Chart_ThatComesAfterPlotlyDidNotLoad_IsDrawn()
    {
        await using WatchedPage page = await browser.OpenAsync();
        await page.Page.RouteAsync("**/plotly.min.js", route => route.AbortAsync());
        await page.OpenFileAsync(_book.Folder, "01-sample.html");
        await page.UncoverAsync();
        ILocator charts = page.Page.Locator("figure.chart");
        await charts.First.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(charts.First.Locator(".chart-error")).ToContainTextAsync("plotly.js did not load");
        await page.Page.UnrouteAsync("**/plotly.min.js");

        // As a cell that runs again brings it.
        await charts.First.EvaluateAsync("""
            failed => {
              const fresh = failed.cloneNode(true);
              delete fresh.dataset.state;
              fresh.querySelector('.chart-error').outerHTML = '<div class="plot"></div>';
              failed.replaceWith(fresh);
              window.bookCharts.find(document);
            }
            """);
        await Assertions.Expect(charts.First).ToHaveAttributeAsync("data-state", "drawn");
    }

    [Fact]
    public async Task Slider_MovedByKey_ChangesBarsAndText()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        await page.DrawChartsAsync();
        ILocator figure = page.Page.Locator("figure.chart").Nth(1);
        ILocator slider = figure.Locator("input[type=range]");
        const string Bars = "() => document.querySelectorAll('figure.chart')[1].querySelector('.plot').data[0].y.join()";
        Assert.Equal("1,2", await page.Page.EvaluateAsync<string>(Bars));
        await slider.FocusAsync();
        await slider.PressAsync("ArrowRight");
        await page.Page.WaitForFunctionAsync($"() => ({Bars})() === '5,9'");
        Assert.Equal("64", await figure.Locator("output").InnerTextAsync());
        Assert.Equal("64", await slider.GetAttributeAsync("aria-valuetext"));
        Assert.Equal("At 64 the second bar is almost twice the first.", await figure.Locator("figcaption").InnerTextAsync());
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Theme_Dark_ReachesPageAndCharts()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        await page.DrawChartsAsync();
        (double pageLight, double chartLight) = await Brightness(page);
        Assert.InRange(pageLight, 200, 255);
        Assert.InRange(chartLight, 0, 100);
        ILocator button = page.Page.Locator(".theme-button");
        await button.ClickAsync();
        await button.ClickAsync();
        Assert.Equal("dark", await button.Locator(".theme-name").InnerTextAsync());
        await page.Page.WaitForFunctionAsync($"() => ({ChartBrightness})() > 150");
        (pageLight, _) = await Brightness(page);
        Assert.InRange(pageLight, 0, 60);
        await page.OpenFileAsync(_book.Folder, "02-other.html");
        Assert.Equal("dark", await page.Page.Locator(".theme-name").InnerTextAsync());
    }

    [Fact]
    public async Task Theme_OfTheSystem_IsFollowed()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html", dark: true);
        await page.DrawChartsAsync();
        (double pageLight, double chartLight) = await Brightness(page);
        Assert.InRange(pageLight, 0, 60);
        Assert.InRange(chartLight, 150, 255);
    }

    [Theory]
    [MemberData(nameof(SampleBook.Pages), MemberType = typeof(SampleBook))]
    public async Task Page_400PixelsWide_DoesNotScrollSideways(string path)
    {
        await using WatchedPage page = await _book.OpenAsync(path, width: 400);
        await page.DrawChartsAsync();
        Assert.Equal(400, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task LongNamesInATable_400PixelsWide_AreBrokenAndScrollNothing()
    {
        await using WatchedPage page = await _book.OpenAsync("index.html", width: 400);
        ILocator table = page.Page.Locator(".table").Filter(new() { HasText = "ScaledDotProductAttention" });
        int[] widths = await table.EvaluateAsync<int[]>("frame => [frame.scrollWidth, frame.clientWidth]");
        Assert.True(widths[0] <= widths[1], $"{widths[0]} > {widths[1]}");
    }

    [Fact]
    public async Task Code_400PixelsWide_IsBrokenIntoLines()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html", width: 400);
        int[][] widths = await page.Page.EvaluateAsync<int[][]>("[...document.querySelectorAll('pre')].map(code => [code.scrollWidth, code.clientWidth])");
        Assert.NotEmpty(widths);
        Assert.All(widths, width => Assert.True(width[0] <= width[1], $"{width[0]} > {width[1]}"));
    }

    [Fact]
    public async Task Page_WithoutScripts_ShowsPicturesHintsAndAnswers()
    {
        await using WatchedPage page = await browser.OpenAsync(scripts: false);
        await page.OpenFileAsync(_book.Folder, "01-sample.html");
        ILocator pictures = page.Page.Locator("figure.chart svg.static");
        await Assertions.Expect(pictures).ToHaveCountAsync(SampleCourse.Charts);
        for (int i = 0; i < SampleCourse.Charts; i++)
        {
            LocatorBoundingBoxResult box = (await pictures.Nth(i).BoundingBoxAsync())!;
            Assert.True(box is { Width: > 300, Height: > 150 }, $"{box.Width} × {box.Height}");
        }

        await Assertions.Expect(page.Page.Locator(".plot").First).ToBeHiddenAsync();
        await Assertions.Expect(page.Page.GetByText("Think of the variance")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByText("Solution of exercise 01.1")).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.GetByText("The largest weight is 0.90.")).ToBeVisibleAsync();
    }

    /// <summary>Two words that differ look different: without a font both were the same box.</summary>
    [Fact]
    public async Task Chinese_WhereAFontIs_IsDrawn()
    {
        Assert.SkipUnless(HasChineseFont, "no Chinese font: install one (Debian: apt-get install fonts-wqy-microhei)");
        await using WatchedPage page = await _book.OpenAsync("01-sample.html");
        Assert.True(await page.Page.EvaluateAsync<bool>("""
            () => {
              const term = document.querySelector('[lang^=zh]');
              const picture = letter => {
                const canvas = Object.assign(document.createElement('canvas'), { width: 40, height: 40 }), pen = canvas.getContext('2d');
                pen.font = '32px ' + getComputedStyle(term).fontFamily;
                pen.fillText(letter, 2, 34);
                return canvas.toDataURL();
              };
              const [first, second] = term.textContent;
              return picture(first) !== picture(second) && picture(first) !== picture(' ');
            }
            """));
    }

    [Fact]
    public async Task Print_FromTheTop_HoldsEveryChart()
    {
        await using WatchedPage page = await _book.OpenAsync("01-sample.html", height: 300);
        await page.Page.WaitForFunctionAsync("() => !!window.Plotly");
        Assert.NotEmpty(await page.Page.PdfAsync());
        Assert.Equal(SampleCourse.Charts, await page.Page.Locator("figure.chart[data-state=drawn]").CountAsync());
    }

    private static bool HasChineseFont { get; } =
        !OperatingSystem.IsLinux() || ((string[])["/usr/share/fonts", "/usr/local/share/fonts"]).Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.tt?", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(folder, "*.otf", SearchOption.AllDirectories)))
        .Any(file => ((string[])["wqy", "cjk", "sourcehan", "notosanssc"]).Any(name => file.Contains(name, StringComparison.OrdinalIgnoreCase)));

    private const string ChartBrightness =
        "() => { const c = getComputedStyle(document.querySelector('figure.chart .xtick text')).fill.match(/\\d+/g).map(Number); return (c[0] + c[1] + c[2]) / "
        + "3; }";

    private static async Task<(double Page, double Chart)> Brightness(WatchedPage page) => (
        await page.Page.EvaluateAsync<double>(
            "(() => { const c = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number); return (c[0] + c[1] + c[2]) / 3; })()"),
        await page.Page.EvaluateAsync<double>($"({ChartBrightness})()"));
}
