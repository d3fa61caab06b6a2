using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>A console text of many lines looks the same when its page is loaded again; the book, which has no other place for it, shows it whole.</summary>
public sealed class LongOutputTests
{
    private static readonly CellOutput Lines = new(CellOutput.Stream, string.Concat(Enumerable.Range(1, 200).Select(line => $"line {line}\n")));

    [Fact]
    public async Task Page_OfManyLines_ShowsWhatTheNewsBrought()
    {
        await using GatedCourse course = new() { Output = (_, _) => Lines };
        course.Live.Start();
        course.Release("01-one", 2);
        await Patience.UntilAsync(() => course.Live.Find("01-one")!.State == ChapterState.Ready);
        string news = course.Live.Session("01-one")!.Since(0, "t", isFirst: true)!.Cells[0].Html;
        Assert.Contains("line 60</pre>", news);
        Assert.Contains("<a href=\"work/01-one/output/c2\" target=\"_blank\">Open all 200 lines</a>", news);
        Assert.Contains(">line 181\n", news);
        Assert.DoesNotContain("line 61\n", news);
        Assert.Contains($"<div class=\"outputs\">{news}</div>", course.Live.Page("01-one.html"));
    }

    [Fact]
    public void Book_OfManyLines_ShowsAll() =>
        Assert.Contains("line 60\nline 61\n", OutputHtml.ToHtml(new ExecutedCell(1, "csharp", "1", [Lines], null, 1)));
}
