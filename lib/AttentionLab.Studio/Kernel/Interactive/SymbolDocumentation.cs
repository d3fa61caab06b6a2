using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// What the compiler's own hover leaves out of a symbol's documentation: the summary of the type it belongs to, where this library writes the formula,
/// and the texts of parameters and result, where it writes shapes and units.
/// </summary>
internal static partial class SymbolDocumentation
{
    // A chain of "as documented there" that is longer leads in a circle.
    private const int LongestChain = 8;

    /// <summary>Lines of Markdown to write behind the hover; empty where nothing more is documented.</summary>
    public static string More(ISymbol symbol, Compilation compilation)
    {
        symbol = ((symbol as IMethodSymbol)?.ReducedFrom ?? symbol).OriginalDefinition;
        XElement[] own = [.. Chain(symbol, compilation)];
        List<string> lines = [];
        if (symbol.ContainingType is { } type)
        {
            string summary = Text(Chain(type, compilation), "summary");
            if (summary.Length > 0 && summary != Text(own, "summary"))
            {
                lines.Add($"**{type.Name}**: {Escape(summary)}");
            }
        }

        lines.AddRange(
            from parameter in symbol is IMethodSymbol method ? method.Parameters : (symbol as IPropertySymbol)?.Parameters ?? []
            let text = Text(own, "param", parameter.Name)
            where text.Length > 0
            select $"**{Escape(parameter.Name)}**: {Escape(text)}");
        if (Text(own, "returns") is { Length: > 0 } returns)
        {
            lines.Add($"**Returns**: {Escape(returns)}");
        }

        return string.Concat(lines.Select(line => "\n\n> " + line));
    }

    /// <summary>The symbol's documentation, then what it inherits, the nearest first.</summary>
    private static IEnumerable<XElement> Chain(ISymbol? symbol, Compilation compilation)
    {
        for (int i = 0; i < LongestChain && symbol is not null && Read(symbol) is { } read; i++)
        {
            yield return read;
            symbol = read.Element("inheritdoc") is not { } inherit ? null
                : inherit.Attribute("cref") is { } there ? DocumentationCommentId.GetFirstSymbolForDeclarationId(there.Value, compilation)
                : Overridden(symbol);
        }
    }

    private static ISymbol? Overridden(ISymbol symbol) => (symbol switch
    {
        IMethodSymbol method => method.OverriddenMethod,
        IPropertySymbol property => property.OverriddenProperty,
        INamedTypeSymbol type => type.BaseType,
        _ => (ISymbol?)null,
    } ?? symbol.ContainingType?.AllInterfaces.SelectMany(each => each.GetMembers(symbol.Name))
        .FirstOrDefault(member => SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(member), symbol)))
        ?.OriginalDefinition;

    private static XElement? Read(ISymbol symbol)
    {
        string? xml = symbol.GetDocumentationCommentXml();
        if (string.IsNullOrEmpty(xml))
        {
            return null;
        }

        try
        {
            // Of a library on disk it is what stands inside the element of the member, of a cell the element.
            XElement read = XElement.Parse($"<member>{xml}</member>", LoadOptions.PreserveWhitespace);
            return read.Element("member") ?? read;
        }
        catch (XmlException)
        {
            return null;
        }
    }

    private static string Text(IEnumerable<XElement> chain, string kind, string? name = null) => chain
        .SelectMany(read => read.Elements(kind).Where(element => name is null || element.Attribute("name")?.Value == name))
        .Select(element => Blanks().Replace(string.Concat(element.Nodes().Select(Text)), " ").Trim())
        .FirstOrDefault(text => text.Length > 0) ?? "";

    private static string Text(XNode node) => node switch
    {
        XText text => text.Value,
        XElement { IsEmpty: true } element => (element.Attribute("cref") ?? element.Attribute("name") ?? element.Attribute("langword")
            ?? element.Attribute("href")) is { } named ? (named.Name == "cref" ? Name(named.Value) : named.Value) : " ",
        XElement { Name.LocalName: "para" or "item" or "code" } element => $" {string.Concat(element.Nodes().Select(Text))} ",
        XElement element => string.Concat(element.Nodes().Select(Text)),
        _ => "",
    };

    /// <summary>The last name of "M:System.MemoryExtensions.Reverse``1(System.Span{``0})"; of a constructor its type's.</summary>
    private static string Name(string id)
    {
        string[] names = id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..].Split('(')[0].Split('.');
        return (names is [.., var type, "#ctor"] ? type : names[^1]).Split('`')[0];
    }

    private static string Escape(string text) => Marks().Replace(text, @"\$0");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"[\\`*_\[\]<>]")]
    private static partial Regex Marks();
}
