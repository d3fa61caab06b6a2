using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>The pages beside the chapters: glossary, formula sheet, bibliography, annotated paper, sheet for votes.</summary>
public sealed partial class ProsePagesTests
{
    private const string Glossary = "# Glossary\n\n| English | 中文 |\n|---|---|\n| query | 查询 |\n";

    [Fact]
    public void Word_OfTheGlossary_LeadsToItsRowFromEveryPage()
    {
        BookPages pages = Sample();
        Assert.Contains("<tr id=\"term-查询\">", pages.Render("glossary.html"));
        Assert.Contains("<td lang=\"zh-Hans\">查询</td>", pages.Render("glossary.html"));
        Assert.Contains("(<a class=\"term\" lang=\"zh-Hans\" href=\"glossary.html#term-%E6%9F%A5%E8%AF%A2\">查询</a>)", pages.Render("01-sample.html"));
    }

    [Fact]
    public void Word_OfNoGlossary_IsMarkedAsChinese()
    {
        BookPages pages = new(SampleCourse.Content(), new Formulas(node: null));
        Assert.Contains("(<span lang=\"zh-Hans\">查询</span>)", pages.Render("01-sample.html"));
    }

    [Fact]
    public void Page_OfItsOwn_StandsInTheMenuOfEveryPage()
    {
        BookPages pages = Sample();
        Assert.Contains("glossary.html", pages.Paths);
        Assert.Contains("<a href=\"glossary.html\" aria-current=\"page\">", pages.Render("glossary.html"));
        Assert.Contains("<a href=\"../glossary.html\">", pages.Render("solutions/01-sample.html"));
        Assert.Contains("<a href=\"01-sample.html\"><span class=\"number\">", pages.Render("glossary.html"));
    }

    [Fact]
    public void Pages_OfTheCourse_LeadToChaptersAndSectionsThatAreThere()
    {
        CourseFolder course = ExecutedCourse.Folder;
        BookPages pages = new(CourseContent.Load(course.Notebooks, [.. course.Executed.Select(path => NotebookRunner.NotRun(path, DibDocument.Read(path)))]), new Formulas(node: null));
        string[] own = ["glossary.html", "formulas.html", "bibliography.html", "paper.html", "votes.html"];
        foreach (string page in own)
        {
            string html = pages.Render(page)!;
            foreach (Match link in Links().Matches(html[html.IndexOf("<article", StringComparison.Ordinal)..]))
            {
                string[] parts = link.Groups[1].Value.Split('#');
                string target = parts[0].Length == 0 ? html : pages.Render(parts[0]) ?? throw new InvalidOperationException($"{page} → {link.Value}");
                Assert.True(parts.Length == 1 || target.Contains($"id=\"{parts[1]}\"", StringComparison.Ordinal), $"{page} → {link.Value}");
            }
        }

        // A link that leads nowhere would have become its words.
        string source = string.Concat(Directory.EnumerateFiles(Path.Combine(course.Notebooks, "book"), "*.md").Select(File.ReadAllText));
        Assert.Equal(MarkdownLinks().Count(source), own.Sum(page => Links().Count(Article(pages.Render(page)!))));
    }

    private static string Article(string html)
    {
        string article = html[html.IndexOf("<article", StringComparison.Ordinal)..html.IndexOf("</article>", StringComparison.Ordinal)];
        return article.Replace("class=\"anchor\" href=\"#", "class=\"anchor\" data-was=\"", StringComparison.Ordinal);
    }

    private static BookPages Sample() => new(SampleCourse.Content() with { Pages = [new CourseText("glossary", Glossary)] }, new Formulas(node: null));

    [GeneratedRegex("href=\"([^\":]+)\"")]
    private static partial Regex Links();

    [GeneratedRegex(@"\]\((?!https?:)[^)]+\)")]
    private static partial Regex MarkdownLinks();
}
