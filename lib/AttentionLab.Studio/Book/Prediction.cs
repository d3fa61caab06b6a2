namespace AttentionLab.Studio.Book;

/// <summary>
/// A question that the reader answers before the output is shown: a text cell ends with <b>Prediction.</b> and a task list, code cells measure,
/// and a text cell that begins with <b>What you saw.</b> tells. Page and book cover outputs and telling until there is an answer.
/// </summary>
/// <param name="Answers">What can be answered, as plain text: the words that the measuring cell prints behind <c>Measured answer:</c>.</param>
/// <param name="Covered">Anchors of the cells whose outputs, or whose text, are covered.</param>
public sealed record Prediction(IReadOnlyList<string> Answers, IReadOnlyList<string> Covered)
{
    /// <summary>The prediction that a cell asks for; null for none.</summary>
    /// <param name="cells">All cells of a chapter.</param>
    /// <param name="at">Index of the cell.</param>
    public static Prediction? Of(IReadOnlyList<ChapterCell> cells, int at)
    {
        ArgumentNullException.ThrowIfNull(cells);
        if (cells[at].Text is not { Answers.Count: > 0 } text)
        {
            return null;
        }

        List<ChapterCell> covered = [];
        foreach (ChapterCell cell in cells.Skip(at + 1))
        {
            if (cell.Text is { IsFinding: false } other && (other.Headings.Count > 0 || other.Answers.Count > 0))
            {
                break;
            }

            covered.Add(cell);
            if (cell.Text is { IsFinding: true })
            {
                return new Prediction(text.Answers, [.. covered.Select(one => one.Anchor)]);
            }
        }

        // Nothing tells what was seen: the output alone is covered.
        return new Prediction(text.Answers, [.. covered.Where(cell => cell.Language == "csharp").Take(1).Select(cell => cell.Anchor)]);
    }
}
