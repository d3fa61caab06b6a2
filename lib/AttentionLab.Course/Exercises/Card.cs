using System.Text;
using System.Text.RegularExpressions;
using AttentionLab.Formatting;

namespace AttentionLab.Course.Exercises;

/// <summary>
/// The frame of a card. Text takes the page's own colour, so that the card can be read on a light and on a dark page;
/// the coloured edge has a contrast of at least 3 : 1 on both, and a symbol and a word say the same as the colour.
/// </summary>
internal static partial class Card
{
    // Contrast to white / to #1e1e1e: 4.5 / 3.7, 4.2 / 4.0, 4.4 / 3.8, 4.6 / 3.6.
    internal const string Grey = "#767676", Green = "#2e8b57", Orange = "#c2600c", Red = "#c94040";

    internal static string Html(Exercise exercise, string word, string symbol, string colour, FeedbackState? state, string body)
    {
        string label = HtmlText.Encode($"Exercise {exercise.Id}: {word}");
        string size = $"difficulty {exercise.Difficulty} of 3 · {exercise.Minutes} min";
        return $"<div role=\"group\" aria-label=\"{label}\" data-exercise=\"{HtmlText.Encode(exercise.Id)}\" data-state=\"{Slug(state)}\""
            + $" style=\"border:1px solid {colour};border-left-width:6px;border-radius:4px;padding:0.5em 1em;margin:0.5em "
            + "0;max-width:48em;line-height:1.45;overflow-x:auto\"><p style=\"margin:0\"><span aria-hidden=\"true\" "
            + $"style=\"display:inline-block;min-width:1.3em;font-weight:700\">{symbol}</span>"
            + $"<strong>{HtmlText.Encode(exercise.Id)} · {HtmlText.Encode(exercise.Title)}: {word}</strong>"
            + $" <span style=\"white-space:nowrap\">({size})</span></p>{body}</div>";
    }

    /// <summary>The hints folded, each inside the one before, so that opening one does not show the next.</summary>
    internal static string Hints(IReadOnlyList<string> hints)
    {
        StringBuilder html = new();
        for (int i = 0; i < hints.Count; i++)
        {
            html.Append("<details style=\"margin:0.3em 0\"><summary style=\"cursor:pointer\">Hint ").Append(i + 1).Append(" of ").Append(hints.Count)
                .Append("</summary><p style=\"margin:0.3em 0\">").Append(Text(hints[i])).Append("</p>");
        }

        return html.Insert(html.Length, "</details>", hints.Count).ToString();
    }

    /// <summary>Encodes a text. As in Markdown, what stands between backticks becomes code and what stands between stars is stressed.</summary>
    internal static string Text(string text)
    {
        string[] parts = HtmlText.Encode(text).Split('`');
        for (int i = 0; i < parts.Length; i++)
        {
            bool code = i % 2 == 1 && i < parts.Length - 1;
            parts[i] = code ? $"<code>{parts[i]}</code>" : (i % 2 == 1 ? "`" : "") + Stressed().Replace(parts[i], "<em>$1</em>");
        }

        return string.Concat(parts);
    }

    [GeneratedRegex(@"\*(\w[^*]*)\*")]
    private static partial Regex Stressed();

    private static string Slug(FeedbackState? state) => state switch
    {
        FeedbackState.NotStarted => "not-started",
        FeedbackState.NotYet => "not-yet",
        FeedbackState.Threw => "threw",
        FeedbackState.Passed => "passed",
        _ => "hint",
    };
}
