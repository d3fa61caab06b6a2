using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// Finds the functions of a cell that may come to themselves again: only they can fill the stack, and to probe it costs more than a whole small function.
/// A call by name, or of a delegate, may lead anywhere. What is called without a name (operators, indexers, constructors behind <c>new()</c>, the
/// <c>ToString</c> of a text's holes) is followed from declaration to declaration.
/// </summary>
internal sealed class Recursion(SemanticModel model)
{
    private readonly HashSet<string> _names = [.. model.SyntaxTree.GetRoot().DescendantNodes().Select(Name).OfType<string>()];

    private readonly bool _hasNameless = model.SyntaxTree.GetRoot().DescendantNodes().Any(node =>
        node is OperatorDeclarationSyntax or ConversionOperatorDeclarationSyntax or IndexerDeclarationSyntax or ConstructorDeclarationSyntax
            or MethodDeclarationSyntax { Identifier.ValueText: nameof(ToString) });

    /// <summary>True for a function that may come to itself again; false for null.</summary>
    public bool IsPossibleIn(SyntaxNode? function)
    {
        if (function is null)
        {
            return false;
        }

        if (function.DescendantNodes().Any(CallsByName))
        {
            return true;
        }

        var seen = new HashSet<SyntaxNode>();
        var open = new Stack<SyntaxNode>(_hasNameless ? [function] : []);
        while (open.TryPop(out SyntaxNode? at))
        {
            foreach (SyntaxNode next in at.DescendantNodes().SelectMany(CalledWithoutName).SelectMany(Declarations))
            {
                if (next.Contains(function))
                {
                    return true;
                }

                if (seen.Add(next))
                {
                    open.Push(next);
                }
            }
        }

        return false;
    }

    private static string? Name(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        _ => null,
    };

    private bool CallsByName(SyntaxNode node) => node switch
    {
        InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.ValueText: "nameof" } } => false,
        InvocationExpressionSyntax { Expression: not (MemberAccessExpressionSyntax or MemberBindingExpressionSyntax) } => true,
        SimpleNameSyntax { Identifier.ValueText: "Invoke" } => true,
        SimpleNameSyntax { Identifier.ValueText: string name } => _names.Contains(name),
        _ => false,
    };

    private IEnumerable<ISymbol?> CalledWithoutName(SyntaxNode node)
    {
        switch (node)
        {
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum
                when model.GetTypeInfo(sum).Type?.SpecialType == SpecialType.System_String:
                return [Text(sum.Left), Text(sum.Right)];
            case InterpolationSyntax hole:
                return [Text(hole.Expression)];
            case BaseObjectCreationExpressionSyntax or ElementAccessExpressionSyntax or BinaryExpressionSyntax or PrefixUnaryExpressionSyntax
                or PostfixUnaryExpressionSyntax or AssignmentExpressionSyntax or CastExpressionSyntax or ConstructorInitializerSyntax:
                return [model.GetSymbolInfo(node).Symbol, Converted(node)];
            case ExpressionSyntax:
                return [Converted(node)];
            default:
                return [];
        }
    }

    private IMethodSymbol? Converted(SyntaxNode node) => node is ExpressionSyntax value ? model.GetConversion(value).MethodSymbol : null;

    /// <summary>What makes a value a text.</summary>
    private ISymbol? Text(ExpressionSyntax value) =>
        model.GetTypeInfo(value).Type?.GetMembers(nameof(ToString)).FirstOrDefault(member => member is IMethodSymbol { Parameters.IsEmpty: true });

    /// <summary>Where the cell itself declares it; a constructor without a body of its own is none.</summary>
    private IEnumerable<SyntaxNode> Declarations(ISymbol? symbol) =>
        (symbol?.DeclaringSyntaxReferences ?? []).Where(place => place.SyntaxTree == model.SyntaxTree).Select(place => place.GetSyntax())
            .Where(node => node is BaseMethodDeclarationSyntax or IndexerDeclarationSyntax);
}
