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
    public static bool IsInner(ForStatementSyntax loop, SemanticModel model) =>
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
        && Changed(step).Contains(counter)
        && IsWithinReach(condition, model)
        && condition.Right.DescendantNodesAndSelf().Concat(loop.Statement.DescendantNodesAndSelf())
            .All(node => !MayTakeLong(node) && !Changed(node).Contains(counter))
        && loop.Ancestors().TakeWhile(node => node is not (MemberDeclarationSyntax or LocalFunctionStatementSyntax or AnonymousFunctionExpressionSyntax))
            .Any(IsLoop);

    /// <summary>The counter can be beyond the bound.</summary>
    private static bool IsWithinReach(BinaryExpressionSyntax condition, SemanticModel model) =>
        model.GetTypeInfo(condition.Right).Type?.SpecialType is SpecialType.System_Int32 or SpecialType.System_Int16 or SpecialType.System_UInt16
            or SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Char
        && (condition.Kind(), model.GetConstantValue(condition.Right).Value) is not
            ((SyntaxKind.LessThanOrEqualExpression, int.MaxValue) or (SyntaxKind.GreaterThanOrEqualExpression, int.MinValue));

    private static bool IsLoop(SyntaxNode node) => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax;

    private static bool MayTakeLong(SyntaxNode node) => IsLoop(node)
        || node is InvocationExpressionSyntax or BaseObjectCreationExpressionSyntax or AwaitExpressionSyntax or YieldStatementSyntax or GotoStatementSyntax
            or LockStatementSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax;

    /// <summary>The names of variables that a node changes, or gives away to be changed.</summary>
    private static IEnumerable<string> Changed(SyntaxNode node) => Names(node switch
    {
        AssignmentExpressionSyntax assigned => assigned.Left,
        PostfixUnaryExpressionSyntax stepped => stepped.Operand,
        PrefixUnaryExpressionSyntax stepped when stepped.Kind() is SyntaxKind.PreIncrementExpression or SyntaxKind.PreDecrementExpression
            or SyntaxKind.AddressOfExpression => stepped.Operand,
        RefExpressionSyntax given => given.Expression,
        _ => null,
    });

    private static IEnumerable<string> Names(ExpressionSyntax? changed) => changed switch
    {
        IdentifierNameSyntax name => [name.Identifier.ValueText],
        ParenthesizedExpressionSyntax inner => Names(inner.Expression),
        TupleExpressionSyntax several => several.Arguments.SelectMany(one => Names(one.Expression)),
        _ => [],
    };
}
