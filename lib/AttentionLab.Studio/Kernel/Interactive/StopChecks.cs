using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>
/// Writes the checks of <see cref="CellStops"/> into a cell: before its statements, in its loops, at the entry of its functions, around what it awaits.
/// No line is added, so that line numbers stay. The compiler's own <c>InstrumentationKind.ModuleCancellation</c> would not do: it leaves out the top of a
/// script with all its lambdas, and replaces the tokens that a reader passes on.
/// </summary>
internal sealed class StopChecks : CSharpSyntaxWalker
{
    private readonly int _cell;
    private readonly SemanticModel _model;
    private readonly HashSet<string> _functions;
    private readonly List<(int Position, int Length, string Text)> _edits = [];

    private StopChecks(SemanticModel model, int cell)
    {
        (_model, _cell) = (model, cell);
        _functions = [.. model.SyntaxTree.GetRoot().DescendantNodes().Select(Function).OfType<string>()];
    }

    /// <summary>The cell's text with the checks.</summary>
    /// <param name="model">The cell as the compiler reads it.</param>
    /// <param name="cell">The number by which the checks know it.</param>
    public static string Insert(SemanticModel model, int cell)
    {
        string source = model.SyntaxTree.ToString();
        if (model.SyntaxTree.GetDiagnostics().Any(found => found.Severity == DiagnosticSeverity.Error))
        {
            return source;
        }

        var checks = new StopChecks(model, cell);
        checks.Visit(model.SyntaxTree.GetRoot());
        var text = new StringBuilder();
        int at = 0;
        foreach ((int position, int length, string inserted) in checks._edits.OrderBy(edit => edit.Position))
        {
            text.Append(source, at, position - at).Append(inserted);
            at = position + length;
        }

        return text.Append(source, at, source.Length - at).ToString();
    }

    public override void VisitGlobalStatement(GlobalStatementSyntax node)
    {
        Add(node.SpanStart, Call("Check") + ");");
        base.VisitGlobalStatement(node);
    }

    public override void VisitFieldDeclaration(FieldDeclarationSyntax node)
    {
        if (node.Parent is CompilationUnitSyntax)
        {
            Add(node.SpanStart, Call("Check") + ");");
        }

        base.VisitFieldDeclaration(node);
    }

    public override void VisitWhileStatement(WhileStatementSyntax node) => Loop(node.Statement, () => base.VisitWhileStatement(node));

    public override void VisitDoStatement(DoStatementSyntax node) => Loop(node.Statement, () => base.VisitDoStatement(node));

    public override void VisitForStatement(ForStatementSyntax node) => Loop(node.Statement, () => base.VisitForStatement(node));

    public override void VisitForEachStatement(ForEachStatementSyntax node) => Loop(node.Statement, () => base.VisitForEachStatement(node));

    public override void VisitForEachVariableStatement(ForEachVariableStatementSyntax node) =>
        Loop(node.Statement, () => base.VisitForEachVariableStatement(node));

    public override void VisitGotoStatement(GotoStatementSyntax node) => Wrap(node, $"{{{Call("Check")});", "}", () => base.VisitGotoStatement(node));

    public override void VisitAwaitExpression(AwaitExpressionSyntax node) =>
        Wrap(node.Expression, Call("Awaited") + ",", ")", () => base.VisitAwaitExpression(node));

    /// <summary>What has to happen however a block is left is not broken off.</summary>
    public override void VisitFinallyClause(FinallyClauseSyntax node)
    {
    }

    public override void VisitDestructorDeclaration(DestructorDeclarationSyntax node)
    {
    }

    public override void VisitConstructorDeclaration(ConstructorDeclarationSyntax node)
    {
        // A static constructor that throws spoils its type for ever.
        if (!node.Modifiers.Any(SyntaxKind.StaticKeyword))
        {
            Method(node, Probe(node), isVoid: true, () => base.VisitConstructorDeclaration(node));
        }
    }

    public override void VisitOperatorDeclaration(OperatorDeclarationSyntax node) =>
        Method(node, Probe(node), isVoid: false, () => base.VisitOperatorDeclaration(node));

    public override void VisitMethodDeclaration(MethodDeclarationSyntax node) =>
        Method(node, Probe(node) ?? "Check", IsVoid(node.ReturnType, node.Modifiers), () => base.VisitMethodDeclaration(node));

