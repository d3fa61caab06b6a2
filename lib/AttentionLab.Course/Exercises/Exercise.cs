namespace AttentionLab.Course.Exercises;

/// <summary>
/// What an exercise is about: its number, its size and its three hints. The check stands beside it, in the exercise's own class:
/// <code>
/// public static class Double
/// {
///     public static Exercise About { get; } = new("99.1", "Twice as much", Difficulty: 1, Minutes: 2, Hints: ["…", "…", "…"]);
///
///     public static HintCard Hint(int level) => About.Hint(level);
///
///     public static Feedback Check(Func&lt;float, float&gt; twice) => About.Check(trial =>
///     {
///         trial.Call("zero", () => twice(0)).Expect(0, "Twice nothing is nothing.");
///         trial.Call("the number 3", () => twice(3)).Refuse(9, "You squared it.").Expect(6, "Twice 3 is 6.");
///     });
/// }
/// </code>
/// </summary>
/// <param name="Id">Chapter and number, "02.1", as in the first line of the exercise's cell: <c>// exercise 02.1</c>.</param>
/// <param name="Title">What the reader makes, in a few words.</param>
/// <param name="Difficulty">1 (one idea), 2 (two ideas meet) or 3 (a small project).</param>
/// <param name="Minutes">Time box: after that, open the next hint.</param>
/// <param name="Hints">Three texts: what to look at, how to go about it, almost the answer. `Backticks` mark code.</param>
public sealed record Exercise(string Id, string Title, int Difficulty, int Minutes, IReadOnlyList<string> Hints)
{
    /// <summary>One hint, as a card that shows itself.</summary>
    /// <param name="level">1 (gentle) to 3 (almost the answer).</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no hint of that level.</exception>
    public HintCard Hint(int level) => level >= 1 && level <= Hints.Count
        ? new HintCard(this, level)
        : throw new ArgumentOutOfRangeException(nameof(level), $"level is {level} but exercise {Id} has hints 1 to {Hints.Count}: ask for one of them.");

    /// <summary>Asks the reader's code one question after the other. The first answer that is wrong decides, and is explained.</summary>
    /// <param name="questions">Calls <see cref="Trial.Call"/> for each question, the simplest first: each should isolate one mechanism.</param>
    /// <returns>Never throws for what the reader's code does; an endless loop is for the host to stop.</returns>
    public Feedback Check(Action<Trial> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        Trial trial = new(this);
        try
        {
            questions(trial);
        }
        catch (Trial.Decided decided)
        {
            return decided.Feedback;
        }

        return trial.Passed();
    }
}
