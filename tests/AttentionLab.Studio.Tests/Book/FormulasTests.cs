using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public class FormulasTests
{
    [Fact]
    public void Html_ByKatex_HasGlyphsAndMathMl()
    {
        Formulas formulas = new();
        formulas.Prepare([("\\sqrt{d_k}", false), ("\\frac{1}{2}", true)]);
        Assert.Empty(formulas.Problems);
        Assert.Contains("<span class=\"katex-mathml\"><math", formulas.Html("\\sqrt{d_k}", false));
        Assert.Contains("katex-display", formulas.Html("\\frac{1}{2}", true));
    }

    [Fact]
    public void Prepare_OfABrokenFormula_NamesIt()
    {
        Formulas formulas = new();
        formulas.Prepare([("\\frac{1", false), ("x", false)]);
        Assert.StartsWith("formula '\\frac{1': ", Assert.Single(formulas.Problems));
        Assert.Contains("katex", formulas.Html("x", false));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("a-program-that-is-nowhere")]
    public void Html_WithoutNode_IsTheTex(string? node)
    {
        Formulas formulas = new(node: node);
        formulas.Prepare([("a < b", false)]);
        Assert.Equal("<code class=\"tex\">a &lt; b</code>", formulas.Html("a < b", false));
        Assert.StartsWith("formulas stay TeX: ", Assert.Single(formulas.Problems));
    }

    [Fact]
    public void Prepare_Again_TakesWhatWasKept()
    {
        using TemporaryFolder folder = new();
        string file = Path.Combine(folder.Path, "book", "formulas.json");
        new Formulas(file).Prepare([("x^2", false)]);
        Formulas later = new(file, node: null);
        later.Prepare([("x^2", false)]);
        Assert.Empty(later.Problems);
        Assert.Contains("katex", later.Html("x^2", false));
    }

    [Fact]
    public void Prepare_WithADamagedFile_SetsAnew()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("formulas.json", "{\"version\":");
        Formulas formulas = new(file);
        formulas.Prepare([("x", false)]);
        Assert.Contains("katex", formulas.Html("x", false));
    }
}
