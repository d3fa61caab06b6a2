using System.Collections.Frozen;
using System.Text;

namespace AttentionLab.Studio.Book;

/// <summary>
/// HTML that cells showed, let into the page only if it is plain: known elements, properly nested, without scripts, links
/// to scripts or anything that loads. Whatever is more than that goes into a sandboxed frame.
/// </summary>
public static class SafeHtml
{
    private static readonly FrozenSet<string> Elements = new[]
    {
        "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em",
        "figcaption", "figure", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "samp", "section",
        "small", "span", "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "time", "tr", "u", "ul", "var", "wbr",
    }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Empty = new[] { "br", "col", "hr", "wbr" }.ToFrozenSet(StringComparer.Ordinal);

    private static readonly FrozenSet<string> Attributes = new[]
    {
        "class", "style", "title", "lang", "dir", "colspan", "rowspan", "scope", "open", "role", "start", "span", "value", "datetime", "href", "tabindex",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>The fragment, written anew from what was recognised; null if it is more than plain.</summary>
    /// <param name="html">An HTML fragment. A <c>style</c> element is left out: the page has its own.</param>
    public static string? Clean(string html)
    {
        ArgumentNullException.ThrowIfNull(html);
        StringBuilder clean = new(html.Length);
        Stack<string> open = new();
        int at = 0;
        while (at < html.Length)
        {
            int tag = html.IndexOf('<', at);
            Text(clean, html.AsSpan(at, (tag < 0 ? html.Length : tag) - at));
            if (tag < 0)
            {
                break;
            }

            if (html.AsSpan(tag).StartsWith("<!--"))
            {
                int end = html.IndexOf("-->", tag + 4, StringComparison.Ordinal);
                if (end < 0)
                {
                    return null;
                }

                at = end + 3;
                continue;
            }

            bool closing = tag + 1 < html.Length && html[tag + 1] == '/';
            int nameAt = tag + (closing ? 2 : 1), nameEnd = nameAt;
            while (nameEnd < html.Length && char.IsAsciiLetterOrDigit(html[nameEnd]))
            {
                nameEnd++;
            }

            string name = html[nameAt..nameEnd].ToLowerInvariant();
            if (name == "style" && !closing)
            {
                int end = html.IndexOf("</style>", nameEnd, StringComparison.OrdinalIgnoreCase);
                if (end < 0)
                {
                    return null;
                }

                at = end + "</style>".Length;
                continue;
            }

            if (!Elements.Contains(name))
            {
                return null;
            }

            if (closing)
            {
                at = html.IndexOf('>', nameEnd) + 1;
                if (at == 0 || !html.AsSpan(nameEnd, at - 1 - nameEnd).IsWhiteSpace() || open.Count == 0 || open.Pop() != name)
                {
                    return null;
                }

                clean.Append("</").Append(name).Append('>');
                continue;
            }

            clean.Append('<').Append(name);
            at = Attribute(clean, html, nameEnd);
            if (at < 0)
            {
                return null;
            }

            clean.Append('>');
            if (!Empty.Contains(name))
            {
                open.Push(name);
            }
        }

        return open.Count == 0 ? clean.ToString() : null;
    }

    private static void Text(StringBuilder clean, ReadOnlySpan<char> text)
    {
        foreach (char letter in text)
        {
            _ = letter == '>' ? clean.Append("&gt;") : clean.Append(letter);
        }
    }

    /// <summary>Reads the attributes up to and with <c>&gt;</c>; returns where the text goes on, or −1 if one is not plain.</summary>
    private static int Attribute(StringBuilder clean, string html, int at)
    {
        while (true)
        {
            while (at < html.Length && char.IsWhiteSpace(html[at]))
            {
                at++;
            }

            if (at >= html.Length)
            {
                return -1;
            }

            if (html[at] == '>')
            {
                return at + 1;
            }

            if (html[at] == '/' && at + 1 < html.Length && html[at + 1] == '>')
            {
                at++;
                continue;
            }

            int start = at;
            while (at < html.Length && (char.IsAsciiLetterOrDigit(html[at]) || html[at] == '-'))
            {
                at++;
            }

            string name = html[start..at].ToLowerInvariant();
            if (name.Length == 0)
            {
                return -1;
            }

            while (at < html.Length && char.IsWhiteSpace(html[at]))
            {
                at++;
            }

            string value = "";
            if (at < html.Length && html[at] == '=')
            {
                at++;
                while (at < html.Length && char.IsWhiteSpace(html[at]))
                {
                    at++;
                }

                if (at >= html.Length || html[at] is not ('"' or '\''))
                {
                    return -1;
                }

                int end = html.IndexOf(html[at], at + 1);
                if (end < 0)
                {
                    return -1;
                }

                value = System.Net.WebUtility.HtmlDecode(html[(at + 1)..end]);
                at = end + 1;
            }

            // An id could catch an anchor of the page, data-* a script of ours: left out.
            if (name is "id" || name.StartsWith("data-", StringComparison.Ordinal))
            {
                continue;
            }

            if (!(Attributes.Contains(name) || name.StartsWith("aria-", StringComparison.Ordinal)) || !PlainValue(name, value))
            {
                return -1;
            }

            clean.Append(' ').Append(name).Append("=\"").Append(System.Net.WebUtility.HtmlEncode(value)).Append('"');
        }
    }

    private static bool PlainValue(string name, string value) => name switch
    {
        "href" => value.StartsWith("https://", StringComparison.Ordinal) || value.StartsWith("http://", StringComparison.Ordinal) || value.StartsWith('#'),
        // Nothing that loads, nothing that leaves its place, no escapes that could hide either.
        "style" => !value.Contains("url", StringComparison.OrdinalIgnoreCase) && !value.Contains("image-set", StringComparison.OrdinalIgnoreCase)
            && !value.Contains("fixed", StringComparison.OrdinalIgnoreCase) && !value.Contains("sticky", StringComparison.OrdinalIgnoreCase)
            && !value.Contains("absolute", StringComparison.OrdinalIgnoreCase)
            && !value.Contains('\\', StringComparison.Ordinal) && !value.Contains("/*", StringComparison.Ordinal) && !value.Contains('@', StringComparison.Ordinal),
        "tabindex" => value is "0" or "-1",
        _ => true,
    };
}
