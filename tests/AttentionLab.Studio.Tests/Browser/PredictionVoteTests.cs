using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Tests.Web;
using AttentionLab.Studio.Web;
using Microsoft.Playwright;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Predict, then see: what is covered, when it is shown, what the page says about it; in the book and in the live page.</summary>
public sealed class PredictionVoteTests(BrowserFixture browser) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly GatedCourse _course = new(contents: SamplePredictions.Text) { Output = SamplePredictions.Output };
    private CourseServer? _server;

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _course.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Book_UntilAnAnswer_HoldsNoOutcomeAndThenNamesTheMeasuredOne()
    {
        await using WatchedPage page = await OpenBookAsync();
        Assert.All((string[])["0.10 and", "Measured", "The phones have", "A restless", "It is restless"],
            outcome => Assert.DoesNotContain(outcome, Visible(page).Result));
        Assert.Contains("The judge", await Visible(page));
        ILocator form = page.Page.Locator(".predict").First;
        Assert.True(await form.GetByRole(AriaRole.Button, new() { Name = "sure" }).IsDisabledAsync());
        await form.GetByRole(AriaRole.Button, new() { Name = "apple" }).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "sure" }).ClickAsync();
        Assert.StartsWith("You said apple (sure). The measurement gave √ d phones: not what you said.", await page.Page.Locator(".verdict").First
            .InnerTextAsync());
        Assert.Contains("The phones have 0.90 of it.", await Visible(page));
        Assert.DoesNotContain("restless", await Visible(page));
        Assert.Equal("sure 0 of 1 0 %", await CalibrationAsync(page));

        // The second answer only the reader can judge.
        ILocator second = page.Page.Locator(".predict").Nth(1);
        await second.GetByRole(AriaRole.Button, new() { Name = "no", Exact = true }).ClickAsync();
        await second.GetByRole(AriaRole.Button, new() { Name = "guess" }).ClickAsync();
        Assert.Contains("It is restless", await Visible(page));
        await page.Page.Locator("figure.chart[data-state=drawn]").WaitForAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "I was right" }).ClickAsync();
        Assert.Equal("sure 0 of 1 0 % guess 1 of 1 100 %", await CalibrationAsync(page));

        // What an edited cell gives afterwards is told, and counts for nothing.
        await page.Page.EvaluateAsync("""
            document.querySelector('.outputs .stream').textContent = 'Measured answer: apple';
            bookPredictions.refresh();
            """);
        Assert.StartsWith("You said apple (sure). The measurement gave apple: right.", await page.Page.Locator(".verdict").First.InnerTextAsync());
        Assert.Equal("sure 0 of 1 0 % guess 1 of 1 100 %", await CalibrationAsync(page));

        // The book keeps nothing.
        await page.Page.ReloadAsync();
        Assert.DoesNotContain("restless", await Visible(page));
        Assert.Equal(0, await page.Page.Locator(".calibration").CountAsync());
        Assert.Empty(page.Errors);
    }

    [Fact]
    public async Task Book_JustShow_ShowsWithoutCountingAndCoversAgain()
    {
        await using WatchedPage page = await OpenBookAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Just show" }).First.ClickAsync();
        Assert.StartsWith("The measurement gave √ d phones.", await page.Page.Locator(".verdict").First.InnerTextAsync());
        Assert.Equal(0, await page.Page.Locator(".calibration").CountAsync());
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Cover again" }).ClickAsync();
        Assert.DoesNotContain("The phones have", await Visible(page));
    }

    [Fact]
    public async Task Book_ByKeyboardAlone_IsAnswered()
    {
        await using WatchedPage page = await OpenBookAsync();
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "apple" }).FocusAsync();
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Space");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Tab");
        await page.Page.Keyboard.PressAsync("Enter");
        Assert.Equal("status", await page.Page.EvaluateAsync<string>("document.activeElement.getAttribute('role')"));
        Assert.Contains("(rather). The measurement gave √ d phones: right.", await page.Page.Locator(".verdict").First.InnerTextAsync());
    }

    [Fact]
    public async Task Book_WithoutScripts_ShowsAnswersOutputsAndFindings()
    {
        await using WatchedPage page = await OpenBookAsync(scripts: false);
        string text = await page.Page.Locator("main").InnerTextAsync();
        Assert.All((string[])["apple", "Measured answer", "The phones have 0.90 of it.", "It is restless"], shown => Assert.Contains(shown, text));
        Assert.True(await page.Page.Locator(".answers").First.IsVisibleAsync());
    }

    [Fact]
    public async Task Book_OnPaper_ShowsEverythingAndCoversAgain()
    {
        await using WatchedPage page = await OpenBookAsync();
        await page.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await page.Page.EvaluateAsync("dispatchEvent(new Event('beforeprint'))");
        string text = await page.Page.Locator("main").InnerTextAsync();
        Assert.All((string[])["apple", "Measured answer", "The phones have 0.90 of it.", "It is restless", "Look twice."],
            shown => Assert.Contains(shown, text));
        Assert.DoesNotContain("Just show", text);
        await page.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        await page.Page.EvaluateAsync("dispatchEvent(new Event('afterprint'))");
        Assert.DoesNotContain("restless", await Visible(page));
        Assert.False(await page.Page.GetByText("Look twice.").IsVisibleAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Book_ByAxeAnd400PixelsWide_IsClean(bool answered)
    {
        await using WatchedPage page = await OpenBookAsync(width: 400);
        if (answered)
        {
            await page.Page.Locator(".predict").First.GetByRole(AriaRole.Button, new() { Name = "apple" }).ClickAsync();
            await page.Page.Locator(".predict").First.GetByRole(AriaRole.Button, new() { Name = "guess" }).ClickAsync();
        }

        Assert.Equal(400, await page.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        Assert.Empty(await Accessibility.ViolationsAsync(page.Page));
    }

    [Fact]
    public async Task Live_OutputThatComesUnderTheCover_StaysThereAndAnswersAreKept()
    {
        _server = await CourseServer.StartAsync(_course.Live);
        await using WatchedPage page = await browser.OpenAsync();
        await page.Page.GotoAsync(_server.Entrance(SamplePredictions.First).AbsoluteUri);
        await Assertions.Expect(page.Page).ToHaveURLAsync(new Uri(_server.Address, SamplePredictions.First).AbsoluteUri);

        // Another chapter is open beside it all the while: what is answered in the two adds up.
        IPage beside = await page.Context.NewPageAsync();
        await beside.GotoAsync(new Uri(_server.Address, "02-two.html").AbsoluteUri);
        ILocator form = page.Page.Locator(".predict").First;
        await form.GetByRole(AriaRole.Button, new() { Name = "phones" }).ClickAsync();
        await form.GetByRole(AriaRole.Button, new() { Name = "rather" }).ClickAsync();
        ILocator verdict = page.Page.Locator(".verdict").First;
        Assert.Contains("The cell has not run yet.", await verdict.InnerTextAsync());
        await beside.GetByRole(AriaRole.Button, new() { Name = "Just show" }).First.ClickAsync();

        _course.Live.Start();
        _course.Release("01-one", 2);
        await Assertions.Expect(verdict).ToContainTextAsync("The measurement gave √ d phones: right.");
        await Assertions.Expect(beside.Locator(".calibration tbody")).ToContainTextAsync("1 of 1");
        await beside.CloseAsync();
        _course.Release("02-two", 2);
        _course.Release("03-three", 2);
        await Assertions.Expect(page.Page.Locator(".live-status")).ToBeHiddenAsync();
        Assert.DoesNotContain("A restless", await Visible(page));

        await page.Page.ReloadAsync();
        Assert.Contains("You said √ d phones (rather). The measurement gave √ d phones: right.", await verdict.InnerTextAsync());
        await page.EnterAsync(_server, "02-two.html");
        Assert.Equal("rather 1 of 1 100 %", await CalibrationAsync(page));
        await page.Page.GetByRole(AriaRole.Button, new() { Name = "Forget all" }).ClickAsync();
        await page.EnterAsync(_server, SamplePredictions.First);
        Assert.DoesNotContain("The phones have", await Visible(page));
        Assert.Empty(page.Errors);
    }

    private static Task<string> Visible(WatchedPage page) => page.Page.EvaluateAsync<string>("document.querySelector('main').textContent");

    private static async Task<string> CalibrationAsync(WatchedPage page) =>
        string.Join(' ', (await page.Page.Locator(".calibration tbody").InnerTextAsync()).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    private async Task<WatchedPage> OpenBookAsync(int width = 1280, bool scripts = true)
    {
        string path = _folder.Write("01-one.dib", SamplePredictions.Text("01-one"));
        ExecutedNotebook notebook = NotebookRunner.NotRun(path, DibDocument.Read(path));
        notebook = notebook with
        {
            Cells =
            [.. notebook.Cells.Select(
                cell => cell.Language == "csharp" ? cell with { Outputs = [SamplePredictions.Output("", cell.Number)], NotRun = false } : cell)]
        };
        string book = Path.Combine(_folder.Path, "book");
        BookWriter.Write(book, new CourseContent([notebook], [], [], null), new Formulas());
        WatchedPage page = await browser.OpenAsync(width, scripts: scripts);
        await page.OpenFileAsync(book, SamplePredictions.First);
        return page;
    }
}
