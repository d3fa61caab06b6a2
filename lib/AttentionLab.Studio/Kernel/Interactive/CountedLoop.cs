using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// Inner loops that need no check: they count an <c>int</c> to a bound and call nothing, so that the loop around them comes to its own check soon.
/// A check would make the naive product of two matrices, and sums over their elements, slower by a third.
/// </summary>
internal static class CountedLoop
{
    /// <summary>True for such a loop inside of another one.</summary>
    public static bool IsInner(ForStatementSyntax loop) =>
        loop is
        {
            Declaration: { Type: PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.IntKeyword }, Variables: [{ Identifier.ValueText: string counter }] },
            Condition: BinaryExpressionSyntax { Left: IdentifierNameSyntax compared } condition,
            Incrementors: [var step],
        }
        && compared.Identifier.ValueText == counter
        && (condition.Kind(), step.Kind()) is
            (SyntaxKind.LessThanExpression or SyntaxKind.LessThanOrEqualExpression, SyntaxKind.PostIncrementExpression or SyntaxKind.PreIncrementExpression)
            or (SyntaxKind.GreaterThanExpression or SyntaxKind.GreaterThanOrEqualExpression,
                SyntaxKind.PostDecrementExpression or SyntaxKind.PreDecrementExpression)
        && Changed(step) == counter
        && loop.Statement.DescendantNodesAndSelf().All(node => !MayTakeLong(node) && Changed(node) != counter)
        && loop.Ancestors().TakeWhile(node => node is not (MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
            .Any(IsLoop);

    private static bool IsLoop(SyntaxNode node) => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;

    private static bool MayTakeLong(SyntaxNode node) => IsLoop(node)
        || node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or AwaitExpressionSyntax or YieldStatementSyntax or GotoStatementSyntax
            or LockStatementSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax;

    /// <summary>The name of a variable that a node changes, or gives away to be changed.</summary>
    private static string? Changed(SyntaxNode node) => (node switch
    {
        AssignmentExpressionSyntax assigned => assigned.Left,
        PostfixUnaryExpressionSyntax stepped => stepped.Operand,
        PrefixUnaryExpressionSyntax stepped when stepped.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
            or SyntaxKind.AddressOfExpression => stepped.Operand,
        RefExpressionSyntax given => given.Expression,
        _ => null,
    } as IdentifierNameSyntax)?.Identifier.ValueText;
}
