using Microsoft.Playwright;
using static AttentionLab.Studio.Tests.Browser.WorkTests;
using static Microsoft.Playwright.Assertions;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>What an editor must do by itself, in the live page: colours, brackets, find; and the button that clears what cells show.</summary>
public sealed class EditorTests(BrowserFixture browser) : IAsyncDisposable
{
    /// <summary>Pixels: so high a page has all cells in sight, and an editor comes to each.</summary>
    private const int AllCells = 5000;

    private readonly WorkedCourse _course = new();

    public ValueTask DisposeAsync() => _course.DisposeAsync();

    [Fact]
    public async Task Editor_OfACell_ColoursCodeAndFindsWords()
    {
        await using WatchedPage page = await _course.OpenAsync(browser);
        await TypeAsync(page, 4, "var word = \"here\"; // here");
        await Expect(Editor(page, 4).Locator(".tok-keyword")).ToHaveTextAsync("var");
        await Expect(Editor(page, 4).Locator(".tok-string")).ToHaveTextAsync("\"here\"");
        await Expect(Editor(page, 4).Locator(".tok-comment")).ToHaveTextAsync("// here");

        await page.Page.Keyboard.PressAsync("Control+f");
        ILocator find = Cell(page, 4).GetByRole(AriaRole.Textbox, new() { Name = "Find" });
        await Expect(find).ToBeFocusedAsync();
        Assert.InRange(await find.EvaluateAsync<double>("field => parseFloat(getComputedStyle(field).fontSize)"), 12, 20);
        await page.Page.Keyboard.TypeAsync("here");
        await Expect(Editor(page, 4).Locator(".cm-searchMatch")).ToHaveTextAsync(["here", "here"]);
        await page.Page.Keyboard.PressAsync("Escape");
        await Expect(find).ToHaveCountAsync(0);
        await Expect(Editor(page, 4)).ToBeFocusedAsync();
    }

    [Fact]
    public async Task List_OfCompletions400PixelsWide_IsCoveredByNothing()
    {
        await using WatchedPage page = await _course.OpenAsync(browser, width: 400);
        await RunAsync(page, 1, "20");
        ILocator list = await CompletionsAsync(page);
        await Expect(page.Page.Locator(".cm-completionInfo")).ToHaveCountAsync(1);
        await Expect(page.Page.Locator(".cm-completionInfo")).Not.ToBeVisibleAsync();
        foreach (ILocator option in await list.Locator("li").AllAsync())
        {
            Assert.True(await option.EvaluateAsync<bool>("option => { const at = option.getBoundingClientRect(); "
                + "return option.contains(document.elementFromPoint((at.left + at.right) / 2, (at.top + at.bottom) / 2)); }"));
        }
    }

    [Theory]
    [InlineData(1280)]
    [InlineData(400)]
    public async Task Editor_WhenItComes_MovesNothing(int width)
    {
        const string Exercise = "// exercise 00.1\nfloat[] MyRowSums(float[,] matrix)\n{\n    return [];\n}\nRowSums.Check(MyRowSums)";
        string wide = string.Join(' ', Enumerable.Range(1, 60)), whole = new('x', 400), shifted = new('\t', 3);
        await using WorkedCourse course = new(
            "int a = 20;\na", Exercise, "a + 1", $"// {wide}\n{shifted}// {wide}  \n\n    {shifted}1", $"string word = \"{whole}\";\nword", "// 中文, é, 🙂",
            $"1{new string(' ', 300)}+ 1", "a + 2");
        await course.StartAsync();
        await using WatchedPage page = await browser.OpenAsync(width);
        await page.Page.SetViewportSizeAsync(width, AllCells);
        TaskCompletionSource editor = new();
        await page.Page.RouteAsync("**/codemirror.js", async route =>
        {
            await editor.Task;
            await route.ContinueAsync();
        });
        await course.GotoAsync(page);
        await Expect(Cell(page, 2).Locator(".check")).ToBeVisibleAsync();

        // The check stands in its own line already; whoever copies the text has it, too.
        Assert.EndsWith("RowSums.Check(MyRowSums)", await Code(page, 2).TextContentAsync());
        Assert.EndsWith("}", (await Code(page, 2).InnerTextAsync()).TrimEnd());
        float[] before = await TopsAsync(page);
        editor.SetResult();
        await Expect(Cell(page, 2)).ToContainClassAsync("mounted");
        foreach (ILocator cell in await page.Page.Locator(".cell[data-work]").AllAsync())
        {
            await Expect(cell).ToContainClassAsync("mounted");
        }

        Assert.Equal(before, await TopsAsync(page));
    }

