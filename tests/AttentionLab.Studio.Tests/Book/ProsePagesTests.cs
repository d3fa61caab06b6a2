using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>The pages beside the chapters: glossary, formula sheet, bibliography, annotated paper, sheet for votes.</summary>
public sealed partial class ProsePagesTests
{
    /// <summary>Glossary words that plain English needs too ("the inner value", "in the place of"): an early use need not mean the term.</summary>
    private static readonly string[] Ordinary = ["key", "value", "memory", "position", "place", "distance", "decay"];

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
    public void Chinese_OutsideOfBrackets_IsMarkedToo()
    {
        CourseContent content =
            SampleCourse.Content() with
            {
                Pages =
                [new CourseText("glossary", Glossary),
                    new CourseText("words", "# Words\n\nBackwards (反向传播, *backward*) and (*key*, 键), a [query (查询)](01-sample.dib).")]
            };
        string page = new BookPages(content, new Formulas(node: null)).Render("words.html")!;
        Assert.Contains("(<span lang=\"zh-Hans\">反向传播</span>, <em>backward</em>) and (<em>key</em>, <span lang=\"zh-Hans\">键</span>)", page);
    }

    [Theory]
    [InlineData("*key*, 查询)")]
    [InlineData("(查询, *key*)")]
    public void Word_BesideAComma_LeadsToTheGlossaryToo(string text)
    {
        CourseContent content = SampleCourse.Content() with { Pages = [new CourseText("glossary", Glossary), new CourseText("words", "# Words\n\n" + text)] };
        Assert.Contains("<a class=\"term\" lang=\"zh-Hans\" href=\"glossary.html#", new BookPages(content, new Formulas(node: null)).Render("words.html"));
    }

    [Fact]
    public void Word_InsideOfALink_StaysPartOfThatLink()
    {
        CourseContent content =
            SampleCourse.Content() with
            {
                Pages =
                [new CourseText("glossary", Glossary), new CourseText("words", "# Words\n\n[query (查询)](../01-sample.dib)")]
            };
        Assert.Contains(">query (<span lang=\"zh-Hans\">查询</span>)</a>", new BookPages(content, new Formulas(node: null)).Render("words.html"));
    }

    [Fact]
    public void ChineseWord_OfEachChapter_LeadsToItsRowWhichLeadsBackToAChapterThatHasIt()
    {
        BookPages pages = CoursePages();
        string[] chapters = [.. pages.Paths.Where(path => ChapterPath().IsMatch(path))];
        Dictionary<string, HashSet<string>> linked =
            chapters.ToDictionary(path => path, path => TermLinks().Matches(pages.Render(path)!).Select(link => link.Groups[1].Value).ToHashSet());
        Assert.Empty(
            chapters.SelectMany(
                path => Unlinked().Matches(Code().Replace(pages.Render(path)!, "")).Select(word => $"{path}: {word.Groups[1].Value} has no row")));

        MatchCollection rows = GlossaryRows().Matches(pages.Render("glossary.html")!);
        Assert.Empty(rows.Where(row => !linked[row.Groups[2].Value].Contains(row.Groups[1].Value))
            .Select(row => $"{row.Groups[1].Value} is not in {row.Groups[2].Value}"));
        Assert.Empty(linked.Values.SelectMany(words => words).Except(rows.Select(row => row.Groups[1].Value)));
        Assert.Equal(chapters, rows.Select(row => row.Groups[2].Value).Distinct());
    }

