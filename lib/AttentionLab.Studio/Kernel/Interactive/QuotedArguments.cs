using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace AttentionLab.Studio.Kernel.Interactive;

/// <summary>Arguments that the compiler makes from the text of other arguments (<c>CallerArgumentExpression</c>): they have to be the reader's text.</summary>
internal static class QuotedArguments
{
    /// <summary>What stands behind the last argument of a call to say them as they were; empty if there are none.</summary>
    /// <param name="model">The cell as the compiler reads it.</param>
    /// <param name="call">A call.</param>
    /// <param name="written">Its arguments.</param>
    public static string Of(SemanticModel model, ExpressionSyntax call, ArgumentListSyntax written)
    {
        IReadOnlyList<IArgumentOperation> arguments = model.GetOperation(call) switch
        {
            IInvocationOperation invocation => invocation.Arguments,
            IObjectCreationOperation creation => creation.Arguments,
            _ => [],
        };
        IEnumerable<string> quoted =
            from argument in arguments
            where argument.ArgumentKind == ArgumentKind.DefaultValue
            from attribute in argument.Parameter?.GetAttributes() ?? []
            where attribute.AttributeClass?.Name == "CallerArgumentExpressionAttribute"
            join source in arguments on attribute.ConstructorArguments[0].Value as string equals source.Parameter?.Name
            where source.ArgumentKind == ArgumentKind.Explicit
            let text = (source.Syntax as ArgumentSyntax)?.Expression ?? source.Syntax
            select $"@{argument.Parameter!.Name}:{SymbolDisplay.FormatLiteral(text.ToString(), quote: true)}";
        return string.Concat(quoted.Select((text, i) => (i > 0 || written.Arguments.Count > 0 ? "," : "") + text));
    }
}
