using AttentionLab.Studio.Book;

namespace AttentionLab.Studio.Web;

/// <summary>What a phone shows: plain forms, without any script.</summary>
internal static class VotePage
{
    private const string Style = """
        :root { color-scheme: light dark; }
        body { max-width: 32rem; margin: 0 auto; padding: 1rem; font: 1.2rem/1.5 sans-serif; overflow-wrap: anywhere; }
        h1 { font-size: 1.3rem; }
        button, .go { display: block; width: 100%; margin: 0.7rem 0; padding: 0.9rem; font: inherit; text-align: left; box-sizing: border-box; }
        button, .go { border: 2px solid currentcolor; border-radius: 10px; background: none; color: inherit; }
        button[aria-pressed="true"] { font-weight: 700; border-width: 4px; }
        small { display: block; margin-top: 2rem; }
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

        string lines = string.Concat(question.Answers.Zip(tally, (answer, votes) => $"<li>{PageText.Encode(answer)}: <strong>{votes}</strong></li>"));
        return Page(question.Text, $"<ul>{lines}</ul><p>{question.Votes} voted.</p>{next}");
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
