using System.Text.RegularExpressions;
using AttentionLab.Course.Data;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>Text that terminals and browsers obey: control characters, marks and names that break addresses, numbers out of range.</summary>
public sealed partial class HostileTextTests : IDisposable
{
    /// <summary>NUL, bell, backspace, colours, a window title, a link, C1 controls, delete.</summary>
    private const string Controls =
        "a\0b\u0007c\bd\u001b[31mred\u001b[0m\u001b]0;title\u0007\u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\\u009b31me\u007f\u0085\u001bc\u000ezq";

    private const string HostileChart =
        """
        {"data":[],"layout":{"title":{"text":"t\u001b[31m\u0000u"},
        "meta":{"summary":"s\u0007\u001b]0;x\u0007"},"names":["\\u0000 stays","n\u009b1mo"]}}
        """;

    private readonly TemporaryFolder _folder = new();

    private static ExecutedNotebook Hostile { get; } = new(
        "01-sample",
        [
            new ExecutedCell(1, "markdown",
                $"# 01 · {Controls}?\n\n{Controls} `{Controls}` <b "
                + $"title=\"{Controls}\">&#27;[1m&#x7;&#0;</b>\n\n```csharp\n// {Controls}\n```\n\n## {Controls}\n\n## More $x{Controls}$", [], null, 0),
            new ExecutedCell(2, "csharp", $"// {Controls}", [
                new(CellOutput.Stream, Controls), new(CellOutput.Plain, Controls), new(CellOutput.Html, $"<i>{Controls}&#27;&#x1b;&#&#27;27;</i>"),
                new(CellOutput.Html, $"<form><i>{Controls}&#27;</i></form>"), new(CellOutput.Plotly, HostileChart)], null, 0),
            new ExecutedCell(3, "csharp", "1", [], new CellFailure(Controls, 1, Controls), 0),
            new ExecutedCell(4, "f\u001b[1m#", Controls, [], null, 0),
        ], 1);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Pages_OfTextWithControlCharacters_HoldNone()
    {
        ExecutedNotebook notebook = Hostile;
        BookWriter.Write(_folder.Path, new CourseContent([notebook], [notebook], [new CourseText("01-sample", Controls)], new CourseText("README", Controls)),
            new Formulas());
        File.WriteAllText(_folder["report.json"], Report.Of([notebook with { Name = "01-" + Controls }]).ToJson());
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*", SearchOption.AllDirectories)
            .Where(file => !file.Contains("assets", StringComparison.Ordinal) || file.EndsWith("search-index.js", StringComparison.Ordinal)))
        {
            IsClean(File.ReadAllText(file));
        }

