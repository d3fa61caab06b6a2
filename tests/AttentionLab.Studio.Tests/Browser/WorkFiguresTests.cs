using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Measures the live page of the real course and takes pictures of it. Runs only when asked for (<c>--explicit only</c>); no time is a
/// limit here.</summary>
public sealed class WorkFiguresTests(BrowserFixture browser) : IAsyncDisposable
{
    private const int Runs = 40;

    /// <summary>KiB that server and kernels may hold together, pages that they share counted once.</summary>
    private const long MostMemory = 3L << 20;

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
        string pictures = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "live-pictures")).FullName;
        string address = await ServeAsync("setup.dib", "02-context.dib");
        await using WatchedPage page = await browser.OpenAsync();
        long start = Stopwatch.GetTimestamp();
        await page.Page.GotoAsync(address.Replace("/?", "/02-context.html?", StringComparison.Ordinal), new() { WaitUntil = WaitUntilState.Commit });
        await page.Page.Locator("h1").WaitForAsync();
        Say("text visible", Stopwatch.GetElapsedTime(start));
        await Expect(Cell(page, 2).Locator(".cell-note")).ToContainTextAsync("ran in");
        Say("kernel ready and the library brought in", Stopwatch.GetElapsedTime(start));

        // From here on nothing runs behind the page.
        await Expect(page.Page.Locator(".live-status")).ToBeHiddenAsync();
        await Cell(page, 3).GetByRole(AriaRole.Button, new() { Name = "Add a cell" }).ClickAsync();
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
        Say("1 + 1 in the browser", times);
        foreach ((string kind, string source, string more) in ((string, string, string)[])[
            ("complete", "Tensor.Ga", ""), ("describe", "Tensor.Ga", "completion: completions.items[0]"), ("hover", "Tensor.Gaussian", ""),
            ("signature", "Tensor.Gaussian(", ""), ("diagnose", "int a = \"text\";", ""), ("variables", "", "")])
        {
            Say($"{kind} in the browser", await page.Page.EvaluateAsync<double[]>($$"""
                async ([kind, source, runs]) => {
                  const ask = async body => (await fetch('work/02-context/ask', {
                    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })).json();
                  const { completions } = await ask({ kind: 'complete', source, position: source.length });
                  const times = [];
                  for (let run = 0; run < runs; run++) {
                    const start = performance.now();
                    const answer = await ask({ kind, source, position: kind === 'hover' ? source.length - 2 : source.length, {{more}} });
                    times.push(performance.now() - start);
                    if (answer.busy || Object.keys(answer).length < 2) throw new Error('no answer to ' + kind + ': ' + JSON.stringify(answer));
                  }
                  return times;
                }
                """, (object[])[kind, source, Runs]));
        }

        Say("a list of completions after a key", await ListsAsync(page.Page));
        await PictureAsync(page.Page, Cell(page, 901), pictures, "");
        await page.Page.GotoAsync(new Uri(new Uri(page.Page.Url), "?present#cell-3").AbsoluteUri);
        await Expect(page.Page.Locator(".present-bar")).ToBeVisibleAsync();
        await PictureAsync(page.Page, page.Page.Locator(".present-bar"), pictures, "presenter-");
    }

    /// <summary>From the key that asks for completions to the list on the screen, in milliseconds, in the editor that has the focus.</summary>
    private static async Task<double[]> ListsAsync(IPage page)
    {
        await page.EvaluateAsync("""
            () => {
              window.lists = [];
              let pressed = 0;
              document.addEventListener('keydown', event => { if (event.key === '.') pressed = performance.now(); }, true);
              new MutationObserver(() => {
                if (pressed && document.querySelector('.cm-tooltip-autocomplete')) { window.lists.push(performance.now() - pressed); pressed = 0; }
              }).observe(document.body, { subtree: true, childList: true });
            }
            """);
        for (int run = 1; run <= Runs; run++)
        {
            await page.Keyboard.PressAsync("Control+a");
            await page.Keyboard.InsertTextAsync("Tensor");
            await Expect(page.Locator(".cm-tooltip-autocomplete")).ToBeVisibleAsync();
            await page.Keyboard.PressAsync("Escape");
            await Expect(page.Locator(".cm-tooltip-autocomplete")).ToHaveCountAsync(0);
            await page.Keyboard.PressAsync(".");
            await page.WaitForFunctionAsync("run => window.lists.length === run", run);
        }

        return await page.EvaluateAsync<double[]>("window.lists");
    }

    private static async Task PictureAsync(IPage page, ILocator shown, string folder, string name)
    {
        foreach (string theme in (string[])["light", "dark"])
        {
            await page.EvaluateAsync("theme => { document.documentElement.dataset.theme = theme; window.bookCharts.retheme(); }", theme);
            foreach (int width in (int[])[1280, 400])
            {
                await page.SetViewportSizeAsync(width, 900);
                await shown.ScrollIntoViewIfNeededAsync();
                await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}{theme}-{width}.png") });
            }
        }
    }

    /// <summary>The whole course, chapter after chapter in one tab, every cell run: what the server and its kernels hold at most, and that the kernels
    /// which gave their memory back say so.</summary>
    [Fact(Explicit = true)]
    public async Task Memory_OfTheWholeCourse_IsMeasured()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "reads /proc");
        string address = await ServeAsync("*.dib");
        await using WatchedPage page = await browser.OpenAsync();
        await page.Context.APIRequest.GetAsync(address);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        (long Shared, long Resident) most = (0, 0);
        string chapter = "", at = "";
        Task watch = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                (long Shared, long Resident) now = (Held("Pss"), Held("Rss"));
                (at, most) = now.Shared > most.Shared ? (chapter, now) : (at, most);
                await Task.Delay(50, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }, Token);
        string[] names = [.. Directory.EnumerateFiles(_course.Notebooks, "??-*.dib").Select(path => Path.GetFileNameWithoutExtension(path)!).Order()];
        foreach (string name in names)
        {
            chapter = name;
            await page.Page.GotoAsync(new Uri(new Uri(address), name + ".html").AbsoluteUri);
            await Expect(page.Page.Locator(".cell[data-work]").First).ToBeVisibleAsync();
            await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run all" }).ClickAsync();
            ILocator busy = page.Page.Locator(".cell.running, .cell.queued");
            await Expect(busy).Not.ToHaveCountAsync(0);
            await Expect(busy).ToHaveCountAsync(0);
            int failed = await page.Page.Locator(".cell.failed").CountAsync();
            TestContext.Current.TestOutputHelper!.WriteLine($"after {name}: {Held("Pss") >> 10} MiB in {Tree().Length} processes; {failed} cells failed");
        }

        await end.CancelAsync();
        await watch;
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"server and kernels together: at most {most.Shared >> 10} MiB, pages that they share counted once ({most.Resident >> 10} MiB resident), in {at}");
        Assert.InRange(most.Shared, 1, MostMemory);
        List<string> parked = [];
        foreach (string name in names)
        {
            await page.Page.GotoAsync(new Uri(new Uri(address), name + ".html").AbsoluteUri);
            await Expect(page.Page.Locator(".kernel-state")).ToHaveTextAsync(new Regex("^Kernel: (ready|ended)$"));
            if (await page.Page.Locator(".kernel-state[data-state=ended]").CountAsync() > 0)
            {
                await Expect(page.Page.Locator(".kernel-word")).ToContainTextAsync("The kernel was ended to save memory");
                parked.Add(name);
            }
        }

        TestContext.Current.TestOutputHelper!.WriteLine($"parked, and said so: {string.Join(", ", parked)}");
        Assert.NotEmpty(parked);
    }

    /// <summary>Serves these notebooks of the repository, which have not run yet; returns the address that lets in.</summary>
    private async Task<string> ServeAsync(params string[] names)
    {
        foreach (string file in names.SelectMany(name => Directory.EnumerateFiles(Repository.Notebooks, name)))
        {
            _course.WriteFile(Path.Combine("notebooks", Path.GetFileName(file)), await File.ReadAllTextAsync(file, Token));
        }

        _serve = StudioProcess.Start(["serve", "--no-open", "--notebooks", _course.Notebooks]);
        string address = (await _serve.StandardOutput.ReadLineAsync(Token))!.Split(' ')[3];
        _ = _serve.StandardOutput.ReadToEndAsync(Token);
        _ = _serve.StandardError.ReadToEndAsync(Token);
        return address;
    }

    /// <summary>KiB that the server and all processes below it hold.</summary>
    private long Held(string kind) => Tree().Sum(process =>
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/smaps_rollup").FirstOrDefault(line => line.StartsWith(kind + ":", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    });

    private int[] Tree()
    {
        Dictionary<int, int> parents = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(folder => char.IsAsciiDigit(Path.GetFileName(folder)[0])))
        {
            try
            {
                string stat = File.ReadAllText(Path.Combine(folder, "stat"));
                parents[int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)] =
                    int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        List<int> tree = [_serve!.Id];
        for (int i = 0; i < tree.Count; i++)
        {
            tree.AddRange(parents.Where(pair => pair.Value == tree[i]).Select(pair => pair.Key));
        }

        return [.. tree];
    }

    private static void Say(string what, double[] times)
    {
        Array.Sort(times);
        TestContext.Current.TestOutputHelper!.WriteLine(
            string.Create(CultureInfo.InvariantCulture,
                $"{what}, {times.Length} times: median {times[times.Length / 2]:0} ms, fastest {times[0]:0} ms, slowest {times[^1]:0} ms"));
    }

    private static void Say(string what, TimeSpan time) =>
        TestContext.Current.TestOutputHelper!.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {time.TotalMilliseconds:0} ms"));
}
