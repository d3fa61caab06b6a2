using AttentionLab.Studio.Book;
using AttentionLab.Studio.Tests.Book;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The book of the sample course, opened from disk in a real browser without a network.</summary>
public sealed class BookInBrowserTests(BrowserFixture browser) : IDisposable
{
    private readonly DirectoryInfo _folder = WriteBook();

    public static TheoryData<string> Pages => ["index.html", "01-sample.html", "02-other.html", "solutions/01-sample.html", "leader/01-sample.html"];

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Chapter_FromDisk_DrawsEveryChartWithoutErrorOrForeignRequest()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html");
        Assert.Equal(SampleCourse.Charts, await page.DrawChartsAsync());
        Assert.Equal(["1/1", "1/1", "2/2"], await page.DrawnTracesAsync());
        Assert.Equal(1, await page.Page.EvaluateAsync<int>("document.querySelectorAll('script[src$=\"plotly.min.js\"]').length"));
        Assert.Empty(page.Errors);
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Chart_Always_HasItsTitleAndItsLineOfText()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html");
        await page.DrawChartsAsync();
        ILocator first = page.Page.Locator("figure.chart").First;
        Assert.Equal("Each word looks at itself </script>", await first.Locator(".chart-title").InnerTextAsync());
        Assert.Equal("The diagonal is largest: 0.7 and 0.9 <of 1>.", await first.Locator("figcaption").InnerTextAsync());
        Assert.Equal("The diagonal is largest: 0.7 and 0.9 <of 1>.", await first.Locator(".plot").GetAttributeAsync("aria-label"));
    }

    [Fact]
    public async Task Slider_MovedByKey_ChangesBarsAndText()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html");
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
        await using WatchedPage page = await OpenAsync("01-sample.html");
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
        await page.OpenFileAsync(_folder.FullName, "02-other.html");
        Assert.Equal("dark", await page.Page.Locator(".theme-name").InnerTextAsync());
    }

    [Fact]
    public async Task Theme_OfTheSystem_IsFollowed()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html", dark: true);
        await page.DrawChartsAsync();
        (double pageLight, double chartLight) = await Brightness(page);
        Assert.InRange(pageLight, 0, 60);
        Assert.InRange(chartLight, 150, 255);
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_400PixelsWide_DoesNotScrollSideways(string path)
    {
        await using WatchedPage page = await OpenAsync(path, width: 400);
        await page.DrawChartsAsync();
        Assert.Equal(400, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
    }

    [Fact]
    public async Task LongNamesInATable_400PixelsWide_AreBrokenAndScrollNothing()
    {
        await using WatchedPage page = await OpenAsync("index.html", width: 400);
        ILocator table = page.Page.Locator(".table").Filter(new() { HasText = "ScaledDotProductAttention" });
        int[] widths = await table.EvaluateAsync<int[]>("frame => [frame.scrollWidth, frame.clientWidth]");
        Assert.True(widths[0] <= widths[1], $"{widths[0]} > {widths[1]}");
    }

    [Fact]
    public async Task Code_400PixelsWide_IsBrokenIntoLines()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html", width: 400);
        int[][] widths = await page.Page.EvaluateAsync<int[][]>("[...document.querySelectorAll('pre')].map(code => [code.scrollWidth, code.clientWidth])");
        Assert.NotEmpty(widths);
        Assert.All(widths, width => Assert.True(width[0] <= width[1], $"{width[0]} > {width[1]}"));
    }

    [Fact]
    public async Task Page_WithoutScripts_ShowsPicturesHintsAndAnswers()
    {
        await using WatchedPage page = await browser.OpenAsync(scripts: false);
        await page.OpenFileAsync(_folder.FullName, "01-sample.html");
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
        await using WatchedPage page = await OpenAsync("01-sample.html");
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

    private static bool HasChineseFont { get; } =
        !OperatingSystem.IsLinux() || ((string[])["/usr/share/fonts", "/usr/local/share/fonts"]).Where(Directory.Exists)
        .SelectMany(folder => Directory.EnumerateFiles(folder, "*.tt?", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(folder, "*.otf", SearchOption.AllDirectories)))
        .Any(file => ((string[])["wqy", "cjk", "sourcehan", "notosanssc"]).Any(name => file.Contains(name, StringComparison.OrdinalIgnoreCase)));

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task Page_ByAxe_HasNoSeriousViolation(string path)
    {
        await using WatchedPage page = await OpenAsync(path);
        await page.DrawChartsAsync();
        Assert.Empty(await Accessibility.ViolationsAsync(page.Page));
    }

    [Fact]
    public async Task Accessibility_OfABrokenPage_IsNoticed()
    {
        await using WatchedPage page = await OpenAsync("02-other.html");
        await page.Page.EvaluateAsync("document.querySelector('.text p').style.color = '#777a7d55'");
        Assert.Contains("color-contrast", Assert.Single((await Accessibility.ViolationsAsync(page.Page)).Select(found => found.Split(' ')[1]).Distinct()));
    }

    [Fact]
    public async Task Search_FromDisk_LeadsToTheSection()
    {
        await using WatchedPage page = await OpenAsync("solutions/01-sample.html");
        await page.Page.Keyboard.PressAsync("/");
        await page.Page.Keyboard.TypeAsync("slider");
        await page.Page.Locator(".results a").First.WaitForAsync();
        await page.Page.Keyboard.PressAsync("Enter");
        await page.Page.WaitForFunctionAsync("() => location.pathname.endsWith('/01-sample.html')");
        Assert.EndsWith("#1-2-does-a-slider-tell-more", page.Page.Url);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Search_ForNothingThatIsThere_SaysSo()
    {
        await using WatchedPage page = await OpenAsync("index.html");
        await page.Page.Locator(".search-button").ClickAsync();
        await page.Page.Keyboard.TypeAsync("zebrafish");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.search-status').textContent === 'Nothing found.'");
    }

    [Fact]
    public async Task Print_FromTheTop_HoldsEveryChart()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html", height: 300);
        await page.Page.WaitForFunctionAsync("() => !!window.Plotly");
        Assert.NotEmpty(await page.Page.PdfAsync());
        Assert.Equal(SampleCourse.Charts, await page.Page.Locator("figure.chart[data-state=drawn]").CountAsync());
    }

    [Fact]
    public async Task Output_ThatRunsAScript_StaysInItsFrame()
    {
        await using WatchedPage page = await OpenAsync(SampleCourse.HostilePage);
        IFrameLocator frame = page.Page.FrameLocator("iframe.html");
        await frame.Locator("b").ClickAsync();
        Assert.Equal("framed", await frame.Locator("b").InnerTextAsync());
        Assert.DoesNotContain("attacked", await page.Page.TitleAsync());
        Assert.Empty(page.Foreign);
    }

    [Fact]
    public async Task Keyboard_OnANarrowPage_SkipsToTheTextAndOpensTheMenu()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html", width: 400);
        await page.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to the text", await page.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        ILocator menu = page.Page.Locator("#menu");
        Assert.True(await menu.IsVisibleAsync());
        Assert.Contains("Where does the query look?", await page.Page.EvaluateAsync<string>("document.activeElement.textContent"));
        await page.Page.Keyboard.PressAsync("Escape");
        Assert.False(await menu.IsVisibleAsync());
    }

    [Fact]
    public async Task Contents_WhileReading_NameTheSection()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html", width: 1400);
        await page.DrawChartsAsync();
        await page.Page.EvaluateAsync("document.getElementById('1-2-does-a-slider-tell-more').scrollIntoView({ behavior: 'instant' })");
        await Assertions.Expect(page.Page.Locator(".contents a[aria-current]")).ToHaveTextAsync("1.2 · Does a slider tell more?");
    }

    [Fact]
    public async Task CopyButton_OnACell_CopiesItsSource()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html");
        await page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        ILocator cell = page.Page.Locator("#cell-4 .code-frame");
        await cell.HoverAsync();
        await cell.Locator(".copy").ClickAsync();
        await page.Page.WaitForFunctionAsync("() => document.querySelector('#cell-4 .copy').textContent === 'Copied'");
        Assert.Equal(SampleCourse.First().Cells[3].Source, await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()"));
    }

    [Fact]
    public async Task Reading_ToTheEnd_IsRemembered()
    {
        await using WatchedPage page = await OpenAsync("01-sample.html");
        await page.DrawChartsAsync();
        await page.Page.EvaluateAsync("scrollTo({ top: document.documentElement.scrollHeight, behavior: 'instant' })");
        await page.Page.WaitForFunctionAsync("() => document.querySelector('.chapters [data-chapter=\"01-sample.html\"]').classList.contains('read')");
        await page.OpenFileAsync(_folder.FullName, "index.html");
        Assert.Equal(1, await page.Page.Locator(".course .read").CountAsync());
    }

    private const string ChartBrightness =
        "() => { const c = getComputedStyle(document.querySelector('figure.chart .xtick text')).fill.match(/\\d+/g).map(Number); return (c[0] + c[1] + c[2]) / "
        + "3; }";

    private static async Task<(double Page, double Chart)> Brightness(WatchedPage page) => (
        await page.Page.EvaluateAsync<double>(
            "(() => { const c = getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number); return (c[0] + c[1] + c[2]) / 3; })()"),
        await page.Page.EvaluateAsync<double>($"({ChartBrightness})()"));

    private static DirectoryInfo WriteBook()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("book");
        BookWriter.Write(folder.FullName, SampleCourse.Content(), new Formulas());
        return folder;
    }

    private async Task<WatchedPage> OpenAsync(string path, int width = 1280, int height = 900, bool dark = false)
    {
        WatchedPage page = await browser.OpenAsync(width, height, dark);
        await page.OpenFileAsync(_folder.FullName, path);
        return page;
    }
}
