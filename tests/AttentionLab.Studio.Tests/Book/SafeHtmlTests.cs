using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public class SafeHtmlTests
{
    [Theory]
    [InlineData("<table><tr><td>1</td></tr></table>", "<table><tr><td>1</td></tr></table>")]
    [InlineData("<DIV CLASS='a' style=\"color:red\">x<br/></DIV>", "<div class=\"a\" style=\"color:red\">x<br></div>")]
    [InlineData("a &lt; b > c", "a &lt; b &gt; c")]
    [InlineData("<style>.x{color:red}</style><p id=\"menu\" data-cell=\"3\">x</p>", "<p>x</p>")]
    [InlineData("<!-- note --><details open=\"open\"><summary>s</summary></details>", "<details open=\"open\"><summary>s</summary></details>")]
    [InlineData("<a href=\"https://example.org/?a=1&amp;b=2\">x</a>", "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>")]
    public void Plain_IsWrittenAnew(string html, string clean) => Assert.Equal(clean, SafeHtml.Clean(html));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<b onclick=\"x()\">x</b>")]
    [InlineData("<img src=\"x\">")]
    [InlineData("<a href=\"javascript:x()\">x</a>")]
    [InlineData("<a href=\"JaVaScRiPt:x()\">x</a>")]
    [InlineData("<a href=\" &#106;avascript:x()\">x</a>")]
    [InlineData("<p style=\"background:url(http://x)\">x</p>")]
    [InlineData("<p style=\"background:\\75rl(http://x)\">x</p>")]
    [InlineData("<p style=\"position:fixed;inset:0\">x</p>")]
    [InlineData("<iframe srcdoc=\"x\"></iframe>")]
    [InlineData("<svg><script>x</script></svg>")]
    [InlineData("<p><b>x</p></b>")]
    [InlineData("<p>x")]
    [InlineData("x</p>")]
    [InlineData("<p title=unquoted>x</p>")]
    [InlineData("<p title=\"open>x</p>")]
    [InlineData("<form action=\"https://x\"><input></form>")]
    [InlineData("<")]
    [InlineData("<p")]
    [InlineData("<!-- x")]
    [InlineData("<style>x")]
    [InlineData("a <b")]
    public void More_IsRefused(string html) => Assert.Null(SafeHtml.Clean(html));

    /// <summary>Whatever comes in: either it is refused, or what comes out has no tag but the plain ones, and cleans to itself.</summary>
    [Fact]
    public void Clean_OfRandomFragments_IsSettled()
    {
        string[] parts = ["<", ">", "</", "p", "b", "script", " onclick=", "\"", "'", "=", "href=\"", "javascript:", "<p>", "</p>", "<!--", "-->", "&lt;", "x", " ", "style=\"", "url(", "/>", "<td class='a'>", "</td>"];
        Random random = new(1);
        int kept = 0;
        for (int i = 0; i < 20_000; i++)
        {
            string html = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
            if (SafeHtml.Clean(html) is { } clean)
            {
                kept++;
                Assert.Equal(clean, SafeHtml.Clean(clean));
                Assert.DoesNotContain("<script", clean, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotMatch("<[^>]*(onclick|javascript|url\\()", clean);
            }
        }

        Assert.InRange(kept, 500, 19_500);
    }
}
