using System.Net;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AttentionLab.Studio.Book;

/// <summary>
/// C# in colours, as HTML: <c>span</c>s of the classes k (keyword), s (text), n (number), c (comment), t (type),
/// m (method), d (directive). Every character of the source comes out again.
/// </summary>
/// <remarks>
/// Roslyn parses. Its classifier was tried on the 435 cells of the course: without references and the cells before it leaves all types without colour, and
/// takes 4.5 s of a processor; with both (a chapter as one text) it knows them and takes 5 s; this takes 0.7 s. Fenced lines and files of the library would
/// need references, too, and a class that a reader is writing has none.
/// </remarks>
public static class CodeHighlighter
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.CSharp13, kind: SourceCodeKind.Script);

    /// <summary>Colours a cell or a fenced block.</summary>
    /// <param name="source">C#, complete or not.</param>
    public static string ToHtml(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        StringBuilder html = new(source.Length * 2);
        foreach (SyntaxToken token in CSharpSyntaxTree.ParseText(PageText.Clean(source), Options).GetRoot().DescendantTokens())
        {
            foreach (SyntaxTrivia trivia in token.LeadingTrivia)
            {
                Append(html, Class(trivia), trivia.ToFullString());
            }

            Append(html, Class(token), token.Text);
            foreach (SyntaxTrivia trivia in token.TrailingTrivia)
            {
                Append(html, Class(trivia), trivia.ToFullString());
            }
        }

        return html.ToString();
    }

    private static void Append(StringBuilder html, string? name, string text)
    {
        if (text.Length == 0)
        {
            return;
        }

        string encoded = WebUtility.HtmlEncode(text);
        _ = name is null ? html.Append(encoded) : html.Append("<span class=\"").Append(name).Append("\">").Append(encoded).Append("</span>");
    }

    private static string? Class(SyntaxTrivia trivia) => trivia.Kind() switch
    {
        SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia => null,
        SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia => "c",
        _ when trivia.IsDirective || trivia.IsKind(SyntaxKind.ShebangDirectiveTrivia) => "d",
        _ => null,
    };

    private static string? Class(SyntaxToken token) => token.Kind() switch
    {
        SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.Utf8StringLiteralToken
            or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken
            or SyntaxKind.InterpolatedStringStartToken or SyntaxKind.InterpolatedVerbatimStringStartToken
            or SyntaxKind.InterpolatedSingleLineRawStringStartToken or SyntaxKind.InterpolatedMultiLineRawStringStartToken
            or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.InterpolatedStringEndToken
            or SyntaxKind.InterpolatedRawStringEndToken => "s",
        SyntaxKind.NumericLiteralToken => "n",
        SyntaxKind.IdentifierToken => Identifier(token),
        _ when token.IsKeyword() || token.IsContextualKeyword() => "k",
        _ => null,
    };

    /// <summary>A guess by syntax alone: good enough for colours, and needs no compilation.</summary>
    private static string? Identifier(SyntaxToken token) => token.Parent switch
    {
        BaseTypeDeclarationSyntax or TypeParameterSyntax or ConstructorDeclarationSyntax => "t",
        MethodDeclarationSyntax or LocalFunctionStatementSyntax => "m",
        IdentifierNameSyntax { IsVar: true } or IdentifierNameSyntax { Identifier.Text: "nameof" } => "k",
        SimpleNameSyntax name when Called(name) => "m",
        SimpleNameSyntax name when NamesType(name) => "t",
        _ => null,
    };

    private static bool Called(SimpleNameSyntax name) => name.Parent switch
    {
        InvocationExpressionSyntax => true,
        MemberAccessExpressionSyntax access => access.Name == name && access.Parent is InvocationExpressionSyntax call && call.Expression == access,
        MemberBindingExpressionSyntax binding => binding.Parent is InvocationExpressionSyntax,
        _ => false,
    };

    private static bool NamesType(SimpleNameSyntax name) => name.Parent switch
    {
        ObjectCreationExpressionSyntax or VariableDeclarationSyntax or TypeArgumentListSyntax or ArrayTypeSyntax
            or NullableTypeSyntax or BaseTypeSyntax or DeclarationPatternSyntax or TypeOfExpressionSyntax or TupleElementSyntax
            or CatchDeclarationSyntax or RefTypeSyntax or AttributeSyntax or DefaultExpressionSyntax or TypeConstraintSyntax => true,
        CastExpressionSyntax cast => cast.Type == name,
        ParameterSyntax parameter => parameter.Type == name,
        MethodDeclarationSyntax method => method.ReturnType == name,
        LocalFunctionStatementSyntax function => function.ReturnType == name,
        PropertyDeclarationSyntax property => property.Type == name,
        ForEachStatementSyntax loop => loop.Type == name,
        DeclarationExpressionSyntax declaration => declaration.Type == name,
        QualifiedNameSyntax qualified => qualified.Right == name && qualified.Parent is not UsingDirectiveSyntax,
        MemberAccessExpressionSyntax access => access.Expression == name && char.IsUpper(name.Identifier.Text[0]) && name.Identifier.Text.Length > 1,
        _ => name is GenericNameSyntax,
    };
}
