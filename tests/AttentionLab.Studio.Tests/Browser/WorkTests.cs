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

        // From the moment it is to run again, the line is no failure any more.
        string gate = Path.Combine(_course.Root, "gate");
        await TypeAsync(page, 1, $"while (!System.IO.File.Exists(@\"{gate}\")) System.Threading.Thread.Sleep(10);\n{WorkedCourse.First}");
        await Cell(page, 3).Locator(".misses-above button").ClickAsync();
        await Expect(Cell(page, 3).Locator(".cell-note")).ToHaveTextAsync("waits for its turn");
        await Expect(Cell(page, 3).Locator(".failed-line")).ToHaveCountAsync(0);
        await File.WriteAllTextAsync(gate, "", TestContext.Current.CancellationToken);
        await Expect(Output(page, 3)).ToHaveTextAsync("41");
        await Expect(Cell(page, 3).Locator(".failure, .failed-line, .misses-above")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Prediction_OfACellThatFailsAndThenMeasures_TellsTheFailureAtOnceAndTheNumbersWhereTheTextIsUncovered()
    {
        await using WorkedCourse course = WorkedCourse.Of(
            "#!markdown\n\n# 01 · Who?\n\n#!csharp\n\nint a = 1;\n\n#!markdown\n\n## 1.1\n\n**Prediction.** How much?\n\n- [ ] half\n- [ ] all\n\n"
            + "#!csharp\n\nConsole.WriteLine($\"share {a * 0.5}\");\n\n"
            + "#!markdown\n\n**What you saw.** It is 0.427<!-- share ±0.001 -->.\n\nAnd more.\n", "# Sheet\n");
        await course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync();
        await course.GotoAsync(page);
        ILocator cell = Cell(page, 4), verdict = page.Page.Locator(".verdict"), run = cell.Locator(".run");

        // A failure is no outcome: it is told on the cover, and nobody is asked whether it was right.
        await run.ClickAsync();
        await Expect(cell.Locator(".covered .failure")).ToContainTextAsync("CS0103");
        await TypeAsync(page, 4, "Console.WriteLine(a);\nthrow new Exception(\"no\");");
        await cell.Locator(".misses-above").GetByRole(AriaRole.Button, new() { Name = "Run to here" }).ClickAsync();
        await Expect(cell.Locator(".covered .failure")).ToContainTextAsync("Exception: no");
        await Expect(cell.Locator(".misses-above")).ToHaveCountAsync(0);
        await Expect(run).ToBeFocusedAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "half" }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "guess" }).ClickAsync();
        await Expect(verdict).ToHaveTextAsync("You said half (guess). The cell failed: nothing was measured.Cover again");

        // What the reader has opened stays open while the text is saved.
        await cell.Locator(".failure summary").ClickAsync();
        await verdict.EvaluateAsync("verdict => { verdict.firstChild.stayed = true; }");
        await TypeAsync(page, 4, "Console.WriteLine(a);");
        await Expect(cell.Locator(".cell-mark")).ToHaveTextAsync("edited since it ran");
        await Expect(cell.Locator(".failure details[open]")).ToHaveCountAsync(1);
        Assert.True(await verdict.EvaluateAsync<bool>("verdict => verdict.firstChild.stayed"));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cover again" }).ClickAsync();
        await cell.GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();

        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run all" }).ClickAsync();
        await Expect(cell.Locator(".cell-note")).ToContainTextAsync("ran in");
        await Expect(page.Page.Locator(".differs")).ToHaveCountAsync(0);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Just show" }).ClickAsync();
        await Expect(page.Page.Locator(".lead-saw + .differs")).ToHaveTextAsync("On this machine: 0.5 in place of 0.427 ± 0.001 (share).");

        await TypeAsync(page, 4, "Console.WriteLine(0.6);");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Page.Locator(".differs")).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Said_OfACellThatEndsBeforeTheAnswerToItsRun_Stays()
    {
        await using WatchedPage page = await OpenAsync();
        await page.Page.EvaluateAsync("""
            () => {
              const real = fetch, held = new Promise(go => { window.letGo = go; });
              window.taken = new Promise(done => {
                window.fetch = async (...asked) => {
                  const answer = await real(...asked);
                  await held;
                  answer.json = () => Response.prototype.json.call(answer).finally(() => setTimeout(done));
                  return answer;
                };
              });
            }
            """);
        await Cell(page, 1).Locator(".run").ClickAsync();
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Finished: cell 1");
        await page.Page.EvaluateAsync("() => { window.letGo(); return window.taken; }");
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Finished: cell 1");
    }

    [Fact]
    public async Task Editor_WithAKernel_CompletesExplainsAndFindsErrors()
    {
        await using WatchedPage page = await OpenAsync();
        // Before the cell above ran: what is wrong whatever it declares.
        await TypeAsync(page, 2, "int b = missing + ;");
        await page.Page.Keyboard.TypeAsync(" ");
        await Expect(Cell(page, 2).Locator(".cm-lintRange-error")).ToHaveTextAsync(";");

        await RunAsync(page, 1, "20");
        await CompletionsAsync(page);
        await Expect(page.Page.Locator(".cm-completionInfo")).ToContainTextAsync("uppercase");
        Assert.DoesNotContain("\r", await page.Page.Locator(".cm-completionInfo").TextContentAsync());
        await page.Page.Keyboard.PressAsync("Escape");

        await TypeAsync(page, 2, "int b = missing;");
        await page.Page.Keyboard.TypeAsync(" ");
        await Expect(Cell(page, 2).Locator(".cm-lintRange-error")).ToHaveTextAsync("missing");
        await Cell(page, 2).Locator(".cm-lintRange-error").HoverAsync();
        await Expect(page.Page.Locator(".cm-tooltip-lint")).ToBeInViewportAsync(new() { Ratio = 1 });

        await TypeAsync(page, 2, "Math.Max");
        await page.Page.Keyboard.TypeAsync("(1, ");
        await Expect(page.Page.Locator(".cm-tooltip.code-help")).ToContainTextAsync("Math.Max(");
        await Expect(page.Page.Locator(".cm-tooltip.code-help")).ToBeInViewportAsync(new() { Ratio = 1 });

        // What Markdown could take for its own marks stays as it is written.
        await TypeAsync(page, 2, "/// <summary>y_j = x_j * w_j * 2.</summary>\nint Of(int x_j) => 2 * x_j;\nOf");
        await Editor(page, 2).Locator(".cm-line").Last.HoverAsync(new() { Position = new() { X = 12, Y = 10 } });
        await Expect(page.Page.Locator(".cm-tooltip-hover .code-help")).ToContainTextAsync("y_j = x_j * w_j * 2.");
        await Expect(page.Page.Locator(".cm-tooltip-hover .code-help")).ToBeInViewportAsync(new() { Ratio = 1 });
        await TypeAsync(page, 2, "Math.Max(1, 2)");

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

    [Fact]
    public async Task Variables_OfLongNamesTypesAndValues_StayInTheirBox()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 1, $"var {new string('n', 80)} = new System.Collections.Generic.Dictionary<string, (int, System.Text.StringBuilder)[]>();\n"
            + "string value = new string('v', 500);\nstring[] words = [value, value];");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Finished: cell 1");
        await page.Page.GetByText("Variables", new() { Exact = true }).ClickAsync();
        await Expect(page.Page.Locator(".variables tbody tr")).ToHaveCountAsync(3);
        Assert.True(await page.Page.EvaluateAsync<bool>("""
            document.querySelector('.variables-frame').getBoundingClientRect().right <= document.querySelector('.work-bar').getBoundingClientRect().right
            """));
    }

    /// <summary>The list of what may follow <c>text.ToUpp</c> in cell 2, all of it in the window.</summary>
    internal static async Task<ILocator> CompletionsAsync(WatchedPage page)
    {
        await TypeAsync(page, 2, "string text = \"a\";\n");
        await page.Page.Keyboard.TypeAsync("text.ToUpp");
        ILocator list = page.Page.Locator(".cm-tooltip-autocomplete");
        await Expect(list).ToContainTextAsync("ToUpperInvariant");
        await Expect(list).ToBeInViewportAsync(new() { Ratio = 1 });
        return list;
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

    internal static async Task RunAsync(WatchedPage page, int number, string expected)
    {
        await Cell(page, number).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(Output(page, number)).ToHaveTextAsync(expected);
        await Expect(Cell(page, number).Locator(".cell-note")).ToContainTextAsync("ran in");
    }

    private Task<WatchedPage> OpenAsync() => _course.OpenAsync(browser);
}
