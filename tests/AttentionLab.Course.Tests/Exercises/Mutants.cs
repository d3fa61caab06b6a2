using System.Linq.Expressions;
using AttentionLab.Course.Exercises;

namespace AttentionLab.Course.Tests.Exercises;

/// <summary>A wrong version that people really write, and words that the check must say about it.</summary>
/// <typeparam name="TCode">The type of the reader's code, usually a delegate.</typeparam>
public sealed record Mutant<TCode>(string Name, TCode Code, string Words);

/// <summary>
/// Checks a check. Copy the pattern:
/// <code>
/// Mutants.Prove&lt;Func&lt;float, float&gt;&gt;(Double.About, Double.Check, solution: x => 2 * x,
///     new("squares", x => x * x, "squared"),
///     new("adds one", x => x + 1, "Twice nothing"),
///     new("gives up above 2", x => x > 2 ? 0 : 2 * x, "Twice 3"));
/// </code>
/// </summary>
public static class Mutants
{
    /// <summary>
    /// The exercise is complete; the solution passes; each of at least three mutants is refused in words of its own;
    /// a starter that is not implemented, code that throws and code that returns null are each told apart.
    /// </summary>
    public static void Prove<TCode>(Exercise about, Func<TCode, Feedback> check, TCode solution, params IReadOnlyList<Mutant<TCode>> mutants)
        where TCode : Delegate
    {
        ProveRefusals(about, check, solution, mutants);

        Assert.Equal(FeedbackState.NotStarted, check(Throwing<TCode>(new NotImplementedException())).State);
        Feedback threw = check(Throwing<TCode>(new InvalidOperationException("Sequence contains no elements")));
        Assert.Equal(FeedbackState.Threw, threw.State);
        Assert.Contains("InvalidOperationException", threw.Message);
        Assert.Contains("Sequence contains no elements", threw.Message);

        Feedback empty = check(Expression.Lambda<TCode>(Expression.Default(ReturnType<TCode>()), Parameters<TCode>()).Compile());
        Assert.True(empty.State != FeedbackState.Passed, "code that returns null, 0 or false passed");
        Assert.True(
            ReturnType<TCode>().IsValueType || empty.Message.Contains("null", StringComparison.Ordinal), $"code that returns null was told: {empty.Message}");
    }

    /// <summary>The part of <see cref="Prove"/> that needs no delegate: for a check of several functions, TCode is a tuple of them.</summary>
    public static void ProveRefusals<TCode>(Exercise about, Func<TCode, Feedback> check, TCode solution, params IReadOnlyList<Mutant<TCode>> mutants)
    {
        Assert.Matches(@"^\d\d\.\d$", about.Id);
        Assert.InRange(about.Difficulty, 1, 3);
        Assert.InRange(about.Minutes, 1, 60);
        Assert.Equal(3, about.Hints.Count);

        Feedback passed = check(solution);
        Assert.True(passed.State == FeedbackState.Passed, $"the solution did not pass:\n{passed}");

        Assert.True(mutants.Count >= 3, $"{mutants.Count} mutants; at least 3 are needed");
        Dictionary<string, string> said = [];
        foreach (Mutant<TCode> mutant in mutants)
        {
            Feedback refused = check(mutant.Code);
            Assert.True(refused.State is FeedbackState.NotYet or FeedbackState.Threw, $"mutant '{mutant.Name}' was not refused:\n{refused}");
            Assert.True(
                refused.Message.Contains(mutant.Words, StringComparison.Ordinal),
                $"mutant '{mutant.Name}' should be told '{mutant.Words}' but was told:\n{refused}");
            Assert.True(
                said.TryAdd(refused.Message, mutant.Name),
                $"mutants '{mutant.Name}' and '{said.GetValueOrDefault(refused.Message)}' are told the same:\n{refused}");
        }
    }

    /// <summary>Right answers that nobody had in mind pass too: LINQ, double, another order, a copy, a library call.</summary>
    public static void Accept<TCode>(Func<TCode, Feedback> check, params IReadOnlyList<TCode> right) =>
        Assert.All(right, code =>
        {
            Feedback passed = check(code);
            Assert.True(passed.State == FeedbackState.Passed, passed.ToString());
        });

    private static TCode Throwing<TCode>(Exception exception)
        where TCode : Delegate =>
        Expression.Lambda<TCode>(Expression.Throw(Expression.Constant(exception), ReturnType<TCode>()), Parameters<TCode>()).Compile();

    private static Type ReturnType<TCode>() => typeof(TCode).GetMethod("Invoke")!.ReturnType;

    private static ParameterExpression[] Parameters<TCode>() =>
        [.. typeof(TCode).GetMethod("Invoke")!.GetParameters().Select(parameter => Expression.Parameter(parameter.ParameterType, parameter.Name))];
}
