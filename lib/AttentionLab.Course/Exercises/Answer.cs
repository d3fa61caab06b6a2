namespace AttentionLab.Course.Exercises;

/// <summary>
/// What the reader's code answered. Chain the judgements: first the known mistakes, then the right answer.
/// <code>trial.Call("…", () => attend(q, k, v), q, k, v).Refuse(unscaled, "You forgot …").Expect(right, "…");</code>
/// </summary>
/// <typeparam name="T">Judged by its numbers: float, double, int, bool, arrays of them (one or two dimensions, or rows), Tensor. Of anything else, take a
/// <see cref="Part"/>.</typeparam>
public sealed class Answer<T>
{
    /// <summary>Allowed difference between two answers, as a share of the largest expected number: ten times what float32 loses in a chapter's sums.</summary>
    public const double Tolerance = 1e-5;

    private readonly Trial _trial;

    internal Answer(Trial trial, T value) => (_trial, Value) = (trial, value);

    /// <summary>The answer itself.</summary>
    public T Value { get; }

    /// <summary>Stops if the answer is what a known mistake gives. Choose inputs on which the mistake differs from the right answer.</summary>
    /// <param name="wrong">What the mistake gives.</param>
    /// <param name="mistake">Names the mistake.</param>
    /// <param name="tolerance">Allowed |difference| / max|wrong|.</param>
    public Answer<T> Refuse(T wrong, string mistake, double tolerance = Tolerance)
    {
        Numbers known = Of(wrong);
        return Of(Value).Close(known, tolerance) ? throw _trial.Stop(FeedbackState.NotYet, mistake, null, Of(Value).Show()) : this;
    }

    /// <summary>Stops if the answer holds NaN or ∞.</summary>
    /// <param name="mistake">Names the mistake.</param>
    public Answer<T> Finite(string mistake) => Of(Value).FirstNotFinite() is int at
        ? throw _trial.Stop(FeedbackState.NotYet, mistake, "finite numbers", Of(Value).Show(at))
        : this;

    /// <summary>Stops unless the answer equals the right one within the tolerance.</summary>
    /// <param name="right">The right answer.</param>
    /// <param name="mistake">What a wrong answer most likely means here.</param>
    /// <param name="tolerance">Allowed |difference| / max|right|.</param>
    public Answer<T> Expect(T right, string mistake, double tolerance = Tolerance)
    {
        Numbers expected = Of(right), got = Of(Value);
        if (got.Form != expected.Form)
        {
            throw _trial.Stop(FeedbackState.NotYet, $"Your answer has another shape than the right one: {got.Form} instead of {expected.Form}. {mistake}",
                expected.Show(), got.Show());
        }

        if (got.FirstNotFinite() is int at && expected.FirstNotFinite() is null)
        {
            throw _trial.Stop(FeedbackState.NotYet, $"Your answer holds a number that is not finite. {mistake}", expected.Show(at), got.Show(at));
        }

        if (!got.Close(expected, tolerance))
        {
            int worst = got.Furthest(expected);
            (string expectedText, string gotText) = (expected.Show(worst), got.Show(worst));
            string named = got.Slip(expected) + mistake;
            throw expectedText == gotText
                ? _trial.Stop(FeedbackState.NotYet, named, expected.Show(worst, digits: 9), got.Show(worst, digits: 9))
                : _trial.Stop(FeedbackState.NotYet, named, expectedText, gotText);
        }

        return this;
    }

    /// <summary>Stops unless a property holds.</summary>
    /// <param name="holds">The property.</param>
    /// <param name="expected">The property in words: "a weight of at least 0.99 on key 1".</param>
    /// <param name="mistake">What it means if it does not hold.</param>
    /// <param name="got">What came instead, in words; null shows the answer itself.</param>
    public Answer<T> Require(bool holds, string expected, string mistake, string? got = null) =>
        holds ? this : throw _trial.Stop(FeedbackState.NotYet, mistake, expected, got ?? Numbers.Of(Value)?.Show() ?? Value?.ToString());

    /// <summary>One part of the answer, to be judged alone: <c>answer.Part(gradients => gradients.Key)</c>.</summary>
    /// <param name="pick">Takes the part.</param>
    public Answer<TPart> Part<TPart>(Func<T, TPart> pick)
    {
        ArgumentNullException.ThrowIfNull(pick);
        return pick(Value) is { } part
            ? new Answer<TPart>(_trial, part)
            : throw _trial.Stop(FeedbackState.NotYet, "A part of your answer is `null`. Return every part.", null, "null");
    }

    private static Numbers Of(T value) => Numbers.Of(value)
        ?? throw new ArgumentException($"an answer of type {typeof(T).Name} has no numbers to compare: take a Part of it, or Require a property.");
}
