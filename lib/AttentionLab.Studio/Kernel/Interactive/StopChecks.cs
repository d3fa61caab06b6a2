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
internal sealed partial class StopChecks : CSharpSyntaxWalker
{
    private readonly int _cell;
    private readonly SemanticModel _model;
    private readonly Recursion _recursion;
    private readonly List<(int Position, int Length, string Text)> _edits = [];

    private StopChecks(SemanticModel model, int cell)
    {
        (_model, _cell) = (model, cell);
        _recursion = new Recursion(model);
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

    public override void VisitForEachStatement(ForEachStatementSyntax node) =>
        Stream(node, () => Loop(node.Statement, () => base.VisitForEachStatement(node)));

    public override void VisitForEachVariableStatement(ForEachVariableStatementSyntax node) =>
        Stream(node, () => Loop(node.Statement, () => base.VisitForEachVariableStatement(node)));

    public override void VisitGotoStatement(GotoStatementSyntax node) => Wrap(node, $"{{{Call("Check")});", "}", () => base.VisitGotoStatement(node));

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

    public override void VisitConversionOperatorDeclaration(ConversionOperatorDeclarationSyntax node) =>
        Method(node, Probe(node), isVoid: false, () => base.VisitConversionOperatorDeclaration(node));

    public override void VisitMethodDeclaration(MethodDeclarationSyntax node) =>
        Method(node, Probe(node) ?? "Check", IsVoid(node), () => base.VisitMethodDeclaration(node));

    public override void VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
    {
        Member(node.Body, node.ExpressionBody, node.SemicolonToken, Probe(node) ?? "Check", IsVoid(node), () => base.VisitLocalFunctionStatement(node));
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

    /// <summary>What it computes is not given back as it stands there: by a function without a value, and an <c>async</c> one that gives a bare task.</summary>
    private bool IsVoid(SyntaxNode function) => _model.GetDeclaredSymbol(function) is IMethodSymbol method && IsVoid(method);

    private static bool IsVoid(IMethodSymbol function) =>
        function.ReturnsVoid || (function.IsAsync && function.ReturnType is INamedTypeSymbol { IsGenericType: false });

    private string Call(string check) => FormattableString.Invariant($"{CellStops.Class}.{check}({_cell}");

    /// <summary>The check of a function that may come to itself again: only such a one can fill the stack. Null for any other.</summary>
    private string? Probe(SyntaxNode? function) => _recursion.IsPossibleIn(function) ? "Enter" : null;

    private void Loop(StatementSyntax body, Action visit)
    {
        if (body.Parent is ForStatementSyntax counted && CountedLoop.IsInner(counted, _model))
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
            bool isVoid = IsVoid(lambda);
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
