using AttentionLab.Formatting;

namespace AttentionLab.Course.Exercises;

/// <summary>One hint of an exercise, as a card that shows itself: <c>StableSoftmax.Hint(1)</c>.</summary>
/// <param name="exercise">Whose hint.</param>
/// <param name="level">1 (gentle) to 3 (almost the answer).</param>
[TypeFormatterSource(typeof(SelfFormatterSource))]
public sealed class HintCard(Exercise exercise, int level) : IShowsItself
{
    /// <summary>Whose hint.</summary>
    public Exercise Exercise { get; } = exercise;

    /// <summary>1 (gentle) to 3 (almost the answer).</summary>
    public int Level { get; } = level;

    /// <summary>The hint.</summary>
    public string Text => Exercise.Hints[Level - 1];

    /// <summary>The card: an HTML fragment without script.</summary>
    public string ToHtml() => Card.Html(Exercise, $"hint {Level} of {Exercise.Hints.Count}", "?", Card.Grey, state: null,
        $"<p style=\"margin:0.4em 0\">{Card.Text(Text)}</p>");

    /// <summary>The same in plain text.</summary>
    public string ToPlainText() => $"Exercise {Exercise.Id}, {Exercise.Title}: hint {Level} of {Exercise.Hints.Count}\n{Text}";

    /// <summary>The same in plain text.</summary>
    public override string ToString() => ToPlainText();
}
