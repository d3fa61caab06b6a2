using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public class BookWriterTests
{
    [Fact]
    public void Write_SampleCourse_WritesEveryPage()
    {
        string folder = Environment.GetEnvironmentVariable("BOOK_OUT") ?? Directory.CreateTempSubdirectory("book").FullName;
        BookWriter.Write(folder, SampleCourse.Content(), new Formulas());
        foreach (string page in (string[])["index.html", "01-sample.html", "02-other.html", "solutions/01-sample.html", "leader/01-sample.html", "assets/search-index.js"])
        {
            Assert.True(File.Exists(Path.Combine(folder, page)), page);
        }
    }
}
