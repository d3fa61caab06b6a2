using AngleSharp.Dom;
using Ganss.Xss;

namespace AttentionLab.Studio.Book;

/// <summary>
/// HTML that others wrote, let into the page by HtmlSanitizer: only what shows something; nothing that acts, loads, leaves its place, or
/// takes a name (<c>id</c>, <c>data-…</c>) that belongs to the page.
/// </summary>
internal static class SafeHtml
{
    private static readonly string[] Elements =
    [
        "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
        "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp",
        "section", "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
    ];

    private static readonly string[] Attributes =
    [
        "class", "style", "title", "lang", "dir", "colspan", "rowspan", "scope", "open", "role", "start", "span", "value", "datetime", "href", "tabindex",
        "aria-label", "aria-hidden", "aria-live", "aria-valuetext", "aria-roledescription",
    ];

    /// <summary>Of SVG what draws and says: no style, no reference, nothing that moves or embeds.</summary>
    private static readonly string[] Drawing = ["svg", "g", "path", "rect", "circle", "line", "text", "tspan", "title", "desc"];

    private static readonly string[] DrawingAttributes =
    [
        "viewBox", "width", "height", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "d", "fill", "fill-opacity", "stroke", "stroke-width",
        "stroke-opacity", "stroke-dasharray", "opacity", "font-size", "font-weight", "text-anchor",
    ];

    private static readonly string[] Styles =
    [
        "background-color", "border-collapse", "border-spacing", "caption-side", "color", "cursor", "display", "font-family", "font-size", "font-style",
        "font-variant-numeric", "font-weight", "height", "letter-spacing", "line-height", "list-style-type", "max-height", "max-width", "min-height",
        "min-width", "opacity", "overflow", "overflow-wrap", "overflow-x", "overflow-y", "tab-size", "table-layout", "text-align", "text-decoration",
        "text-indent", "text-transform", "vertical-align", "white-space", "width", "word-break",
        .. Sides("margin", ""), .. Sides("padding", ""), .. Sides("border", "-width"), .. Sides("border", "-style"), .. Sides("border", "-color"),
        .. Sides("border", ""),
        "border-radius", "border-top-left-radius", "border-top-right-radius", "border-bottom-left-radius", "border-bottom-right-radius",
        "border-image", "border-image-outset", "border-image-repeat", "border-image-slice", "border-image-source", "border-image-width",
        "background", "background-image", "background-position", "background-position-x", "background-position-y", "background-size", "background-repeat",
        "background-repeat-x", "background-repeat-y", "background-attachment", "background-origin", "background-clip",
        "text-decoration-color", "text-decoration-line", "text-decoration-style", "text-decoration-thickness",
    ];

    /// <summary>Classes that Markdown's own elements carry.</summary>
    private static readonly string[] MarkdownClasses =
        ["table", "marks", "mark", "core", "home", "minutes", "contains-task-list", MarkdownText.AnswersClass, .. MarkdownText.LeadClasses];

    private static readonly string[] Schemes = ["http", "https", "mailto"];

    /// <summary>What a cell showed, if it is plain; null if something had to be taken away, which a sandboxed frame can show.</summary>
    /// <param name="html">An HTML fragment. Ids, <c>data-…</c>, comments and <c>style</c> elements are left out without a word: the page has its own.</param>
    public static string? Output(string html)
    {
        bool plain = true;
        HtmlSanitizer sanitizer = New([.. Elements, .. Drawing], [.. Attributes, .. DrawingAttributes], []);
        sanitizer.RemovingTag += (_, removed) => plain &= removed.Tag.LocalName == "style";
        sanitizer.RemovingAttribute += (_, removed) =>
            plain &= removed.Attribute.Name == "id" || removed.Attribute.Name.StartsWith("data-", StringComparison.Ordinal);
        sanitizer.RemovingStyle += (_, _) => plain = false;
        sanitizer.FilterUrl += (_, url) => url.SanitizedUrl = url.Tag.LocalName == "a" && IsForeign(url.OriginalUrl) ? url.OriginalUrl : null;
        sanitizer.PostProcessDom += (_, page) => plain &= page.Document.Body!.QuerySelectorAll("*").All(IsInItsPlace);
        string clean = sanitizer.Sanitize(PageText.CleanHtml(html));
        return plain ? clean : null;
    }

    /// <summary>Markdown that has become HTML.</summary>
    /// <param name="html">As Markdig wrote it.</param>
    /// <param name="context">Where links and pictures lead; a link that leads nowhere becomes its words.</param>
    /// <param name="ours">Name of the attribute by which the caller finds its own elements again.</param>
    /// <param name="links">False takes all links away, their words stay.</param>
    public static string Markdown(string html, MarkdownContext context, string ours, bool links = true)
    {
        HtmlSanitizer sanitizer = New([.. Elements, "img"], [.. Attributes, "src", "alt", ours], MarkdownClasses);
        sanitizer.FilterUrl += (_, url) => url.SanitizedUrl = url.Tag.LocalName switch
        {
            "a" when IsForeign(url.OriginalUrl) => url.OriginalUrl,
            "a" => context.Link(url.OriginalUrl),
            "img" => context.Image(url.OriginalUrl),
            _ => null,
        };
        sanitizer.PostProcessDom += (_, page) =>
        {
            foreach (IElement link in page.Document.QuerySelectorAll("a").Where(link => !links || !link.HasAttribute("href")))
            {
                link.Replace([.. link.ChildNodes]);
            }
        };
        return PageText.CleanHtml(sanitizer.Sanitize(html));
    }

    private static HtmlSanitizer New(IEnumerable<string> elements, IEnumerable<string> attributes, IEnumerable<string> classes) => new(new HtmlSanitizerOptions
    {
        AllowedTags = elements.ToHashSet(StringComparer.OrdinalIgnoreCase),
        AllowedAttributes = attributes.ToHashSet(StringComparer.OrdinalIgnoreCase),
        AllowedCssProperties = Styles.ToHashSet(StringComparer.OrdinalIgnoreCase),
        AllowedClasses = classes.ToHashSet(StringComparer.Ordinal),
        AllowedSchemes = Schemes.ToHashSet(StringComparer.OrdinalIgnoreCase),
        UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "src" },
    });

    /// <summary>Drawing stands inside an svg element, text and tables outside, and no attribute of a drawing (fill, stroke) refers to anything.</summary>
    private static bool IsInItsPlace(IElement element)
    {
        bool drawn = element.NamespaceUri == NamespaceNames.SvgUri;
        return drawn == Drawing.Contains(element.LocalName, StringComparer.Ordinal)
            && (element.LocalName == "svg" || !drawn || element.ParentElement?.NamespaceUri == NamespaceNames.SvgUri)
            && (!drawn || element.Attributes.All(
                attribute => !DrawingAttributes.Contains(attribute.Name, StringComparer.OrdinalIgnoreCase) || !attribute.Value.Contains('(')))
            && (drawn || element.ParentElement?.NamespaceUri != NamespaceNames.SvgUri);
    }

    private static bool IsForeign(string url) => url.StartsWith('#')
        || (Uri.TryCreate(url, UriKind.Absolute, out Uri? address) && Schemes.Contains(address.Scheme, StringComparer.OrdinalIgnoreCase)
            && url.StartsWith(address.Scheme, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Sides(string name, string end) =>
        ((string[])["", "-top", "-right", "-bottom", "-left"]).Select(side => name + side + end);
}
