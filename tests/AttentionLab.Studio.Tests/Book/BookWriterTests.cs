using System.Text.Json;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

public sealed partial class BookWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_SampleCourse_WritesEveryPageAndItsFiles()
    {
        Write(SampleCourse.Content());
        foreach (string page in (string[])["index.html", "01-sample.html", "02-other.html", "solutions/01-sample.html", "leader/01-sample.html",
            "assets/search-index.js", "assets/plotly.min.js", "assets/katex/katex.min.css", "assets/licences.txt"])
        {
            Assert.True(File.Exists(Path.Combine(_folder.Path, page)), page);
        }

        Assert.False(File.Exists(Path.Combine(_folder.Path, "assets/katex/katex.min.js")), "pages need no KaTeX program: formulas are set");
    }

    [Fact]
    public void Pages_OfTheBook_NameNoOtherHostAndHoldNoScript()
    {
        Write(SampleCourse.Content());
        foreach (string file in Directory.EnumerateFiles(_folder.Path, "*.html", SearchOption.AllDirectories))
        {
            string html = Framed().Replace(File.ReadAllText(file), "");
            Assert.DoesNotMatch("(?:src|href)=\"(?:https?:)?//", html);
            Assert.All(Scripts().Matches(html), script => Assert.Matches("^<script (src=\"[./a-z-]*assets/[a-z.]+\"|type=\"application/json\")", script.Value));
            Assert.DoesNotMatch("<[^>]+ on[a-z]+=", html);
            Assert.Contains("http-equiv=\"Content-Security-Policy\"", html);
        }
    }

    [Fact]
    public void Chapter_WithAFailure_NamesCellAndLine()
    {
        Write(SampleCourse.Content());
        string html = Read("01-sample.html");
        Assert.Contains("<strong>Cell 13, line 1:</strong> DivideByZeroException: Attempted to divide by zero.", html);
        Assert.Contains("<a href=\"#cell-13\">1 cell failed</a>", html);
        Assert.Contains("Not run: an earlier cell failed.", html);
    }

    [Fact]
    public void Exercise_WithASolution_LinksToItBehindAFold()
    {
        Write(SampleCourse.Content());
        Assert.Matches("<details class=\"solution\">.*href=\"solutions/01-sample.html#exercise-01-1\"", Read("01-sample.html"));
        Assert.Contains("id=\"exercise-01-1\"", Read("solutions/01-sample.html"));
    }

    [Fact]
    public void Exercise_OnItsPage_IsFoundByItsNumberAndByItsCells()
    {
        Write(SampleCourse.Content());
        Assert.Matches("<div class=\"cell exercise[^>]* id=\"exercise-01-1\"[^>]*><p class=\"cell-label\" id=\"cell-12\">", Read("01-sample.html"));
    }

    [Fact]
    public void ChartData_InThePage_IsTheFiguresJson()
    {
        Write(SampleCourse.Content());
        string[] charts = [.. ChartData().Matches(Read("01-sample.html")).Select(match => match.Groups[1].Value)];
        Assert.Equal(SampleCourse.Charts, charts.Length);
        Assert.All(charts, json => Assert.DoesNotContain('<', json));
        using JsonDocument first = JsonDocument.Parse(charts[0]);
        Assert.Equal("Each word looks at itself </script>", first.RootElement.GetProperty("layout").GetProperty("title").GetProperty("text").GetString());
    }

    [Fact]
    public void SearchIndex_OfACourse_HoldsEachSection()
    {
        Write(SampleCourse.Content());
        string script = Read("assets/search-index.js");
        using JsonDocument index = JsonDocument.Parse(script["window.bookIndex = ".Length..^2]);
        string?[] addresses = [.. index.RootElement.EnumerateArray().Select(entry => entry.GetProperty("a").GetString())];
        Assert.Contains("01-sample.html#1-2-does-a-slider-tell-more", addresses);
        Assert.Contains("02-other.html", addresses);
        foreach (string? address in addresses)
        {
            string[] parts = address!.Split('#');
            Assert.Contains(parts.Length == 1 ? "<article>" : $"id=\"{parts[1]}\"", Read(parts[0]));
        }
    }

    [Fact]
    public void Index_OfACourse_ShowsQuestionTimeAndExercises()
    {
        Write(SampleCourse.Content());
        Assert.Contains(
            "<span class=\"number\">01</span><span class=\"question\">Where does the query look?</span></a><span class=\"facts\">meeting 8 min · at home 10 "
            + "min · 1 exercise · <a href=\"solutions/01-sample.html\">solutions</a>", Read("index.html"));
    }

    [Fact]
    public void Notebook_WithoutATitle_IsNamedAfterItsFile()
    {
        Write(new CourseContent([new ExecutedNotebook("04-q-k-v", [new ExecutedCell(1, "csharp", "1", [], null, 0)], 0)], [], [], null));
        Assert.Contains("<h1>q k v</h1>", Read("04-q-k-v.html"));
    }

    [Fact]
    public void Names_WithMarkup_AreText()
    {
        Write(new CourseContent([new ExecutedNotebook("01-a", [new ExecutedCell(1, "markdown", "# 01 · `<img src=x>` & \"quotes\"", [], null, 0)], 0)], [], [],
            null));
        Assert.Contains("&lt;img src=x&gt; &amp; &quot;quotes&quot;", Read("01-a.html"));
        Assert.DoesNotContain("<img", Read("01-a.html"));
    }

    private void Write(CourseContent content) => BookWriter.Write(_folder.Path, content, new Formulas());

    private string Read(string page) => File.ReadAllText(Path.Combine(_folder.Path, page));

    [GeneratedRegex("srcdoc=\"[^\"]*\"")]
    private static partial Regex Framed();

    [GeneratedRegex("<script[^>]*>")]
    private static partial Regex Scripts();

    [GeneratedRegex("<script type=\"application/json\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex ChartData();
}
