using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>What a line of a C# cell asks the host to bring.</summary>
internal enum CellDirectiveKind
{
    /// <summary><c>#!import FILE</c>.</summary>
    Import,

    /// <summary><c>#r "FILE"</c>.</summary>
    Reference,

    /// <summary>What this host does not carry out: <c>#r "nuget:…"</c>, <c>#i</c>, <c>#load</c>, and other lines that start with <c>#!</c>.</summary>
    Refused,

    /// <summary>One of these in a branch that <c>#if</c> leaves out: the compiler reports it even there, so it is taken away.</summary>
    Ignored,
}

/// <summary>A line that brings other files into a cell.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Target">The file as it is written; for a refused line, why.</param>
/// <param name="Line">Line of the cell, from 1.</param>
/// <param name="Span">Its place in the cell's text, without the line end.</param>
internal sealed record CellDirective(CellDirectiveKind Kind, string Target, int Line, TextSpan Span)
{
    /// <summary>Absolute path of the file that it names from a folder.</summary>
    public string FileFrom(string folder) => Path.GetFullPath(Path.Combine(folder, Target));
}

/// <summary>Finds the directives of a cell as the compiler does: never in a string, a comment, or a branch that <c>#if</c> leaves out.</summary>
internal static class CellDirectives
{
    /// <summary>How cells are read everywhere.</summary>
    public static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.CSharp13, DocumentationMode.Parse, SourceCodeKind.Script);

    /// <summary>The directives of a cell in their order.</summary>
    public static IReadOnlyList<CellDirective> In(string source)
    {
        if (!source.Contains('#'))
        {
            return [];
        }

        SyntaxTree tree = CSharpSyntaxTree.ParseText(source, ParseOptions);
        return
        [
            .. tree.GetRoot().DescendantTrivia(descendIntoTrivia: true)
                .Select(trivia => trivia.GetStructure()).OfType<DirectiveTriviaSyntax>()
                .Select(directive => Read(tree, directive)).OfType<CellDirective>(),
        ];
    }

    /// <summary>A cell with other text in place of its directives; a shorter text leaves blanks behind it.</summary>
    public static string Replace(string source, IReadOnlyList<CellDirective> directives, Func<CellDirective, string> text)
    {
        foreach (CellDirective directive in directives.Reverse())
        {
            source = string.Concat(source.AsSpan(0, directive.Span.Start), text(directive).PadRight(directive.Span.Length), source.AsSpan(directive.Span.End));
        }

        return source;
    }

    private static CellDirective? Read(SyntaxTree tree, DirectiveTriviaSyntax directive)
    {
        TextLine line = tree.GetText().Lines.GetLineFromPosition(directive.SpanStart);
        var span = TextSpan.FromBounds(directive.SpanStart, line.End);
        (CellDirectiveKind Kind, string Target)? found = directive switch
        {
            ReferenceDirectiveTriviaSyntax { File.IsMissing: false } reference => Reference(reference.File.ValueText),
            LoadDirectiveTriviaSyntax load =>
                (CellDirectiveKind.Refused, $"#load \"{load.File.ValueText}\" is refused: not every host knows it; use #!import of a .dib file."),
            ShebangDirectiveTriviaSyntax or BadDirectiveTriviaSyntax => Other(tree.GetText().ToString(span)),
            _ => null,
        };
        return found is (CellDirectiveKind kind, string target)
            ? new CellDirective(directive.IsActive ? kind : CellDirectiveKind.Ignored, target, line.LineNumber + 1, span)
            : null;
    }

    private static (CellDirectiveKind Kind, string Target) Reference(string target) =>
        target.TrimStart().StartsWith("nuget:", StringComparison.OrdinalIgnoreCase)
            ? (CellDirectiveKind.Refused, $"#r \"{target}\" is refused: this host loads no packages, and the course needs none; reference a DLL by its path.")
            : (CellDirectiveKind.Reference, target);

    private static (CellDirectiveKind Kind, string Target)? Other(string line)
    {
        string[] words = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words switch
        {
            ["#!import", string file] => (CellDirectiveKind.Import, file.Trim('"')),
            ["#i", ..] => (CellDirectiveKind.Refused, $"{line.Trim()} is refused: this host loads no packages, and the course needs none."),
            [['#', '!', ..], ..] =>
                (CellDirectiveKind.Refused, $"{line.Trim()} is refused: of the lines that start with #! this host knows #!import FILE.dib."),
            _ => null,
        };
    }
}
