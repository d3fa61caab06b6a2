using System.Net;
using System.Text.RegularExpressions;
using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public partial class CodeHighlighterTests
{
    [Theory]
    [InlineData("var x = 1;")]
    [InlineData("#!import ./setup.dib")]
    [InlineData("#r \"a.dll\"\nusing System;\n")]
    [InlineData("// exercise 03.1\nstatic float[] F(float[] x)\n{\n    throw new NotImplementedException();   // your code\n}\n\nStableSoftmax.Check(F)")]
    [InlineData("string s = $\"a {x,5:0.00} b\" + @\"c\"\"d\" + \"\"\"raw \"quoted\" text\"\"\";")]
    [InlineData("int broken = ;;; } ( <T> &amp; \"unclosed")]
    [InlineData("#if NEVER\nskipped < code\n#endif\n/* block */ /// doc\n")]
    [InlineData("")]
    [InlineData("  \n\t\n")]
    public void Code_Coloured_KeepsEveryCharacter(string source) =>
        Assert.Equal(source, WebUtility.HtmlDecode(Tags().Replace(CodeHighlighter.ToHtml(source), "")));

    [Fact]
    public void Words_OfEachKind_GetTheirClass()
    {
        string html = CodeHighlighter.ToHtml("var t = Tensor.FromRows(new Series(\"a\", 1.5f)); // note");
        foreach (string expected in (string[])["<span class=\"k\">var</span>", "<span class=\"t\">Tensor</span>", "<span class=\"m\">FromRows</span>",
            "<span class=\"t\">Series</span>", "<span class=\"s\">&quot;a&quot;</span>", "<span class=\"n\">1.5f</span>", "<span class=\"c\">// note</span>"])
        {
            Assert.Contains(expected, html);
        }
    }

    [Fact]
    public void Cast_OfAVariable_ColoursTheTypeOnly() => Assert.Equal("(<span class=\"t\">Half</span>)n", CodeHighlighter.ToHtml("(Half)n"));

    [GeneratedRegex("</?span[^>]*>")]
    private static partial Regex Tags();
}
