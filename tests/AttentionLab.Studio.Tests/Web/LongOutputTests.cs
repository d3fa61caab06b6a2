using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;
using AttentionLab.Studio.Web;

namespace AttentionLab.Studio.Tests.Web;

/// <summary>A text of many lines looks the same when its page is loaded again; the book, which has no other place for it, shows it whole.</summary>
public sealed class LongOutputTests
{
    private static readonly string Lines = string.Concat(Enumerable.Range(1, 200).Select(line => $"line {line}\n"));

    [Theory]
    [InlineData(CellOutput.Stream)]
    [InlineData(CellOutput.Plain)]
    public async Task Page_OfManyLines_ShowsWhatTheNewsBrought(string kind)
    {
        await using GatedCourse course = new() { Output = (_, _) => new CellOutput(kind, Lines) };
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
    public void Text_OfOneEndlessLine_LeadsToAllOfIt()
    {
        ExecutedCell cell = new(1, "csharp", "1", [new CellOutput(CellOutput.Plain, new string('x', 1_000_001))], null, 1);
        Assert.Contains("<a href=\"all\" target=\"_blank\">Open all 1000001 characters</a>", OutputHtml.ToHtml(cell, whole: "all"));
    }

    /// <summary>The page of its own: console text goes on where it stopped, each value has lines of its own, a chart is no text.</summary>
    [Fact]
    public void Text_OfACell_HoldsConsoleTextAndValuesInOrder()
    {
        WorkCell cell = new("c1", 1, "1");
        foreach ((string kind, string content) in ((string, string)[])[
            (CellOutput.Stream, "wri"), (CellOutput.Stream, "tten"), (CellOutput.Plain, "7"), (CellOutput.Plotly, "{}"), (CellOutput.Plain, "8"),
            (CellOutput.Stream, "end\n"), (CellOutput.Plain, "9")])
        {
            cell.Outputs.Add((new CellOutput(kind, content), 1));
        }

        Assert.Equal("written\n7\n8\nend\n9", cell.Text());
    }

    [Theory]
    [InlineData(CellOutput.Stream)]
    [InlineData(CellOutput.Plain)]
    public void Book_OfManyLines_ShowsAll(string kind) =>
        Assert.Contains("line 60\nline 61\n", OutputHtml.ToHtml(new ExecutedCell(1, "csharp", "1", [new CellOutput(kind, Lines)], null, 1)));
}
