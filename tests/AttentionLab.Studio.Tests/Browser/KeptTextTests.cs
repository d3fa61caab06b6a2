using System.Diagnostics;
using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>What the reader types, in a real browser: a stopped server, another program, a new chapter take nothing of it away.</summary>
public sealed class KeptTextTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = new();

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Reset_AChangedCell_BringsTheChaptersTextBackAndUndoTheReaders()
    {
        await using WatchedPage page = await OpenAsync();
        await Expect(Cell(page, 1).GetByRole(AriaRole.Button, new() { Name = "Reset" })).ToBeHiddenAsync();

        // Nothing takes time: what follows each other so fast may not become one step to be undone.
        await page.Page.Clock.SetFixedTimeAsync(DateTime.UtcNow);
        await TypeAsync(page, 1, "int a = 7;");
        await Cell(page, 1).GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 20;a");
        await Expect(Cell(page, 1).GetByRole(AriaRole.Button, new() { Name = "Reset" })).ToBeHiddenAsync();
        await Code(page, 1).ClickAsync();
        await page.Page.Keyboard.PressAsync("Control+z");
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 7;");

        // All cells at once: what each held stays beside it, after a reload too.
        page.Page.Dialog += (_, dialog) => _ = dialog.AcceptAsync();
        await page.Page.GetByText("My version", new() { Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Reset chapter" }).ClickAsync();
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 20;a");

        // A course that was built without Node has a plain text area in place of the editor.
        await page.Page.RouteAsync("**/codemirror.js", route => route.AbortAsync());
        await page.Page.ReloadAsync();
        ILocator word = Cell(page, 1).Locator(".cell-word"), area = Cell(page, 1).Locator("textarea");
        await Expect(word).ToContainTextAsync("yours before the reset");
        await Expect(word.Locator("pre")).ToHaveTextAsync("int a = 7;");
        await word.GetByRole(AriaRole.Button, new() { Name = "Bring it back" }).ClickAsync();
        await Expect(area).ToHaveValueAsync("int a = 7;");
        await Expect(word).ToHaveTextAsync("");
        await Expect(Cell(page, 1).Locator(".run")).ToBeFocusedAsync();
        await Cell(page, 1).GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await Expect(area).ToHaveValueAsync("int a = 20;\na");
        await Expect(area).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Control+z");
        await Expect(area).ToHaveValueAsync("int a = 7;");
    }

    [Fact]
    public async Task Typing_WithoutAPause_IsSavedMeanwhile()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 1, "//");
        long start = Stopwatch.GetTimestamp();
        while (!_course.Session.Since(0, "", true)!.Cells[0].Source.StartsWith("//x", StringComparison.Ordinal))
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience.Limit, "typed and typed, and nothing was saved");
            await page.Page.Keyboard.TypeAsync("x");
        }
    }

    [Fact]
    public async Task News_FromBeforeAnEditWasTaken_LeavesTheTextAlone()
    {
        await using WatchedPage page = await OpenAsync();
        Studio.Web.WorkCellView cell = _course.Session.Since(0, "", isFirst: true)!.Cells[0];
        string[] texts = await page.Page.EvaluateAsync<string[]>("""
            async ([id, source]) => {
              const { Saver } = await import(new URL(document.body.dataset.root + 'assets/live/saver.js', location.href));
              const root = document.createElement('div');
              root.innerHTML = '<pre class="code"><code></code></pre>';
              const cell = { id, text: source, root, setText(text) { this.text = text; }, say() {} };
              const saver = new Saver(cell, { source, revision: 0 });
              cell.text = 'typed';
              await saver.flush();
              saver.take({ source, revision: 0 }, 1);
              const late = cell.text;
              saver.take({ source: 'newer', revision: 2 }, Number.MAX_SAFE_INTEGER);
              return [late, cell.text];
            }
            """, new[] { cell.Id, cell.Source });
        Assert.Equal(["typed", "newer"], texts);
        await Patience.UntilAsync(() => _course.Session.Since(0, "", isFirst: true)!.Cells[0].Source == "typed");
    }

    [Fact]
    public async Task Server_ThatIsGoneWhileOneTypes_GetsTheTextWhenItIsBack()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 1, "int a = 1;");
        await Patience.UntilAsync(() => _course.Session.Since(0, "", true)!.Cells[0].Source == "int a = 1;");
        await _course.StopAsync();
        await TypeAsync(page, 1, "int a = 2;");
        await Expect(page.Page.Locator(".live-status")).ToContainTextAsync("The course does not answer.");
        await _course.StartAsync();
        await Patience.UntilAsync(() => _course.Session.Since(0, "", true)!.Cells[0].Source == "int a = 2;");
        Assert.Contains("int a = 2;", await File.ReadAllTextAsync(_course.Work, TestContext.Current.CancellationToken));
        await Expect(Cell(page, 1).Locator(".cell-word")).ToHaveTextAsync("");

        // What a cell showed is there after the new start, too.
        await RunAsync(page, 4, "last\n");
        await _course.StopAsync();
        await _course.StartAsync();
        await page.Page.ReloadAsync();
        await Expect(Output(page, 4)).ToHaveTextAsync("last\n");
        await Expect(Cell(page, 4).Locator(".cell-note")).ToHaveTextAsync("ran before the kernel ended");

        // A page that is loaded while the server is away comes back to its draft.
        await TypeAsync(page, 1, "int a = 3;");
        await page.Page.EvaluateAsync("location.reload()");
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 3;");
        await Patience.UntilAsync(() => _course.Session.Since(0, "", true)!.Cells[0].Source == "int a = 3;");

        // What could not be sent goes out when a tab that was in the background comes back.
        int lost = 0;
        await page.Page.RouteAsync("**/work/01-work", route =>
        {
            Interlocked.Increment(ref lost);
            return route.AbortAsync();
        });
        await TypeAsync(page, 1, "int a = 4;");
        await Patience.UntilAsync(() => Volatile.Read(ref lost) > 0);
        int before = Volatile.Read(ref lost);
        await HideAsync(page, true);
        await Patience.UntilAsync(() => Volatile.Read(ref lost) > before);
        await page.Page.UnrouteAsync("**/work/01-work");
        Assert.Equal("int a = 3;", _course.Session.Since(0, "", true)!.Cells[0].Source);
        await HideAsync(page, false);
        await Patience.UntilAsync(() => _course.Session.Since(0, "", true)!.Cells[0].Source == "int a = 4;");
    }

    [Fact]
    public async Task Disk_ChangedByAnotherProgram_ShowsBothTexts()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 1, "int a = 1;");
        await Patience.UntilAsync(() => File.Exists(_course.Work));
        string text = await File.ReadAllTextAsync(_course.Work, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_course.Work, text.Replace("int a = 1;", "int a = 1000;", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await Expect(Cell(page, 1).Locator(".cell-word")).ToContainTextAsync("another program wrote it into work/01-work.dib");
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 1;");
        await Cell(page, 1).GetByRole(AriaRole.Button, new() { Name = "Take the other" }).ClickAsync();
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 1000;");
        await Expect(Cell(page, 1).Locator(".cell-word")).ToHaveTextAsync("");

        // Text that it wrote beside the code is told, and stays there.
        await Patience.UntilAsync(() => File.ReadAllText(_course.Work).Contains("int a = 1000;", StringComparison.Ordinal));
        await File.AppendAllTextAsync(_course.Work, "\n#!markdown\n\nMy note.\n", TestContext.Current.CancellationToken);
        await page.Page.Locator(".own-texts summary").ClickAsync();
        await Expect(page.Page.Locator(".own-texts .difference")).ToHaveTextAsync("+ My note.");
        await TypeAsync(page, 1, "int a = 2;");
        await Patience.UntilAsync(
            () => File.ReadAllText(_course.Work) is var text && text.Contains("int a = 2;", StringComparison.Ordinal)
                && text.Contains("My note.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Chapter_ThatDropsItsFirstCell_ShowsTheReadersTextOfItFirst()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 1, "int a = 7;");
        await Patience.UntilAsync(() => File.Exists(_course.Work) && File.ReadAllText(_course.Work).Contains("int a = 7;", StringComparison.Ordinal));
        string chapter = await File.ReadAllTextAsync(_course.Notebook, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(
            _course.Notebook, chapter[chapter.LastIndexOf("#!csharp", StringComparison.Ordinal)..], TestContext.Current.CancellationToken);
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator(".cell").First.Locator("pre.code, .cm-content").First).ToHaveTextAsync("int a = 7;");
        await Expect(page.Page.Locator(".cell-label").First).ToHaveTextAsync("Your own cell");
        Assert.Empty(page.Errors);
    }

    /// <summary>A browser without a window has no background: the page is told what one would tell it.</summary>
    private static async Task HideAsync(WatchedPage page, bool hidden) => await page.Page.EvaluateAsync("""
        hidden => {
          Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
          document.dispatchEvent(new Event('visibilitychange'));
        }
        """, hidden);

    private Task<WatchedPage> OpenAsync() => _course.OpenAsync(browser);
}
