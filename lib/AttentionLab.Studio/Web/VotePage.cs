using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Web;

/// <summary>What a phone shows: plain forms, without any script.</summary>
internal static class VotePage
{
    private const string Style = """
        :root {
          color-scheme: light dark; --page: light-dark(#fcfbf8, #15181c); --raised: light-dark(#ffffff, #1f2329); --text: light-dark(#24272c, #d9dde3);
          --soft: light-dark(#5d626b, #a2aab5); --line: light-dark(#85898f, #7d8591); --accent: light-dark(#1a5c8a, #7fbbe6);
          --good: light-dark(#1d6b45, #6fcf9c); --good-soft: light-dark(#e8f2ec, #172a21);
        }
        body {
          max-width: 32rem; margin: 0 auto; padding: 1rem; font: 1.15rem/1.5 sans-serif; overflow-wrap: anywhere; background: var(--page); color: var(--text);
        }
        h1 { margin: 0.5rem 0 1.2rem; font-size: 1.4rem; line-height: 1.3; }
        button, .go { display: block; width: 100%; margin: 0.7rem 0; padding: 0.9rem 1rem; font: inherit; text-align: left; box-sizing: border-box; }
        button { border: 2px solid var(--line); border-radius: 12px; background: var(--raised); color: inherit; cursor: pointer; }
        button:active { border-color: var(--accent); }
        button[aria-pressed="true"] { border-color: var(--good); background: var(--good-soft); font-weight: 700; }
        .go { color: var(--accent); padding: 0.6rem 0; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
        [role="status"] { padding: 0.7rem 1rem; border-left: 4px solid var(--good); background: var(--good-soft); }
        ul { padding: 0; list-style: none; }
        li { margin: 1rem 0; }
        meter { display: block; width: 100%; height: 1.1rem; margin-top: 0.2rem; }
        small { display: block; margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.85rem; }
        """;

    private const string Privacy =
        "No name is asked, and nothing is kept on this phone. The page comes by plain HTTP: whoever can listen on this Wi-Fi can read "
        + "what is sent, also how you vote. The leader's computer tells devices apart by their address on the Wi-Fi and forgets it with the room.";

    /// <summary>The question that is open, with a button for each answer.</summary>
    public static string Question(VoteQuestion question, string code)
    {
        if (!question.IsOpen)
        {
            string result = question.Number > 0 ? $"<a class=\"go\" href=\"/{code}/tally\">The result of the last question</a>" : "";
            return Page("No question is open now", $"<p>The leader opens the next one.</p><a class=\"go\" href=\"/{code}\">Look again</a>{result}");
        }

        string buttons = string.Concat(question.Answers.Select((answer, index) => Button(answer, index, isMine: question.Mine == index)));
        string said = question.Mine is null ? ""
            : "<p role=\"status\">Your vote is counted. You may change it until the leader closes the question.</p>"
                + $"<a class=\"go\" href=\"/{code}/tally\">The result, when it is closed</a>";
        string number = $"<input type=\"hidden\" name=\"question\" value=\"{question.Number}\">";
        return Page(question.Text, $"<form method=\"post\" action=\"/{code}/vote\">{number}{buttons}</form>{said}");
    }

    /// <summary>How everybody voted, once the question is closed.</summary>
    public static string Tally(VoteQuestion question, string code)
    {
        string next = $"<a class=\"go\" href=\"/{code}\">The next question</a>";
        if (question.Tally is not { } tally)
        {
            string again = $"<a class=\"go\" href=\"/{code}/tally\">Look again</a>";
            return Page("Not closed yet", $"<p>The result is shown when the leader has closed the question.</p>{again}{next}");
        }

        string lines = string.Concat(question.Answers.Zip(tally, (answer, votes) =>
            $"<li>{PageText.Encode(answer)}: <strong>{votes}</strong>"
            + $"<meter aria-hidden=\"true\" max=\"{Math.Max(1, question.Votes)}\" value=\"{votes}\"></meter></li>"));
        string voted = question.Votes == 1 ? "One device voted." : $"{question.Votes} devices voted.";
        return Page(question.Text, $"<ul>{lines}</ul><p>{voted}</p>{next}");
    }

    /// <summary>Something else to say.</summary>
    public static string Page(string title, string html) => $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{PageText.Encode(title)}</title><style>{Style}</style></head>
        <body><main><h1>{PageText.Encode(title)}</h1>{html}<small>{Privacy}</small></main></body></html>

        """;

    private static string Button(string answer, int index, bool isMine) =>
        $"<button name=\"answer\" value=\"{index}\" aria-pressed=\"{(isMine ? "true" : "false")}\">{(isMine ? "✓ " : "")}{PageText.Encode(answer)}</button>";
}
