using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;
using AttentionLab.Studio.Dib;
using AttentionLab.Studio.Kernel;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>The first page and what it leads to, of the course itself.</summary>
public sealed partial class FrontPageTests
{
    private static readonly Lazy<(CourseContent Content, BookPages Pages)> Course = new(() =>
    {
        CourseFolder folder = ExecutedCourse.Folder;
        CourseContent content = CourseContent.Load(folder.Notebooks, [.. folder.Executed.Select(path => NotebookRunner.NotRun(path, DibDocument.Read(path)))]);
        return (content, new BookPages(content, new Formulas(node: null)));
    });

    private static string Front => Course.Value.Pages.Render("index.html")!;

    [Fact]
    public void Contents_NameFourteenChaptersInOrder_WrittenOrToCome()
    {
        string[] labels = [.. Rows().Matches(Front).Select(row => row.Groups[2].Value).Where(label => char.IsAsciiDigit(label[0]))];
        Assert.Equal(Enumerable.Range(0, 14).Select(number => $"{number:00}"), labels);
        foreach (Match row in Rows().Matches(Front).Where(row => char.IsAsciiDigit(row.Groups[2].Value[0])))
        {
            bool written = ExecutedCourse.Folder.Chapters.Any(path => Path.GetFileName(path).StartsWith(row.Groups[2].Value, StringComparison.Ordinal));
            Assert.Equal(written, row.Groups[1].Value.Contains("data-chapter", StringComparison.Ordinal));
            Assert.Equal(written, row.Value.Contains("href=", StringComparison.Ordinal));
            Assert.Equal(!written, row.Value.Contains(">to come<", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Chapter_ThatIsMissing_StandsInItsPlaceWithoutALink()
    {
        CourseContent content =
            SampleCourse.Content() with { Planned = [new("01", "Not this text"), new("00", "What comes <first>?"), new("03", "What comes last?")] };
        string front = new BookPages(content, new Formulas(node: null)).Render("index.html")!;
        Assert.Equal(["00", "01", "02", "03"], Rows().Matches(front).Select(row => row.Groups[2].Value));
        Assert.Contains(
            "<li class=\"to-come\"><span class=\"entry\"><span class=\"number\">00</span><span class=\"question\">What comes &lt;first&gt;?</span></span><span "
            + "class=\"facts\">to come</span></li>", front);
        Assert.DoesNotContain("Not this text", front);
    }

    [Fact]
    public void Times_AreThoseOfTheChaptersOwnHeaders()
    {
        foreach (Chapter chapter in Course.Value.Pages.Chapters)
        {
            string header = Header().Match(chapter.Cells.First(cell => cell.Text is not null).Source).Value;
            Assert.True(header.Length > 0,
                $"{chapter.Name} has no line that begins with **Time.**: write 'Meeting: 75 minutes … At home: about 50 minutes more.'");
            Assert.True(chapter.Time.MeetingMinutes + chapter.Time.HomeMinutes > 0, $"{chapter.Name}: no time was found in “{header}”.");
            Assert.All([chapter.Time.MeetingMinutes, chapter.Time.HomeMinutes],
                minutes => Assert.True(minutes == 0 || header.Contains($"{minutes} minutes", StringComparison.Ordinal), chapter.Name));
            Assert.Contains($"<span class=\"facts\">{chapter.Time} · ",
                Front.Replace($"{chapter.Time}</span>", $"{chapter.Time} · ", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("**Time.** Meeting: 75 minutes (core). At home: about 50 minutes more. All cells run in 15 seconds.", "meeting 75 min · at home 50 min")]
    [InlineData("**Time.** Two meetings of 60 minutes: sections 1 to 3, and 4 to 6. At home: about 45 minutes more.", "2 meetings of 60 min · at home 45 min")]
    [InlineData("**Time.** At home: 15 minutes. No other chapter needs this one.", "at home 15 min")]
    [InlineData("No time is said.", "")]
    public void Time_OfAHeader_IsRead(string header, string words) =>
        Assert.Equal(words,
            Chapter.Of(new ExecutedNotebook("01-a", [new ExecutedCell(1, "markdown", $"# 01 · Why?\n\n{header}\n\nText.", [], null, 0)], 0)).Time.ToString());

    [Fact]
    public void EveryWrittenChapter_LeadsToItsSolutionsAndItsSheet()
    {
        foreach (string chapter in ExecutedCourse.Folder.Chapters.Select(path => Path.GetFileNameWithoutExtension(path)))
        {
            Assert.Contains($"<a href=\"solutions/{chapter}.html\">solutions</a>", Front);
            Assert.Contains($"<a href=\"leader/{chapter}.html\">leader’s sheet</a>", Front);
        }

        Assert.All((string[])["glossary", "formulas", "bibliography", "paper", "votes"], page => Assert.Contains($"<li><a href=\"{page}.html\">", Front));
    }

    [Fact]
    public void Front_ShowsForWhomWhereToStartAndOnePicture()
    {
        Assert.Contains(">For whom", Front);
        Assert.Contains(">Start here", Front);
        Assert.Single(Pictures().Matches(Front));
        Assert.Contains("<a href=\"00-start.html\">Chapter 00</a>", Front);
    }

    [Fact]
    public void FileOfTheLibrary_ThatTheTextLinksTo_IsAPageWithItsSource()
    {
        Assert.Contains("<a href=\"lib/AttentionLab/Kernels/Rows/Softmax.html\">", Front);
        string page = Course.Value.Pages.Render("lib/AttentionLab/Kernels/Rows/Softmax.html")!;
        Assert.Contains("<h1>Softmax</h1>", page);
        Assert.Contains("href=\"../../../../index.html\"", page);
        Assert.Contains("Reference", page);
        Assert.DoesNotContain(Course.Value.Pages.Paths,
            path => path.Contains("/Exercises/", StringComparison.Ordinal) && path.EndsWith("Exercise.html", StringComparison.Ordinal)
                && !path.EndsWith("/Exercise.html", StringComparison.Ordinal));
    }

    [Fact]
    public void NameOfTheLibrary_InCodeLetters_LeadsToItsFile()
    {
        CourseContent content = Course.Value.Content with
        {
            Pages = [new CourseText("words", "# Words\n\n`Softmax.Forward(s, w, 1, n)` and `Console.WriteLine` and [`Softmax`](../00-start.dib).")],
        };
        string page = new BookPages(content, new Formulas(node: null)).Render("words.html")!;
        Assert.Contains(
            "<a class=\"source\" href=\"lib/AttentionLab/Kernels/Rows/Softmax.html\"><code>Softmax.Forward(s, w, 1, n)</code></a> and "
            + "<code>Console.WriteLine</code> and <a href=\"00-start.html\"><code>Softmax</code></a>", page);
    }

    [Fact]
    public void LinksToTheLibrary_OfTheWholeCourse_LeadToPages()
    {
        string[] written =
            [.. Directory.EnumerateFiles(ExecutedCourse.Folder.Notebooks, "*.*", SearchOption.AllDirectories)
                .Where(file => file.EndsWith(".md", StringComparison.Ordinal) || file.EndsWith(".dib", StringComparison.Ordinal))
            .SelectMany(file => LibraryLinks().Matches(File.ReadAllText(file))).Select(link => Path.ChangeExtension(link.Groups[1].Value, ".html")).Distinct()];
        Assert.NotEmpty(written);
        Assert.Empty(written.Except(Course.Value.Pages.Paths));
    }

    /// <summary>The README's table is the plan: it says of every chapter whether it is there.</summary>
    [Fact]
    public void TableOfReadme_SaysWhichChaptersAreHere()
    {
        MatchCollection rows = PlanRows().Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")));
        Assert.Equal(14, rows.Count);
        Assert.All(rows,
            row => Assert.Equal(File.Exists(Path.Combine(Repository.Notebooks, $"{row.Groups[1].Value}-{row.Groups[2].Value}.dib")) ? "here" : "to come",
                row.Groups[3].Value));
    }

    [GeneratedRegex("<li( [^>]*)>(?:<a|<span) class=\"entry\"[^>]*><span class=\"number\">([^<]*)</span>.*?</li>")]
    private static partial Regex Rows();

    [GeneratedRegex(@"^\*\*Time\.\*\*.*", RegexOptions.Multiline)]
    private static partial Regex Header();

    [GeneratedRegex("<figure class=\"picture\"><svg role=\"img\" aria-label=\"[^\"]+\"")]
    private static partial Regex Pictures();

    [GeneratedRegex(@"\]\((?:\.\./)+(lib/[^)#]+\.cs)")]
    private static partial Regex LibraryLinks();

    [GeneratedRegex(@"^\| ([0-9]{2}) ([a-z0-9-]+) \|[^|]*\| ([a-z ]+) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex PlanRows();
}
