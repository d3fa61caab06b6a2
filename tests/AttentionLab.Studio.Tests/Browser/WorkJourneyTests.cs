using System.Globalization;
using AttentionLab.Studio.Web;
using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>A reader's way through a chapter with an exercise, by mouse and by keyboard, wide and narrow, light and dark.</summary>
public sealed class WorkJourneyTests(BrowserFixture browser) : IAsyncDisposable
{
    private const string Starter =
        "// exercise 00.1\nfloat[] MyRowSums(float[,] matrix)\n{\n    throw new NotImplementedException();\n}\nRowSums.Check(MyRowSums)";

    private const string Prediction =
        "#!markdown\n\n**Prediction.** Is 6 · 7 more than 40?\n\n- [ ] more\n- [ ] less\n\n"
        + "#!csharp\n\nConsole.WriteLine($\"Measured answer: {(6 * 7 > 40 ? \"more\" : \"less\")}\");\n\n#!markdown\n\n**What you saw.** It is two more.\n";

    private readonly WorkedCourse _course = WorkedCourse.Of(
        string.Concat(((string[])["#!import ./setup.dib", "int a = 20;\na", Starter, "for (int i = 1; i <= 200; i++) Console.WriteLine($\"line {i}\");",
            "throw new Exception(\"no\");"]).Select(cell => $"#!csharp\n\n{cell}\n\n")) + Prediction,
        "# Sheet\n");

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Newcomer_RunsEditsSolvesAnExerciseAndPredicts_AndFindsItAllAgain()
    {
        await using WatchedPage page = await OpenAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run all" }).ClickAsync();
        await Expect(Output(page, 2)).ToHaveTextAsync("20");
        await Expect(Output(page, 3)).ToContainTextAsync("not started yet");
        await Expect(Cell(page, 5).Locator(".failure")).ToContainTextAsync("Exception: no");

        await SolveAsync(page, "return new float[matrix.GetLength(0)];");
        await Expect(Output(page, 3)).ToContainTextAsync("not yet");

        // The list of tries takes in the next one while it is open.
        await Cell(page, 3).GetByRole(AriaRole.Button, new() { Name = "Earlier tries (1)" }).ClickAsync();
        await Expect(Cell(page, 3).Locator(".tries li")).ToHaveCountAsync(1);
        await SolveAsync(page,
            "return Enumerable.Range(0, matrix.GetLength(0)).Select(i => Enumerable.Range(0, matrix.GetLength(1)).Sum(j => matrix[i, j])).ToArray();");
        await Expect(Output(page, 3)).ToContainTextAsync("passed");
        await Expect(Cell(page, 3).Locator(".tries li")).ToHaveCountAsync(2);
        await Expect(Cell(page, 3).Locator(".tries li").First).ToContainTextAsync("passed");

        ILocator verdict = page.Page.Locator(".verdict");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "more", Exact = true }).ClickAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "sure", Exact = true }).ClickAsync();
        await Expect(verdict).ToContainTextAsync("The cell has not run yet.");
        await Cell(page, 7).Locator(".run").ClickAsync();
        await Expect(verdict).ToContainTextAsync("You said more (sure). The measurement gave more: right.");

        await page.Page.ReloadAsync();
        await Expect(verdict).ToContainTextAsync("You said more (sure). The measurement gave more: right.");
        await Expect(page.Page.Locator(".calibration tbody tr")).ToHaveTextAsync(["sure1 of 1100 %"]);
        await Expect(Output(page, 3)).ToContainTextAsync("passed");
        await Expect(Code(page, 3)).ToContainTextAsync("Enumerable.Range");
        await page.Page.GetByText("My version", new() { Exact = true }).ClickAsync();
        await Expect(page.Page.Locator(".work-progress")).ToHaveTextAsync("Exercises: 1 of 1 passed");

        await Cell(page, 3).GetByRole(AriaRole.Button, new() { Name = "Earlier tries (2)" }).ClickAsync();
        await Cell(page, 3).Locator(".tries li").Nth(1).GetByRole(AriaRole.Button, new() { Name = "Bring back" }).ClickAsync();
        await Expect(Code(page, 3)).ToContainTextAsync("return new float[matrix.GetLength(0)];");
        await page.Page.Keyboard.PressAsync("Control+z");
        await Expect(Code(page, 3)).ToContainTextAsync("Enumerable.Range");

        // The first page of the course knows it, too.
        await page.Page.GotoAsync(_course.Address.AbsoluteUri);
        await Expect(page.Page.Locator(".course-progress")).ToHaveTextAsync("Exercises: 1 of 1 passed. That is all of them.");
        await Expect(page.Page.Locator(".course li .passed")).ToHaveTextAsync([" · 1 of 1 passed", ""]);
        await page.Page.GoBackAsync();

        // After a new start of the server too; outputs are made by running.
        await _course.StopAsync();
        await _course.StartAsync();
        await page.Page.ReloadAsync();
        await Expect(Code(page, 3)).ToContainTextAsync("Enumerable.Range");
        using HttpClient client = new();
        Assert.Contains("To the course", await client.GetStringAsync(_course.Entrance, TestContext.Current.CancellationToken));
        string progress = await client.GetStringAsync(new Uri(_course.Address, "work/progress.md"), TestContext.Current.CancellationToken);
        Assert.Contains("1 of 1 exercises passed.", progress);
        Assert.Contains($"| 00.1 | passed on {DateTime.Now.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} | 2 |", progress);
        Assert.Contains("Enumerable.Range",
            await client.GetStringAsync(new Uri(_course.Address, "work/01-work/notebook.dib"), TestContext.Current.CancellationToken));
        Assert.Contains("\"nbformat\": 4",
            await client.GetStringAsync(new Uri(_course.Address, "work/01-work/notebook.ipynb"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Exercise_ItsCheck_StandsBelowTheEditorAndIsRunWithIt()
    {
        await using WatchedPage page = await OpenAsync();
        const string Check = "RowSums.Check(MyRowSums)";
        ILocator line = Cell(page, 3).Locator(".check"), others = page.Page.Locator(".check:visible");
        await Cell(page, 2).Locator(".run").ScrollIntoViewIfNeededAsync();
        await Expect(line).ToContainTextAsync(Check + "checks your answer");
        await Expect(Editor(page, 3)).Not.ToContainTextAsync("RowSums.Check");
        await Expect(others).ToHaveCountAsync(1);

        // Everything that can be typed is gone: the check is not.
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Run to here" }).ClickAsync();
        await Expect(Cell(page, 2).Locator(".cell-note")).ToContainTextAsync("ran in");
        await TypeAsync(page, 3, "// nothing");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Cell(page, 3).Locator(".failure")).ToContainTextAsync("MyRowSums");
        await Expect(line).ToHaveClassAsync("check failed-line");
        await Expect(Cell(page, 3).Locator(".cm-editor .failed-line")).ToHaveCountAsync(0);
        await Expect(Cell(page, 3).Locator(".cm-lintPoint-error, .cm-lintRange-error")).Not.ToHaveCountAsync(0);

        // It is part of the text wherever the whole of it is meant.
        await Cell(page, 3).GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Expect(Cell(page, 3).Locator(".difference .same").Last).ToHaveTextAsync($"  {Check}\n");
        await Expect(Cell(page, 3).Locator(".difference .new")).ToHaveTextAsync("+ // nothing\n");
        using HttpClient client = new();
        await client.GetStringAsync(_course.Entrance, TestContext.Current.CancellationToken);
        Assert.Contains("// nothing\n" + Check,
            await client.GetStringAsync(new Uri(_course.Address, "work/01-work/notebook.dib"), TestContext.Current.CancellationToken));

        // A whole solution, its check with it, may be pasted: the check is there once.
        await TypeAsync(page, 3, "// pasted\nUnknown();\n" + Check);
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Cell(page, 3).Locator(".failure")).ToContainTextAsync("Unknown");
        string pasted = await client.GetStringAsync(new Uri(_course.Address, "work/01-work/notebook.dib"), TestContext.Current.CancellationToken);
        Assert.Contains("// pasted\nUnknown();\n" + Check, pasted);
        Assert.Equal(2, pasted.Split(Check).Length);

        // A text of an earlier visit, with a check of the reader's own, is put right.
        await page.Page.GotoAsync("about:blank");
        string text = Starter.Replace("RowSums.Check(MyRowSums)", "RowSums.Check(null)", StringComparison.Ordinal);
        WorkCellView cell = _course.Session.Since(0, "t", isFirst: true)!.Cells.Single(cell => cell.Number == 3);
        await _course.GotoAsync(page);
        await page.Page.EvaluateAsync("([id, draft]) => localStorage.setItem('draft ' + document.body.dataset.live + ' ' + id, draft)",
            new[] { cell.Id, System.Text.Json.JsonSerializer.Serialize(new { source = text, revision = cell.Revision }) });
        await page.Page.ReloadAsync();
        await Expect(Editor(page, 3)).ToContainTextAsync("NotImplementedException");
        await Expect(Editor(page, 3)).Not.ToContainTextAsync("RowSums.Check");
        await Expect(line).ToContainTextAsync(Check + "checks your answer");
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Compare_AChangedCell_ShowsBothTextsLineByLine()
    {
        await using WatchedPage page = await OpenAsync();
        await TypeAsync(page, 2, "int a = 21;\na");
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        await Expect(Cell(page, 2).Locator(".difference .gone")).ToHaveTextAsync("− int a = 20;\n");
        await Expect(Cell(page, 2).Locator(".difference .new")).ToHaveTextAsync("+ int a = 21;\n");
        await Expect(Cell(page, 2).Locator(".difference .same")).ToHaveTextAsync("  a\n");

        // It follows the text, and goes with the difference.
        await TypeAsync(page, 2, "int a = 22;\na");
        await Expect(Cell(page, 2).Locator(".difference .new")).ToHaveTextAsync("+ int a = 22;\n");
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Reset" }).ClickAsync();
        await Expect(Cell(page, 2).Locator(".difference")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Output_OfManyLines_ShowsTheFirstAndTheLastAndOpensAll()
    {
        await using WatchedPage page = await OpenAsync();
        await Cell(page, 4).GetByRole(AriaRole.Button, new() { Name = "Run", Exact = true }).ClickAsync();
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("ran in");
        await Expect(Output(page, 4)).ToContainTextAsync("line 60");
        await Expect(Output(page, 4)).ToContainTextAsync("line 200");
        await Expect(Output(page, 4)).Not.ToContainTextAsync("line 100");
        string html = await Output(page, 4).InnerHTMLAsync();
        await page.Page.ReloadAsync();
        await Expect(Cell(page, 4).Locator(".cell-note")).ToContainTextAsync("ran in");
        Assert.Equal(html, await Output(page, 4).InnerHTMLAsync());
        IPage all = await page.Context.RunAndWaitForPageAsync(() => Cell(page, 4).GetByRole(AriaRole.Link, new() { Name = "Open all 200 lines" }).ClickAsync());
        await Expect(all.Locator("body")).ToContainTextAsync("line 100");
    }

    [Fact]
    public async Task Keyboard_Alone_EditsRunsAndReachesEverything()
    {
        await using WatchedPage page = await OpenAsync();
        await UntilFocusAsync(page, "document.activeElement.closest('.cell')?.dataset.cell === '2' && document.activeElement.matches('.cm-content')");
        await page.Page.Keyboard.PressAsync("Control+a");
        await page.Page.Keyboard.TypeAsync("7 * 6");
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Output(page, 2)).ToHaveTextAsync("42");
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Finished: cell 2");

        // A button that cannot be used any more, or is gone with its cell, does not take the focus away.
        await UntilFocusAsync(page, "document.activeElement.matches('.cell[data-cell=\"3\"] .run')");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(page.Page.Locator(".said")).ToHaveTextAsync("Finished: cell 3");
        await Expect(Cell(page, 3).Locator(".run")).ToBeFocusedAsync();
        await UntilFocusAsync(page, "document.activeElement.textContent === 'Add a cell'");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Editor(page, 901)).ToBeFocusedAsync();
        await UntilFocusAsync(page, "document.activeElement.textContent === 'Remove'");
        await page.Page.Keyboard.PressAsync("Enter");
        await Expect(Cell(page, 4).Locator(".run")).ToBeFocusedAsync();
        await UntilFocusAsync(page, "document.activeElement.textContent === 'Run all'");
        await UntilFocusAsync(page, "document.activeElement.textContent === 'Variables'");
    }

    [Fact]
    public async Task Page_WhileOneWorks_BreaksNoRuleOfAccessibility()
    {
        await using WatchedPage page = await OpenAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run all" }).ClickAsync();
        await Expect(Cell(page, 5).Locator(".failure")).ToBeVisibleAsync();
        await TypeAsync(page, 2, "int a = 21;\na");
        await Expect(Cell(page, 2).Locator(".cell-mark")).ToHaveTextAsync("edited since it ran");
        await Cell(page, 2).GetByRole(AriaRole.Button, new() { Name = "Compare" }).ClickAsync();
        string text = await File.ReadAllTextAsync(_course.Work, TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(_course.Work, text.Replace("int a = 21;", "int a = 22;\u001b[8m", StringComparison.Ordinal),
            TestContext.Current.CancellationToken);
        await Expect(Cell(page, 2).Locator(".cell-word")).ToContainTextAsync("another program");
        await Expect(Cell(page, 2).Locator(".cell-word pre")).ToContainTextAsync("int a = 22;␛[8m");
        await page.Page.GetByText("Variables", new() { Exact = true }).ClickAsync();
        await Expect(page.Page.Locator(".variables tbody tr")).Not.ToHaveCountAsync(0);

        await Expect(page.Page.Locator("main")).ToMatchAriaSnapshotAsync("""
            - main:
              - article:
                - textbox "Code of cell 2"
                - group "cell 2":
                  - button "Run"
                  - button "Run to here"
                  - button "Compare"
                  - button "Reset"
                  - button "Add a cell"
                - group "Your prediction":
                  - group "Answers"
              - region "Running this chapter":
                - button "Run all"
                - button "Stop" [disabled]
                - button "Restart kernel"
                - status
            """);

        // The list of completions never has the focus: the editor steps through it (aria-activedescendant).
        Assert.Empty(await Accessibility.ViolationsAsync(page.Page, ".cm-tooltip-autocomplete"));
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Page_OnAPhone_FitsItsWidth()
    {
        await using WatchedPage page = await OpenAsync(width: 400);
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Run all" }).ClickAsync();
        await Expect(Cell(page, 5).Locator(".failure")).ToBeVisibleAsync();
        await TypeAsync(page, 2, "string long1 = \"" + new string('x', 300) + "\";");
        Assert.Equal(400, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));

        // The line that one types is not under the bar at the foot of the page. A page that glides could not promise it: the editor's next
        // step would stop the one before halfway.
        Assert.Equal("auto", await page.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).scrollBehavior"));
        await TypeAsync(page, 2, string.Join('\n', Enumerable.Range(1, 40).Select(line => $"// {line}")));
        const string isSeen = "() => document.querySelector('.cm-focused .cm-line:last-child').getBoundingClientRect().bottom <= "
            + "document.querySelector('.work-bar').getBoundingClientRect().top";
        await page.Page.WaitForFunctionAsync(isSeen);

        // Nor when the bar becomes higher, as it does with a word about the kernel.
        await page.Page.EvaluateAsync("document.querySelector('.work-bar').style.paddingTop = '8rem'");
        await page.Page.WaitForFunctionAsync(isSeen);

        // But whoever has scrolled away to read stays there, even right behind the change.
        await page.Page.EvaluateAsync(
            "new Promise(done => requestAnimationFrame(() => { document.querySelector('.work-bar').style.paddingTop = '8.5rem';"
            + " setTimeout(() => { scrollTo(0, 0); requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))); }); }))");
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("scrollY"));
        await page.Page.EvaluateAsync(
            "new Promise(done => { document.querySelector('.work-bar').style.paddingTop = '9rem';"
            + " requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50))); })");
        Assert.Equal(0, await page.Page.EvaluateAsync<int>("scrollY"));
    }

    private static async Task SolveAsync(WatchedPage page, string body)
    {
        await TypeAsync(page, 3, Starter[..Starter.LastIndexOf('\n')].Replace("throw new NotImplementedException();", body, StringComparison.Ordinal));
        await page.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(Cell(page, 3).Locator(".cell-note")).ToContainTextAsync("ran in");
    }

    /// <summary>Esc leaves an editor, Tab goes on: everything is reached, nothing is a trap.</summary>
    private static async Task UntilFocusAsync(WatchedPage page, string condition)
    {
        for (int step = 0; step < 200; step++)
        {
            await page.Page.Keyboard.PressAsync("Escape");
            await page.Page.Keyboard.PressAsync("Tab");
            if (await page.Page.EvaluateAsync<bool>(
                "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(Boolean(" + condition + ")))))"))
            {
                return;
            }
        }

        Assert.Fail($"Tab never came to where {condition}");
    }

    private async Task<WatchedPage> OpenAsync(int width = 1280)
    {
        File.Copy(Path.Combine(Repository.Notebooks, "setup.dib"), Path.Combine(Path.GetDirectoryName(_course.Notebook)!, "setup.dib"));
        return await _course.OpenAsync(browser, width);
    }
}