    public override void VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        bool isVoid = IsVoid(node.ReturnType, node.Modifiers);
        Member(node.Body, node.ExpressionBody, node.SemicolonToken, Probe(node) ?? "Check", isVoid, () => base.VisitLocalFunctionStatement(node));
    }

    public override void VisitPropertyDeclaration(PropertyDeclarationSyntax node) =>
        Member(null, node.ExpressionBody, node.SemicolonToken, Probe(node.ExpressionBody), isVoid: false, () => base.VisitPropertyDeclaration(node));

    public override void VisitIndexerDeclaration(IndexerDeclarationSyntax node) =>
        Member(null, node.ExpressionBody, node.SemicolonToken, Probe(node.ExpressionBody), isVoid: false, () => base.VisitIndexerDeclaration(node));

    public override void VisitAccessorDeclaration(AccessorDeclarationSyntax node)
    {
        bool isVoid = !node.IsKind(SyntaxKind.GetAccessorDeclaration);
        Member(node.Body, node.ExpressionBody, node.SemicolonToken, Probe(node), isVoid, () => base.VisitAccessorDeclaration(node));
    }

    public override void VisitAnonymousMethodExpression(AnonymousMethodExpressionSyntax node)
    {
        Enter(node.Block, Probe(node) ?? "Check");
        base.VisitAnonymousMethodExpression(node);
    }

    public override void VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => Lambda(node, () => base.VisitSimpleLambdaExpression(node));

    public override void VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) =>
        Lambda(node, () => base.VisitParenthesizedLambdaExpression(node));

    public override void VisitQueryExpression(QueryExpressionSyntax node)
    {
        // The query of another engine is data, not code.
        if (_model.GetTypeInfo(node.FromClause.Expression).Type is ITypeSymbol source
            && !source.AllInterfaces.Append(source).Any(type => type.Name == nameof(IQueryable)))
        {
            base.VisitQueryExpression(node);
        }
    }

    public override void VisitWhereClause(WhereClauseSyntax node) => Wrap(node.Condition, Call("Passed") + ",", ")", () => base.VisitWhereClause(node));

    public override void VisitSelectClause(SelectClauseSyntax node) => Wrap(node.Expression, Call("Passed") + ",", ")", () => base.VisitSelectClause(node));

    /// <summary>The name of what can be called, and so can call itself.</summary>
    private static string? Function(SyntaxNode node) => node switch
    {
        MethodDeclarationSyntax method => method.Identifier.ValueText,
        LocalFunctionStatementSyntax local => local.Identifier.ValueText,
        PropertyDeclarationSyntax property => property.Identifier.ValueText,
        BaseTypeDeclarationSyntax type => type.Identifier.ValueText,
        _ => null,
    };

    private static bool IsVoid(TypeSyntax type, SyntaxTokenList modifiers) =>
        type is PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword }
        || (modifiers.Any(SyntaxKind.AsyncKeyword) && type.DescendantNodesAndSelf().All(part => part is not GenericNameSyntax));

    private string Call(string check) => FormattableString.Invariant($"{CellStops.Class}.{check}({_cell}");

    /// <summary>The check of a function that may come to itself again: only such a one can fill the stack. Null for any other.</summary>
    private string? Probe(SyntaxNode? function) =>
        function is not null && function.DescendantNodes().Any(node =>
            node is InvocationExpressionSyntax { Expression: SimpleNameSyntax and not IdentifierNameSyntax { Identifier.ValueText: "nameof" } }
            || (node is SimpleNameSyntax { Identifier.ValueText: string name } && _functions.Contains(name)))
            ? "Enter"
            : null;

    private void Loop(StatementSyntax body, Action visit)
    {
        if (body.Parent is ForStatementSyntax counted && CountedLoop.IsInner(counted))
        {
            visit();
        }
        else if (body is BlockSyntax block)
        {
            Enter(block, "Check");
            visit();
        }
        else
        {
            Wrap(body, $"{{{Call("Check")});", "}", visit);
        }
    }

    private void Lambda(LambdaExpressionSyntax node, Action visit)
    {
        if (node.Block is BlockSyntax block)
        {
            Enter(block, Probe(node) ?? "Check");
            visit();
        }
        else if (_model.GetTypeInfo(node).ConvertedType is INamedTypeSymbol { TypeKind: TypeKind.Delegate }
            && _model.GetSymbolInfo(node).Symbol is IMethodSymbol lambda)
        {
            bool isVoid = lambda.ReturnsVoid || (lambda.IsAsync && lambda.ReturnType is INamedTypeSymbol { IsGenericType: false });
            if (node.ExpressionBody is ThrowExpressionSyntax)
            {
                visit();
            }
            else
            {
                Wrap(node.ExpressionBody!, $"{{{Call(Probe(node) ?? "Check")});{(isVoid ? "" : "return ")}", ";}", visit);
            }
        }
    }

    private void Method(BaseMethodDeclarationSyntax node, string? check, bool isVoid, Action visit) =>
        Member(node.Body, node.ExpressionBody, node.SemicolonToken, check, isVoid, visit);

    /// <summary>An arrow becomes a block.</summary>
    private void Member(BlockSyntax? block, ArrowExpressionClauseSyntax? arrow, SyntaxToken semicolon, string? check, bool isVoid, Action visit)
    {
        if (check is null || arrow is { Expression: ThrowExpressionSyntax })
        {
            visit();
        }
        else if (arrow is not null)
        {
            (string open, string close) = arrow.Parent is BasePropertyDeclarationSyntax ? ("{get{", "}}") : ("{", "}");
            _edits.Add((arrow.ArrowToken.SpanStart, arrow.ArrowToken.Span.Length, $"{open}{Call(check)});{(isVoid ? "" : "return ")}"));
            visit();
            _edits.Add((semicolon.SpanStart, semicolon.Span.Length, ";" + close));
        }
        else
        {
            Enter(block, check);
            visit();
        }
    }

    private void Enter(BlockSyntax? block, string check)
    {
        if (block is not null)
        {
            Add(block.OpenBraceToken.Span.End, Call(check) + ");");
        }
    }

    private void Wrap(SyntaxNode node, string before, string behind, Action visit)
    {
        Add(node.SpanStart, before);
        visit();
        Add(node.Span.End, behind);
    }

    private void Add(int position, string text) => _edits.Add((position, 0, text));
}
