using System.Text;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AttentionLab.Studio.Book;

/// <summary>A heading of a page.</summary>
/// <param name="Level">1 to 6.</param>
/// <param name="Id">Anchor, unique on its page.</param>
/// <param name="Text">Plain text.</param>
/// <param name="Html">The heading's inner HTML, formulas set.</param>
public sealed record Heading(int Level, string Id, string Text, string Html);

/// <summary>A section's mark: part of the meeting or left for home, and how long it takes.</summary>
/// <param name="Core">True for <c>*core*</c>, false for <c>*at home*</c>.</param>
/// <param name="Minutes">Minutes, 0 if none are given.</param>
public sealed record SectionMark(bool Core, int Minutes);

/// <summary>
/// One piece of Markdown as notebooks write it: tables, formulas between dollar signs, folded <c>details</c>, and the
/// course's own conventions (marks under a heading; paragraphs that open with <b>Prediction.</b>, <b>What you saw.</b>, …).
/// </summary>
public sealed partial class MarkdownText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseMathematics().UseFootnotes().UseTaskLists().UseEmphasisExtras().UseAutoLinks().Build();

    private static readonly Dictionary<string, string> Openings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["prediction"] = "prediction",
        ["what you saw"] = "saw",
        ["source"] = "source",
        ["sources"] = "source",
        ["claim"] = "claim",
        ["the claim"] = "claim",
        ["in one minute"] = "minute",
        ["warning"] = "warning",
        ["note"] = "note",
        ["vote"] = "claim",
        ["vote again"] = "claim",
    };

    private readonly MarkdownDocument _document;

    private MarkdownText(MarkdownDocument document) => _document = document;

    /// <summary>Reads Markdown.</summary>
    /// <param name="source">The text, any line ends.</param>
    public static MarkdownText Parse(string source) => new(Markdown.Parse(source.ReplaceLineEndings("\n"), Pipeline));

    /// <summary>Every formula: TeX, and true where it stands on lines of its own.</summary>
    public IEnumerable<(string Tex, bool Display)> Formulas()
    {
        foreach (MarkdownObject part in _document.Descendants())
        {
            if (part is MathBlock block)
            {
                yield return (Tex(block), true);
            }
            else if (part is MathInline inline)
            {
                yield return (Tex(inline), inline.DelimiterCount > 1);
            }
        }
    }

    /// <summary>Plain text of the first level-one heading, or null.</summary>
    public string? Title => _document.OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1) is { } title ? PlainText(title.Inline) : null;

    /// <summary>Marks of the sections in this piece.</summary>
    public IEnumerable<SectionMark> Marks() => _document.OfType<ParagraphBlock>().Select(MarkOf).OfType<SectionMark>();

    /// <summary>The piece as HTML.</summary>
    /// <param name="context">What the page knows: formulas, anchors in use, where links lead.</param>
    /// <param name="dropTitle">Leaves out the first level-one heading, which the page shows itself.</param>
    public string ToHtml(MarkdownContext context, bool dropTitle = false)
    {
        if (dropTitle && _document.OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1) is { } title)
        {
            _document.Remove(title);
        }

        foreach (HeadingBlock heading in _document.Descendants<HeadingBlock>())
        {
            string text = PlainText(heading.Inline);
            heading.GetAttributes().Id = context.Anchor(text);
        }

        foreach (LinkInline link in _document.Descendants<LinkInline>().ToArray())
        {
            if (link.IsImage)
            {
                link.Url = context.Image(link.Url ?? "");
            }
            else if (context.Link(link.Url ?? "") is { } target)
            {
                link.Url = target;
            }
            else
            {
                // The book has no such page: the words stay.
                ContainerInline words = new();
                while (link.FirstChild is { } child)
                {
                    child.Remove();
                    words.AppendChild(child);
                }

                link.ReplaceBy(words, copyChildren: false);
            }
        }

        foreach (ParagraphBlock paragraph in _document.Descendants<ParagraphBlock>())
        {
            if (OpeningOf(paragraph) is { } kind)
            {
                paragraph.GetAttributes().AddClass("lead-" + kind);
            }
        }

        using StringWriter writer = new() { NewLine = "\n" };
        HtmlRenderer renderer = NewRenderer(writer, context);
        renderer.Render(_document);
        writer.Flush();
        foreach (HeadingBlock heading in _document.Descendants<HeadingBlock>())
        {
            context.Headings.Add(new Heading(heading.Level, heading.GetAttributes().Id!, PlainText(heading.Inline), InlineHtml(heading.Inline, context)));
        }

        return writer.ToString();
    }

    /// <summary>Text without markup under each heading, for the search index; formulas as TeX. Call it after <see cref="ToHtml"/>, which gives headings their anchors.</summary>
    public IEnumerable<(Heading? Heading, string Text)> PlainSections()
    {
        Heading? heading = null;
        StringBuilder text = new();
        foreach (Block block in _document)
        {
            if (block is HeadingBlock next)
            {
                yield return (heading, text.ToString());
                heading = new Heading(next.Level, next.TryGetAttributes()?.Id ?? "", PlainText(next.Inline), "");
                text.Clear();
                continue;
            }

            foreach (LeafBlock leaf in block is LeafBlock self ? [self] : ((ContainerBlock)block).Descendants<LeafBlock>())
            {
                string plain = leaf switch
                {
                    MathBlock math => Tex(math),
                    HtmlBlock html => Tags().Replace(html.Lines.ToString(), " "),
                    { Inline: not null } => PlainText(leaf.Inline),
                    _ => leaf.Lines.ToString(),
                };
                text.Append(plain).Append(' ');
            }
        }

        yield return (heading, text.ToString());
    }

    private static HtmlRenderer NewRenderer(TextWriter writer, MarkdownContext context)
    {
        HtmlRenderer renderer = new(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathInlineRenderer>(new MathInlineHtml(context.Formulas));
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathBlockRenderer>(new MathBlockHtml(context.Formulas));
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new HeadingHtml());
        renderer.ObjectRenderers.ReplaceOrAdd<ParagraphRenderer>(new ParagraphHtml());
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new CodeHtml());
        renderer.ObjectRenderers.ReplaceOrAdd<Markdig.Extensions.Tables.HtmlTableRenderer>(new TableHtml());
        return renderer;
    }

    private static string InlineHtml(ContainerInline? inline, MarkdownContext context)
    {
        using StringWriter writer = new() { NewLine = "\n" };
        HtmlRenderer renderer = NewRenderer(writer, context);
        if (inline is not null)
        {
            renderer.WriteChildren(inline);
        }

        writer.Flush();
        return Tags().Replace(writer.ToString(), match => match.Value.StartsWith("<a", StringComparison.Ordinal) || match.Value == "</a>" ? "" : match.Value);
    }

    private static string Tex(MathBlock block) => block.Lines.ToString().Trim();

    private static string Tex(MathInline inline) => inline.Content.ToString().Trim();

    private static string PlainText(ContainerInline? inline)
    {
        StringBuilder text = new();
        foreach (MarkdownObject part in inline?.Descendants() ?? [])
        {
            _ = part switch
            {
                LiteralInline literal => text.Append(literal.Content.AsSpan()),
                CodeInline code => text.Append(code.Content),
                MathInline math => text.Append(Readable(Tex(math))),
                HtmlEntityInline entity => text.Append(entity.Transcoded.AsSpan()),
                LineBreakInline => text.Append(' '),
                _ => text,
            };
        }

        return text.ToString();
    }

    /// <summary>A formula inside a line of plain text (search results, window titles): "√d_k", not "\sqrt{d_k}".</summary>
    private static string Readable(string tex)
    {
        string text = tex.Replace(@"\sqrt", "√", StringComparison.Ordinal).Replace(@"\cdot", "·", StringComparison.Ordinal)
            .Replace(@"\times", "×", StringComparison.Ordinal).Replace(@"\lVert", "‖", StringComparison.Ordinal).Replace(@"\rVert", "‖", StringComparison.Ordinal)
            .Replace(@"\top", "ᵀ", StringComparison.Ordinal);
        return TexMarks().Replace(text, "").Trim();
    }

    private static SectionMark? MarkOf(ParagraphBlock paragraph)
    {
        if (paragraph.Inline?.FirstChild is not EmphasisInline)
        {
            return null;
        }

        Match match = Mark().Match(PlainText(paragraph.Inline).Trim());
        return match.Success ? new SectionMark(match.Groups[1].Value == "core", match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan) : 0) : null;
    }

    private static string? OpeningOf(ParagraphBlock paragraph) =>
        paragraph.Inline?.FirstChild is EmphasisInline { DelimiterCount: 2 } strong && Openings.TryGetValue(PlainText(strong).Trim().TrimEnd('.', ':', '?'), out string? kind) ? kind : null;

    [GeneratedRegex(@"^(core|at home)(?:\s*·\s*(\d+)\s*min)?\.?$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"<[^>]*>")]
    private static partial Regex Tags();

    /// <summary>Braces, spacing commands, fonts, and the backslash of what is left.</summary>
    [GeneratedRegex(@"\\(?:mathrm|mathbf|mathit|text|left|right|operatorname)(?![A-Za-z])|\\[,;:! ]|[{}\\]|\^(?=ᵀ)")]
    private static partial Regex TexMarks();

    private sealed class MathInlineHtml(Formulas formulas) : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline obj) =>
            renderer.Write(formulas.Html(Tex(obj), obj.DelimiterCount > 1));
    }

    private sealed class MathBlockHtml(Formulas formulas) : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock obj)
        {
            renderer.EnsureLine();
            renderer.Write("<div class=\"formula\" tabindex=\"0\" role=\"group\" aria-label=\"formula\">").Write(formulas.Html(Tex(obj), display: true)).WriteLine("</div>");
        }
    }

    /// <summary>A heading with a link to itself.</summary>
    private sealed class HeadingHtml : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock obj)
        {
            renderer.EnsureLine();
            string id = obj.GetAttributes().Id!;
            renderer.Write($"<h{obj.Level} id=\"{id}\">");
            renderer.WriteLeafInline(obj);
            renderer.Write($" <a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>");
            renderer.WriteLine($"</h{obj.Level}>");
        }
    }

    /// <summary>A paragraph, or the line of marks under a heading.</summary>
    private sealed class ParagraphHtml : ParagraphRenderer
    {
        protected override void Write(HtmlRenderer renderer, ParagraphBlock obj)
        {
            if (MarkOf(obj) is not { } mark)
            {
                base.Write(renderer, obj);
                return;
            }

            renderer.EnsureLine();
            renderer.Write("<p class=\"marks\"><span class=\"mark ").Write(mark.Core ? "core\">core" : "home\">at home").Write("</span>");
            if (mark.Minutes > 0)
            {
                renderer.Write($" <span class=\"minutes\">{mark.Minutes} min</span>");
            }

            renderer.WriteLine("</p>");
        }
    }

    /// <summary>A fenced block: C# in colours, anything else as it is.</summary>
    private sealed class CodeHtml : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock obj)
        {
            renderer.EnsureLine();
            string source = obj.Lines.ToString();
            string language = (obj as FencedCodeBlock)?.Info ?? "";
            string html = language is "csharp" or "cs" or "c#" ? CodeHighlighter.ToHtml(source) : System.Net.WebUtility.HtmlEncode(source);
            renderer.Write("<pre class=\"code\" tabindex=\"0\"><code>").Write(html).WriteLine("</code></pre>");
        }
    }

    /// <summary>A table that scrolls by itself when the page is narrow.</summary>
    private sealed class TableHtml : Markdig.Extensions.Tables.HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Markdig.Extensions.Tables.Table table)
        {
            renderer.EnsureLine();
            renderer.WriteLine("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"table\">");
            base.Write(renderer, table);
            renderer.WriteLine("</div>");
        }
    }
}
