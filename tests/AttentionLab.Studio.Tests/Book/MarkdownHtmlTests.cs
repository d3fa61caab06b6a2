using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

/// <summary>HTML inside Markdown: what a page needs stays, what acts, loads, or takes the page's own names does not.</summary>
public class MarkdownHtmlTests
{
    [Theory]
    [InlineData("<meta http-equiv=\"refresh\" content=\"0;url=https://example.org/\">", "refresh")]
    [InlineData("Text <meta http-equiv=refresh content=0> here", "meta")]
    [InlineData("<style>body { display: none }</style>", "display")]
    [InlineData("<div id=\"menu\">x</div>", "id=\"menu\"")]
    [InlineData("<a id=\"content\" name=\"content\">x</a>", "content")]
    [InlineData("<a href=\"javascript:alert(1)\">x</a>", "javascript")]
    [InlineData("<a href=\" java&#1;script:alert(1)\">x</a>", "alert")]
    [InlineData("<a href=\"data:text/html,x\">x</a>", "data:")]
    [InlineData("[x](javascript:alert(1))", "javascript")]
    [InlineData("![x](javascript:alert(1))", "javascript")]
    [InlineData("<script>alert(1)</script>", "alert")]
    [InlineData("<img src=x onerror=alert(1)>", "alert")]
    [InlineData("<svg onload=alert(1)><script>alert(1)</script></svg>", "alert")]
    [InlineData("<iframe srcdoc=\"x\"></iframe>", "iframe")]
    [InlineData("<form action=\"https://example.org\"><button>x</button></form>", "form")]
    [InlineData("<base href=\"https://example.org/\">", "base")]
    [InlineData("<link rel=stylesheet href=\"https://example.org/x.css\">", "example.org")]
    [InlineData("<p style=\"position:fixed;inset:0\">x</p>", "fixed")]
    [InlineData("<div class=\"cell\" data-cell=\"3\">x</div>", "data-cell")]
    [InlineData("<details open ontoggle=alert(1)><summary>x</summary></details>", "alert")]
    [InlineData("<math><mtext><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">", "<img src=1")]
    public void Html_ThatDoesMoreThanShow_IsLeftOut(string markdown, string gone) =>
        Assert.DoesNotContain(gone, MarkdownText.Parse("Before\n\n" + markdown + "\n\nAfter *all*.").ToHtml(Context()), StringComparison.OrdinalIgnoreCase);

    [Theory]
    [InlineData("<style>x</style>", "After <em>all</em>")]
    [InlineData("<script>x</script>", "After <em>all</em>")]
    [InlineData("</div></article></main>", "After <em>all</em>")]
    [InlineData("<a href=\"02-b.dib\">x</a>", "<a href=\"02-b.html\">x</a>")]
    [InlineData("<b>bold</b> and <kbd>Tab</kbd>", "<b>bold</b> and <kbd>Tab</kbd>")]
    public void Html_AroundIt_Stays(string markdown, string kept) =>
        Assert.Contains(kept, MarkdownText.Parse(markdown + "\n\nAfter *all*.").ToHtml(Context()));

    [Fact]
    public void Elements_LeftOpen_EndWithTheCell()
    {
        string html = MarkdownText.Parse("<details><summary>Hint</summary>\n\n<div><b>Never closed").ToHtml(Context());
        Assert.EndsWith("</details>", html.TrimEnd());
    }

    private static MarkdownContext Context() =>
        new(new Formulas(node: null), url => url.EndsWith(".dib", StringComparison.Ordinal) ? Path.ChangeExtension(url, ".html") : null);
}