    /// <summary>A chapter gives the Chinese word where it first uses the English one, and the glossary's row leads there.</summary>
    [Fact]
    public void Word_OfTheGlossary_IsIntroducedWhereItIsFirstUsed()
    {
        CourseFolder course = ExecutedCourse.Folder;
        (string Chapter, string Text)[] prose =
            [.. course.Chapters.Select(path => (Path.GetFileName(path), NotProse().Replace(string.Join("\n\n", DibDocument.Read(path).Cells
                .Where(cell => cell.Language == "markdown").Select(cell => cell.Text)), " ")))];
        (string[] English, string Chinese, string Chapter)[] rows =
            [.. GlossaryTable().Matches(File.ReadAllText(Path.Combine(course.Notebooks, "book", "glossary.md")))
                .Select(row => (row.Groups[1].Value.Split(", "), row.Groups[2].Value, row.Groups[3].Value))];
        Assert.True(rows.Length > 100, $"{rows.Length} rows");
        List<string> wrong = [];
        foreach ((string[] english, string chinese, string chapter) in rows)
        {
            Regex whole = new($@"(?<![\u4e00-\u9fff]){Regex.Escape(chinese)}(?![\u4e00-\u9fff])");
            string? introduced = prose.FirstOrDefault(page => whole.IsMatch(page.Text)).Chapter;
            Assert.True(introduced == chapter, $"{english[0]}: the row leads to {chapter}, but the first ({chinese}) stands in {introduced}");
            foreach (string word in english.Except(Ordinary))
            {
                // A longer term of its own (convex hull) is not the shorter one (convex).
                string[] longer = [.. rows.SelectMany(row => row.English).Where(other => other != word && other.Contains(word, StringComparison.Ordinal))];
                Match early = prose.TakeWhile(page => page.Chapter != chapter).Select(page => Regex.Match(
                    longer.Aggregate(page.Text, (text, other) => text.Replace(other, " ", StringComparison.OrdinalIgnoreCase)),
                    $@"(?<![\w-]){Regex.Escape(word)}(?:s|es)?(?![\w-])[^\n]{{0,40}}", RegexOptions.IgnoreCase))
                    .FirstOrDefault(found => found.Success, Match.Empty);
                if (early.Success)
                {
                    wrong.Add($"{word} is introduced in {chapter}, but an earlier chapter has “{early.Value}”");
                }
            }
        }

        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    /// <summary>A work that a chapter names as its source ("Su et al. 2021") has a line in the bibliography that leads back to that chapter.</summary>
    [Fact]
    public void Source_OfEachChapter_StandsInTheBibliographyAndLeadsBack()
    {
        CourseFolder course = ExecutedCourse.Folder;
        string[] works =
            [.. File.ReadLines(Path.Combine(course.Notebooks, "book", "bibliography.md")).Where(line => line.StartsWith("- ", StringComparison.Ordinal))];
        int cited = 0;
        foreach (string path in course.Executed.Where(path => char.IsDigit(Path.GetFileName(path)[0])))
        {
            foreach (Match work in Sources().Matches(File.ReadAllText(path)).SelectMany(source => Citations().Matches(source.Value)))
            {
                cited++;
                string name = work.Groups[1].Value, year = work.Groups[2].Value;
                Assert.True(works.Any(
                    line => line.Contains(name, StringComparison.Ordinal) && line.Contains($"(../{Path.GetFileName(path)})", StringComparison.Ordinal)
                    && line.Contains(year, StringComparison.Ordinal)),
                        $"{Path.GetFileName(path)} cites {work.Value}: the bibliography has no line with {name}, {year} and a link to the chapter");
            }
        }

        Assert.True(cited > 100, $"{cited} citations");
    }

    /// <summary>Every Chinese word of the course, wherever its text has it, is marked: the mark chooses the font and the voice.</summary>
    [Fact]
    public void Chinese_OfTheWholeCourse_IsMarked()
    {
        BookPages pages = CoursePages();
        int marked = 0;
        foreach (string path in pages.Paths)
        {
            string html = Code().Replace(pages.Render(path)!, "");
            marked += Marked().Count(html);
            Assert.Empty(ChineseText().Matches(Marked().Replace(html, "")).Select(found => $"{path}: {found.Value}"));
        }

        Assert.True(marked > 100, $"{marked} marked");
    }

    /// <summary>A dollar sign that stands beside a letter begins no formula: the reader would see TeX.</summary>
    [Fact]
    public void Formula_OfTheWholeCourse_IsReadAsOne() => Assert.Empty(Dollars(CoursePages()));

    [Fact]
    public void Formula_BesideALetter_IsNamed()
    {
        CourseContent content = SampleCourse.Content() with { Pages = [new CourseText("words", "# Words\n\nweights$\\cdot V$, `$a$` and $x$.")] };
        Assert.Contains("words.html: weights$", Assert.Single(Dollars(new BookPages(content, new Formulas(node: null)))));
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
        BookPages pages = CoursePages();
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
        string source = string.Concat(Directory.EnumerateFiles(Path.Combine(ExecutedCourse.Folder.Notebooks, "book"), "*.md").Select(File.ReadAllText));
        Assert.Equal(MarkdownLinks().Count(source), own.Sum(page => Links().Count(Article(pages.Render(page)!))));
    }

    private static IEnumerable<string> Dollars(BookPages pages) => pages.Paths
        .SelectMany(path => Dollar().Matches(InlineCode().Replace(Code().Replace(pages.Render(path)!, ""), "")).Select(found => $"{path}: {found.Value}"));

    private static string Article(string html)
    {
        string article = html[html.IndexOf("<article", StringComparison.Ordinal)..html.IndexOf("</article>", StringComparison.Ordinal)];
        return article.Replace("class=\"anchor\" href=\"#", "class=\"anchor\" data-was=\"", StringComparison.Ordinal);
    }

    private static BookPages CoursePages()
    {
        CourseFolder course = ExecutedCourse.Folder;
        return new(CourseContent.Load(course.Notebooks, [.. course.Executed.Select(path => NotebookRunner.NotRun(path, DibDocument.Read(path)))]),
            new Formulas(node: null));
    }

    private static BookPages Sample() => new(SampleCourse.Content() with { Pages = [new CourseText("glossary", Glossary)] }, new Formulas(node: null));

    [GeneratedRegex(@"^\| ([^|\n]+) \| ([^|\n]*[\u4e00-\u9fff][^|\n]*) \|.*\]\(\.\./([^)]+)\) \|$", RegexOptions.Multiline)]
    private static partial Regex GlossaryTable();

    /// <summary>Code, formulas, comments, targets of links, quotations, the list of claims to vote on, and what announces the next chapter.</summary>
    [GeneratedRegex(@"`[^`]*`|\$\$.*?\$\$|\$[^$\n]*\$|<!--.*?-->|\]\([^)]*\)|“[^”]*”|^>.*?$|^\*\*Next\.\*\*.*?$|### The claims of the course.*?\z",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex NotProse();

    [GeneratedRegex("<pre.*?</pre>", RegexOptions.Singleline)]
    private static partial Regex Code();

    [GeneratedRegex("<code.*?</code>", RegexOptions.Singleline)]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?<=>[^<]*)[^<>\n]{0,30}\$[^<\n]{0,30}")]
    private static partial Regex Dollar();

    [GeneratedRegex("<(a|span|td)( [^>]*)? lang=\"zh-Hans\"[^>]*>[^<]*</\\1>")]
    private static partial Regex Marked();

    [GeneratedRegex(@"[\u4e00-\u9fff]+(?![^<]*>)")]
    private static partial Regex ChineseText();

    [GeneratedRegex(@"^\*\*Source\..*$", RegexOptions.Multiline)]
    private static partial Regex Sources();

    /// <summary>Name of the first author and the year: "Rabe and Staats 2021", "Su et al. 2021", "Press et al. 2022".</summary>
    [GeneratedRegex(@"(\p{Lu}[\w’-]+)(?:(?:, | and |, and )(?:van de )?\p{Lu}[\w-]+| et al\.)* \(?((?:19|20)\d\d)\b")]
    private static partial Regex Citations();

    [GeneratedRegex(@"^\d\d-[^/]*\.html$")]
    private static partial Regex ChapterPath();

    [GeneratedRegex("<a class=\"term\"[^>]*>([^<]*)</a>")]
    private static partial Regex TermLinks();

    [GeneratedRegex("<span lang=\"zh-Hans\">([^<]*)</span>")]
    private static partial Regex Unlinked();

    [GeneratedRegex("<tr id=\"term-([^\"]*)\">.*?href=\"(\\d\\d-[^\"/]*\\.html)\"", RegexOptions.Singleline)]
    private static partial Regex GlossaryRows();

    [GeneratedRegex("href=\"([^\":]+)\"")]
    private static partial Regex Links();

    [GeneratedRegex(@"\]\((?!https?:)[^)]+\)")]
    private static partial Regex MarkdownLinks();
}
