using System.Diagnostics;
using System.Reflection;
using System.Text;

namespace AttentionLab.Studio.Kernel;

/// <summary>Words for what stopped a cell, with the cell's own line numbers.</summary>
internal static class CellFailures
{
    /// <summary>The most characters of an exception's own text that are kept: a page of it says what a book of it would.</summary>
    public const int LongestText = 20_000;

    /// <summary>Lines of a stack that are kept; a function that calls itself without end has a hundred thousand.</summary>
    public const int LongestStack = 100;

    /// <summary>A stop that kept what earlier cells declared.</summary>
    public static CellFailure Stopped { get; } = Plain("stopped; what earlier cells declared is kept.");

    /// <summary>A stop that did not.</summary>
    /// <param name="reason">Why the cell could not be stopped alone.</param>
    public static string StateLost(string reason) => $"stopped, and the notebook's process with it, because {reason}: run the cells again from the top.";

    /// <summary>A failure whose message says everything.</summary>
    public static CellFailure Plain(string message, int line = 0) => new(message, line, message);

    /// <summary>The failure of a cell that the compiler does not take.</summary>
    /// <param name="errors">At least one.</param>
    public static CellFailure From(IReadOnlyList<CellDiagnostic> errors)
    {
        var details = new StringBuilder();
        foreach (CellDiagnostic error in errors)
        {
            details.Append(FormattableString.Invariant($"line {error.Line}, column {error.Column}: {error.Code}: {error.Message}\n"));
        }

        return new CellFailure($"{errors[0].Code}: {errors[0].Message}", errors[0].Line, details.ToString());
    }

    /// <summary>The failure of a cell that threw.</summary>
    public static CellFailure From(Exception exception, CellPath path)
    {
        if (exception is TargetInvocationException { InnerException: Exception inner })
        {
            return From(inner, path);
        }

        int line = 0, places = 0;
        var details = new StringBuilder();
        for (Exception? at = exception; at is not null; at = at.InnerException)
        {
            details.Append(at == exception ? "" : "caused by ").Append(at.GetType().Name).Append(": ").Append(MessageOf(at).TrimEnd()).Append('\n');
            foreach (StackFrame frame in new StackTrace(at, fNeedFileInfo: true).GetFrames())
            {
                if (!CellPath.TryParse(frame.GetFileName(), out CellPath user))
                {
                    continue;
                }

                string place = user.File == path.File ? $"cell {user.Cell}" : $"{user.File}, cell {user.Cell}";
                if (++places <= LongestStack)
                {
                    details.Append(FormattableString.Invariant($"  at {place}, line {frame.GetFileLineNumber()}\n"));
                }

                line = line == 0 && user == path ? frame.GetFileLineNumber() : line;
            }
        }

        if (places > LongestStack)
        {
            details.Append(FormattableString.Invariant($"  … and {places - LongestStack:N0} more\n"));
        }

        return new CellFailure($"{exception.GetType().Name}: {OneLine(MessageOf(exception))}", line, details.ToString());
    }

    internal static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();

    /// <summary>A reader's exception may have no message, or throw when it is asked for one.</summary>
    private static string MessageOf(Exception exception)
    {
        try
        {
            return exception switch
            {
                InsufficientExecutionStackException => "the stack is full: a function calls itself without end, or too deep.",
                { Message: { Length: > LongestText } message } => FormattableString.Invariant($"{message[..LongestText]} … ({message.Length:N0} characters)"),
                // No memory would be enough: .NET has no array so long.
                OutOfMemoryException { Message: "Array dimensions exceeded supported range." } => FormattableString.Invariant(
                    $"an array has at most {Array.MaxLength:N0} elements, and this one would have more."),
                OutOfMemoryException { Message: { Length: > 0 } message } => message.TrimEnd('.') + FormattableString.Invariant(
                    $"; the cell met the memory limit of {KernelEnd.Megabytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} MB (--memory-limit)."),
                { Message: { Length: > 0 } message } => message,
                _ => "(no message)",
            };
        }
        catch (Exception thrown)
        {
            return $"(its Message threw {thrown.GetType().Name})";
        }
    }
}
