using System.Text.RegularExpressions;
using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AttentionLab.Studio.Book;

/// <summary>
/// Markdown as HTML. All of it goes through the sanitizer, since Markdown may hold any HTML. What this program makes itself (formulas, coloured
/// code, anchors of headings) is put in behind it, where the page's own marks stand; nobody can write these, since their name is drawn anew each time.
/// </summary>
internal sealed class MarkdownHtml
{
    private readonly MarkdownContext _context;
    private readonly string _ours = "data-" + Guid.NewGuid().ToString("N");
    private readonly List<string> _made = [];

    private MarkdownHtml(MarkdownContext context) => _context = context;

    /// <summary>The Markdown of notebooks.</summary>
    public static MarkdownPipeline Pipeline { get; } =
        new MarkdownPipelineBuilder().UsePipeTables().UseMathematics().UseEmphasisExtras().UseTaskLists().UseAutoLinks().Build();

    /// <summary>A whole piece.</summary>
    public static string Of(MarkdownDocument document, MarkdownContext context)
    {
        var html = new MarkdownHtml(context);
        return html.Finish(html.Write(renderer => renderer.Render(document)), links: true);
    }

    /// <summary>The inside of a heading, without links.</summary>
    public static string OfHeading(HeadingBlock heading, MarkdownContext context)
    {
        var html = new MarkdownHtml(context);
        return html.Finish(html.Write(renderer => renderer.WriteLeafInline(heading)), links: false).Trim();
    }

    private string Write(Action<HtmlRenderer> write)
    {
        using StringWriter writer = new() { NewLine = "\n" };
        HtmlRenderer renderer = new(writer);
        Pipeline.Setup(renderer);
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathInlineRenderer>(new MathInlineHtml(this));
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlMathBlockRenderer>(new MathBlockHtml(this));
        renderer.ObjectRenderers.ReplaceOrAdd<HeadingRenderer>(new HeadingHtml(this));
        renderer.ObjectRenderers.ReplaceOrAdd<ParagraphRenderer>(new ParagraphHtml());
        renderer.ObjectRenderers.ReplaceOrAdd<CodeBlockRenderer>(new CodeHtml(this));
        renderer.ObjectRenderers.ReplaceOrAdd<CodeInlineRenderer>(new CodeInlineHtml(this));
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlTableRenderer>(new TableHtml());
        renderer.ObjectRenderers.ReplaceOrAdd<HtmlTaskListRenderer>(new TaskHtml(this));
        write(renderer);
        writer.Flush();
        return writer.ToString();
    }

    /// <summary>A mark for HTML of our own.</summary>
    private string Put(string html)
    {
        _made.Add(html);
        return FormattableString.Invariant($"<span {_ours}=\"{_made.Count - 1}\"></span>");
    }

    private string Finish(string html, bool links)
    {
        string safe = SafeHtml.Markdown(html, _context, _ours, links).Replace($" {_ours}=\"id:", " id=\"", StringComparison.Ordinal);
        safe = links ? _context.Finish(safe) : safe;
        return Regex.Replace(safe, $"<span {_ours}=\"([0-9]+)\"></span>", mark => _made[int.Parse(mark.Groups[1].ValueSpan)]);
    }

    private sealed class MathInlineHtml(MarkdownHtml page) : HtmlObjectRenderer<MathInline>
    {
        protected override void Write(HtmlRenderer renderer, MathInline obj) =>
            renderer.Write(page.Put(page._context.Formulas.Html(MarkdownText.Tex(obj), obj.DelimiterCount > 1)));
    }

    private sealed class MathBlockHtml(MarkdownHtml page) : HtmlObjectRenderer<MathBlock>
    {
        protected override void Write(HtmlRenderer renderer, MathBlock obj)
        {
            string formula = page._context.Formulas.Html(MarkdownText.Tex(obj), display: true);
            renderer.EnsureLine();
            renderer.WriteLine(page.Put($"<div class=\"formula\" tabindex=\"0\" role=\"group\" aria-label=\"formula\">{formula}</div>"));
        }
    }

    /// <summary>A heading with a link to itself.</summary>
    private sealed class HeadingHtml(MarkdownHtml page) : HtmlObjectRenderer<HeadingBlock>
    {
        protected override void Write(HtmlRenderer renderer, HeadingBlock obj)
        {
            renderer.EnsureLine();
            string id = obj.GetAttributes().Id!;
            renderer.Write($"<h{obj.Level} {page._ours}=\"id:{id}\">");
            renderer.WriteLeafInline(obj);
            renderer.Write(" ").Write(page.Put($"<a class=\"anchor\" href=\"#{id}\" aria-label=\"Link to this section\">#</a>"));
            renderer.WriteLine($"</h{obj.Level}>");
        }
    }

    /// <summary>A paragraph, or the line of marks under a heading.</summary>
    private sealed class ParagraphHtml : ParagraphRenderer
    {
        protected override void Write(HtmlRenderer renderer, ParagraphBlock obj)
        {
            if (MarkdownText.MarkOf(obj) is not { } mark)
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
    private sealed class CodeHtml(MarkdownHtml page) : HtmlObjectRenderer<CodeBlock>
    {
        protected override void Write(HtmlRenderer renderer, CodeBlock obj)
        {
            renderer.EnsureLine();
            string source = obj.Lines.ToString();
            string language = (obj as FencedCodeBlock)?.Info ?? "";
            string html = language is "csharp" or "cs" or "c#" ? CodeHighlighter.ToHtml(source) : PageText.Encode(source);
            renderer.WriteLine(page.Put($"<pre class=\"code\" tabindex=\"0\"><code>{html}</code></pre>"));
        }
    }

    /// <summary>Code inside a line: a name of the library leads to its file, unless it stands inside of a link already.</summary>
    private sealed class CodeInlineHtml(MarkdownHtml page) : CodeInlineRenderer
    {
        protected override void Write(HtmlRenderer renderer, CodeInline obj)
        {
            if (obj.FindParentOfType<LinkInline>().Any() || page._context.CodeLink(obj.Content) is not { } address)
            {
                base.Write(renderer, obj);
                return;
            }

            renderer.Write(page.Put($"<a class=\"source\" href=\"{address}\"><code>{PageText.Encode(obj.Content)}</code></a>"));
        }
    }

    /// <summary>The box before a task. An answer of a prediction has none: the page makes buttons of them.</summary>
    private sealed class TaskHtml(MarkdownHtml page) : HtmlObjectRenderer<TaskList>
    {
        protected override void Write(HtmlRenderer renderer, TaskList obj)
        {
            bool isAnswer =
                obj.Parent?.ParentBlock?.Parent?.Parent is ListBlock list && list.GetAttributes().Classes?.Contains(MarkdownText.AnswersClass) == true;
            if (!isAnswer)
            {
                renderer.Write(
                    page.Put($"<span class=\"box\" role=\"img\" aria-label=\"{(obj.Checked ? "done" : "to do")}\">{(obj.Checked ? "☑" : "☐")}</span>"));
            }
        }
    }

    /// <summary>A table that scrolls by itself when the page is narrow.</summary>
    private sealed class TableHtml : HtmlTableRenderer
    {
        protected override void Write(HtmlRenderer renderer, Table table)
        {
            renderer.EnsureLine();
            renderer.WriteLine("<div class=\"table\" tabindex=\"0\" role=\"group\" aria-label=\"table\">");
            base.Write(renderer, table);
            renderer.WriteLine("</div>");
        }
    }
}
