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
        int libraries = 0;
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.html", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
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

            // Chapters are looked at as they are after they ran, and the many files of the library have one form.
            if (!chapters.Any(chapter => name == chapter.Name + ".html") && (!name.StartsWith(Library, StringComparison.Ordinal) || libraries++ == 0))
            {
                violations.AddRange((await Accessibility.ViolationsAsync(page.Page, "pre.code > code")).Select(found => $"{name}: {found}"));
            }
        }

        Assert.Empty(wide);
        Assert.NotEqual(0, libraries);
        Assert.Empty(violations);

        // The sheet of formulas is there to be looked at, not to be scrolled.
        await page.OpenFileAsync(_folder.Path, "formulas.html");
        string[] cut = await page.Page.EvaluateAsync<string[]>("""
            document.fonts.ready.then(() => [...document.querySelectorAll('.formula')].filter(box => box.scrollWidth > box.clientWidth)
              .map(box => box.querySelector('annotation').textContent + ': ' + box.scrollWidth))
            """);
        Assert.Empty(cut);
    }
}
