using System.Diagnostics;
using System.Globalization;
using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Measures the live page of the real course and takes pictures of it. Runs only when asked for (<c>--explicit only</c>); nothing here is a
/// limit.</summary>
public sealed class WorkFiguresTests(BrowserFixture browser) : IAsyncDisposable
{
    private const int Runs = 40;

    private readonly TemporaryCourse _course = new();
    private Process? _serve;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync()
    {
        if (_serve is { HasExited: false })
        {
            _serve.Kill(entireProcessTree: true);
        }

        _serve?.Dispose();
        _course.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact(Explicit = true)]
    public async Task Page_OfTheRealCourse_IsMeasuredAndPictured()
    {
        foreach (string file in Directory.EnumerateFiles(Repository.Notebooks, "*.dib"))
        {
            _course.WriteFile(Path.Combine("notebooks", Path.GetFileName(file)), await File.ReadAllTextAsync(file, Token));
        }

        string pictures = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "live-pictures")).FullName;
        _serve = StudioProcess.Start(["serve", "--no-open", "--notebooks", _course.Notebooks]);
        string address = (await _serve.StandardOutput.ReadLineAsync(Token))!.Split(' ')[3];
        _ = _serve.StandardOutput.ReadToEndAsync(Token);
        _ = _serve.StandardError.ReadToEndAsync(Token);
        await using WatchedPage page = await browser.OpenAsync();
        long start = Stopwatch.GetTimestamp();
        await page.Page.GotoAsync(address.Replace("/?", "/02-context.html?", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        await page.Page.Locator("h1").WaitForAsync();
        Say("text visible", Stopwatch.GetElapsedTime(start));
        await Expect(Cell(page, 2).Locator(".cell-note")).ToContainTextAsync("ran in");
        Say("kernel ready and the library brought in", Stopwatch.GetElapsedTime(start));

        await Cell(page, 4).GetByRole(AriaRole.Button, new() { Name = "Add a cell" }).ClickAsync();
        await Expect(Editor(page, 901)).ToBeFocusedAsync();
        await page.Page.Keyboard.InsertTextAsync("1 + 1");
        double[] times = await page.Page.EvaluateAsync<double[]>("""
            async runs => {
              const cell = document.querySelector('.cell[data-cell="901"]');
              const times = [];
              for (let run = 0; run < runs; run++) {
                const start = performance.now();
                const shown = new Promise(done => new MutationObserver((_, watch) => {
                  if (cell.querySelector('.outputs').textContent.trim() === '2' && !cell.classList.contains('running')) { watch.disconnect(); done(); }
                }).observe(cell, { subtree: true, childList: true, attributes: true, attributeFilter: ['class'] }));
                cell.querySelector('.run').click();
                await shown;
                times.push(performance.now() - start);
                while (cell.querySelector('.run').disabled) await new Promise(requestAnimationFrame);
              }
              return times;
            }
            """, Runs);
        Array.Sort(times);
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(CultureInfo.InvariantCulture,
                $"1 + 1 in the browser, {Runs} runs: median {times[Runs / 2]:0} ms, fastest {times[0]:0} ms, slowest {times[^1]:0} ms"));

        await page.Page.Locator(".run").Nth(3).ScrollIntoViewIfNeededAsync();
        foreach (string theme in (string[])["light", "dark"])
        {
            await page.Page.EvaluateAsync("theme => { document.documentElement.dataset.theme = theme; window.bookCharts.retheme(); }", theme);
            foreach (int width in (int[])[1280, 400])
            {
                await page.Page.SetViewportSizeAsync(width, 900);
                await Cell(page, 901).ScrollIntoViewIfNeededAsync();
                await page.Page.ScreenshotAsync(new() { Path = Path.Combine(pictures, $"{theme}-{width}.png") });
            }
        }
    }

    private static void Say(string what, TimeSpan time) =>
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.TotalMilliseconds:0} ms"));
}
