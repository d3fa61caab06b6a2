using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Tests.Browser;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Hosts;

/// <summary>What Jupyter makes of an executed chapter for others to read: a page that draws its charts without a network.</summary>
public sealed class JupyterPageTests(ExecutedCourse course, JupyterCourse jupyter, BrowserFixture browser)
{
    [Fact]
    public async Task Page_OfAChapter_DrawsEveryChartOffline()
    {
        await JupyterCourse.SkipUnlessHereAsync();
        Assert.SkipWhen(BrowserFixture.Program is null, BrowserFixture.Missing);
        ExecutedNotebook notebook = (await course.GetAsync()).Single(notebook => notebook.Name == "02-context");
        (string file, HostRun run) = await jupyter.GetAsync(notebook);
        await jupyter.ConvertAsync("--to", "html", file);
        await using WatchedPage page = await browser.OpenAsync();
        await page.OpenFileAsync(Path.GetDirectoryName(file)!, "02-context.html");
        int charts = run.Cells.Sum(cell => cell.Charts);
        await Assertions.Expect(page.Page.Locator(".attention-figure .main-svg").First).ToBeVisibleAsync();
        await Assertions.Expect(page.Page.Locator(".attention-figure .js-plotly-plot")).ToHaveCountAsync(charts);
        Assert.All(await page.DrawnTracesAsync(), drawn => Assert.Matches(@"^([1-9]\d*)/\1$", drawn));

        // Jupyter's own page asks for MathJax and require.js from outside; the charts ask for nothing.
        Assert.All(page.Foreign, address => Assert.Matches("(?i)/(mathjax|require\\.js)/", address));
    }
}
