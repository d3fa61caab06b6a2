using System.Text;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Every chapter of the course as readers see it: the executed book, from disk and from the server, without a network.</summary>
public sealed partial class CourseInBrowserTests(BrowserFixture browser, WrittenCourse book) : IClassFixture<WrittenCourse>, IAsyncLifetime
{
    private IReadOnlyList<ExecutedNotebook> _notebooks = [];

    /// <summary>All chapters and appendices of the repository.</summary>
    public static TheoryData<string> Chapters => [.. ExecutedCourse.Names];

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(BrowserFixture.Program is null, BrowserFixture.Missing);
        _notebooks = await book.GetAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>On a large screen, and from disk: what differs there is the frame, not the chapter, so three stand for all.</summary>
    [Theory]
    [InlineData("00-start")]
    [InlineData("02-context")]
    [InlineData("appendix-plotly-net")]
    public async Task Chapter_FromDisk_DrawsEveryChartOffline(string name)
    {
        await using WatchedPage page = await browser.OpenAsync();
        await page.OpenFileAsync(book.Folder, name + ".html");
        await CheckChartsAsync(page, name);
    }

    /// <summary>The leader copies it: one sheet for each person.</summary>
    [Theory]
    [InlineData("A4")]
    [InlineData("Letter")]
    public async Task VoteSheet_OnPaper_IsOnePage(string paper)
    {
        await using WatchedPage page = await browser.OpenAsync();
        await page.OpenFileAsync(book.Folder, "votes.html");
        byte[] pdf = await page.Page.PdfAsync(new() { Format = paper, Margin = new() { Top = "1.5cm", Bottom = "1.5cm", Left = "1.5cm", Right = "1.5cm" } });
        Assert.Single(PdfPage().Matches(Encoding.Latin1.GetString(pdf)));
    }

    /// <summary>On a phone, and from the server: one visit for all, because drawing all charts of all chapters takes long.</summary>
    [Theory]
    [MemberData(nameof(Chapters))]
    public async Task Chapter_FromTheServer400PixelsWide_FitsAndItsSlidersChangeThePictureAndBreaksNoRuleOfAccessibility(string name)
    {
        await using WatchedPage page = await browser.OpenAsync(width: 400);

        // Nothing is run here: a page that hears no news starts no kernel.
        await page.Page.RouteAsync("**/events?*", route => route.FulfillAsync(new() { ContentType = "text/event-stream", Body = "" }));
        await page.EnterAsync(await book.GetServerAsync(), name + ".html");
        await page.UncoverAsync();
        await Assertions.Expect(page.Page.Locator("figure.chart")).ToHaveCountAsync(Report.Of([Notebook(name)]).Notebooks[0].Charts);
        await CheckChartsAsync(page, name);
        Assert.Equal(400, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Equal(0,
            await page.Page.EvaluateAsync<int>(
                "[...document.querySelectorAll('figure.chart .main-svg')].filter(svg => svg.getBoundingClientRect().right > 400).length"));
        ILocator controls = page.Page.Locator(".chart-control :is(input, select)");
        int count = await controls.CountAsync();
        for (int i = 0; i < count; i++)
        {
            string unchanged = await controls.Nth(i).EvaluateAsync<string>("""
                async (input, patience) => {
                  const plot = input.closest('figure').querySelector('.plot');
                  const picture = () => JSON.stringify([plot._fullData.map(trace => [trace.x, trace.y, trace.z]),
                    plot.querySelector('.cartesianlayer').innerHTML]);
                  const steps = input.max ? Number(input.max) + 1 : input.options.length;
                  const same = [];
                  for (let step = 0; step < steps; step++) {
                    if (step === Number(input.value)) continue;
                    const before = picture();
                    input.value = step;
                    input.dispatchEvent(new Event('input'));
                    const start = performance.now();
                    while (picture() === before && performance.now() - start < patience) await new Promise(done => setTimeout(done, 20));
                    if (picture() === before) same.push(step);
                  }
                  return same.join();
                }
                """, Patience.Limit.TotalMilliseconds);
            Assert.Equal("", unchanged);
        }

        // The colours of code are those of the sample course, whose every word is looked at.
        Assert.Empty(await Accessibility.ViolationsAsync(page.Page, "pre.code > code"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task EveryLink_InsideTheBook_LeadsSomewhere()
    {
        await using WatchedPage page = await browser.OpenAsync();

        // No script puts a link into a page that shows one of the library's files, and there are hundreds of them.
        await using WatchedPage still = await browser.OpenAsync(scripts: false);
        List<string> broken = [];
        Dictionary<string, string> texts = [];
        foreach (string file in Directory.EnumerateFiles(book.Folder, "*.html", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(book.Folder, file);
            WatchedPage shown = name.StartsWith("lib" + Path.DirectorySeparatorChar, StringComparison.Ordinal) ? still : page;
            await shown.OpenFileAsync(book.Folder, name);
            foreach (string link in await shown.Page.EvaluateAsync<string[]>(
                "[...document.querySelectorAll('a[href]')].map(link => link.href).filter(link => link.startsWith('file:'))"))
            {
                Uri target = new(link);
                if (!File.Exists(target.LocalPath))
                {
                    broken.Add($"{Path.GetFileName(file)} → {target.LocalPath}");
                }
                else if (target.Fragment.Length > 1)
                {
                    // Hundreds of links lead to the same chapter, which is millions of characters long.
                    if (!texts.TryGetValue(target.LocalPath, out string? text))
                    {
                        text = texts[target.LocalPath] = await File.ReadAllTextAsync(target.LocalPath, TestContext.Current.CancellationToken);
                    }

                    if (text.Contains($"id=\"{Uri.UnescapeDataString(target.Fragment[1..])}\"", StringComparison.Ordinal))
                    {
                        continue;
                    }

                    broken.Add($"{Path.GetFileName(file)} → {target.Fragment}");
                }
            }
        }

        Assert.Empty(broken.Distinct());
    }

    private ExecutedNotebook Notebook(string name) => _notebooks.Single(notebook => notebook.Name == name);

    private async Task CheckChartsAsync(WatchedPage page, string name)
    {
        Assert.Equal(Report.Of([Notebook(name)]).Notebooks[0].Charts, await page.DrawChartsAsync());
        Assert.All(await page.DrawnTracesAsync(), drawn => Assert.Matches(@"^([1-9]\d*)/\1$", drawn));
        Assert.Equal(0, await page.Page.Locator("figure.chart").Filter(new() { HasNot = page.Page.Locator("figcaption") }).CountAsync());
        Assert.Empty(page.Errors);
        Assert.Empty(page.Foreign);
    }

    [GeneratedRegex(@"/Type\s*/Page\b")]
    private static partial Regex PdfPage();
}
