using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <content>Checks inside of expressions: what is awaited, asked of a query, made.</content>
internal sealed partial class StopChecks
{
    public override void VisitAwaitExpression(AwaitExpressionSyntax node) =>
        Wrap(Unconfigured(node.Expression), Call("Awaited") + ",", ")", () => base.VisitAwaitExpression(node));

    public override void VisitInvocationExpression(InvocationExpressionSyntax node) =>
        Quoted(node, node.ArgumentList, () => base.VisitInvocationExpression(node));

    public override void VisitObjectCreationExpression(ObjectCreationExpressionSyntax node) =>
        Creation(node, () => base.VisitObjectCreationExpression(node));

    public override void VisitImplicitObjectCreationExpression(ImplicitObjectCreationExpressionSyntax node) =>
        Creation(node, () => base.VisitImplicitObjectCreationExpression(node));

    public override void VisitQueryExpression(QueryExpressionSyntax node)
    {
        // The query of another engine is data, not code.
        if (_model.GetTypeInfo(node.FromClause.Expression).Type is ITypeSymbol source
            && !source.AllInterfaces.Append(source).Any(type => type.Name == nameof(IQueryable)))
        {
            base.VisitQueryExpression(node);
        }
    }

    public override void VisitWhereClause(WhereClauseSyntax node) => Passed(node.Condition, () => base.VisitWhereClause(node));

    public override void VisitOrdering(OrderingSyntax node) => Passed(node.Expression, () => base.VisitOrdering(node));

    public override void VisitLetClause(LetClauseSyntax node) => Passed(node.Expression, () => base.VisitLetClause(node));

    public override void VisitGroupClause(GroupClauseSyntax node) => Passed(node.ByExpression, () => base.VisitGroupClause(node));

    public override void VisitSelectClause(SelectClauseSyntax node)
    {
        if (!IsLeftOut(node))
        {
            Passed(node.Expression, () => base.VisitSelectClause(node));
        }
    }

    /// <summary>Behind <c>where</c> or <c>orderby</c>, <c>select</c> of the range variable itself is no call: the query keeps its type.</summary>
    private static bool IsLeftOut(SelectClauseSyntax node) =>
        node is { Expression: IdentifierNameSyntax selected, Parent: QueryBodySyntax { Clauses: { Count: > 0 } clauses } body }
        && clauses.All(clause => clause is WhereClauseSyntax or OrderByClauseSyntax)
        && selected.Identifier.ValueText == body.Parent switch
        {
            QueryExpressionSyntax query => query.FromClause.Identifier.ValueText,
            QueryContinuationSyntax into => into.Identifier.ValueText,
            _ => null,
        };

    /// <summary>What is awaited itself: what <c>ConfigureAwait</c> and <c>WithCancellation</c> make of it cannot be taken apart again.</summary>
    private ExpressionSyntax Unconfigured(ExpressionSyntax awaited)
    {
        while (awaited is InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax
                {
                    Name.Identifier.ValueText: nameof(Task.ConfigureAwait) or nameof(TaskAsyncEnumerableExtensions.WithCancellation),
                } made,
            } && _model.GetSymbolInfo(made.Expression).Symbol is not INamespaceOrTypeSymbol)
        {
            awaited = made.Expression;
        }

        return awaited;
    }

    /// <summary>The stream of an <c>await foreach</c>: its steps may wait without end, in a library too.</summary>
    private void Stream(CommonForEachStatementSyntax node, Action visit)
    {
        ExpressionSyntax stream = Unconfigured(node.Expression);
        if (node.AwaitKeyword != default && _model.GetTypeInfo(stream).Type is ITypeSymbol type
            && type.AllInterfaces.Append(type).Where(one => one.MetadataName == "IAsyncEnumerable`1").ToArray() is [INamedTypeSymbol steps]
            && SymbolEqualityComparer.Default.Equals(steps.TypeArguments[0], _model.GetForEachStatementInfo(node).ElementType))
        {
            Wrap(stream, Call("Stream") + ",", ")", visit);
        }
        else
        {
            visit();
        }
    }

    private void Passed(ExpressionSyntax value, Action visit) => Wrap(value, Call("Passed") + ",", ")", visit);

    private void Creation(BaseObjectCreationExpressionSyntax node, Action visit)
    {
        if (_model.GetTypeInfo(node).Type?.ToDisplayString() is string timer && timer is "System.Threading.Timer" or "System.Timers.Timer")
        {
            Wrap(node, Call($"Timer<global::{timer}>") + ",", ")", visit);
        }
        else
        {
            Quoted(node, node.ArgumentList, visit);
        }
    }

    private void Quoted(ExpressionSyntax call, ArgumentListSyntax? arguments, Action visit)
    {
        int before = _edits.Count;
        visit();
        if (_edits.Count > before && arguments is not null && QuotedArguments.Of(_model, call, arguments) is { Length: > 0 } quoted)
        {
            Add(arguments.CloseParenToken.SpanStart, quoted);
        }
    }
}
