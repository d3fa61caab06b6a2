using System.Diagnostics;
using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;

namespace AttentionLab.Studio.Kernel;

/// <summary>Words for what stopped a cell, with the cell's own line numbers.</summary>
internal static class CellFailures
{
    /// <summary>The failure of a cell that threw, did not compile, or asked for something refused.</summary>
    public static CellFailure From(Exception exception, CellPath path) => exception switch
    {
        CompilationFailedException compilation => FromErrors(compilation.Errors),
        RefusedDirectiveException refused => new CellFailure(refused.Message, refused.Line, refused.Message),
        TargetInvocationException { InnerException: Exception inner } => From(inner, path),
        _ => FromStack(exception, path),
    };

    private static CellFailure FromErrors(IReadOnlyList<Diagnostic> errors)
    {
        var details = new StringBuilder();
        foreach (Diagnostic error in errors)
        {
            FileLinePositionSpan span = error.Location.GetLineSpan();
            details.Append(FormattableString.Invariant(
                $"line {span.StartLinePosition.Line + 1}, column {span.StartLinePosition.Character + 1}: {error.Id}: {error.GetMessage()}\n"));
        }

        Diagnostic first = errors[0];
        return new CellFailure($"{first.Id}: {OneLine(first.GetMessage())}", first.Location.GetLineSpan().StartLinePosition.Line + 1, details.ToString());
    }

    private static CellFailure FromStack(Exception exception, CellPath path)
    {
        int line = 0;
        var details = new StringBuilder();
        for (Exception? at = exception; at is not null; at = at.InnerException)
        {
            details.Append(at == exception ? "" : "caused by ").Append(at.GetType().Name).Append(": ").Append(at.Message.TrimEnd()).Append('\n');
            foreach (StackFrame frame in new StackTrace(at, fNeedFileInfo: true).GetFrames())
            {
                if (!CellPath.TryParse(frame.GetFileName(), out CellPath user))
                {
                    continue;
                }

                string place = user.File == path.File ? $"cell {user.Cell}" : $"{user.File}, cell {user.Cell}";
                details.Append(FormattableString.Invariant($"  at {place}, line {frame.GetFileLineNumber()}\n"));
                line = line == 0 && user == path ? frame.GetFileLineNumber() : line;
            }
        }

        return new CellFailure($"{exception.GetType().Name}: {OneLine(exception.Message)}", line, details.ToString());
    }

    internal static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();
}
