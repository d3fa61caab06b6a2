using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Working in the live page, in a real browser with real kernels.</summary>
public sealed class WorkTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly WorkedCourse _course = new();

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Run_EditedCells_ShowsOutputsAndMarksAndStaysOverAReload()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 1, "int a = 30;\na");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 1)).ToHaveTextAsync("30");
        await RunAsync(page, 2, "31");
        await RunAsync(page, 3, "61");

        await TypeAsync(page, 1, "int a = 40;\na");
        await Expect(Cell(page, 1).Locator(".cell-mark")).ToHaveTextAsync("edited since it ran");
        await Expect(Cell(page, 2).Locator(".cell-mark")).ToHaveTextAsync("may be out of date");
        await Expect(Cell(page, 4).Locator(".cell-mark")).ToHaveTextAsync("");

        await page.Page.ReloadAsync();
        await Expect(Code(page, 1)).ToHaveTextAsync("int a = 40;a");
        await Expect(Output(page, 3)).ToHaveTextAsync("61");
        await Expect(Cell(page, 1).Locator(".cell-mark")).ToHaveTextAsync("edited since it ran");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run out-of-date (3)" }).ClickAsync();
        await Expect(Output(page, 3)).ToHaveTextAsync("81");
        await Expect(page.Page.Locator(".cell-mark:not(:empty)")).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Run_BeforeTheKernelIsReady_IsQueued()
    {
        await using WatchedPage page = await OpenAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run all" }).ClickAsync();
        await Expect(Output(page, 4)).ToHaveTextAsync("last\n");
        await Expect(Output(page, 2)).ToHaveTextAsync("21");
    }

    [Fact]
    public async Task Run_ACellWhoseCellsAboveDidNotRun_OffersToRunThem()
    {
        await using WatchedPage page = await OpenAsync();
        await Cell(page, 3).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(Cell(page, 3).Locator(".failure")).ToContainTextAsync("CS0103");
        await Expect(Cell(page, 3).Locator(".failed-line")).ToHaveTextAsync("a + b");
        await Cell(page, 3).Locator(".misses-above button").ClickAsync();
        await Expect(Output(page, 3)).ToHaveTextAsync("41");
        await Expect(Cell(page, 3).Locator(".failure, .failed-line, .misses-above")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Stop_AnEndlessLoop_KeepsTheState()
    {
        await using WatchedPage page = await OpenAsync();
        await RunAsync(page, 1, "20");
        await TypeAsync(page, 4, "Console.WriteLine(\"on\");\nwhile (true) { }");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 4)).ToHaveTextAsync("on\n");
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("running,");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".failure")).ToContainTextAsync("stopped; what earlier cells declared is kept.");
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Failed: cell 4");
        await RunAsync(page, 2, "21");
    }

    [Fact]
    public async Task Stop_ACellThatDoesNotLetGo_OffersTheRestart()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "calls libc");
        await using WatchedPage page = await OpenAsync();
        await RunAsync(page, 1, "20");
        const string stuck = "[System.Runtime.InteropServices.DllImport(\"libc\")]\nstatic extern int pthread_mutex_lock(byte[] mutex);\n"
            + "var mutex = GC.AllocateArray<byte>(256, pinned: true);\npthread_mutex_lock(mutex);\nConsole.WriteLine(\"on\");\npthread_mutex_lock(mutex);";
        await TypeAsync(page, 4, stuck);
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 4)).ToHaveTextAsync("on\n");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Stop" }).ClickAsync();
        await Expect(page.Page.Locator(".said")).ToContainTextAsync("The cell does not let go.");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Restart kernel" }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".failure")).ToContainTextAsync("the kernel was ended while this cell ran");

        // "Run to here" brings back what is needed, as the hint says.
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Run to here" }).ClickAsync();
        await Expect(Output(page, 2)).ToHaveTextAsync("21");
    }

    [Fact]
    public async Task Restart_InTheMiddleOfACell_StartsAKernelThatKnowsNothing()
    {
        await using WatchedPage page = await OpenAsync();
        await RunAsync(page, 1, "20");
        await TypeAsync(page, 4, "Console.WriteLine(\"on\");\nwhile (true) { }");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 4)).ToHaveTextAsync("on\n");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Restart kernel" }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".failure")).ToContainTextAsync("the kernel was ended while this cell ran");
        await Expect(Cell(page, 1).Locator(".cell-note")).ToHaveTextAsync("ran before the kernel ended");
        await Expect(page.Page.Locator(".kernel-state")).ToHaveTextAsync("Kernel: ready");
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(Cell(page, 2).Locator(".failure")).ToContainTextAsync("CS0103");
    }

    [Fact]
    public async Task Keys_AsInJupyter_RunAndGoOnAndAddACell()
    {
        await using WatchedPage page = await OpenAsync();
        await Code(page, 1).ClickAsync();
        await Expect(Editor(page, 1)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Shift+Enter");
        await Expect(Output(page, 1)).ToHaveTextAsync("20");
        await Expect(Editor(page, 2)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Alt+Enter");
        await Expect(Output(page, 2)).ToHaveTextAsync("21");
        await Expect(Editor(page, 901)).ToBeFocusedAsync();
        await page.Page.Keyboard.TypeAsync("a * 2");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 901)).ToHaveTextAsync("40");
        Assert.Equal(["1", "2", "901", "3", "4"],
            await page.Page.EvaluateAsync<string[]>("[...document.querySelectorAll('.cell')].map(cell => cell.dataset.cell)"));

        // Tab belongs to the text until Escape.
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(Editor(page, 901)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Escape");
        await page.Page.Keyboard.PressAsync("Tab");
        await Expect(Editor(page, 901)).Not.ToBeFocusedAsync();

        // A page that is loaded again has it, too.
        await page.Page.ReloadAsync();
        await Expect(Output(page, 901)).ToHaveTextAsync("40");
        await Cell(page, 901).GetByRole(AriaRole.Button, new() { Name = "Remove" }).ClickAsync();
        await Expect(Cell(page, 901)).ToHaveCountAsync(0);
        await Expect(Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Remove" })).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Keys_BeforeTheEditorIsLoaded_AreQueued()
    {
        await _course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync();
        TaskCompletionSource editor = new();
        await page.Page.RouteAsync("**/codemirror.js", async route =>
        {
            await editor.Task;
            await route.ContinueAsync();
        });
        await _course.GotoAsync(page);
        await Code(page, 1).FocusAsync();
        await page.Page.Keyboard.PressAsync("Shift+Enter");
        await Expect(Output(page, 1)).ToHaveTextAsync("20");
        await Expect(Editor(page, 1)).ToHaveCountAsync(0);
        editor.SetResult();
        await Expect(Editor(page, 2)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task Keys_BeforeTheFirstNews_AreQueued()
    {
        await _course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync();
        TaskCompletionSource news = new();
        await page.Page.RouteAsync("**/events?*", async route =>
        {
            await news.Task;
            await route.ContinueAsync();
        });
        await page.EnterAsync(_course.Server, "01-work.html");
        await Code(page, 1).FocusAsync();
        await page.Page.Keyboard.PressAsync("Control+Enter");
        news.SetResult();
        await Expect(Output(page, 1)).ToHaveTextAsync("20");
    }

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
    }

    [Fact]
    public async Task Tabs_Two_OneEditsTheOtherReadsAlongAndTakesOver()
    {
        await using WatchedPage first = await OpenAsync();
        await using WatchedPage second = await browser.OpenAsync();
        await _course.GotoAsync(second);
        await Expect(second.Page.Locator(".reading-along")).ToBeVisibleAsync();
        await TypeAsync(first, 1, "int a = 5;\na");
        await first.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Code(second, 1)).ToHaveTextAsync("int a = 5;a");
        await Expect(Output(second, 1)).ToHaveTextAsync("5");
        await Expect(Cell(second, 1).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true })).ToBeDisabledAsync();

        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Take over here" }).ClickAsync();
        await Expect(first.Page.Locator(".reading-along")).ToBeVisibleAsync();
        await TypeAsync(second, 1, "int a = 6;\na");
        await second.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(first, 1)).ToHaveTextAsync("6");
        await Expect(Code(first, 1)).ToHaveTextAsync("int a = 6;a");
    }

    [Fact]
    public async Task Tabs_Two_TheOneThatTakesOverAgainSendsWhatItCouldNot()
    {
        await using WatchedPage first = await OpenAsync();
        await using WatchedPage second = await browser.OpenAsync();
        await _course.GotoAsync(second);
        await first.Page.RouteAsync("**/work/01-work", route => route.AbortAsync());
        await TypeAsync(first, 1, "int a = 5;");
        await second.Page.GetByRole(AriaRole.Button, new() { Name = "Take over here" }).ClickAsync();
        await Expect(first.Page.Locator(".reading-along")).ToBeVisibleAsync();
        await first.Page.UnrouteAsync("**/work/01-work");
        await first.Page.GetByRole(AriaRole.Button, new() { Name = "Take over here" }).ClickAsync();
        await Patience.UntilAsync(() => _course.Session.Since(0, "", true)!.Cells[0].Source == "int a = 5;");
        await Expect(Code(second, 1)).ToHaveTextAsync("int a = 5;");
    }

    [Fact]
    public async Task Numbers_ThatThisMachineMeasuredOtherwise_AreToldWhereTheTextIsUncovered()
    {
        await using WorkedCourse course = WorkedCourse.Of(
            "#!markdown\n\n# 01 · Who?\n\n## 1.1\n\n**Prediction.** How much?\n\n- [ ] half\n- [ ] all\n\n#!csharp\n\nConsole.WriteLine(0.5);\n\n"
            + "#!markdown\n\n**What you saw.** It is 0.427<!-- ±0.001 -->.\n\nAnd more.\n", "# Sheet\n");
        await course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync();
        await course.GotoAsync(page);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run all" }).ClickAsync();
        await Expect(Cell(page, 2).Locator(".cell-note")).ToContainTextAsync("ran in");
        await Expect(page.Page.Locator(".differs")).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Just show" }).ClickAsync();
        await Expect(page.Page.Locator(".lead-saw + .differs")).ToHaveTextAsync("On this machine: 0.5 in place of 0.427 ± 0.001.");

        await TypeAsync(page, 2, "Console.WriteLine(0.6);");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Page.Locator(".differs")).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Tab_Duplicated_IsASecondTab()
    {
        await using WatchedPage page = await OpenAsync();
        string name = await page.Page.EvaluateAsync<string>("sessionStorage.getItem('tab')");

        // A window that a page opens gets a copy of its session storage, as a duplicated tab does.
        IPage copy = await page.Page.RunAndWaitForPopupAsync(() => page.Page.EvaluateAsync("void open(location.href)"));
        await Expect(copy.Locator(".reading-along")).ToBeVisibleAsync();
        await Expect(page.Page.Locator(".reading-along")).ToBeHiddenAsync();
        Assert.NotEqual(name, await copy.EvaluateAsync<string>("sessionStorage.getItem('tab')"));

        // A reload is no second tab.
        await page.Page.ReloadAsync();
        await Expect(page.Page.Locator(".cell[data-work]").First).ToBeVisibleAsync();
        Assert.Equal(name, await page.Page.EvaluateAsync<string>("sessionStorage.getItem('tab')"));
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

    [Fact]
    public async Task Editor_WithAKernel_CompletesExplainsAndFindsErrors()
    {
        await using WatchedPage page = await OpenAsync();
        await RunAsync(page, 1, "20");
        await TypeAsync(page, 2, "string text = \"a\";\n");
        await page.Page.Keyboard.TypeAsync("text.ToUpp");
        ILocator list = page.Page.Locator(".cm-tooltip-autocomplete");
        await Expect(list).ToContainTextAsync("ToUpperInvariant");
        await Expect(page.Page.Locator(".cm-completionInfo")).ToContainTextAsync("uppercase");
        Assert.DoesNotContain("\r", await page.Page.Locator(".cm-completionInfo").TextContentAsync());
        await page.Page.Keyboard.PressAsync("Escape");

        await TypeAsync(page, 2, "int b = missing;");
        await page.Page.Keyboard.TypeAsync(" ");
        await Expect(Cell(page, 2).Locator(".cm-lintRange-error")).ToHaveTextAsync("missing");

        await TypeAsync(page, 2, "Math.Max");
        await page.Page.Keyboard.TypeAsync("(1, ");
        await Expect(page.Page.Locator(".code-help")).ToContainTextAsync("Math.Max(");

        await page.Page.GetByText("Variables", new() { Exact = true }).ClickAsync();
        await Expect(page.Page.Locator(".variables tbody tr")).ToHaveTextAsync(["aInt3220"]);

        // What has the form of a tensor is drawn, too.
        await TypeAsync(page, 3,
            "class Box { public ReadOnlySpan<int> Shape => new[] { 1, 2 }; public float[] Values => new float[] { 0, 1 }; }\nvar box = new Box();");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Page.GetByRole(AriaRole.Img, new() { Name = "Heatmap, from 0 to 1" })).ToBeVisibleAsync();
        Assert.Equal((int[])[0, 32, 76, 255, 255, 233, 69, 255],
            await page.Page.EvaluateAsync<int[]>("[...document.querySelector('.variables canvas').getContext('2d').getImageData(0, 0, 2, 1).data]"));
        Assert.Empty(page.Errors);
    }

    internal static ILocator Cell(WatchedPage page, int number) => page.Page.Locator($".cell[data-cell='{number}']");

    internal static ILocator Code(WatchedPage page, int number) => Cell(page, number).Locator("pre.code, .cm-content").First;

    internal static ILocator Editor(WatchedPage page, int number) => Cell(page, number).Locator(".cm-content");

    internal static ILocator Output(WatchedPage page, int number) => Cell(page, number).Locator(".outputs > *");

    internal static async Task TypeAsync(WatchedPage page, int number, string text)
    {
        await Code(page, number).ClickAsync();
        await Expect(Editor(page, number)).ToBeFocusedAsync();
        await page.Page.Keyboard.PressAsync("Control+a");
        await page.Page.Keyboard.InsertTextAsync(text);
    }

    private static async Task RunAsync(WatchedPage page, int number, string expected)
    {
        await Cell(page, number).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(Output(page, number)).ToHaveTextAsync(expected);
        await Expect(Cell(page, number).Locator(".cell-note")).ToContainTextAsync("ran in");
    }

    private async Task<WatchedPage> OpenAsync()
    {
        await _course.StartAsync();
        WatchedPage page = await browser.OpenAsync();
        await _course.GotoAsync(page);
        return page;
    }
}