    [Fact]
    public async Task Editor_OfACell_ClosesBracketsAndShowsTheirPartners()
    {
        await using WatchedPage page = await _course.OpenAsync(browser);
        await TypeAsync(page, 4, "1 + ");
        await page.Page.Keyboard.TypeAsync("(");
        await Expect(Code(page, 4)).ToHaveTextAsync("1 + ()");
        await page.Page.Keyboard.TypeAsync("2)");
        await Expect(Code(page, 4)).ToHaveTextAsync("1 + (2)");
        await Expect(Editor(page, 4).Locator(".cm-matchingBracket")).ToHaveTextAsync(["(", ")"]);

        // A bracket in a string or a comment is none, and one without a partner is shown as such.
        await TypeAsync(page, 4, "Print(\"(\", [1, 2] /* ( */)");
        await Expect(Editor(page, 4).Locator(".cm-matchingBracket")).ToHaveTextAsync(["(", ")"]);
        await TypeAsync(page, 4, "Print($\"({1}\", \"\"\"\n) (\n\"\"\")");
        await Expect(Editor(page, 4).Locator(".cm-matchingBracket")).ToHaveTextAsync(["(", ")"]);
        await TypeAsync(page, 4, "Print(1))");
        await Expect(Editor(page, 4).Locator(".cm-nonmatchingBracket")).ToHaveTextAsync(")");
        await Expect(Editor(page, 4).Locator(".cm-matchingBracket")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Editor_InACallWhoseArgumentsHoldBracketsAndSemicolonsAsText_ShowsItsParameters()
    {
        await using WatchedPage page = await _course.OpenAsync(browser);
        await RunAsync(page, 1, "20");
        ILocator help = page.Page.Locator(".cm-tooltip.code-help");
        string[] arguments =
        [
            "\"a;b)\".Length", "';'", "@\"a;\"\")\".Length", "$\"{a};)\".Length", "1 /* ;) */", "// ;)\n1", "\"\"\"\n;)\n\"\"\".Length",
            "new Func<int>(() => { a++; return a; })()",
        ];
        foreach (string argument in arguments)
        {
            await TypeAsync(page, 2, "1;");
            await Expect(help).ToHaveCountAsync(0);
            await TypeAsync(page, 2, $"Math.Max({argument}");
            await page.Page.Keyboard.TypeAsync(", ");
            await Expect(help).ToContainTextAsync("Math.Max(");
        }

        await page.Page.Keyboard.TypeAsync("a); ");
        await Expect(help).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    /// <summary>The text is replaced by a shorter one while the kernel's answer about the longer one is on its way.</summary>
    [Fact]
    public async Task Editor_AnswerAboutATextThatHasChanged_IsLetGo()
    {
        await using WatchedPage page = await _course.OpenAsync(browser);
        await RunAsync(page, 1, "20");
        await page.Page.EvaluateAsync("""
            () => {
              const fetched = window.fetch;
              window.fetch = async (address, options) => {
                const answer = await fetched(address, options);
                if (!window.changed && String(options?.body).includes('"signature"')) {
                  window.changed = true;
                  document.execCommand('selectAll');
                  document.execCommand('insertText', false, '1');
                  await new Promise(requestAnimationFrame);
                }
                return answer;
              };
            }
            """);

        await TypeAsync(page, 2, "Math.Max(1000, 2000");
        await page.Page.WaitForFunctionAsync("() => window.changed");
        await Expect(Editor(page, 2)).ToHaveTextAsync("1");
        await page.Page.EvaluateAsync("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))");

        await Expect(page.Page.Locator(".cm-tooltip.code-help")).ToHaveCountAsync(0);
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Clear_Outputs_TakesAwayWhatCellsShowAndLeavesTheirTexts()
    {
        await using WatchedPage page = await _course.OpenAsync(browser);
        await RunAsync(page, 4, "last\n");
        await RunAsync(page, 1, "20");
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Clear outputs" }).ClickAsync();
        await Expect(Output(page, 4)).ToHaveCountAsync(0);
        await Expect(Output(page, 1)).ToHaveCountAsync(0);
        await page.Page.ReloadAsync();
        await Expect(Code(page, 4)).ToHaveTextAsync("Console.WriteLine(\"last\");");
        await Expect(Output(page, 4)).ToHaveCountAsync(0);

        // What the cells declared is still there.
        await RunAsync(page, 2, "21");
        Assert.Empty(page.Errors);
    }

    /// <summary>Where the buttons of the cells stand.</summary>
    private static Task<float[]> TopsAsync(WatchedPage page) => page.Page.EvaluateAsync<float[]>(
        "[...document.querySelectorAll('.cell-bar')].map(bar => Math.round(bar.getBoundingClientRect().top))");
}