        string page = File.ReadAllText(_folder["01-sample.html"]);
        Assert.Contains("<pre class=\"stream\" tabindex=\"0\" aria-label=\"console\">abcdredlinkezq</pre>", page);
        Assert.Contains("\\\\u0000 stays", page);
    }

    [Fact]
    public async Task News_OfTextWithControlCharacters_BringNoneAsHtml()
    {
        Workbook book = new(Hostile, null);
        await using LiveKernel kernel = new(stop => NotebookSession.StartAsync("01-sample.dib", cancellation: stop), () => { });
        await kernel.EndAsync(Controls);
        WorkNews news = new WorkViews("01-" + Controls, book, kernel, new MachineNumbers(Hostile)).Since(0, mayEdit: true, all: true);
        Assert.Equal(["c2", "c3"], news.Cells.Where(cell => cell.Html.Length > 0).Select(cell => cell.Id));
        Assert.All(news.Cells, cell => IsClean(cell.Html));
        Assert.Equal("abcdredlinkezq", news.Kernel.Word.ReplaceLineEndings(""));
    }

    [Theory]
    [InlineData("*core · 99999999999 min*")]
    [InlineData("*core* · 99999999999 min")]
    [InlineData("*core* · ١٢ min")]
    [InlineData("*core* · १२ min")]
    [InlineData("*core* · -5 min")]
    public void Marks_WithoutAUsableNumber_AreText(string line)
    {
        ExecutedNotebook notebook = new("01-a", [new ExecutedCell(1, "markdown", "## 1.1 · Why?\n\n" + line, [], null, 0)], 0);
        Assert.Equal(new ChapterTime(0, 0, 0), Chapter.Of(notebook).Time);
    }

    [Fact]
    public void Links_BetweenFilesOfAnyName_LeadThere()
    {
        string[] names =
            OperatingSystem.IsWindows()
                ? ["01-a b", "02-c#d", "03-100%", "04-ü&é"]
                : ["01-a b", "02-c#d", "03-100%", "04-ü&é", "05-e?f", "06-\"g\"<h>", "07-a%20b", "A:b"];
        static string Written(string name) =>
            name.Replace("%", "%25", StringComparison.Ordinal).Replace("#", "%23", StringComparison.Ordinal).Replace("?", "%3F", StringComparison.Ordinal);
        ExecutedCell[] Links(string before) =>
            [new ExecutedCell(1, "markdown",
                string.Join("\n\n",
                    names.Select(
                        name => $"## To {name}\n\n[x]({before}{Uri.EscapeDataString(name)}.dib) "
                            + $"[y](<{before}{Written(name)}.dib>) [z]({before}{Uri.EscapeDataString(name)}.dib#x)")), [], null, 0),
            new ExecutedCell(2, "csharp", "// exercise 01.1", [], null, 0)];
        CourseContent content = new(
            [.. names.Select(name => new ExecutedNotebook(name, Links(""), 0))],
            [.. names.Select(name => new ExecutedNotebook(name, Links("../"), 0))],
            [.. names.Select(name => new CourseText(name, Links("../")[0].Source))],
            new CourseText("README", Links("")[0].Source));
        BookWriter.Write(_folder.Path, content, new Formulas());
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.html", SearchOption.AllDirectories))
        {
            string page = File.ReadAllText(file);
            string[] targets = [.. Hrefs().Matches(page).Select(match => Target(file, System.Net.WebUtility.HtmlDecode(match.Groups[1].Value)))];
            Assert.All(targets, target => Assert.True(File.Exists(target), $"{Path.GetFileName(file)} → {target}"));
            Assert.All(names, name => Assert.Contains(Path.Combine(_folder.Path, name + ".html"), targets));
        }

        using var index = System.Text.Json.JsonDocument.Parse(File.ReadAllText(_folder["assets/search-index.js"])["window.bookIndex = ".Length..^2]);
        Assert.All(index.RootElement.EnumerateArray(),
            entry => Assert.True(File.Exists(Target(_folder["index.html"], entry.GetProperty("a").GetString()!)), entry.ToString()));
    }

    [Fact]
    public void Folder_WithAFileNameThatTerminalsObey_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such names");
        _folder.WriteNotebook("01-a\u001b[31m.dib", "1");
        CourseException refused = Assert.Throws<CourseException>(() => CourseFolder.Open(_folder.Path));
        Assert.EndsWith("the file name 01-a.dib holds control characters: rename the file.", refused.Message);
    }

    [Fact]
    public void Chapter_OfThreeThousandCells_IsShownWhole()
    {
        ExecutedCell[] cells =
            [.. Enumerable.Range(1, 3000)
                .Select(number => new ExecutedCell(number, "csharp", $"{number}", [new CellOutput(CellOutput.Plain, $"output {number}")], null, 0))];
        string page = new BookPages(new CourseContent([new ExecutedNotebook("01-a", cells, 1)], [], [], null), new Formulas(node: null)).Render("01-a.html")!;
        Assert.All(cells, cell => Assert.Contains($"id=\"cell-{cell.Number}\"", page));
        Assert.Contains("output 3000<", page);
    }

    [Fact]
    public void Outputs_BeyondAnyReader_AreCut()
    {
        string much = new('x', 5_000_000);
        ExecutedCell cell = new(1, "csharp", "1", [new CellOutput(CellOutput.Plain, much)], new CellFailure(much, 1, much), 0);
        string html = OutputHtml.ToHtml(cell);
        Assert.InRange(html.Length, 1_000, 3_000_000);
        Assert.Contains("characters more", html);
    }

    private static void IsClean(string text)
    {
        Assert.DoesNotMatch("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f]", text);
        Assert.DoesNotMatch(ControlReference(), text);
        Assert.DoesNotContain("31m", text);
        Assert.DoesNotContain("0;title", text);
    }

    private static string Target(string page, string address) =>
        new Uri(new Uri("file:///" + PageAddress.Of(page.Replace('\\', '/').TrimStart('/'))), address).LocalPath;

    [GeneratedRegex("<a[^>]* href=\"([^\"#][^\"]*)\"")]
    private static partial Regex Hrefs();

    [GeneratedRegex(@"(?<!\\)(?:\\\\)*\\u00(?:[01][0-9a-f]|7f|[89][0-9a-f])|&#x?0*(?:0|7|27|1b|127|155);", RegexOptions.IgnoreCase)]
    private static partial Regex ControlReference();
}
