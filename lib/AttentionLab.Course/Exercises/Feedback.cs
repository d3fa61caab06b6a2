using System.Text;
using AttentionLab.Formatting;

namespace AttentionLab.Course.Exercises;

/// <summary>How far the reader's code came.</summary>
public enum FeedbackState
{
    /// <summary>The starter still throws <see cref="NotImplementedException"/>.</summary>
    NotStarted,

    /// <summary>An answer was wrong.</summary>
    NotYet,

    /// <summary>The reader's code threw an exception.</summary>
    Threw,

    /// <summary>Every answer was right.</summary>
    Passed,
}

/// <summary>
/// The answer of a check: a card that shows itself under the exercise's cell. It says what was tried, what was expected,
/// what came, which mistake that looks like, and keeps the hints folded, each inside the one before.
/// </summary>
/// <param name="exercise">What was checked.</param>
/// <param name="state">How far the code came.</param>
/// <param name="message">What the answer means, and what to do next; `backticks` mark code.</param>
/// <param name="solved">The questions that were answered rightly, in order.</param>
[TypeFormatterSource(typeof(SelfFormatterSource))]
public sealed class Feedback(Exercise exercise, FeedbackState state, string message, IReadOnlyList<string> solved) : IShowsItself
{
    /// <summary>What was checked.</summary>
    public Exercise Exercise { get; } = exercise;

    /// <summary>How far the code came.</summary>
    public FeedbackState State { get; } = state;

    /// <summary>What the answer means: for a wrong one, the mistake it looks like.</summary>
    public string Message { get; } = message;

    /// <summary>The questions that were answered rightly, in order.</summary>
    public IReadOnlyList<string> Solved { get; } = solved;

    /// <summary>The question that decided; null if every one was answered.</summary>
    public string? Tried { get; init; }

    /// <summary>The right answer to it; null if it has none to show.</summary>
    public string? Expected { get; init; }

    /// <summary>What the reader's code answered; null if nothing came.</summary>
    public string? Got { get; init; }

    private (string Word, string Symbol, string Colour) Look => State switch
    {
        FeedbackState.NotStarted => ("not started yet", "○", Card.Grey),
        FeedbackState.NotYet => ("not yet", "△", Card.Orange),
        FeedbackState.Threw => ("stopped by an exception", "✕", Card.Red),
        _ => ("passed", "✓", Card.Green),
    };

    /// <summary>The card: an HTML fragment without script, readable on a light and on a dark page.</summary>
    public string ToHtml()
    {
        StringBuilder body = new();
        body.Append("<p style=\"margin:0.4em 0\">").Append(Card.Text(Message)).Append("</p>");
        if (Tried is not null)
        {
            body.Append("<table style=\"border-collapse:collapse;margin:0.4em 0\"><tbody>");
            AppendRow(body, "Tried", Tried);
            AppendRow(body, "Expected", Expected);
            AppendRow(body, "Got", Got);
            body.Append("</tbody></table>");
        }

        if (Solved.Count > 0)
        {
            body.Append("<p style=\"margin:0.4em 0 0\">").Append(State == FeedbackState.Passed ? "What was tried:" : "Right so far:").Append("</p>");
            body.Append("<ul style=\"margin:0.2em 0 0.4em;padding-left:1.4em\">");
            foreach (string question in Solved)
            {
                body.Append("<li>").Append(Card.Text(question)).Append("</li>");
            }

            body.Append("</ul>");
        }

        if (State != FeedbackState.Passed)
        {
            body.Append(Card.Hints(Exercise.Hints));
        }

        return Card.Html(Exercise, Look.Word, Look.Symbol, Look.Colour, State, body.ToString());
    }

    /// <summary>The same in plain text.</summary>
    public string ToPlainText()
    {
        StringBuilder text = new();
        text.Append(Look.Symbol).Append(" Exercise ").Append(Exercise.Id).Append(", ").Append(Exercise.Title).Append(": ").AppendLine(Look.Word)
            .AppendLine(Message);
        AppendLine(text, "Tried", Tried);
        AppendLine(text, "Expected", Expected);
        AppendLine(text, "Got", Got);
        foreach (string question in Solved)
        {
            text.Append("  ✓ ").AppendLine(question);
        }

        return text.ToString().ReplaceLineEndings("\n").TrimEnd();
    }

    /// <summary>The same in plain text.</summary>
    public override string ToString() => ToPlainText();

    private static void AppendRow(StringBuilder html, string name, string? value)
    {
        if (value is not null)
        {
            html.Append("<tr><th scope=\"row\" style=\"text-align:left;padding:2px 12px 2px 0;vertical-align:top;font-weight:600\">").Append(name)
                .Append("</th><td style=\"text-align:left;padding:2px 0;font-variant-numeric:tabular-nums\">").Append(Card.Text(value)).Append("</td></tr>");
        }
    }

    private static void AppendLine(StringBuilder text, string name, string? value)
    {
        if (value is not null)
        {
            text.Append(name).Append(": ").AppendLine(value);
        }
    }
}
