using System.Diagnostics;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// One run of a check. It calls the reader's code, protects against what that code may do (exceptions, null, NaN,
/// a wrong length, a changed input), and stops at the first wrong answer.
/// </summary>
public sealed class Trial
{
    private readonly Exercise _exercise;
    private readonly List<string> _solved = [];
    private string? _tried;

    internal Trial(Exercise exercise) => _exercise = exercise;

    /// <summary>Puts one question to the reader's code; what it answers is judged by the methods of <see cref="Answer{T}"/>.</summary>
    /// <param name="tried">The question in words, as the card shows it: "one key: its weight must be 1".</param>
    /// <param name="run">Calls the reader's code.</param>
    /// <param name="inputs">The arrays or tensors that are handed over: they must come back unchanged.</param>
    public Answer<T> Call<T>(string tried, Func<T> run, params ReadOnlySpan<object> inputs)
    {
        ArgumentNullException.ThrowIfNull(run);
        if (_tried is not null)
        {
            _solved.Add(_tried);
        }

        _tried = tried;
        List<(object Input, Numbers Before)> handed = [];
        foreach (object input in inputs)
        {
            handed.Add((input,
                Numbers.Of(input)
                    ?? throw new ArgumentException($"an input of type {input.GetType().Name} cannot be watched: pass arrays of numbers or tensors.")));
        }

        T value = Run(run);
        foreach ((object input, Numbers before) in handed)
        {
            Numbers after = Numbers.Of(input)!.Value;
            if (!before.Same(after))
            {
                int at = before.Form == after.Form ? before.Furthest(after) : 0;
                bool tiny = before.Show(at) == after.Show(at);
                int digits = tiny ? 17 : 5;
                throw Stop(FeedbackState.NotYet, "Your code changed one of its inputs. The caller still needs it: work on a copy."
                    + (tiny ? " The change is so small that it may be rounding: x + h − 2·h + h is not always x. Keep the old number and write it back." : ""),
                    before.Show(at, digits), after.Show(at, digits));
            }
        }

        if (value is null)
        {
            throw Stop(FeedbackState.NotYet, "Your code returned `null`. Return the result.", null, "null");
        }

        return new Answer<T>(this, value);
    }

    internal Decided Stop(FeedbackState state, string message, string? expected = null, string? got = null) =>
        new(new Feedback(_exercise, state, message, _solved) { Tried = _tried, Expected = expected, Got = got });

    internal Feedback Passed()
    {
        if (_tried is not null)
        {
            _solved.Add(_tried);
        }

        return new Feedback(_exercise, FeedbackState.Passed, _solved.Count == 1 ? "The answer is right." : $"All {_solved.Count} answers are right.", _solved);
    }

    private T Run<T>(Func<T> run)
    {
        try
        {
            return run();
        }
        catch (NotImplementedException) when (_solved.Count == 0)
        {
            throw new Decided(new Feedback(_exercise, FeedbackState.NotStarted,
                $"Replace `throw new NotImplementedException()` by your code and run this cell again. Stop after {_exercise.Minutes} minutes and open a hint.",
                []));
        }
        catch (NotImplementedException)
        {
            throw Stop(FeedbackState.NotYet,
                "Good so far. The next part still says `throw new NotImplementedException()`: replace it and run this cell again.");
        }
#pragma warning disable CA1031 // Whatever the reader's code throws must become a card, not the end of the notebook.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            string advice =
                exception is IndexOutOfRangeException ? " An index left its array: look at the end of each loop, and at whose length it counts to." : "";
            throw Stop(FeedbackState.Threw, $"Your code threw `{exception.GetType().Name}`{Where(exception)}: {exception.Message}{advice}", null,
                "an exception");
        }
    }

    /// <summary>" in MyAttend, line 4": the innermost frame that is the reader's, as far as the host keeps names and lines.</summary>
    private static string Where(Exception exception)
    {
        foreach (StackFrame frame in new StackTrace(exception, fNeedFileInfo: true).GetFrames())
        {
            System.Reflection.MethodBase? method = frame.GetMethod();
            string? assembly = method?.DeclaringType?.Assembly.GetName().Name;
            if (method is null || assembly is null || assembly.StartsWith("System.", StringComparison.Ordinal) || IsLibrary(method.DeclaringType!.Assembly))
            {
                continue;
            }

            int line = frame.GetFileLineNumber();
            return $" in `{ReadableName(method.Name)}`{(line > 0 ? $", line {line}" : "")}";
        }

        return "";
    }

    /// <summary>A Tensor that refuses its index is named by its message; the line to look at is the reader's.</summary>
    private static bool IsLibrary(System.Reflection.Assembly assembly) => assembly == typeof(Trial).Assembly || assembly == typeof(Tensors.Tensor).Assembly;

    /// <summary>A local function `MyAttend` compiles to `&lt;Main&gt;g__MyAttend|0_1`, a lambda to a name without any: say what the reader wrote.</summary>
    private static string ReadableName(string compiled)
    {
        int start = compiled.IndexOf("g__", StringComparison.Ordinal), end = compiled.IndexOf('|', StringComparison.Ordinal);
        return start >= 0 && end > start ? compiled[(start + 3)..end] : compiled.StartsWith('<') ? "your lambda" : compiled;
    }

    /// <summary>Ends a check at the first wrong answer. It never leaves <see cref="Exercise.Check"/>.</summary>
#pragma warning disable CA1032 // Only a trial makes one, and only with its feedback.
    internal sealed class Decided(Feedback feedback) : Exception(feedback.Message)
#pragma warning restore CA1032
    {
        internal Feedback Feedback { get; } = feedback;
    }
}
