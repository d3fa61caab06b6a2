using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public class SafeHtmlTests
{
    [Theory]
    [InlineData("<table><tr><td>1</td></tr></table>", "<table><tbody><tr><td>1</td></tr></tbody></table>")]
    [InlineData("<DIV CLASS='a' style=\"text-align:right\">x<br/></DIV>", "<div class=\"a\" style=\"text-align: right\">x<br></div>")]
    [InlineData("a &lt; b > c", "a &lt; b &gt; c")]
    [InlineData("<style>.x{color:red}</style><p id=\"menu\" data-cell=\"3\">x</p>", "<p>x</p>")]
    [InlineData("<!-- note --><details open=\"open\"><summary>s</summary></details>", "<details open=\"open\"><summary>s</summary></details>")]
    [InlineData("<a href=\"https://example.org/?a=1&amp;b=2\">x</a>", "<a href=\"https://example.org/?a=1&amp;b=2\">x</a>")]
    [InlineData("<p>x", "<p>x</p>")]
    [InlineData("x</div>", "x")]
    [InlineData("<svg viewBox=\"0 0 9 9\" role=\"img\" aria-label=\"x\"><title>x</title><g opacity=\"0.5\"><rect x=\"1\" fill=\"currentColor\"/></g></svg>",
        "<svg viewBox=\"0 0 9 9\" role=\"img\" aria-label=\"x\"><title>x</title><g opacity=\"0.5\"><rect x=\"1\" fill=\"currentColor\"></rect></g></svg>")]
    [InlineData("<svg><style>*{fill:red}</style></svg>", "<svg></svg>")]
    [InlineData("<p title=unquoted>x</p>", "<p title=\"unquoted\">x</p>")]
    public void Output_ThatIsPlain_IsWrittenAnew(string html, string clean) => Assert.Equal(clean, SafeHtml.Output(html));

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<b onclick=\"x()\">x</b>")]
    [InlineData("<img src=\"x\">")]
    [InlineData("<a href=\"javascript:x()\">x</a>")]
    [InlineData("<a href=\"JaVaScRiPt:x()\">x</a>")]
    [InlineData("<a href=\" &#106;avascript:x()\">x</a>")]
    [InlineData("<a href=\"java&#1;script:x()\">x</a>")]
    [InlineData("<p style=\"background:url(http://x)\">x</p>")]
    [InlineData("<p style=\"background:\\75rl(http://x)\">x</p>")]
    [InlineData("<p style=\"position:fixed;inset:0\">x</p>")]
    [InlineData("<iframe srcdoc=\"x\"></iframe>")]
    [InlineData("<svg><script>x</script></svg>")]
    [InlineData("<form action=\"https://x\"><input></form>")]
    [InlineData("<meta http-equiv=refresh content=0>")]
    [InlineData("<svg><image href=\"http://x\"></image></svg>")]
    [InlineData("<svg><use href=\"#menu\"></use></svg>")]
    [InlineData("<svg><foreignObject><p>x</p></foreignObject></svg>")]
    [InlineData("<svg><animate attributeName=\"x\"></animate></svg>")]
    [InlineData("<svg><a href=\"javascript:x()\"><text>x</text></a></svg>")]
    [InlineData("<svg><rect fill=\"url(http://x)\"></rect></svg>")]
    [InlineData("<svg><rect onclick=\"x()\"></rect></svg>")]
    [InlineData("<svg><title><b>x</b></title></svg>")]
    [InlineData("<svg><desc><svg></svg><b>x</b></desc></svg>")]
    [InlineData("<title>x</title>")]
    [InlineData("<rect></rect>")]
    [InlineData("<math><mtext>x</mtext></math>")]
    public void Output_ThatIsMore_IsRefused(string html) => Assert.Null(SafeHtml.Output(html));

    /// <summary>Every style that the course's own cards and tables use passes.</summary>
    [Fact]
    public void Output_OfTheCoursesOwn_KeepsItsStyles()
    {
        const string Styles =
            "border: 1px solid #c2600c; border-left-width: 6px; border-radius: 4px; padding: 0.5em 1em; margin: 0.5em 0; max-width: 48em; line-height: 1.45; "
            + "overflow-x: auto; display: inline-block; min-width: 1.3em; font-weight: 700; white-space: nowrap; cursor: pointer; border-collapse: collapse; "
            + "text-align: left; vertical-align: top; font-variant-numeric: tabular-nums; font-size: 0.9em";
        string clean = SafeHtml.Output($"<p style=\"{Styles}\">x</p>")!;
        Assert.All(Styles.Split("; ").Select(style => style.Split(':')[0])
            .Where(style => style is not ("border" or "border-left-width")), style => Assert.Contains(style, clean));
        Assert.Contains("1px solid", clean);
        Assert.Contains("6px", clean);
    }

    /// <summary>Whatever comes in: either it is refused, or what comes out has no tag but the plain ones, and cleans to itself.</summary>
    [Fact]
    public void Output_OfRandomFragments_IsSettled()
    {
        string[] parts =
            ["<", ">", "</", "p", "b", "script", " onclick=", "\"", "'", "=", "href=\"", "javascript:", "<p>", "</p>", "<!--", "-->", "&lt;", "x", " ",
                "style=\"", "url(", "/>", "<td class='a'>", "</td>", "<svg>", "</svg>", "<title>", "</title>", "<desc>", "<text x='1'>", "<g fill='"];
        Random random = new(1);
        int kept = 0;
        for (int i = 0; i < 3_000; i++)
        {
            string html = string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => parts[random.Next(parts.Length)]));
            if (SafeHtml.Output(html) is { } clean)
            {
                kept++;
                Assert.Equal(clean, SafeHtml.Output(clean));
                Assert.DoesNotContain("<script", clean, StringComparison.OrdinalIgnoreCase);
                Assert.DoesNotMatch("<[^>]*(onclick|javascript|url\\()", clean);
            }
        }

        Assert.InRange(kept, 100, 2_990);
    }
}
