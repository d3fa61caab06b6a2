using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Tests.Book;

public class MarkdownTextTests
{
    [Fact]
    public void Headings_OnePage_GetAnchorsOfTheirOwn()
    {
        Anchors anchors = new();
        MarkdownText first = MarkdownText.Parse("## 2.1 · Is “dot” = cosine?\n\n## 2.1 · Is “dot” = cosine?", anchors);
        MarkdownText second = MarkdownText.Parse("## Größe\n\n## Cell 7\n\n## Exercise 01.1\n\n## Menu", anchors);
        Assert.Equal(
            ["2-1-is-dot-cosine", "2-1-is-dot-cosine-2", "größe", "section-cell-7", "section-exercise-01-1", "menu-2"],
            first.Headings.Concat(second.Headings).Select(heading => heading.Id));
        Assert.Contains("<h2 id=\"2-1-is-dot-cosine-2\">", first.ToHtml(Context()));
        Assert.Contains("href=\"#2-1-is-dot-cosine-2\"", first.ToHtml(Context()));
    }

    [Theory]
    [InlineData("*core* · 8 min", true, 8)]
    [InlineData("*at home* · 12 min", false, 12)]
    [InlineData("*core*", true, 0)]
    public void Marks_UnderAHeading_AreRead(string line, bool core, int minutes)
    {
        MarkdownText text = MarkdownText.Parse("## 1.1 · Why?\n\n" + line);
        Assert.Equal([new SectionMark(core, minutes)], text.Marks);
        Assert.Contains(core ? "<span class=\"mark core\">core</span>" : "<span class=\"mark home\">at home</span>", text.ToHtml(Context()));
    }

    [Theory]
    [InlineData("The *core* of it takes 8 min.")]
    [InlineData("*core* of the matter")]
    public void Marks_InASentence_AreNone(string line) => Assert.Empty(MarkdownText.Parse(line).Marks);

    [Theory]
    [InlineData("**Prediction.** Guess.", "lead-prediction")]
    [InlineData("**What you saw.** It fell.", "lead-saw")]
    [InlineData("**Source.** Vaswani.", "lead-source")]
    public void Paragraph_OpeningWithAKnownWord_IsMarked(string line, string kind) =>
        Assert.Contains($"<p class=\"{kind}\">", MarkdownText.Parse(line).ToHtml(Context()));

    [Fact]
    public void Formulas_InlineAndDisplayed_AreFound() => Assert.Equal(
        [("x^2", false), ("\\frac{1}{2}", true), ("y", false)],
        MarkdownText.Parse("A $x^2$.\n\n$$\n\\frac{1}{2}\n$$\n\n| a |\n|---|\n| $y$ |").Formulas);

    [Fact]
    public void Money_WithDollarSigns_IsNoFormula() => Assert.Empty(MarkdownText.Parse("It costs $5 and $6 a month.").Formulas);

    [Fact]
    public void Details_WithMarkdownInside_StayFolded()
    {
        string html = MarkdownText.Parse("<details><summary>Hint</summary>\n\nUse *both*.\n\n</details>").ToHtml(Context());
        Assert.Contains("<details><summary>Hint</summary>", html);
        Assert.Contains("<em>both</em>", html);
        Assert.Contains("</details>", html);
    }

    [Fact]
    public void Links_ToPagesOfTheBook_AreTurnedAndOthersBecomeWords()
    {
        string html = MarkdownText.Parse("[a](02-b.dib) [b](../lib/X.cs) [`c`](https://example.org/) [d](#here)").ToHtml(Context());
        Assert.Equal("<p><a href=\"02-b.html\">a</a> b <a href=\"https://example.org/\"><code>c</code></a> <a href=\"#here\">d</a></p>\n", html);
    }

    [Fact]
    public void Title_IsShownByThePage()
    {
        MarkdownText text = MarkdownText.Parse("# 02 · Title\n\nText.");
        Assert.Equal("02 · Title", text.Title);
        Assert.Equal("<p>Text.</p>\n", text.ToHtml(Context()));
    }

    [Fact]
    public void PlainSections_ForTheSearchIndex_ReadLikeText()
    {
        MarkdownText text = MarkdownText.Parse("Before.\n\n## Why $\\sqrt{d_k}$?\n\nSome `code` and $q \\cdot k^\\top$.");
        Assert.Equal([(null, "Before."), ("Why √d_k?", "Some code and q · kᵀ.")], text.PlainSections()
            .Select(section => (section.Heading?.Text, section.Text.Trim())));
    }

    [Fact]
    public void CodeFence_OfCSharp_IsColoured() =>
        Assert.Contains("<span class=\"k\">var</span> x", MarkdownText.Parse("```csharp\nvar x = 1;\n```").ToHtml(Context()));

    private static MarkdownContext Context() =>
        new(new Formulas(node: null), url => url.EndsWith(".dib", StringComparison.Ordinal) ? Path.ChangeExtension(url, ".html") : null);

    [Fact]
    public void Tasks_OfAnyList_AreBoxesWithANameAndNoFormFields()
    {
        string html = MarkdownText.Parse("Before you start:\n\n- [ ] build\n- [x] read").ToHtml(Context());
        Assert.Contains("<span class=\"box\" role=\"img\" aria-label=\"to do\">☐</span> build", html);
        Assert.Contains("<span class=\"box\" role=\"img\" aria-label=\"done\">☑</span> read", html);
        Assert.DoesNotContain("<input", html);
        Assert.Empty(MarkdownText.Parse("- [ ] build").Answers);
    }

    [Fact]
    public void Tasks_BehindAPrediction_AreItsAnswers()
    {
        MarkdownText text = MarkdownText.Parse("**Prediction.** Which scale is *calm*?\n- [ ] $\\sqrt{d_k}$\n- [ ] none at all");
        Assert.Equal(["√d_k", "none at all"], text.Answers);
        string html = text.ToHtml(Context());
        Assert.Contains("<ul class=\"contains-task-list answers\">", html);
        Assert.DoesNotContain("☐", html);
        Assert.Empty(MarkdownText.Parse("**Prediction.** Which?\n\n- one\n- two").Answers);
    }

    [Theory]
    [InlineData("The weight is 0.427<!-- ±0.001 -->.", "The weight is 0.427.")]
    [InlineData("| a |\n|---|\n| 14 %<!-- orange ±1 --> |", "14 %")]
    [InlineData("Seeds need 4 to 9<!-- 3..11 --> steps.", "Seeds need 4 to 9 steps.")]
    public void Marks_OfNumbers_LeaveNoTrace(string markdown, string shown)
    {
        MarkdownText text = MarkdownText.Parse(markdown);
        Assert.Contains(shown, text.ToHtml(Context()));
        Assert.DoesNotContain("<!--", text.ToHtml(Context()));
        Assert.DoesNotContain("±", string.Concat(text.PlainSections().Select(section => section.Text)));
        Assert.DoesNotContain("..11", string.Concat(text.PlainSections().Select(section => section.Text)));
    }
}
