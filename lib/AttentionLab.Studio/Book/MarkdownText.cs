using System.Text;
using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AttentionLab.Studio.Book;

/// <summary>A heading of a page.</summary>
/// <param name="Level">1 to 6.</param>
/// <param name="Id">Anchor, unique on its page.</param>
/// <param name="Text">Plain text.</param>
public sealed record Heading(int Level, string Id, string Text);

/// <summary>A section's mark: part of the meeting or left for home, and how long it takes.</summary>
/// <param name="Core">True for <c>*core*</c>, false for <c>*at home*</c>.</param>
/// <param name="Minutes">Minutes, 0 if none are given.</param>
public sealed record SectionMark(bool Core, int Minutes);

/// <summary>
/// One piece of Markdown as notebooks write it, parsed once: tables, formulas between dollar signs, folded <c>details</c>, and the course's
/// own conventions (a level-one title that the page shows itself; marks under a heading; paragraphs that open with <b>Prediction.</b>, <b>What you saw.</b>,
/// …).
/// </summary>
public sealed partial class MarkdownText
{
    private static readonly Dictionary<string, string> Openings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["prediction"] = "lead-prediction",
        ["what you saw"] = "lead-saw",
        ["source"] = "lead-source",
        ["sources"] = "lead-source",
        ["claim"] = "lead-claim",
        ["the claim"] = "lead-claim",
        ["in one minute"] = "lead-minute",
        ["warning"] = "lead-warning",
        ["note"] = "lead-note",
        ["vote"] = "lead-claim",
        ["vote again"] = "lead-claim",
    };

    private readonly MarkdownDocument _document;

    private MarkdownText(MarkdownDocument document, Anchors anchors)
    {
        _document = document;
        if (document.OfType<HeadingBlock>().FirstOrDefault(heading => heading.Level == 1) is { } title)
        {
            Title = Plain(title.Inline);
            document.Remove(title);
        }

        foreach (HeadingBlock heading in document.Descendants<HeadingBlock>())
        {
            heading.GetAttributes().Id = anchors.Next(Plain(heading.Inline));
        }

        foreach (ParagraphBlock paragraph in document.Descendants<ParagraphBlock>())
        {
            if (OpeningOf(paragraph) is { } kind)
            {
                paragraph.GetAttributes().AddClass(kind);
            }
        }

        foreach ((Block question, Block answers) in document.Zip(document.Skip(1)))
        {
            if (question is ParagraphBlock asked && OpeningOf(asked) == "lead-prediction" && answers is ListBlock list
                && list.Descendants<TaskList>().Count() == list.Count)
            {
                list.GetAttributes().AddClass(AnswersClass);
                Answers = [.. list.Select(item => Plain(((ListItemBlock)item).OfType<ParagraphBlock>().FirstOrDefault()?.Inline).Trim())];
            }
        }

        IsFinding = document.FirstOrDefault() is ParagraphBlock first && OpeningOf(first) == "lead-saw";
        Headings = [.. document.Descendants<HeadingBlock>().Select(Of)];
        Marks = [.. document.OfType<ParagraphBlock>().Select(MarkOf).OfType<SectionMark>()];
        Links = [.. document.Descendants<LinkInline>().Select(link => link.Url).OfType<string>()];
        Code = [.. document.Descendants<CodeInline>().Select(code => code.Content)];
        Formulas = [.. document.Descendants().Select(FormulaOf).OfType<(string, bool)>()];
    }

    /// <summary>Plain text of the first level-one heading, or null.</summary>
    public string? Title { get; }

    /// <summary>The other headings, in order.</summary>
    public IReadOnlyList<Heading> Headings { get; }

    /// <summary>Marks of the sections in this piece.</summary>
    public IReadOnlyList<SectionMark> Marks { get; }

    /// <summary>Answers of the prediction that the piece asks for, the last if there are several; empty where it asks for none.</summary>
    public IReadOnlyList<string> Answers { get; } = [];

    /// <summary>True if the piece begins with <b>What you saw.</b></summary>
    public bool IsFinding { get; }

    /// <summary>Where its links and pictures lead, as written.</summary>
    public IReadOnlyList<string> Links { get; }

    /// <summary>Every piece of code inside a line.</summary>
    public IReadOnlyList<string> Code { get; }

    /// <summary>Every formula: TeX, and true where it stands on lines of its own.</summary>
    public IReadOnlyList<(string Tex, bool Display)> Formulas { get; }

    /// <summary>Class of a list of answers.</summary>
    internal const string AnswersClass = "answers";

    /// <summary>Classes of paragraphs that open with a known word.</summary>
    internal static IEnumerable<string> LeadClasses => Openings.Values.Distinct();

    /// <summary>Reads Markdown.</summary>
    /// <param name="source">The text, any line ends.</param>
    /// <param name="anchors">Anchors of the page that the piece stands on; null for a page of its own.</param>
    public static MarkdownText Parse(string source, Anchors? anchors = null) =>
        new(Markdown.Parse(PageText.Clean(source).ReplaceLineEndings("\n"), MarkdownHtml.Pipeline), anchors ?? new Anchors());

    /// <summary>The piece as HTML, without its title.</summary>
    /// <param name="context">What the page knows: formulas, where links lead.</param>
    public string ToHtml(MarkdownContext context) => MarkdownHtml.Of(_document, context);

    /// <summary>The inside of each heading as HTML, formulas set, links taken away.</summary>
    /// <param name="context">What the page knows.</param>
    public IEnumerable<(Heading Heading, string Html)> HeadingsHtml(MarkdownContext context) =>
        _document.Descendants<HeadingBlock>().Select(heading => (Of(heading), MarkdownHtml.OfHeading(heading, context)));

    /// <summary>Text without markup under each heading, for the search index; formulas as readable text.</summary>
    public IEnumerable<(Heading? Heading, string Text)> PlainSections()
    {
        Heading? heading = null;
        StringBuilder text = new();
        foreach (Block block in _document)
        {
            if (block is HeadingBlock next)
            {
                yield return (heading, text.ToString());
                heading = Of(next);
                text.Clear();
                continue;
            }

            foreach (LeafBlock leaf in block is LeafBlock self ? [self] : ((ContainerBlock)block).Descendants<LeafBlock>())
            {
                string plain = leaf switch
                {
                    MathBlock math => Tex(math),
                    HtmlBlock html => Tags().Replace(html.Lines.ToString(), " "),
                    { Inline: not null } => Plain(leaf.Inline),
                    _ => leaf.Lines.ToString(),
                };
                text.Append(plain).Append(' ');
            }
        }

        yield return (heading, text.ToString());
    }

    internal static string Tex(MathBlock block) => block.Lines.ToString().Trim();

    internal static string Tex(MathInline inline) => inline.Content.ToString().Trim();

    internal static SectionMark? MarkOf(ParagraphBlock paragraph)
    {
        if (paragraph.Inline?.FirstChild is not EmphasisInline)
        {
            return null;
        }

        Match match = Mark().Match(Plain(paragraph.Inline).Trim());
        return match.Success ? new SectionMark(match.Groups[1].Value == "core", match.Groups[2].Success ? int.Parse(match.Groups[2].ValueSpan) : 0) : null;
    }

    private static Heading Of(HeadingBlock heading) => new(heading.Level, heading.GetAttributes().Id!, Plain(heading.Inline));

    private static (string, bool)? FormulaOf(MarkdownObject part) => part switch
    {
        MathBlock block => (Tex(block), true),
        MathInline inline => (Tex(inline), inline.DelimiterCount > 1),
        _ => null,
    };

    private static string? OpeningOf(ParagraphBlock paragraph) =>
        paragraph.Inline?.FirstChild is EmphasisInline { DelimiterCount: 2 } strong
            && Openings.TryGetValue(Plain(strong).Trim().TrimEnd('.', ':', '?'), out string? kind) ? kind : null;

    private static string Plain(ContainerInline? inline)
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

        return PageText.Clean(text.ToString());
    }

    /// <summary>A formula inside a line of plain text (search results, window titles): "√d_k", not "\sqrt{d_k}".</summary>
    private static string Readable(string tex)
    {
        string text = tex.Replace(@"\sqrt", "√", StringComparison.Ordinal).Replace(@"\cdot", "·", StringComparison.Ordinal)
            .Replace(@"\times", "×", StringComparison.Ordinal).Replace(@"\lVert", "‖", StringComparison.Ordinal)
            .Replace(@"\rVert", "‖", StringComparison.Ordinal)
            .Replace(@"\top", "ᵀ", StringComparison.Ordinal);
        return TexMarks().Replace(text, "").Trim();
    }

    /// <summary>Up to 9999 minutes: what is more is no time for a section, and stays text.</summary>
    [GeneratedRegex(@"^(core|at home)(?:\s*·\s*([0-9]{1,4})\s*min)?\.?$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"<[^>]*>")]
    private static partial Regex Tags();

    /// <summary>Braces, spacing commands, fonts, and the backslash of what is left.</summary>
    [GeneratedRegex(@"\\(?:mathrm|mathbf|mathit|text|left|right|operatorname)(?![A-Za-z])|\\[,;:! ]|[{}\\]|\^(?=ᵀ)")]
    private static partial Regex TexMarks();
}
