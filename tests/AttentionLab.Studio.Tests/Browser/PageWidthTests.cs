using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>Every page of the course's own book on a phone: chapters as they are before they ran, solutions, leader's sheets, prose, the library.</summary>
public sealed class PageWidthTests(BrowserFixture browser) : IDisposable
{
    private const int Phone = 400;
    private const string Library = "lib/";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task EveryPage_400PixelsWide_DoesNotScrollSidewaysAndBreaksNoRuleOfAccessibility()
    {
        CourseFolder course = ExecutedCourse.Folder;
        ExecutedNotebook[] chapters = [.. course.Executed.Select(path => NotebookRunner.NotRun(path, DibDocument.Read(path)))];
        Formulas formulas = new(Path.Combine(course.Root, "artifacts", "book", "formulas.json"));
        BookWriter.Write(_folder.Path, CourseContent.Load(course.Notebooks, chapters), formulas);
        Assert.Empty(formulas.Problems);
        await using WatchedPage page = await browser.OpenAsync(width: Phone);
        List<string> wide = [], violations = [];
        string[] files = [.. Directory.EnumerateFiles(_folder.Path, "*.html", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];
        ILookup<bool, string> isLibrary = files.ToLookup(file => Path.GetRelativePath(_folder.Path, file).StartsWith(Library, StringComparison.Ordinal));
        Assert.NotEmpty(isLibrary[true]);
        foreach (string file in isLibrary[false].Concat(Extremes([.. isLibrary[true]])))
        {
            string name = Path.GetRelativePath(_folder.Path, file);
            await page.OpenFileAsync(_folder.Path, name);
            await page.UncoverAsync();
            await page.Page.EvaluateAsync("document.querySelectorAll('details').forEach(fold => { fold.open = true; })");
            int width = await page.Page.EvaluateAsync<int>("document.fonts.ready.then(() => document.documentElement.scrollWidth)");
            if (width > Phone)
            {
                wide.Add($"{name}: {width}");
            }

            // Chapters are looked at as they are after they ran.
            if (!chapters.Any(chapter => name == chapter.Name + ".html"))
            {
                violations.AddRange((await Accessibility.ViolationsAsync(page.Page, "pre.code > code")).Select(found => $"{name}: {found}"));
            }
        }

        Assert.Empty(wide);
        Assert.Empty(violations);

        // The sheet of formulas is there to be looked at, not to be scrolled.
        await page.OpenFileAsync(_folder.Path, "formulas.html");
        string[] cut = await page.Page.EvaluateAsync<string[]>("""
            document.fonts.ready.then(() => [...document.querySelectorAll('.formula')].filter(box => box.scrollWidth > box.clientWidth)
              .map(box => box.querySelector('annotation').textContent + ': ' + box.scrollWidth))
            """);
        Assert.Empty(cut);
    }

    // The library's many pages have one form: those with the longest path, line and word of code, the most lines, and the widest letters stand for all.
    private static IEnumerable<string> Extremes(string[] files)
    {
        Func<string, int>[] measures =
        [
            file => file.Length,
            file => File.ReadLines(file).Count(),
            file => File.ReadLines(file).Max(line => line.Length),
            file => File.ReadAllText(file).Split([' ', '\n', '<', '>'], StringSplitOptions.None).Max(word => word.Length),
            file => File.ReadAllText(file).Count(letter => letter > '\u007f'),
        ];
        return measures.Select(measure => files.MaxBy(measure)!).Distinct();
    }
}
