using AttentionLab.Studio.Book;
using AttentionLab.Studio.Tests.Book;

namespace AttentionLab.Studio.Tests.Browser;

/// <summary>The book of the sample course on disk.</summary>
internal sealed class SampleBook(BrowserFixture browser) : IDisposable
{
    private readonly DirectoryInfo _folder = WriteBook();

    public static TheoryData<string> Pages => ["index.html", "01-sample.html", "02-other.html", "solutions/01-sample.html", "leader/01-sample.html"];

    public string Folder => _folder.FullName;

    public async Task<WatchedPage> OpenAsync(string path, int width = 1280, int height = 900, bool dark = false)
    {
        WatchedPage page = await browser.OpenAsync(width, height, dark);
        await page.OpenFileAsync(Folder, path);
        return page;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static DirectoryInfo WriteBook()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("book");
        BookWriter.Write(folder.FullName, SampleCourse.Content(), new Formulas());
        return folder;
    }
}
